// Which API an object belongs to, by its members.
#include "importers/formats/openai_call.h"

namespace clew::openai {

using json::Element;
using json::Object;

Shape shape_of_response(Object object) {
    const std::string_view kind = json::text_of(object, "object");
    if (kind == "chat.completion") return Shape::chat;
    if (kind == "text_completion") return Shape::completion;
    if (kind == "response") return Shape::responses;
    if (const auto choices = json::array_of(object, "choices")) {
        for (const Element one : *choices) {
            const auto choice = json::as_object(one);
            if (choice && json::member(*choice, "text") && !json::member(*choice, "message"))
                return Shape::completion;
            break;
        }
        return Shape::chat;
    }
    if (kind == "list" && json::array_of(object, "data") && json::member(object, "usage"))
        return Shape::embeddings;
    if (json::text_of(object, "type") == "message" && json::array_of(object, "content") &&
        object.at_key("stop_reason").error() == simdjson::SUCCESS)
        return Shape::anthropic;
    if (json::array_of(object, "output") && json::member(object, "usage") && json::member(object, "status"))
        return Shape::responses;
    return Shape::none;
}

Shape shape_of_request(Object object) {
    if (json::array_of(object, "messages")) {
        // Anthropic's own members; its messages alone look like anyone's.
        if (json::member(object, "system") || json::member(object, "anthropic_version"))
            return Shape::anthropic;
        return Shape::chat;
    }
    if (!json::member(object, "model")) return Shape::none;
    const auto input = json::member(object, "input");
    if (input && (input->is_string() || input->is_array())) {
        if (json::member(object, "encoding_format") ||
            json::text_of(object, "model").find("embed") != std::string_view::npos)
            return Shape::embeddings;
        return Shape::responses;
    }
    if (json::member(object, "prompt")) return Shape::completion;
    if (json::member(object, "previous_response_id")) return Shape::responses;
    return Shape::none;
}

} // namespace clew::openai
