#include "importers/support/message_list.h"

#include "model/base/text.h"

#include <utility>

namespace clew {

void MessageList::begin(std::string_view role) {
    json_ += json_.empty() ? "[{\"role\":" : "]},{\"role\":";
    append_json_string(json_, role);
    json_ += ",\"parts\":[";
    first_part_ = true;
}

void MessageList::open_part() {
    if (json_.empty()) begin("user");
    if (!std::exchange(first_part_, false)) json_ += ',';
}

void MessageList::text_part(std::string_view type, std::string_view content) {
    if (content.empty()) return;
    open_part();
    json_ += R"({"type":)";
    append_json_string(json_, type);
    json_ += ",\"content\":";
    append_json_string(json_, content);
    json_ += '}';
}

void MessageList::text(std::string_view content) {
    text_part("text", content);
}

void MessageList::reasoning(std::string_view content) {
    text_part("reasoning", content);
}

void MessageList::open_call(std::string_view id, std::string_view name) {
    open_part();
    json_ += R"({"type":"tool_call","id":)";
    append_json_string(json_, id);
    json_ += ",\"name\":";
    append_json_string(json_, name);
}

void MessageList::call(std::string_view id, std::string_view name, std::optional<json::Element> arguments) {
    open_call(id, name);
    if (arguments) (json_ += ",\"arguments\":") += json::json_of(*arguments);
    json_ += '}';
}

void MessageList::call(std::string_view id, std::string_view name, std::string_view arguments) {
    open_call(id, name);
    json_ += ",\"arguments\":";
    append_json_string(json_, arguments);
    json_ += '}';
}

void MessageList::result(std::string_view id, std::string_view name, std::optional<json::Element> response) {
    open_part();
    json_ += R"({"type":"tool_call_response","id":)";
    append_json_string(json_, id);
    json_ += ",\"name\":";
    append_json_string(json_, name);
    json_ += ",\"response\":";
    json_ += response ? json::json_of(*response) : std::string("null");
    json_ += '}';
}

void MessageList::part(json::Element part) {
    open_part();
    json_ += json::json_of(part);
}

void MessageList::content(json::Element content) {
    if (content.is_string()) return text(json::as_text(content));
    const auto blocks = json::as_array(content);
    if (!blocks) return content.is_null() ? void() : part(content);
    for (const json::Element block : *blocks) {
        const auto object = json::as_object(block);
        if (block.is_string())
            text(json::as_text(block));
        else if (object && !json::text_of(*object, "text").empty() && object->size() <= 2)
            text(json::text_of(*object, "text"));
        else
            part(block);
    }
}

std::string MessageList::take() {
    if (!json_.empty()) json_ += "]}]";
    return std::exchange(json_, {});
}

} // namespace clew
