// OpenInference: llm.input_messages.0.message.contents.0.message_content.text, …
#include "model/trace/dialects/messages_shapes.h"

namespace clew::messages {

namespace {

// Nested objects from dotted keys; indices become members of an object, in the order of the keys.
void place(Json& into, std::string_view key, Json value) {
    Json* at = &into;
    for (int depth = 0; depth < 16; ++depth) {
        const std::size_t dot = key.find('.');
        if (!at->is_object()) *at = Json::object();
        at = &(*at)[std::string(key.substr(0, dot))];
        if (dot == std::string_view::npos) break;
        key.remove_prefix(dot + 1);
    }
    *at = std::move(value);
}

// {"0":…,"10":…,"2":…} in the order of the numbers
std::vector<const Json*> in_order(const Json* object) {
    std::map<std::pair<std::size_t, std::string>, const Json*> sorted;
    if (object != nullptr && object->is_object())
        for (const auto& [key, value] : object->items())
            sorted.emplace(std::pair{key.size(), key}, &value);
    std::vector<const Json*> out;
    for (const auto& [key, value] : sorted)
        out.push_back(value);
    return out;
}

void append_contents(const Json& message, std::vector<Part>& parts) {
    for (const Json* element : in_order(member(message, "contents"))) {
        const Json* content = member(*element, "message_content");
        if (content == nullptr) {
            parts.push_back(unknown_part(*element));
            continue;
        }
        const std::string type = text_member(*content, "type");
        const Json* image = member(*content, "image");
        if (const Json* inner = image == nullptr ? nullptr : member(*image, "image")) image = inner;
        if (image != nullptr) {
            parts.push_back(
                media_part(PartType::image, {},
                           image->is_string() ? image->get<std::string>() : text_member(*image, "url")));
        } else if (type == "reasoning") {
            parts.push_back(reasoning_part(text_member(*content, "text")));
        } else if (content->contains("text")) {
            parts.push_back(text_part(text_member(*content, "text")));
        } else {
            append_parts(*content, parts);
        }
    }
}

void append_calls(const Json& message, std::vector<Part>& parts) {
    for (const Json* element : in_order(member(message, "tool_calls"))) {
        const Json* call = member(*element, "tool_call");
        if (call == nullptr) call = element;
        const Json* function = member(*call, "function");
        const Json& from = function == nullptr ? *call : *function;
        parts.push_back(
            call_part(text_member(*call, "id"), text_member(from, "name"), member(from, "arguments")));
    }
    if (const auto name = text_member(message, "function_call_name"); !name.empty())
        parts.push_back(call_part({}, name, member(message, "function_call_arguments_json")));
}

} // namespace

std::vector<Message> openinference_messages(const Payload& payload, std::string_view prefix, bool output) {
    std::vector<Message> out;
    for (auto& [n, fields] : payload.indexed(prefix)) {
        Json nested = Json::object();
        for (auto& [key, value] : fields)
            place(nested, key, std::move(value));
        Message message;
        message.output = output;
        message.role = output ? "assistant" : "user";
        if (const Json* prompt = member(nested, {"prompt", "completion"})) { // llm.prompts.0.prompt.text
            message.parts.push_back(text_part(text_member(*prompt, "text")));
            out.push_back(std::move(message));
            continue;
        }
        const Json* inner = member(nested, "message");
        const Json& from = inner == nullptr ? nested : *inner;
        if (const auto role = text_member(from, "role"); !role.empty())
            message.role = role == "model" ? "assistant" : role;
        message.name = text_member(from, "name");
        const Json* content = member(from, "content");
        const std::string call_id = text_member(from, "tool_call_id");
        if (message.role == "tool" && content != nullptr)
            message.parts.push_back(result_part(call_id, message.name, content));
        else if (content != nullptr)
            append_content(*content, message.parts);
        append_contents(from, message.parts);
        append_calls(from, message.parts);
        out.push_back(std::move(message));
    }
    return out;
}

} // namespace clew::messages
