// A value as filters compare it: whole and without case with `*` as a wildcard, or by a regular expression.
//
// Regular expressions are RE2's: time linear in the text, memory bounded, no recursion, whatever is typed.
// Copies share the compiled expression. Any thread.
#pragma once

#include "model/base/result.h"
#include "model/store/filter/syntax.h"

#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace clew {

class Pattern {
public:
    // Without case: ASCII, Latin, Greek, Cyrillic, Armenian and full-width letters.
    static Pattern wildcard(std::string_view value);
    // An error's first argument is RE2's reason.
    static Result<Pattern> regex(std::string_view expression, bool ignore_case);
    // Of a term whose expression the parser has tried.
    static Pattern of(const FilterTerm& term);

    [[nodiscard]] bool matches(std::string_view text) const;

    [[nodiscard]] bool is_regex() const { return regex_ != nullptr; }
    // SQLite's LIKE compares it alike: it folds only ASCII.
    [[nodiscard]] bool fits_like() const { return !regex_ && ascii_; }

private:
    std::string folded_; // of a wildcard pattern
    bool ascii_ = true;
    std::shared_ptr<const re2::RE2> regex_;
};

} // namespace clew
