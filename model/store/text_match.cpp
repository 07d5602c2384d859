#include "model/store/text_match.h"

#include "model/base/text.h"
#include "model/store/filter/pattern.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>

namespace clew {

namespace {

bool is_ascii_word(char32_t c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

enum class Class : std::uint8_t { other, word, dense }; // dense: no blanks between words

struct Range {
    char32_t first, last;
};

constexpr std::array<Range, 17> kDense = {{{0x0E00, 0x0EFF},
                                           {0x1000, 0x109F},
                                           {0x1780, 0x17FF},
                                           {0x2E80, 0x2FDF},
                                           {0x3005, 0x3007},
                                           {0x3040, 0x30FF},
                                           {0x3100, 0x318F},
                                           {0x31A0, 0x31BF},
                                           {0x31F0, 0x31FF},
                                           {0x3400, 0x4DBF},
                                           {0x4E00, 0x9FFF},
                                           {0xA960, 0xA97F},
                                           {0xAC00, 0xD7FF},
                                           {0xF900, 0xFAFF},
                                           {0xFF66, 0xFF9F},
                                           {0x1B000, 0x1B16F},
                                           {0x20000, 0x3FFFF}}};
// Beyond ASCII most of Unicode is letters; these are not.
constexpr std::array<Range, 16> kOther = {{{0x0080, 0x00A9},
                                           {0x00AB, 0x00B4},
                                           {0x00B6, 0x00B9},
                                           {0x00BB, 0x00BF},
                                           {0x00D7, 0x00D7},
                                           {0x00F7, 0x00F7},
                                           {0x1680, 0x1680},
                                           {0x2000, 0x206F},
                                           {0x20A0, 0x20CF},
                                           {0x2190, 0x2BFF},
                                           {0x2E00, 0x2E7F},
                                           {0x3000, 0x3004},
                                           {0x3008, 0x303F},
                                           {0xE000, 0xF8FF},
                                           {0xFE00, 0xFE6F},
                                           {0x1F000, 0x1FAFF}}};

template <std::size_t N>
bool in_ranges(const std::array<Range, N>& ranges, char32_t c) {
    const auto it = std::ranges::upper_bound(ranges, c, {}, &Range::first);
    return it != ranges.begin() && c <= std::prev(it)->last;
}

Class class_of(char32_t c) {
    if (c < 0x80) return is_ascii_word(c) ? Class::word : Class::other;
    if (in_ranges(kDense, c)) return Class::dense;
    const bool full_width_sign =
        c >= 0xFF00 && c <= 0xFFFF && !((c >= 0xFF10 && c <= 0xFF19) || (c >= 0xFF41 && c <= 0xFF5A));
    return in_ranges(kOther, c) || full_width_sign ? Class::other : Class::word;
}

char32_t fold(char32_t c) {
    if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
    if (c >= 0xC0 && c <= 0xDE) return c == 0xD7 ? c : c + 32;
    if (c >= 0x100 && c <= 0x17F) {
        if (c == 0x178) return 0xFF;
        const bool odd_is_upper = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
        // Dotted and dotless i, kra, 'n and the long s have no partner of their own.
        if (c == 0x130 || c == 0x131 || c == 0x138 || c == 0x149 || c == 0x17F) return c;
        return odd_is_upper ? c + (c & 1) : c | 1;
    }
    if (c >= 0x391 && c <= 0x3A9) return c + 32;
    if (c == 0x3C2) return 0x3C3; // final sigma
    if (c >= 0x386 && c <= 0x38F) {
        if (c == 0x386) return 0x3AC;
        if (c <= 0x38A && c >= 0x388) return c + 37;
        if (c == 0x38C) return 0x3CC;
        if (c >= 0x38E) return c + 63;
    }
    if (c >= 0x400 && c <= 0x40F) return c + 80;
    if (c >= 0x410 && c <= 0x42F) return c + 32;
    if ((c >= 0x460 && c <= 0x481) || (c >= 0x48A && c <= 0x4BF) || (c >= 0x4D0 && c <= 0x52F)) return c | 1;
    if (c >= 0x531 && c <= 0x556) return c + 48;
    if (c >= 0x1E00 && c <= 0x1E95) return c | 1;
    if (c >= 0x1EA0 && c <= 0x1EFF) return c | 1;
    if (c >= 0xFF21 && c <= 0xFF3A) return c + 32;
    return c;
}

// One character of UTF-8 at `at`, which moves on; a broken byte gives U+FFFD.
char32_t next_character(std::string_view text, std::size_t& at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(at);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xF0 && lead < 0xF8 ? 4
                               : lead >= 0xE0                ? 3
                               : lead >= 0xC0                ? 2
                                                             : 0;
    if (length == 0 || lead >= 0xF8 || at + length > text.size()) {
        ++at;
        return 0xFFFD;
    }
    char32_t c = length == 1 ? lead : lead & (0xFFu >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(at + i) & 0xC0) != 0x80) {
            ++at;
            return 0xFFFD;
        }
        c = (c << 6) | (byte(at + i) & 0x3Fu);
    }
    at += length;
    return c;
}

char32_t character_at(std::string_view text, std::size_t at) {
    return next_character(text, at);
}

char32_t character_before(std::string_view text, std::size_t at) {
    std::size_t begin = at - 1;
    while (begin > 0 && at - begin < 4 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80)
        --begin;
    return character_at(text, begin);
}

std::optional<char32_t> hex4(std::string_view text) {
    if (text.size() < 4) return {};
    char32_t value = 0;
    for (const char c : text.substr(0, 4)) {
        const bool digit = c >= '0' && c <= '9';
        const bool letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (!digit && !letter) return {};
        value = value * 16 + static_cast<char32_t>(digit ? c - '0' : (c | 32) - 'a' + 10);
    }
    return value;
}

// Member names of OTLP/JSON: part of the wrapping, not of what was said.
constexpr std::array<std::string_view, 17> kWrapping = {
    "key",         "value",  "stringValue",           "intValue",   "doubleValue", "boolValue",  "arrayValue",
    "kvlistValue", "values", "timeUnixNano",          "bytesValue", "name",        "attributes", "traceState",
    "traceId",     "spanId", "droppedAttributesCount"};

// Length of `"member":` at the beginning of `text`; 0 where it is none of them.
std::size_t wrapping_at(std::string_view text) {
    const auto body = text.substr(1);
    for (const auto member : kWrapping) {
        if (body.starts_with(member) && body.substr(member.size()).starts_with("\":"))
            return member.size() + 3;
    }
    return 0;
}

class Normaliser {
public:
    Normaliser(std::string& out, Wrapping wrapping)
        : out_(out)
        , wrapping_(wrapping) {}

