// What could stand at the cursor of a filter: keys, structure, operators, values in use.
#pragma once

#include "model/base/result.h"
#include "model/store/filter/syntax.h"
#include "model/store/trace_store.h"

#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace clew {

// The word at the cursor.
struct FilterSpot {
    FilterPlace place; // what a completion replaces: the word, or its value
    std::string key;   // "" = no operator stands before the cursor; "score." and the like: its name is wanted
    std::string typed; // of `place`, up to the cursor, without an opening quotation mark
    bool tools = false; // inside seq(…): bare words are tools
    bool first = true;  // nothing stands before it that an operator could join
};
// `cursor` in bytes. Pure.
FilterSpot filter_spot(std::string_view text, std::size_t cursor);

struct FilterSuggestion {
    std::string text;        // replaces the place, quoted where it has to be
    std::string about;       // what it does; of a value empty
    std::int64_t traces = 0; // of a value in use
    bool goes_on = false;    // a value is wanted behind it: no blank follows
};
struct FilterCompletion {
    FilterPlace place;
    std::vector<FilterSuggestion> items;
};

// Which values the store is asked for; "" = none.
std::string values_wanted(const FilterSpot& spot);

// `values` are those of values_wanted(), most used first. Pure.
FilterCompletion complete_filter(const FilterSpot& spot, std::span<const ValueInUse> values);

// Both on the calling thread.
Result<FilterCompletion> complete_filter(std::string_view text, std::size_t cursor, TraceStore& store,
                                         std::stop_token stop = {});

// A value as it has to be written: in quotation marks where it would read otherwise.
std::string filter_word(std::string_view value);

// What stands in the filter afterwards, and the cursor in it.
std::string with_suggestion(std::string_view text, const FilterPlace& place, const FilterSuggestion& chosen,
                            std::size_t& cursor);

} // namespace clew
