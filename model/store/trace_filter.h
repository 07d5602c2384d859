// A parsed filter as a condition on table trace. Names, numbers and judgements become SQL; text, attributes
// and structural predicates are looked up before, in as few traces as what stands beside them leaves, and go
// in as row ids.
#pragma once

#include "model/base/result.h"
#include "model/store/filter.h"
#include "model/store/filter/trace_terms.h"
#include "model/store/sqlite/database.h"
#include "model/store/trace_store.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace clew {

class TestedRows;

// Structural predicates are asked of all traces that are left when the filter is compiled, or of each trace
// when the statement comes to it: for lists that end after their first page.
enum class Looking : std::uint8_t { before, later };

struct TraceCondition {
    std::string sql; // on table trace as `t`; holds for visible traces only
    std::vector<SqlArgument> args;
    bool text_unindexed = false;
    bool findings = false;                                 // a term asks for findings
    std::vector<std::shared_ptr<const TestedRows>> tested; // looked at while the statement runs

    // What went wrong where a statement looked into traces: asked when it has ended.
    [[nodiscard]] std::optional<Error> error() const;
    // From parameter `first` on; the condition must outlive the statement's run. Returns the next one.
    int bind(Statement& statement, int first = 1) const { return bind_arguments(statement, args, first); }
};

// On `db`, in the caller's transaction. `sources` empty = all; relative dates are seen from `at`.
Result<TraceCondition> compile_filter(Database& db, std::string_view filter,
                                      const std::vector<SourceId>& sources, const std::stop_token& stop,
                                      TimeNs at = now(), Looking looking = Looking::before);

// `*` is a wildcard, all else is itself: for LIKE … ESCAPE '\'.
std::string like_pattern(std::string_view value);
std::string like_escaped(std::string_view text);

} // namespace clew
