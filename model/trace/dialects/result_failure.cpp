#include "model/base/text.h"
#include "model/trace/dialects/messages.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>

namespace clew {

namespace {

constexpr bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '.';
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words,
                               [&](std::string_view word) { return equals_ignoring_case(text, word); });
}

// Walks JSON text once, forward, without building anything; whatever is malformed reads as "nothing more".
class Walk {
public:
    explicit Walk(std::string_view text)
        : at_(text.data())
        , end_(text.data() + text.size()) {}

    char peek() {
        while (at_ != end_ && is_space(*at_))
            ++at_;
        return at_ == end_ ? '\0' : *at_;
    }
    bool take(char c) {
        if (peek() != c) return false;
        ++at_;
        return true;
    }
    // The raw text between the quotes; empty where there is no string.
    std::string_view string() {
        if (!take('"')) return {};
        const char* begin = at_;
        while (at_ != end_) {
            const auto* quote =
                static_cast<const char*>(std::memchr(at_, '"', static_cast<std::size_t>(end_ - at_)));
            if (quote == nullptr) break;
            const char* slash = quote;
            while (slash != begin && slash[-1] == '\\')
                --slash;
            at_ = quote + 1;
            if ((quote - slash) % 2 == 0) return {begin, static_cast<std::size_t>(quote - begin)};
        }
        at_ = end_;
        return {begin, static_cast<std::size_t>(end_ - begin)};
    }
    // Any value, as its raw text (strings with their quotes).
    std::string_view value() {
        const char first = peek();
        const char* begin = at_;
        if (first == '"') {
            string();
        } else if (first == '{' || first == '[') {
            std::size_t depth = 0;
            while (at_ != end_) {
                const char c = *at_;
                if (c == '"') {
                    string();
                    continue;
                }
                ++at_;
                if (c == '{' || c == '[') ++depth;
                if ((c == '}' || c == ']') && --depth == 0) break;
            }
        } else {
            while (at_ != end_ && *at_ != ',' && *at_ != '}' && *at_ != ']' && !is_space(*at_))
                ++at_;
        }
        return {begin, static_cast<std::size_t>(at_ - begin)};
    }

private:
    const char* at_;
    const char* end_;
};

// each(key, value) → true stops and is returned.
template <class Each>
bool any_member(std::string_view object, Each&& each) {
    Walk walk(object);
    if (!walk.take('{')) return false;
    while (walk.peek() == '"') {
        const std::string_view key = walk.string();
        if (!walk.take(':')) return false;
        const std::string_view value = walk.value();
        if (value.empty()) return false;
        if (each(key, value)) return true;
        if (!walk.take(',')) return false;
    }
    return false;
}

template <class Each>
bool any_element(std::string_view array, Each&& each) {
    Walk walk(array);
    if (!walk.take('[')) return false;
    while (walk.peek() != ']') {
        const std::string_view value = walk.value();
        if (value.empty()) return false;
        if (each(value)) return true;
        if (!walk.take(',')) return false;
    }
    return false;
}

std::string_view unquoted(std::string_view json_string) {
    return json_string.size() >= 2 ? json_string.substr(1, json_string.size() - 2) : std::string_view{};
}

bool is_integer(std::string_view value) {
    if (value.starts_with('-')) value.remove_prefix(1);
    return !value.empty() && value.size() < 10 && std::ranges::all_of(value, is_digit);
}
int to_int(std::string_view value) {
    return std::atoi(std::string(value).c_str());
}

// "says nothing": null, false, zero, "", "none", [], {} and containers of only such.
bool says_nothing(std::string_view value, int depth = 0) {
    switch (value.front()) {
    case 'n':
    case 'N':
    case 'f': return true;
    case 't': return false;
    case '"':
        return is_one_of(trimmed(unquoted(value)), {"", "none", "null", "nil", "no", "false", "0", "ok",
                                                    "n/a", "no error", "no errors", "success"});
    case '[':
        return depth > 3 ||
               !any_element(value, [&](std::string_view v) { return !says_nothing(v, depth + 1); });
    case '{':
        return depth > 3 || !any_member(value, [&](std::string_view, std::string_view v) {
                   return !says_nothing(v, depth + 1);
               });
    default: return !is_integer(value) || to_int(value) == 0; // 0.03 is a measured error, not a failure
    }
}

bool is_failure_word(std::string_view value) {
    return value.front() == '"' && is_one_of(unquoted(value), {"error", "failed", "failure", "errored"});
}
bool is_false(std::string_view value) {
    return value == "false" || equals_ignoring_case(value, "\"false\"");
}
bool is_true(std::string_view value) {
    return value == "true" || equals_ignoring_case(value, "\"true\"");
}
bool is_http_failure(std::string_view value) {
    return is_integer(value) && to_int(value) >= 400 && to_int(value) <= 599;
}

