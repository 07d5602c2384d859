// Raw views into a document that simdjson reads on demand: keys, strings and whole values as they stand in
// the input. The document is known to be valid JSON; views live as long as its text.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <string_view>

namespace clew::ondemand {

namespace od = simdjson::ondemand;

// A key between its quotes, escapes as they are. A valid document closes every string, so the search ends.
inline std::string_view key_of(od::field& field) {
    const char* begin = field.key().raw();
    const char* at = begin;
    while (*at != '"')
        at += *at == '\\' ? 2 : 1;
    return {begin, static_cast<std::size_t>(at - begin)};
}

inline std::string_view without_blank_end(std::string_view text) {
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ')
        text.remove_suffix(1);
    return text;
}

// A scalar as it stands in the input, strings with their quotes. Does not consume it.
inline std::string_view token(od::value& value) {
    return without_blank_end(value.raw_json_token());
}

// Any value as it stands in the input; consumes it.
inline std::string_view raw(od::value& value) {
    od::json_type type{};
    if (value.type().get(type) != simdjson::SUCCESS) return {};
    std::string_view text;
    if (type == od::json_type::array) {
        od::array array;
        if (value.get_array().get(array) != simdjson::SUCCESS ||
            array.raw_json().get(text) != simdjson::SUCCESS)
            return {};
    } else if (type == od::json_type::object) {
        od::object object;
        if (value.get_object().get(object) != simdjson::SUCCESS ||
            object.raw_json().get(text) != simdjson::SUCCESS)
            return {};
    } else {
        text = value.raw_json_token();
    }
    return without_blank_end(text);
}

inline bool is_string_token(std::string_view token) {
    return token.size() >= 2 && token.front() == '"';
}

// The inside of a string token, escapes as they are; other tokens as they stand, null as nothing.
inline std::string_view unquoted(std::string_view token) {
    if (is_string_token(token)) return token.substr(1, token.size() - 2);
    return token == "null" ? std::string_view{} : token;
}

} // namespace clew::ondemand
