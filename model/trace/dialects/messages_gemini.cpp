// Gemini contents and candidates (also Google ADK's requests and responses) and Genkit's parts.
#include "model/trace/dialects/messages_shapes.h"

namespace clew::messages {

bool gemini_part(const Json& block, std::string_view type, std::vector<Part>& parts) {
    if (!type.empty()) return false;
    if (const Json* call = member(block, {"functionCall", "function_call"});
        call != nullptr && call->is_object()) {
        parts.push_back(
            call_part(text_member(*call, "id"), text_member(*call, "name"), member(*call, "args")));
    } else if (const Json* answer = member(block, {"functionResponse", "function_response"})) {
        parts.push_back(result_part(text_member(*answer, "id"), text_member(*answer, "name"),
                                    member(*answer, "response")));
    } else if (const Json* request = member(block, "toolRequest")) {
        parts.push_back(call_part(text_member(*request, "ref"), text_member(*request, "name"),
                                  member(*request, "input")));
    } else if (const Json* response = member(block, "toolResponse")) {
        parts.push_back(result_part(text_member(*response, "ref"), text_member(*response, "name"),
                                    member(*response, "output")));
    } else if (const Json* data = member(block, {"inlineData", "inline_data"})) {
        parts.push_back(
            base64_part(text_member(*data, {"mimeType", "mime_type"}), text_member(*data, "data")));
    } else if (const Json* file = member(block, {"fileData", "file_data", "media"})) {
        const std::string mime = text_member(*file, {"mimeType", "mime_type", "contentType"});
        parts.push_back(media_part(mime.starts_with("image/") ? PartType::image : PartType::file, mime,
                                   text_member(*file, {"fileUri", "file_uri", "url"})));
    } else if (const Json* text = member(block, "text"); text != nullptr && text->is_string()) {
        const Json* thought = member(block, "thought");
        const bool reasoning = thought != nullptr && thought->is_boolean() && thought->get<bool>();
        parts.push_back(reasoning ? reasoning_part(text->get<std::string>())
                                  : text_part(text->get<std::string>()));
    } else {
        return false;
    }
    return true;
}

// {"contents":[…],"systemInstruction":…}, {"candidates":[…]}, ADK's {"content":{"parts":[…]}}.
bool gemini_envelope(const Json& value, bool output, std::vector<Message>& messages, int depth) {
    if (!value.is_object()) return false;
    if (const Json* contents = member(value, "contents"); contents != nullptr) {
        const Json* system = member(value, {"systemInstruction", "system_instruction"});
        if (const Json* config = member(value, "config"); config != nullptr && system == nullptr)
            system = member(*config, {"system_instruction", "systemInstruction"});
        if (system != nullptr && !says_nothing(*system)) {
            Message message;
            message.role = "system";
            const Json* parts = member(*system, "parts");
            append_content(parts != nullptr ? *parts : *system, message.parts);
            messages.push_back(std::move(message));
        }
        append_messages(*contents, output, messages, depth + 1);
        return true;
    }
    if (const Json* candidates = member(value, "candidates");
        candidates != nullptr && candidates->is_array()) {
        for (const Json& candidate : *candidates)
            gemini_envelope(candidate, output, messages, depth + 1);
        return true;
    }
    const Json* content = member(value, "content");
    if (content == nullptr) content = value.contains("role") ? nullptr : &value;
    const Json* parts = content == nullptr ? nullptr : member(*content, "parts");
    if (parts == nullptr || !parts->is_array()) return false;
    Message message;
    message.role = text_member(*content, "role");
    if (message.role == "model" || (message.role.empty() && output)) message.role = "assistant";
    if (message.role.empty()) message.role = "user";
    message.output = output;
    message.finish_reason = text_member(value, {"finishReason", "finish_reason"});
    append_content(*parts, message.parts);
    messages.push_back(std::move(message));
    return true;
}

} // namespace clew::messages
