// OpenTelemetry GenAI message parts (semantic conventions 1.37 and later; Pydantic AI's variants of them).
#include "model/trace/dialects/messages_shapes.h"

namespace clew::messages {

bool genai_part(const Json& block, std::string_view type, std::vector<Part>& parts) {
    if (type == "text" && !block.contains("text")) {
        const Json* content = member(block, "content");
        if (content == nullptr || !content->is_string()) return false;
        parts.push_back(text_part(content->get<std::string>()));
    } else if ((type == "reasoning" || type == "thinking") && member(block, "content") != nullptr &&
               member(block, "content")->is_string()) {
        parts.push_back(reasoning_part(text_member(block, "content")));
    } else if (type == "tool_call") {
        parts.push_back(call_part(text_member(block, {"id", "tool_call_id"}), text_member(block, "name"),
                                  member(block, {"arguments", "args", "input"})));
    } else if (type == "tool_call_response") {
        parts.push_back(result_part(text_member(block, {"id", "tool_call_id"}), text_member(block, "name"),
                                    member(block, {"response", "result", "content"})));
    } else if (type == "server_tool_call" || type == "server_tool_call_response") {
        const Json* inner = member(block, type);
        const std::string name = text_member(block, "name");
        const std::string kind = inner == nullptr ? std::string{} : text_member(*inner, "type");
        parts.push_back(type == "server_tool_call"
                            ? call_part(text_member(block, "id"), name.empty() ? kind : name, inner)
                            : result_part(text_member(block, "id"), name, inner));
    } else if (type == "blob" || type == "binary") {
        parts.push_back(base64_part(text_member(block, {"mime_type", "media_type"}),
                                    text_member(block, {"content", "data"})));
    } else if (type == "uri" || type == "image-url" || type == "audio-url" || type == "video-url" ||
               type == "document-url") {
        const bool image = type == "image-url" || text_member(block, "modality") == "image";
        parts.push_back(media_part(image ? PartType::image : PartType::file,
                                   text_member(block, {"mime_type", "media_type"}),
                                   text_member(block, {"uri", "url"})));
    } else if (type == "file" && block.contains("file_id")) {
        Part part =
            media_part(PartType::file, text_member(block, "mime_type"), text_member(block, "file_id"));
        part.text = text_member(block, "modality");
        parts.push_back(std::move(part));
    } else {
        return false;
    }
    return true;
}

} // namespace clew::messages
