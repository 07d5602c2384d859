#include "model/store/filter/pattern.h"

#include "model/store/text_match.h"

#include <re2/re2.h>

#include <algorithm>

namespace clew {

namespace {

constexpr std::int64_t kMostRegexMemory = 4 << 20; // program and cache of one expression

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// `*` stands for any bytes. Goes back only to the last `*`: at worst pattern times text.
bool wildcard_match(std::string_view pattern, std::string_view text) {
    std::size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

} // namespace

Pattern Pattern::wildcard(std::string_view value) {
    Pattern out;
    out.ascii_ = is_ascii(value);
    out.folded_ = folded(value);
    return out;
}

Result<Pattern> Pattern::regex(std::string_view expression, bool ignore_case) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kMostRegexMemory);
    options.set_case_sensitive(!ignore_case);
    auto compiled = std::make_shared<RE2>(re2::StringPiece(expression.data(), expression.size()), options);
    if (!compiled->ok()) return Error{"filter.bad_regex", {compiled->error()}, {}};
    Pattern out;
    out.regex_ = std::move(compiled);
    return out;
}

Pattern Pattern::of(const FilterTerm& term) {
    if (term.test != FilterTest::regex) return wildcard(term.value);
    auto made = regex(term.value, term.ignore_case);
    return made ? *made : wildcard(term.value);
}

bool Pattern::matches(std::string_view text) const {
    if (regex_) return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *regex_);
    return wildcard_match(folded_, folded(text));
}

} // namespace clew
