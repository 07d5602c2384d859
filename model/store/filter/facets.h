// The conditions of a filter that stand side by side, as chips show them, and the filter with one of them put
// in, replaced or taken out. Text in, text out: what is typed stays the truth. Pure; any thread.
#pragma once

#include "model/store/filter/syntax.h"

#include <string>
#include <string_view>
#include <vector>

namespace clew {

struct FilterFacet {
    std::string key; // "agent", "start"; "has" or "seq" for structure, "" for words and groups
    bool negated = false;
    std::string value; // as it was written behind the key: "eval-bot", ">5s"
    FilterPlace place; // with its parentheses and its "not"
    bool operator==(const FilterFacet&) const = default;
};

// None where the filter cannot be read.
std::vector<FilterFacet> facets_of(std::string_view filter);

// An "and" beside it goes with it.
std::string without_condition(std::string_view filter, const FilterPlace& place);
std::string without_facet(std::string_view filter, std::string_view key);

// `term` stands for all conditions of `key`, where the first of them stood; at the end where there is none.
std::string with_facet(std::string_view filter, std::string_view key, std::string_view term);

// `key:value`, quoted where it has to be.
std::string facet_term(std::string_view key, std::string_view value);

} // namespace clew
