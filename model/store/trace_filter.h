// A parsed filter as a condition on table trace. Back ends take the terms they know: here all of them, text
// terms through the text index.
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

    // Binds the arguments from parameter `first` on; they must outlive the statement's run. Returns the next
    // one.
    int bind(Statement& statement, int first = 1) const;
};

// On `db`, in the caller's transaction. `sources` empty = all.
Result<TraceCondition> compile_filter(Database& db, std::string_view filter,
                                      const std::vector<SourceId>& sources, const std::stop_token& stop);

// `*` is a wildcard, all else is itself: for LIKE … ESCAPE '\'.
std::string like_pattern(std::string_view value);
std::string like_escaped(std::string_view text);

} // namespace clew
