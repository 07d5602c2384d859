// Small helpers for UTF-8 text. Any thread; no allocation unless a std::string is returned.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace clew {

std::string_view trimmed(std::string_view text); // without white space at both ends

// At most `max_bytes`, cut at a character; no mark is added.
std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes);

bool is_utf8(std::string_view text);
std::string to_utf8(std::string_view bytes); // invalid bytes become U+FFFD

// Unicode code point appended as UTF-8; surrogates and values out of range become U+FFFD.
void append_utf8(std::string& out, char32_t code_point);

// UTF-16 (little or big endian, no BOM) to UTF-8; unpaired surrogates become U+FFFD.
std::string utf16_to_utf8(std::string_view bytes, bool big_endian);

// `text` as a JSON string with its quotes. Invalid UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);
std::string json_string(std::string_view text);

bool equals_ignoring_case(std::string_view a, std::string_view b); // ASCII
std::string lower(std::string_view text);                          // ASCII

// First line with content, white space folded, at most `max_bytes`: for second texts and previews.
std::string one_line(std::string_view text, std::size_t max_bytes);

} // namespace clew
