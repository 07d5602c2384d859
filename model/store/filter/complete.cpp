#include "model/store/filter/complete.h"

#include "model/base/text.h"
#include "model/store/filter/keys.h"
#include "model/store/filter/scanner.h"

#include <algorithm>
#include <array>

namespace clew {

namespace {

constexpr std::int64_t kMostValues = 12;

struct Structure {
    std::string_view word;
    std::string_view suffix;
    std::string_view about;
};
constexpr std::array<Structure, 6> kStructure = {{
    {"ancestor", ":", "some span above it"},
    {"child", ":", "a span right below it"},
    {"descendant", ":", "some span below it"},
    {"has", "(", "one span that meets all: has(tool:search status:error)"},
    {"parent", ":", "the span right above it: parent: kind:agent"},
    {"seq", "(", "spans in this order: seq(edit, bash:error, edit)"},
}};
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kJoining = {
    {{"and", "both"}, {"or", "either"}, {"not", "the opposite"}}};

bool needs_quotes(std::string_view value) {
    return value.empty() || value.find_first_of(" \t\n\r\"()/,*") != std::string_view::npos;
}

bool is_relative(std::string_view word) {
    if (word.starts_with('-')) word.remove_prefix(1);
    const auto* known = std::ranges::find(kStructure, lower(word), &Structure::word);
    return known != kStructure.end() && known->suffix == ":";
}

bool is_sign(char c) {
    return c == ':' || c == '=' || c == '<' || c == '>' || c == '!';
}

void add_keys(const FilterSpot& spot, std::vector<FilterSuggestion>& out) {
    const std::string typed = lower(spot.typed);
    const auto fits = [&typed](std::string_view word) { return word.starts_with(typed); };
    for (const FilterKey& key : filter_keys()) {
        if (!fits(key.word)) continue;
        const bool named = key.word == "attr" || key.word == "score";
        const std::string_view sign = named                                                         ? "."
                                      : takes_number(key.takes) && key.takes != FilterValue::moment ? ">"
                                                                                                    : ":";
        out.push_back({std::string(key.word) + std::string(sign), std::string(key.about), 0, true});
    }
    for (const Structure& word : kStructure) {
        if (fits(word.word))
            out.push_back(
                {std::string(word.word) + std::string(word.suffix), std::string(word.about), 0, true});
    }
    for (const auto& [word, about] : kJoining) {
        if (fits(word) && (!spot.first || word == "not"))
            out.push_back({std::string(word), std::string(about), 0, false});
    }
}

} // namespace

FilterSpot filter_spot(std::string_view text, std::size_t cursor) {
    cursor = std::min(cursor, text.size());
    FilterSpot out;
    std::vector<bool> tools{false};
    std::size_t begin = 0;                     // of the word
    std::size_t sign = std::string_view::npos; // behind its operator
    bool quote = false;
    bool any = false;
    const auto next_word = [&](std::size_t at) {
        if (at > begin) any = true;
        begin = at + 1;
        sign = std::string_view::npos;
    };
    for (std::size_t at = 0; at < cursor; ++at) {
        const char c = text[at];
        if (quote && c == '\\' && at + 1 < cursor) {
            ++at;
        } else if (c == '"') {
            quote = !quote;
        } else if (quote) {
            continue;
        } else if (c == '(') {
            const auto word = text.substr(begin, at - begin);
            tools.push_back(lower(word) == "seq" || (word.empty() && tools.back()));
            next_word(at);
            any = false;
        } else if (c == ')') {
            if (tools.size() > 1) tools.pop_back();
            next_word(at);
            any = true;
        } else if (FilterScanner::is_blank(c) || (c == ',' && tools.back())) {
            next_word(at);
            if (c == ',') any = false;
        } else if (sign == std::string_view::npos && c == ':' &&
                   is_relative(text.substr(begin, at - begin))) {
            next_word(at);
            any = false;
        } else if (sign == std::string_view::npos && is_sign(c)) {
            sign = at + 1;
            while (sign < cursor && is_sign(text[sign]))
                ++sign;
            at = sign - 1;
        }
    }
    std::size_t word = std::min(begin, cursor);
    if (text.substr(word, cursor - word).starts_with('-')) ++word;
    out.tools = tools.back();
    out.first = !any;
    std::size_t from = word;
    if (sign != std::string_view::npos && sign <= cursor) {
        std::size_t end = word;
        while (end < sign && !is_sign(text[end]))
            ++end;
        out.key = lower(text.substr(word, end - word));
        from = sign;
    } else {
        const auto typed = text.substr(word, cursor - word);
        for (const std::string_view named : {"attr.", "score."}) {
            if (!lower(typed).starts_with(named)) continue;
            out.key = named;
            from = word + named.size();
        }
    }
    std::size_t to = cursor;
    while (to < text.size() && !FilterScanner::is_blank(text[to]) && text[to] != ')' &&
           !(text[to] == ',' && out.tools) &&
           !((out.key.empty() || out.key.ends_with('.')) && is_sign(text[to])) && !quote)
        ++to;
    out.place = {from, to - from};
    auto typed = text.substr(from, cursor - from);
    if (typed.starts_with('"')) typed.remove_prefix(1);
    out.typed = typed;
    return out;
}

std::string values_wanted(const FilterSpot& spot) {
    if (spot.typed.starts_with('/')) return {};
    if (spot.key.empty()) return spot.tools ? "tool" : std::string();
    if (spot.key == "score.") return "score";
    const FilterKey* key = find_filter_key(spot.key);
    return key && key->takes == FilterValue::name && key->word != "trace" ? spot.key : std::string();
}

FilterCompletion complete_filter(const FilterSpot& spot, std::span<const ValueInUse> values) {
    FilterCompletion out{spot.place, {}};
    const FilterKey* key = find_filter_key(spot.key);
    if (key) {
        for (const auto choice : key->choices) {
            if (choice.starts_with(lower(spot.typed)))
                out.items.push_back({std::string(choice), {}, 0, false});
        }
    }
    for (const ValueInUse& value : values)
        out.items.push_back({filter_word(value.value), {}, value.traces, spot.key == "score."});
    if (spot.key.empty()) add_keys(spot, out.items);
    return out;
}

Result<FilterCompletion> complete_filter(std::string_view text, std::size_t cursor, TraceStore& store,
                                         std::stop_token stop) {
    const FilterSpot spot = filter_spot(text, cursor);
    const std::string wanted = values_wanted(spot);
    if (wanted.empty()) return complete_filter(spot, {});
    auto values = store.values_in_use(wanted, spot.typed, kMostValues, std::move(stop));
    if (!values) return values.error();
    return complete_filter(spot, *values);
}

std::string filter_word(std::string_view value) {
    if (!needs_quotes(value)) return std::string(value);
    std::string out = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

std::string with_suggestion(std::string_view text, const FilterPlace& place, const FilterSuggestion& chosen,
                            std::size_t& cursor) {
    std::string out(text.substr(0, place.offset));
    out += chosen.text;
    const auto rest = text.substr(place.end());
    if (!chosen.goes_on && !rest.starts_with(' ') && !rest.starts_with(')') && !rest.starts_with(','))
        out += ' ';
    cursor = out.size();
    if (!chosen.goes_on && rest.starts_with(' ')) ++cursor;
    return out + std::string(rest);
}

} // namespace clew
