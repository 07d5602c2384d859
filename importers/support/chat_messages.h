// Messages as chat interfaces write them ({"role","content","tool_calls"}), for formats whose records hold such
// messages themselves: what is put together here stands in one list with what the source has. Formats whose
// messages have a shape of their own write the GenAI conventions' (message_list.h). Any thread.
#pragma once

#include "importers/support/json_list.h"
#include "importers/support/json_values.h"

#include <initializer_list>
#include <string>
#include <string_view>

namespace clew {

class ChatMessage {
public:
    explicit ChatMessage(std::string_view role);
    ChatMessage& text(std::string_view key, std::string_view value); // left out where empty
    ChatMessage& value(std::string_view key, json::Element value);
    // `arguments` is JSON, or the text of it.
    ChatMessage& call(std::string_view id, std::string_view name, std::string_view arguments);
    [[nodiscard]] std::string take();

private:
    void begin(std::string_view key);
    std::string json_;
    JsonList calls_;
};

// A message of one text: {"role":…,"content":…}.
std::string chat_text(std::string_view role, std::string_view text);

// Compact JSON of an object but for some of its members.
std::string json_without(json::Object object, std::initializer_list<std::string_view> keys);

} // namespace clew
