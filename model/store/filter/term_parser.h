// Reads one term of a filter: a key with its value, or text.
#pragma once

#include "model/base/result.h"
#include "model/store/filter.h"
#include "model/store/filter/keys.h"
#include "model/store/filter/scanner.h"
#include "model/store/filter/values.h"

#include <optional>

namespace clew {

class TermParser {
public:
    TermParser(FilterScanner& scan, TimeNs at)
        : scan_(scan)
        , at_(at) {}

    // Null where the term is wrong: error() says why. `tools`: inside seq(…), where a bare word is a tool and
    // a comma ends it. `of_span`: inside has(…) and the like.
    FilterNodePtr term(bool tools, bool of_span);
    [[nodiscard]] std::optional<FilterError>& error() { return error_; }

    FilterNodePtr fail(FilterPlace place, std::string_view code, std::vector<std::string> args = {});

private:
    struct Head {
        std::string key;
        FilterPlace key_place;
        std::string name;
        FilterOperator op = FilterOperator::equal;
        bool negated = false;
        bool stated = true; // there is an operator
    };
    std::optional<Head> head(bool tools);
    bool take_operator(Head& head);
    bool unknown_is_meant(std::string_view word) const;

    FilterNodePtr unknown_key(const Head& head);
    FilterNodePtr text(bool tools);
    FilterNodePtr tool_item();
    FilterNodePtr keyed(const Head& head, bool tools, bool of_span);
    bool check(FilterTerm& term, const FilterKey& key, const Head& head, const FilterWord& word);
    bool check_choice(FilterTerm& term, const FilterKey& key, FilterPlace place);
    bool check_number(FilterTerm& term, const FilterKey& key, const Head& head, FilterPlace place);
    bool check_regex(const FilterWord& word);
    bool check_closed(const FilterWord& word);

    FilterScanner& scan_;
    TimeNs at_;
    std::optional<FilterError> error_;
};

} // namespace clew
