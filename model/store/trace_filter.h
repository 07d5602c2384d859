// A parsed filter as a condition on table trace. Names, numbers and judgements become SQL; text, attributes
// and structural predicates are looked up before, in as few traces as what stands beside them leaves, and go
// in as row ids.
#pragma once

#include "model/base/result.h"
#include "model/store/filter.h"
#include "model/store/sqlite/database.h"
#include "model/store/trace_store.h"

#include <cstdint>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

namespace clew {

struct TraceCondition {
    std::string sql; // on table trace as `t`; holds for visible traces only
    std::vector<std::variant<std::int64_t, std::string>> args;
    bool text_unindexed = false;
    bool findings = false; // a term asks for findings

    // Binds the arguments from parameter `first` on; they must outlive the statement's run. Returns the next
    // one.
    int bind(Statement& statement, int first = 1) const;
};

// On `db`, in the caller's transaction. `sources` empty = all; relative dates are seen from `at`.
Result<TraceCondition> compile_filter(Database& db, std::string_view filter,
                                      const std::vector<SourceId>& sources, const std::stop_token& stop,
                                      TimeNs at = now());

// `*` is a wildcard, all else is itself: for LIKE … ESCAPE '\'.
std::string like_pattern(std::string_view value);
std::string like_escaped(std::string_view text);

} // namespace clew
