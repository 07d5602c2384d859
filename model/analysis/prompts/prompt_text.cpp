#include "model/analysis/prompts/prompt_text.h"

#include "model/analysis/canonical_json.h"
#include "model/analysis/findings/json_depth.h"
#include "model/analysis/step/prompt.h"
#include "model/base/hash.h"
#include "model/base/text.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

namespace clew {

namespace {

using Json = nlohmann::json;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_letter(char c) {
    return is_upper(c) || is_lower(c) || (static_cast<unsigned char>(c) & 0x80u) != 0;
}
bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

constexpr std::string_view kUuid = "<uuid>", kTime = "<time>"; // of without_volatile()
constexpr std::string_view kId = "<id>";
constexpr std::string_view kValue = "<value>";

// A word without the punctuation around it.
struct Word {
    std::string_view before, core, after;
};
Word word_of(std::string_view text) {
    const auto inner = [](char c) { return is_letter(c) || is_digit(c) || c == '<' || c == '>'; };
    const auto first = std::ranges::find_if(text, inner);
    std::size_t begin = static_cast<std::size_t>(first - text.begin());
    std::size_t end = text.size();
    while (end > begin && !inner(text[end - 1]))
        --end;
    return {text.substr(0, begin), text.substr(begin, end - begin), text.substr(end)};
}

// Long, of digits and letters mixed: order numbers, hashes, call ids.
bool is_id(std::string_view word) {
    constexpr std::size_t kShortest = 8;
    if (word.size() < kShortest) return false;
    const auto digits = std::ranges::count_if(word, is_digit);
    if (digits == 0) return false;
    if (std::ranges::all_of(word, is_hex)) return true;
    const bool plain = std::ranges::all_of(
        word, [](char c) { return is_digit(c) || is_letter(c) || c == '-' || c == '_' || c == ':'; });
    return plain && digits >= 4;
}

bool is_date_word(std::string_view word) {
    constexpr std::array<std::string_view, 34> kWords{
        "january",  "february", "march", "april", "june",   "july",    "august",    "september", "october",
        "november", "december", "jan",   "feb",   "apr",    "jun",     "jul",       "aug",       "sep",
        "sept",     "oct",      "nov",   "dec",   "monday", "tuesday", "wednesday", "thursday",  "friday",
        "saturday", "sunday",   "mon",   "tue",   "thu",    "fri",     "utc"};
    return std::ranges::find(kWords, lower(word)) != kWords.end();
}

// 2026-01-31, 31/01/2026, 31.01.2026, 08:15, 08:15:30
bool is_date(std::string_view word) {
    std::size_t groups = 0;
    char separator = 0;
    bool in_group = false;
    for (const char c : word) {
        if (is_digit(c)) {
            groups += static_cast<std::size_t>(!in_group);
            in_group = true;
            continue;
        }
        if (!in_group || (c != '-' && c != '/' && c != '.' && c != ':')) return false;
        if (separator != 0 && c != separator) return false;
        separator = c;
        in_group = false;
    }
    constexpr std::size_t kShortestDate = 8;
    return in_group && (separator == ':' ? groups >= 2 : groups == 3 && word.size() >= kShortestDate);
}

bool is_address(std::string_view word) {
    if (word.find("://") != std::string_view::npos) return true;
    const auto at = word.find('@');
    if (at != std::string_view::npos && at > 0 && word.find('.', at) != std::string_view::npos) return true;
    return std::ranges::count(word, '/') >= 2 || std::ranges::count(word, '\\') >= 2;
}

// A name: begins with a capital where no sentence begins, and is not all capitals (which are stress).
bool is_name(std::string_view word, bool begins_sentence) {
    return !begins_sentence && word.size() > 1 && is_upper(word.front()) &&
           std::ranges::any_of(word,
                               [](char c) { return is_lower(c) || (static_cast<unsigned char>(c) & 0x80u); });
}

bool ends_sentence(std::string_view text) {
    return text.find_first_of(".!?:;") != std::string_view::npos;
}

// Words one by one, with one blank between them; `each(word, begins a sentence)` says what stands for it.
template <class Each>
std::string each_word(std::string_view text, const Each& each) {
    std::string out;
    bool begins = true, heading = false;
    std::string_view last;
    for (std::size_t at = 0; at < text.size();) {
        bool new_line = at == 0;
        while (at < text.size() && is_blank(text[at]))
            new_line = text[at++] == '\n' || new_line;
        if (at == text.size()) break;
        std::size_t end = at;
        while (end < text.size() && !is_blank(text[end]))
            ++end;
        const std::string_view raw = text.substr(at, end - at);
        const Word word = word_of(raw);
        if (new_line) heading = raw.front() == '#' || raw.starts_with("**");
        const std::string_view mark = each(word.core, begins || new_line || heading);
        at = end;
        begins = ends_sentence(word.after);
        // "31 January 2026" is one value.
        const bool again = !mark.empty() && mark == last && word.before.empty();
        last = word.after.empty() || word.after == "," ? mark : std::string_view();
        if (again) {
            out += word.after;
            continue;
        }
        if (!out.empty()) out += ' ';
        out += word.before;
        out += mark.empty() ? word.core : mark;
        out += word.after;
    }
    return out;
}

std::string tools_text(const Conversation& conversation) {
    std::vector<std::string> tools;
    for (const ToolDefinition& tool : conversation.tools) {
        std::string parameters = tool.parameters_json;
        if (!is_too_deep(parameters)) { // members in one order, whatever order they came in
            const Json json = Json::parse(parameters, nullptr, false);
            if (!json.is_discarded()) parameters = json.dump(-1, ' ', false, Json::error_handler_t::replace);
        }
        tools.push_back("\n[tool] " + tool.name + "\n" + tool.description + "\n" + parameters);
    }
    std::ranges::sort(tools);
    std::string out;
    for (const std::string& tool : tools)
        out += tool;
    return out;
}

std::uint64_t hash_of(std::string_view text) {
    const std::uint64_t hash = hash64(text);
    return hash == 0 ? 1 : hash;
}

} // namespace

std::string without_ids(std::string_view text) {
    const std::string known = without_volatile(text);
    return each_word(known, [](std::string_view word, bool) -> std::string_view {
        if (word == kUuid || word == kTime || is_date(word) || is_date_word(word) || is_id(word)) return kId;
        return {};
    });
}

std::string without_values(std::string_view text) {
    const std::string known = without_volatile(text);
    return each_word(known, [](std::string_view word, bool begins) -> std::string_view {
        if (word == kUuid || word == kTime || std::ranges::any_of(word, is_digit) || is_date_word(word) ||
            is_address(word) || is_name(word, begins))
            return kValue;
        return {};
    });
}

std::optional<PromptText> prompt_text(const Conversation& conversation) {
    std::string system;
    for (const Message& message : conversation.messages) {
        if (message.output || !is_instruction(message)) continue;
        for (const MessagePart& part : message.parts)
            ((system += part.text) += part.json) += '\n';
    }
    if (trimmed(system).empty() && conversation.tools.empty()) return {};
    const std::string tools = tools_text(conversation);
    PromptText out;
    out.text = without_ids(system) + tools;
    out.hash = hash_of(out.text);
    out.near = hash_of(without_values(system) + tools);
    return out;
}

} // namespace clew
