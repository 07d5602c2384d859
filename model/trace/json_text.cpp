#include "model/trace/json_text.h"

#include "model/base/text.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace clew {

namespace {

std::optional<char32_t> hex4(std::string_view text, std::size_t at) {
    if (at + 4 > text.size()) return {};
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + 4, value, 16);
    if (error != std::errc{} || end != text.data() + at + 4) return {};
    return static_cast<char32_t>(value);
}

// Reads \uXXXX and its second half; `at` points behind the first "u".
char32_t code_point(std::string_view text, std::size_t& at) {
    const auto first = hex4(text, at);
    if (!first) return 0xfffd;
    at += 4;
    if (*first < 0xd800 || *first > 0xdbff) return *first;
    if (text.substr(at, 2) == "\\u") {
        const auto second = hex4(text, at + 2);
        if (second && *second >= 0xdc00 && *second <= 0xdfff) {
            at += 6;
            return 0x10000 + ((*first - 0xd800) << 10) + (*second - 0xdc00);
        }
    }
    return 0xfffd;
}

} // namespace

std::string_view unescape_json(std::string_view escaped, std::string& out, std::size_t max_bytes) {
    out.clear();
    for (std::size_t at = 0; at < escaped.size() && out.size() < max_bytes;) {
        const auto run = std::min(escaped.find('\\', at), escaped.size());
        const auto part = utf8_prefix(escaped.substr(at, run - at), max_bytes - out.size());
        out += part;
        if (part.size() < run - at) break;
        at = run;
        if (at + 1 >= escaped.size()) break;
        const char c = escaped[at + 1];
        at += 2;
        switch (c) {
        case 'n': out += '\n'; break;
        case 't': out += '\t'; break;
        case 'r': out += '\r'; break;
        case 'b': out += '\b'; break;
        case 'f': out += '\f'; break;
        case 'u': append_utf8(out, code_point(escaped, at)); break;
        default: out += c;
        }
    }
    return out;
}

} // namespace clew
