// The rows of small tables that a term's value fits: names, judgements, sources, resources. Ids of this
// store.
//
// On the caller's connection, in its transaction.
#pragma once

#include "model/base/result.h"
#include "model/store/filter/pattern.h"
#include "model/store/sqlite/database.h"

#include <cstdint>
#include <vector>

namespace clew {

// Rows of table dict.
Result<std::vector<std::int64_t>> matching_names(Database& db, const Pattern& pattern);

struct MatchingJudgement {
    std::int64_t id = 0;
    std::int64_t high = 0, low = 0; // as stored
    std::int64_t span = 0;          // 0 = the trace as a whole
};
// For feedback (up, down, any), label, score, comment.
Result<std::vector<MatchingJudgement>> matching_judgements(Database& db, const FilterTerm& term);

// For source (a path or its last part) and format.
Result<std::vector<std::int64_t>> matching_sources(Database& db, const FilterTerm& term);

// For service and attr.
Result<std::vector<std::int64_t>> matching_resources(Database& db, const FilterTerm& term);

// Traces that are not hidden whose own names fit.
Result<std::vector<std::int64_t>> matching_trace_names(Database& db, const Pattern& pattern);

} // namespace clew
