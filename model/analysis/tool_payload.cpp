#include "model/analysis/tool_payload.h"

#include "model/analysis/canonical_json.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace clew {

ToolPayload tool_payload(const SpanDetail& span, const Conversation& talk) {
    ToolPayload out;
    out.arguments = talk.input_json;
    std::string result = talk.output_json;
    for (const Message& message : talk.messages) {
        for (const MessagePart& part : message.parts) {
            if (part.type == PartType::tool_call && out.arguments.empty()) out.arguments = part.json;
            if (part.type == PartType::tool_result && result.empty())
                result = part.json.empty() ? part.text : part.json;
        }
    }
    out.has_result = !result.empty();
    out.result = plain_text(result);
    if (!out.arguments.empty() && out.has_result) return out;
    const auto attributes = plain_attributes(span.attributes);
    const auto find = [&](std::string_view key) {
        const auto found = std::ranges::find(attributes, key, &PlainAttribute::key);
        return found == attributes.end() ? nullptr : &found->json;
    };
    // Those that say nothing ({}) are no part of the conversation, yet they were said.
    for (const auto key : {"gen_ai.tool.call.arguments", "input.value", "tool.parameters", "ai.toolCall.args",
                           "traceloop.entity.input", "arguments"}) {
        if (!out.arguments.empty()) break;
        if (const std::string* json = find(key)) out.arguments = *json;
    }
    for (const auto key : {"gen_ai.tool.call.result", "output.value", "ai.toolCall.result", "tool.result",
                           "traceloop.entity.output", "result"})
        out.has_result = out.has_result || find(key) != nullptr;
    return out;
}

} // namespace clew
