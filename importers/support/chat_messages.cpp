#include "importers/support/chat_messages.h"

#include "model/base/text.h"

#include <algorithm>
#include <utility>

namespace clew {

ChatMessage::ChatMessage(std::string_view role)
    : json_("{\"role\":") {
    append_json_string(json_, role);
}

void ChatMessage::begin(std::string_view key) {
    json_ += ',';
    append_json_string(json_, key);
    json_ += ':';
}

ChatMessage& ChatMessage::text(std::string_view key, std::string_view value) {
    if (value.empty()) return *this;
    begin(key);
    append_json_string(json_, value);
    return *this;
}

ChatMessage& ChatMessage::value(std::string_view key, json::Element value) {
    if (value.is_null()) return *this;
    begin(key);
    json_ += json::json_of(value);
    return *this;
}

ChatMessage& ChatMessage::call(std::string_view id, std::string_view name, std::string_view arguments) {
    std::string json = "{\"id\":";
    append_json_string(json, id);
    json += ",\"type\":\"function\",\"function\":{\"name\":";
    append_json_string(json, name);
    json += ",\"arguments\":";
    append_json_string(json, arguments);
    json += "}}";
    calls_.add_json(json);
    return *this;
}

std::string ChatMessage::take() {
    if (!calls_.empty()) {
        begin("tool_calls");
        json_ += calls_.take();
    }
    json_ += '}';
    return std::exchange(json_, {});
}

std::string chat_text(std::string_view role, std::string_view text) {
    return ChatMessage(role).text("content", text).take();
}

std::string json_without(json::Object object, std::initializer_list<std::string_view> keys) {
    std::string out = "{";
    for (const auto member : object) {
        if (std::ranges::find(keys, member.key) != keys.end()) continue;
        if (out.size() > 1) out += ',';
        append_json_string(out, member.key);
        (out += ':') += json::json_of(member.value);
    }
    return out += '}';
}

} // namespace clew