    void run(std::string_view raw) {
        // Blanks are folded within one call only: what stands before it is another text.
        blank_ = true;
        const std::size_t before = out_.size();
        for (std::size_t at = 0; at < raw.size();) {
            const auto c = static_cast<unsigned char>(raw[at]);
            if (c == '\\') {
                escape(raw, at);
            } else if (c == '"') {
                const std::size_t skipped = wrapping_ == Wrapping::otlp ? wrapping_at(raw.substr(at)) : 0;
                if (skipped > 0) {
                    blank();
                    at += skipped;
                } else {
                    put('"');
                    ++at;
                }
            } else if (c < 0x80) {
                put(c);
                ++at;
            } else {
                put(next_character(raw, at));
            }
        }
        if (blank_ && out_.size() > before) out_.pop_back();
    }

private:
    void blank() {
        if (!blank_) out_ += ' ';
        blank_ = true;
    }

    void put(char32_t c) {
        if (c <= ' ' || c == 0x7F || c == 0xA0 || c == 0x3000 || c == 0x2028 || c == 0x2029) return blank();
        blank_ = false;
        if (c < 0x80) {
            out_ += static_cast<char>(fold(c));
        } else {
            append_utf8(out_, fold(c));
        }
    }

    // Any number of backslashes, then what they escape: text inside JSON inside JSON has several.
    void escape(std::string_view raw, std::size_t& at) {
        std::size_t end = at;
        while (end < raw.size() && raw[end] == '\\')
            ++end;
        const std::size_t depth = end - at;
        const char c = end < raw.size() ? raw[end] : '\0';
        at = end;
        if (c == 'n' || c == 'r' || c == 't' || c == 'b' || c == 'f') {
            blank();
            ++at;
        } else if (c == 'u' && hex4(raw.substr(end + 1))) {
            char32_t value = *hex4(raw.substr(end + 1));
            at = end + 5;
            const auto rest = raw.substr(at);
            if (value >= 0xD800 && value < 0xDC00 && rest.size() >= depth + 5 &&
                rest.find_first_not_of('\\') == depth && rest[depth] == 'u') {
                if (const auto low = hex4(rest.substr(depth + 1)); low && *low >= 0xDC00 && *low < 0xE000) {
                    value = 0x10000 + ((value - 0xD800) << 10) + (*low - 0xDC00);
                    at += depth + 5;
                }
            }
            put(value >= 0xD800 && value < 0xE000 ? 0xFFFD : value);
        } else if (c != '"' && c != '/') {
            put('\\');
        } else {
            put(static_cast<unsigned char>(c)); // an escaped quote is never the wrapping's
            ++at;
        }
    }