bool member_says_failure(std::string_view key, std::string_view value) {
    switch (key.empty() ? '\0' : key.front()) {
    case 'e':
        if (key == "error" || key == "error_message" || key == "errorMessage") return !says_nothing(value);
        if (key == "errors")
            return !is_integer(value) && !says_nothing(value); // a number of errors is a finding
        if (key == "exit_code" || key == "exitCode" || key == "exit_status")
            return is_integer(value) && to_int(value) != 0;
        return false;
    case 'i': return (key == "isError" || key == "is_error") && is_true(value);
    case 'o': return key == "ok" && is_false(value);
    case 'r':
        return (key == "returncode" || key == "return_code" || key == "returnCode") && is_integer(value) &&
               to_int(value) != 0;
    case 's':
        if (key == "success" || key == "succeeded") return is_false(value);
        if (key == "status") return is_http_failure(value) || is_failure_word(value);
        return (key == "statusCode" || key == "status_code") && is_http_failure(value);
    case 'c': return key == "code" && is_http_failure(value);
    case 'h': return (key == "http_status" || key == "httpStatus") && is_http_failure(value);
    default: return false;
    }
}

bool is_wrapper(std::string_view key) {
    return key == "result" || key == "data" || key == "output" || key == "response" ||
           key == "structuredContent" || key == "structured_content";
}

bool text_says_failure(std::string_view text);

std::string unescaped(std::string_view json_string) {
    const auto value = nlohmann::json::parse(json_string, nullptr, false);
    return value.is_string() ? value.get<std::string>() : std::string(unquoted(json_string));
}

bool object_says_failure(std::string_view object, bool nested) {
    return any_member(object, [&](std::string_view key, std::string_view value) {
        if (member_says_failure(key, value)) return true;
        if (nested || !is_wrapper(key)) return false;
        if (value.front() == '{') return object_says_failure(value, true);
        if (value.front() != '"') return false;
        const std::string_view inner = trimmed(unquoted(value));
        return inner.starts_with('{') && object_says_failure(unescaped(value), true);
    });
}

// Content blocks ([{"type":"text","text":"Error: …"}]): the first text speaks. Other arrays are data.
bool blocks_say_failure(std::string_view array) {
    bool failure = false;
    any_element(array, [&](std::string_view element) {
        if (element.front() != '{') return true;
        std::string_view type;
        std::string_view text;
        any_member(element, [&](std::string_view key, std::string_view value) {
            if (key == "type") type = value;
            if (key == "text") text = value;
            return false;
        });
        if (type != "\"text\"" || text.size() < 2 || text.front() != '"') return true;
        const std::string plain = unescaped(text);
        const std::string_view inner = trimmed(plain);
        failure = inner.starts_with('{') ? object_says_failure(inner, false) : text_says_failure(inner);
        return true;
    });
    return failure;
}

// "ValueError: …", "requests.exceptions.HTTPException: …"
bool is_exception_line(std::string_view line) {
    std::size_t n = 0;
    while (n < line.size() && n < 100 && is_word(line[n]))
        ++n;
    const std::string_view word = line.substr(0, n);
    return n < line.size() && line[n] == ':' && (word.ends_with("Error") || word.ends_with("Exception"));
}

bool exit_code_follows(std::string_view text) {
    std::size_t n = 0;
    while (n < text.size() && (text[n] == ' ' || text[n] == ':'))
        ++n;
    if (n < text.size() && text[n] == '-') ++n;
    bool non_zero = false;
    const std::size_t digits = n;
    for (; n < text.size() && is_digit(text[n]); ++n)
        non_zero = non_zero || text[n] != '0';
    return n > digits && non_zero && (n == text.size() || !is_word(text[n]));
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() && equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

constexpr std::string_view kTraceback = "Traceback (most recent call last)";

bool text_says_failure(std::string_view text) {
    constexpr std::array<std::string_view, 9> kOpenings = {
        "error:",        "error executing ", "error calling ", "error running ",  "error invoking ",
        "error during ", "fatal error:",     "fatal: ",        "<tool_use_error>"};
    switch (text.empty() ? '\0' : text.front()) {
    case 'E':
    case 'e':
    case 'F':
    case 'f':
    case '<':
        if (std::ranges::any_of(kOpenings,
                                [&](std::string_view o) { return starts_with_ignoring_case(text, o); }))
            return true;
        if (starts_with_ignoring_case(text, "exit code") && exit_code_follows(text.substr(9))) return true;
        break;
    case 'T':
        if (text.starts_with(kTraceback)) return true;
        break;
    case 'P':
        if (text.starts_with("Process exited with code") && exit_code_follows(text.substr(24))) return true;
        break;
    case 'C':
        if (text.starts_with("Command failed with exit code")) return true;
        break;
    default: break;
    }
    if (is_exception_line(text)) return true;
    // A program that died: its output ends with the exception of a traceback.
    const std::size_t newline = text.rfind('\n');
    if (newline == std::string_view::npos || !is_exception_line(text.substr(newline + 1))) return false;
    constexpr std::size_t kTail = 16 * 1024;
    return text.substr(text.size() > kTail ? text.size() - kTail : 0).find(kTraceback) !=
           std::string_view::npos;
}

bool says_failure(std::string_view text) {
    switch (text.empty() ? '\0' : text.front()) {
    case '\0': return false;
    case '{': return object_says_failure(text, false);
    case '[': return blocks_say_failure(text);
    default: return text_says_failure(text);
    }
}

} // namespace

bool result_says_failure(std::string_view result) {
    const std::string_view text = trimmed(result);
    if (!text.starts_with('"') || !text.ends_with('"') || text.size() < 2) return says_failure(text);
    const std::string_view inner = unquoted(text);
    if (inner.find('\\') == std::string_view::npos) return says_failure(trimmed(inner));
    return says_failure(trimmed(unescaped(text)));
}

} // namespace clew
