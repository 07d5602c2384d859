// Numbers, money, durations and moments as people write them in filters. Pure; any thread.
#pragma once

#include "model/base/time.h"
#include "model/store/filter/keys.h"
#include "model/store/filter/syntax.h"

#include <optional>
#include <string>
#include <string_view>

namespace clew {

enum class FilterOperator : std::uint8_t { equal, less, less_equal, greater, greater_equal };

// "10k", "$0.05", "1h30m", "-60d", "2026-11-20", or "10..20" with either end left out, as what `takes` wants.
// A date is the whole day: `<` is before it, `>` after it. nullopt where it cannot be read.
std::optional<FilterRange> filter_range(FilterValue takes, FilterOperator op, std::string_view value,
                                        TimeNs at);

std::optional<FilterReals> filter_reals(FilterOperator op, std::string_view value);

// What a value of `takes` looks like, for sentences.
std::string_view example_of(FilterValue takes);

} // namespace clew