    std::string& out_;
    Wrapping wrapping_;
    bool blank_ = true;
};

// Calls `each(word, closed)` for the words of searchable text; `closed` = something follows the word.
template <class Each>
void for_each_word(std::string_view text, const Each& each) {
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t begin = at;
        const Class kind = class_of(next_character(text, at));
        if (kind == Class::other) continue;
        if (kind == Class::word) {
            while (at < text.size()) {
                std::size_t next = at;
                if (class_of(next_character(text, next)) != Class::word) break;
                at = next;
            }
            each(utf8_prefix(text.substr(begin, at - begin), kLongestWord),
                 at < text.size() || at - begin > kLongestWord);
            continue;
        }
        // Pairs of neighbours, and the last one alone, so that one character is the beginning of some word.
        std::size_t first = begin;
        for (;;) {
            const std::size_t second = at;
            std::size_t end = at;
            if (second >= text.size() || class_of(next_character(text, end)) != Class::dense) {
                each(text.substr(first, second - first), second < text.size());
                break;
            }
            each(text.substr(first, end - first), end < text.size());
            first = second;
            at = end;
        }
    }
}

// Case-insensitive search for a folded ASCII needle: Horspool over a folded table.
bool holds_ascii(std::string_view text, std::string_view needle) {
    const std::size_t n = needle.size();
    if (n == 0) return true;
    if (text.size() < n) return false;
    std::array<std::uint8_t, 256> skip;
    skip.fill(static_cast<std::uint8_t>(n));
    for (std::size_t i = 0; i + 1 < n; ++i) {
        const auto c = static_cast<unsigned char>(needle[i]);
        skip[c] = static_cast<std::uint8_t>(n - 1 - i);
        if (c >= 'a' && c <= 'z') skip[c - 32] = skip[c];
    }
    for (std::size_t at = 0; at + n <= text.size();) {
        const auto last = static_cast<unsigned char>(text[at + n - 1]);
        if (fold(last) == static_cast<unsigned char>(needle[n - 1])) {
            std::size_t i = 0;
            while (i + 1 < n &&
                   fold(static_cast<unsigned char>(text[at + i])) == static_cast<unsigned char>(needle[i]))
                ++i;
            if (i + 1 == n) return true;
        }
        at += skip[last];
    }
    return false;
}

} // namespace

void append_searchable(std::string& out, std::string_view raw, Wrapping wrapping) {
    Normaliser(out, wrapping).run(raw);
}

std::string searchable(std::string_view raw, Wrapping wrapping) {
    std::string out;
    out.reserve(raw.size());
    append_searchable(out, raw, wrapping);
    return out;
}

void append_words(std::string& out, std::string_view searchable_text) {
    for_each_word(searchable_text, [&out](std::string_view word, bool) { (out += word) += ' '; });
}

std::string folded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto lead = static_cast<unsigned char>(text[at]);
        if (lead < 0x80) {
            out += static_cast<char>(fold(lead));
            ++at;
        } else {
            append_utf8(out, fold(next_character(text, at)));
        }
    }
    return out;
}

TextQuery::TextQuery(std::string_view text) {
    while (text.starts_with('*')) {
        anywhere_ = true;
        text.remove_prefix(1);
    }
    while (text.ends_with('*'))
        text.remove_suffix(1); // the last word is open anyway
    needle_ = searchable(text, Wrapping::none);
    last_open_ = false;
    for_each_word(needle_, [this](std::string_view word, bool closed) {
        words_.emplace_back(word);
        last_open_ = !closed;
        const bool ascii =
            std::ranges::all_of(word, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
        if (ascii && word.size() > probe_.size()) probe_ = word;
    });
    // The single last character of a dense run is a word of its own only where the run ends; a query's need
    // not.
    if (words_.size() > 1 && last_open_ &&
        class_of(character_before(needle_, needle_.size())) == Class::dense) {
        const bool pair_before = words_[words_.size() - 2].ends_with(words_.back());
        if (pair_before) words_.pop_back();
    }
}

TextQuery::TextQuery(Pattern expression)
    : expression_(std::make_shared<const Pattern>(std::move(expression))) {}

bool TextQuery::in(std::string_view text) const {
    if (expression_) return expression_->matches(text);
    if (needle_.empty()) return false;
    const bool free = anywhere_ || class_of(character_at(needle_, 0)) != Class::word;
    for (std::size_t at = text.find(needle_); at != std::string_view::npos; at = text.find(needle_, at + 1)) {
        if (free || at == 0 || class_of(character_before(text, at)) != Class::word) return true;
    }
    return false;
}

bool TextQuery::maybe_in_raw(std::string_view raw) const {
    if (probe_.size() < 2) return true;
    // Letters may be written as escapes; where any ASCII is, only the full look can tell.
    return holds_ascii(raw, probe_) || raw.find("\\u00") != std::string_view::npos;
}

bool TextQuery::is_one_word() const {
    return words_.size() == 1 && words_.front() == needle_ && needle_.size() < kLongestWord;
}

std::string TextQuery::match_expression() const {
    std::string out;
    for (const auto& word : words_) {
        if (!out.empty()) out += " AND ";
        ((out += '"') += word) += '"';
    }
    if (last_open_ && !out.empty()) out += '*';
    return out;
}

} // namespace clew
