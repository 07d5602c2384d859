// Spans of Claude Code session files: their raw lines are kept as claude_code.records, and read here.
#include "model/trace/dialects/messages_shapes.h"

#include <algorithm>
#include <iterator>

namespace clew::messages {

namespace {

const Json* message_of(const Json& line) {
    const Json* message = member(line, "message");
    return message != nullptr && message->is_object() ? message : nullptr;
}

void append_user(const Json& line, std::vector<Message>& messages) {
    Message message;
    message.role = "user";
    if (const Json* inner = message_of(line)) {
        if (const Json* content = member(*inner, "content")) append_content(*content, message.parts);
    } else if (const Json* text = member(line, {"message", "summary"})) {
        append_content(*text, message.parts);
    } else if (const Json* attachment = member(line, "attachment")) {
        if (const Json* prompt = member(*attachment, "prompt")) append_content(*prompt, message.parts);
    }
    if (message.parts.empty()) return;
    if (std::ranges::all_of(message.parts, [](const Part& p) { return p.type == PartType::tool_result; }))
        message.role = "tool";
    messages.push_back(std::move(message));
}

// The lines of one answer are one message.
void append_assistant(const Json& line, std::vector<Message>& messages) {
    const Json* inner = message_of(line);
    if (inner == nullptr) return;
    if (messages.empty() || !messages.back().output) {
        Message message;
        message.role = "assistant";
        message.output = true;
        messages.push_back(std::move(message));
    }
    Message& message = messages.back();
    if (const Json* content = member(*inner, "content")) append_content(*content, message.parts);
    if (const auto reason = text_member(*inner, "stop_reason"); !reason.empty())
        message.finish_reason = reason;
}

void read_tool(const std::vector<Json>& lines, const std::string& own_id, const std::string& name,
               Conversation& out) {
    for (const Json& line : lines) {
        const Json* inner = message_of(line);
        const Json* content = inner == nullptr ? nullptr : member(*inner, "content");
        if (content == nullptr || !content->is_array()) continue;
        for (const Json& block : *content) {
            const std::string type = text_member(block, "type");
            if (type == "tool_use") {
                const std::string id = text_member(block, "id");
                const bool mine = id.empty() ? text_member(block, "name") == name : id == own_id;
                if (const Json* input = member(block, "input"); mine && input != nullptr)
                    out.input_json = dumped(*input);
            } else if (type == "tool_result") {
                const std::string id = text_member(block, "tool_use_id");
                const Json* result = member(block, "content");
                if ((!id.empty() && id != own_id) || result == nullptr) continue;
                const Part part = result_part(id, name, result);
                out.output_json = part.json.empty() ? dumped(Json(part.text)) : part.json;
            }
        }
    }
}

} // namespace

bool claude_code_conversation(const Payload& payload, Conversation& out) {
    std::vector<Json> lines;
    if (const Json records = payload.plain("claude_code.records"); records.is_array())
        for (const Json& record : records)
            if (record.is_string()) lines.push_back(parsed(record.get_ref<const std::string&>()));
    if (lines.empty()) return false;
    for (const SpanEvent& event : payload.events) { // lines that came after the span was written
        if (event.name != "claude_code.assistant" && event.name != "claude_code.tool_result") continue;
        lines.push_back(parsed(event.attributes.text("claude_code.record")));
    }
    if (payload.span.kind == Kind::tool) {
        std::string id = payload.text("gen_ai.tool.call.id");
        if (id.empty()) id = payload.span.own_id;
        read_tool(lines, id, payload.text("gen_ai.tool.name"), out);
        return true;
    }
    std::vector<Message> answer;
    for (const Json& line : lines) {
        if (line.is_discarded()) continue;
        if (text_member(line, "type") == "assistant")
            append_assistant(line, answer);
        else
            append_user(line, out.messages);
    }
    std::ranges::move(answer, std::back_inserter(out.messages));
    return true;
}

} // namespace clew::messages
