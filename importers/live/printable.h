// What a client sent, as part of a sentence: ASCII that prints, cut to a length. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace clew::live {

inline std::string printable(std::string_view text, std::size_t most = 80) {
    std::string out;
    for (const char byte : text.substr(0, most))
        out += byte >= ' ' && byte <= '~' ? byte : '?';
    if (text.size() > most && most > 3) out.replace(most - 3, 3, "...");
    return out;
}

// ASCII letters only: names and tokens of HTTP.
inline std::string lower(std::string_view text) {
    std::string out(text);
    for (char& byte : out)
        if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte - 'A' + 'a');
    return out;
}

inline std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

} // namespace clew::live
