#include "model/store/filter/term_parser.h"

#include "model/base/text.h"
#include "model/store/filter/pattern.h"

#include <fmt/format.h>

#include <algorithm>

namespace clew {

namespace {

constexpr std::size_t kMostShown = 60; // bytes of a word in a sentence
constexpr std::size_t kLongestRegex = 1000;

std::string shown(std::string_view word) {
    const auto cut = utf8_prefix(word, kMostShown);
    return cut.size() < word.size() ? std::string(cut) + "…" : std::string(cut);
}

std::string did_you_mean(std::string_view prefix, std::string_view guess, std::string_view suffix = {}) {
    return guess.empty() ? std::string() : fmt::format(" Did you mean “{}{}{}”?", prefix, guess, suffix);
}

std::string joined(std::span<const std::string_view> words) {
    return fmt::format("{}", fmt::join(words, ", "));
}

FilterNodePtr leaf(FilterTerm term, FilterPlace place) {
    FilterNode node;
    node.term = std::move(term);
    node.place = place;
    return std::make_shared<const FilterNode>(std::move(node));
}

FilterNodePtr group(FilterNode::Kind kind, std::vector<FilterNodePtr> parts, FilterPlace place) {
    FilterNode node;
    node.kind = kind;
    node.place = place;
    node.parts = std::move(parts);
    return std::make_shared<const FilterNode>(std::move(node));
}

// Values of these begin with a slash when they are paths, or are no text at all.
bool takes_regex(const FilterKey& key) {
    if (key.word == "source" || key.word == "trace") return false;
    return key.takes == FilterValue::name || key.takes == FilterValue::text || key.takes == FilterValue::any;
}

} // namespace

FilterNodePtr TermParser::fail(FilterPlace place, std::string_view code, std::vector<std::string> args) {
    if (!error_)
        error_ = FilterError{{code, std::move(args), character_place(scan_.text(), place.offset)}, place};
    return nullptr;
}

FilterNodePtr TermParser::term(bool tools, bool of_span) {
    const std::size_t begin = scan_.at();
    const auto found = head(tools);
    if (error_) return nullptr;
    if (found) return keyed(*found, tools, of_span);
    scan_.move_to(begin);
    return tools ? tool_item() : text(tools);
}

// The key and its operator, taken; nothing where this is text.
std::optional<TermParser::Head> TermParser::head(bool tools) {
    Head out;
    out.key_place.offset = scan_.at();
    const auto word = scan_.identifier();
    if (word.empty()) return {};
    out.key = lower(word);
    out.key_place.length = word.size();
    const FilterKey* key = find_filter_key(out.key);
    scan_.move_to(scan_.at() + word.size());

    const bool named = key && (out.key == "attr" || out.key == "score");
    if (named && (scan_.peek() == '.' || scan_.peek() == ':')) {
        scan_.move_to(scan_.at() + 1);
        const FilterWord name = scan_.name(tools);
        if (!check_closed(name)) return {};
        if (trimmed(name.value).empty()) {
            fail(out.key_place, "filter.no_name", {out.key});
            return {};
        }
        out.name = name.value;
        out.key_place.length = scan_.at() - out.key_place.offset;
        out.stated = take_operator(out);
        return out;
    }
    const std::size_t behind = scan_.at();
    const bool number = key && takes_number(key->takes);
    if (number) scan_.skip_blanks(); // cost > 0.05
    const bool colon = scan_.peek() == ':';
    if (colon && (scan_.at() != behind || scan_.text().substr(scan_.at() + 1).starts_with("//"))) return {};
    if (!key && tools && colon) return {}; // bash:error
    if (!key && !colon && !unknown_is_meant(word)) return {};
    if (!take_operator(out)) return {};
    if (number && !colon) scan_.skip_blanks();
    return out;
}

// `modle=x` and `wight>5` are slips; `a=b` is text.
bool TermParser::unknown_is_meant(std::string_view word) const {
    const char sign = scan_.peek();
    const char second = scan_.peek(1);
    if (sign == '<' || sign == '>') {
        const char value = second == '=' ? scan_.peek(2) : second;
        if (value == '$' || (value >= '0' && value <= '9')) return true;
    } else if (sign != '=' && !(sign == '!' && second == '=')) {
        return false;
    }
    return !nearest_word(lower(word), filter_words()).empty();
}

bool TermParser::take_operator(Head& head) {
    if (scan_.peek() == ':') {
        scan_.move_to(scan_.at() + 1);
        const char next = scan_.peek();
        const FilterKey* key = find_filter_key(head.key);
        // cost:>0.05
        if (key && (takes_number(key->takes) || key->takes == FilterValue::any) &&
            (next == '<' || next == '>'))
            take_operator(head);
        return true;
    }
    if (scan_.peek() == '!' && scan_.peek(1) == '=') {
        head.negated = true;
        scan_.move_to(scan_.at() + 2);
        return true;
    }
    if (scan_.take('=')) {
        scan_.take('=');
        return true;
    }
    const bool less = scan_.peek() == '<';
    if (!less && scan_.peek() != '>') return false;
    scan_.move_to(scan_.at() + 1);
    const bool equal = scan_.take('=');
    head.op = less ? (equal ? FilterOperator::less_equal : FilterOperator::less)
                   : (equal ? FilterOperator::greater_equal : FilterOperator::greater);
    return true;
}

FilterNodePtr TermParser::unknown_key(const Head& head) {
    const auto end = scan_.word_here().end();
    const char sign = scan_.text()[head.key_place.end()];
    const auto guess = did_you_mean({}, nearest_word(head.key, filter_words()), std::string(1, sign));
    // All keys are named only to those who are nowhere near one.
    const auto all = filter_words().first(filter_keys().size());
    return fail(head.key_place, "filter.unknown_key",
                {shown(head.key), guess.empty() ? ": " + joined(all) : std::string(), guess,
                 shown(scan_.between(head.key_place.offset, end))});
}

FilterNodePtr TermParser::text(bool tools) {
    FilterWord word = scan_.word(tools, true, true);
    if (!check_closed(word) || !check_regex(word)) return nullptr;
    if (trimmed(word.value).empty())
        return fail(word.place, "filter.empty_text",
                    {std::string(scan_.between(word.place.offset, word.place.end()))});
    FilterTerm term;
    term.test = word.form == FilterWord::Form::regex ? FilterTest::regex : FilterTest::text;
    term.value = std::move(word.value);
    term.ignore_case = word.ignore_case;
    return leaf(std::move(term), word.place);
}

// Inside seq(…): a tool, and how it went.
FilterNodePtr TermParser::tool_item() {
    FilterWord word = scan_.word(true, false, true);
    if (!check_closed(word) || !check_regex(word)) return nullptr;
    std::string status;
    FilterPlace status_place;
    if (word.form == FilterWord::Form::quoted) {
        if (scan_.peek() == ':') {
            scan_.move_to(scan_.at() + 1);
            const FilterWord behind = scan_.word(true, true, false);
            status = behind.value;
            status_place = behind.place;
        }
    } else if (word.form == FilterWord::Form::bare) {
        if (const auto colon = word.value.rfind(':'); colon != std::string::npos) {
            status = word.value.substr(colon + 1);
            status_place = {word.place.offset + colon + 1, status.size()};
            word.value.resize(colon);
        }
    }
    if (trimmed(word.value).empty()) return fail(word.place, "filter.empty_text", {word.value});
    FilterTerm tool;
    tool.key = "tool";
    tool.test = word.form == FilterWord::Form::regex ? FilterTest::regex : FilterTest::whole;
    tool.value = word.value;
    tool.ignore_case = word.ignore_case;
    auto named = leaf(std::move(tool), word.place);
    if (status_place == FilterPlace{}) return named;
    FilterTerm ended;
    ended.key = "status";
    ended.test = FilterTest::whole;
    ended.value = status;
    const FilterKey& key = *find_filter_key("status");
    if (!check_choice(ended, key, status_place)) return nullptr;
    const FilterPlace whole{word.place.offset, scan_.at() - word.place.offset};
    return group(FilterNode::Kind::all, {named, leaf(std::move(ended), status_place)}, whole);
}

FilterNodePtr TermParser::keyed(const Head& head, bool tools, bool of_span) {
    const FilterKey* key = find_filter_key(head.key);
    if (!key) return unknown_key(head);
    if (of_span && !key->of_span) return fail(head.key_place, "filter.not_of_span", {head.key});
    if (key->takes == FilterValue::any && head.name.empty())
        return fail(head.key_place, "filter.no_name", {head.key});
    FilterTerm term;
    term.key = head.key;
    term.name = head.name;
    if (!head.stated) {
        term.test = FilterTest::exists;
        return leaf(std::move(term), head.key_place);
    }
    const FilterWord word = scan_.word(tools, false, takes_regex(*key) && head.op == FilterOperator::equal);
    if (!check_closed(word)) return nullptr;
    if (trimmed(word.value).empty()) return fail(word.place, "filter.empty_value", {head.key});
    if (!check(term, *key, head, word)) return nullptr;
    const FilterPlace place{head.key_place.offset, scan_.at() - head.key_place.offset};
    auto node = leaf(std::move(term), place);
    return head.negated ? group(FilterNode::Kind::negation, {node}, place) : node;
}

bool TermParser::check(FilterTerm& term, const FilterKey& key, const Head& head, const FilterWord& word) {
    term.value = word.value;
    term.ignore_case = word.ignore_case;
    if (word.form == FilterWord::Form::regex) {
        term.test = FilterTest::regex;
        return check_regex(word);
    }
    if (takes_number(key.takes)) return check_number(term, key, head, word.place);
    if (key.takes == FilterValue::any) {
        const bool range = word.form == FilterWord::Form::bare &&
                           word.value.find("..") != std::string::npos && filter_reals(head.op, word.value);
        if (head.op != FilterOperator::equal || range) return check_number(term, key, head, word.place);
        term.test = FilterTest::whole;
        return true;
    }
    if (head.op != FilterOperator::equal) {
        fail(head.key_place, "filter.no_order", {head.key, shown(word.value)});
        return false;
    }
    term.test = key.takes == FilterValue::text ? FilterTest::text : FilterTest::whole;
    return key.takes != FilterValue::choice || check_choice(term, key, word.place);
}

bool TermParser::check_choice(FilterTerm& term, const FilterKey& key, FilterPlace place) {
    std::string value = lower(term.value);
    if (std::ranges::find(key.choices, value) == key.choices.end()) {
        fail(place, "filter.bad_value",
             {term.key, shown(term.value), joined(key.choices),
              did_you_mean(term.key + ":", nearest_word(value, key.choices))});
        return false;
    }
    term.value = std::move(value);
    return true;
}

bool TermParser::check_number(FilterTerm& term, const FilterKey& key, const Head& head, FilterPlace place) {
    term.test = FilterTest::range;
    if (key.takes == FilterValue::real || key.takes == FilterValue::any) {
        if (const auto reals = filter_reals(head.op, term.value)) {
            term.reals = *reals;
            return true;
        }
    } else if (const auto range = filter_range(key.takes, head.op, term.value, at_)) {
        term.range = *range;
        return true;
    }
    fail(place, "filter.bad_number", {term.key, shown(term.value), std::string(example_of(key.takes))});
    return false;
}

bool TermParser::check_regex(const FilterWord& word) {
    if (word.form != FilterWord::Form::regex) return true;
    if (word.value.size() > kLongestRegex) {
        fail(word.place, "filter.bad_regex", {shown(word.value), "it is too long"});
        return false;
    }
    const auto tried = Pattern::regex(word.value, word.ignore_case);
    if (!tried) fail(word.place, "filter.bad_regex", {shown(word.value), tried.error().args.front()});
    return tried.ok();
}

bool TermParser::check_closed(const FilterWord& word) {
    if (word.closed) return true;
    const auto text = scan_.between(word.place.offset, word.place.end());
    fail(word.place, word.form == FilterWord::Form::regex ? "filter.unclosed_regex" : "filter.unclosed_quote",
         {shown(text)});
    return false;
}

} // namespace clew
