// Takes spans out of the store and keeps the roll-ups right. Only inside StoreCore::write; TraceBook::settle
// follows.
#pragma once

#include "model/base/ids.h"
#include "model/base/result.h"
#include "model/store/sqlite/database.h"
#include "model/store/write/trace_book.h"

#include <cstdint>
#include <vector>

namespace clew {

// Deletes rows of `span` with their payload places. `counted` = they are counted in source.spans.
Result<void> delete_spans(Database& db, TraceBook& book, const std::vector<std::int64_t>& rows, bool counted);

// Adds (1) or takes away (-1) a trace's spans in source.spans.
Result<void> count_trace(Database& db, TraceBook& book, std::int64_t trace_key, int sign);

// The spans of `source` that its import `pass` did not bring again: deleted, or left to another source that
// has them. How many the source lost.
Result<std::int64_t> sweep_source(Database& db, TraceBook& book, std::int64_t source, std::int64_t pass);

// trace_term of one trace after some of its spans left: `before` are terms that it had.
struct Term {
    int term = 0;
    std::int64_t value = 0;
    auto operator<=>(const Term&) const = default;
};
Result<std::vector<Term>> terms_of_trace(Database& db, std::int64_t trace_key); // from its spans
Result<void> rewrite_terms(Database& db, std::int64_t trace_key, const std::vector<Term>& before);

// All integers of a one-column query with one parameter.
Result<std::vector<std::int64_t>> list_integers(Database& db, std::string_view sql, std::int64_t parameter);

} // namespace clew
