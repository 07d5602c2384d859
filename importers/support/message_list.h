// Messages as the GenAI conventions have them in gen_ai.input.messages (roles and parts), for formats whose own
// messages no dialect knows: sessions of coding agents. Formats whose records hold chat messages keep those
// and write the others alike (chat_messages.h). Any thread.
#pragma once

#include "importers/support/json_values.h"

#include <optional>
#include <string>
#include <string_view>

namespace clew {

class MessageList {
public:
    void begin(std::string_view role);        // the following parts are its
    void text(std::string_view content);      // left out where empty
    void reasoning(std::string_view content); // likewise
    void call(std::string_view id, std::string_view name, std::optional<json::Element> arguments);
    void call(std::string_view id, std::string_view name, std::string_view arguments); // JSON as text
    void result(std::string_view id, std::string_view name, std::optional<json::Element> response);
    void part(json::Element part); // as the source has it
    // Text, or blocks of which plain text becomes parts and anything else stays as it is.
    void content(json::Element content);

    [[nodiscard]] std::string take(); // "" where there is no message

private:
    void open_part();
    void text_part(std::string_view type, std::string_view content);
    void open_call(std::string_view id, std::string_view name);
    std::string json_;
    bool first_part_ = true;
};

} // namespace clew
