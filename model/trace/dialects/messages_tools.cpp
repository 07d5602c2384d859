// Tool definitions in every shape.
#include "model/trace/dialects/messages_shapes.h"

#include <algorithm>

namespace clew::messages {

namespace {

void append_tool(const Json& value, std::vector<ToolDefinition>& tools, int depth) {
    const Json tool = opened(value);
    if (!tool.is_object() || depth > 3) return;
    if (const Json* list = member(tool, {"functionDeclarations", "function_declarations", "function_tools"});
        list != nullptr && list->is_array()) {
        for (const Json& inner : *list)
            append_tool(inner, tools, depth + 1);
        return;
    }
    const Json* inner = member(tool, {"function", "json_schema", "kwargs", "toolSpec"});
    const Json& from = inner != nullptr && inner->is_object() && !tool.contains("name") ? *inner : tool;
    ToolDefinition out;
    out.name = text_member(from, {"name", "title"});
    if (out.name.empty()) out.name = text_member(from, "type"); // built-in tools: {"type":"web_search"}
    if (out.name.empty()) return;
    out.description = text_member(from, "description");
    if (const Json* schema =
            member(from, {"parameters", "input_schema", "inputSchema", "parameters_json_schema",
                          "parametersJsonSchema", "args_schema", "args"})) {
        const Json opened_schema = opened(*schema);
        const Json* nested = member(opened_schema, {"json", "jsonSchema"});
        out.parameters_json = dumped(nested == nullptr ? opened_schema : *nested);
    }
    if (std::ranges::find(tools, out.name, &ToolDefinition::name) == tools.end())
        tools.push_back(std::move(out));
}

} // namespace

void append_tools(const Json& value, std::vector<ToolDefinition>& tools) {
    if (value.is_array())
        for (const Json& tool : value)
            append_tool(tool, tools, 0);
    else if (value.is_object())
        append_tool(value, tools, 0);
}

} // namespace clew::messages
