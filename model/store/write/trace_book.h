// TraceBook: the roll-ups that lists and totals read (tables trace, trace_source, trace_term,
// trace_usage, the counts of source), kept in step with the spans that a transaction changes.
//
// Only inside StoreCore::write. It remembers traces between transactions (bounded memory), so that a trace
// that arrives in many pieces is not read again for each.
#pragma once

#include "model/base/result.h"
#include "model/store/sqlite/database.h"
#include "model/store/write/price_book.h"
#include "model/store/write/trace_state.h"

#include <cstdint>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

namespace clew {

class TraceBook {
public:
    explicit TraceBook(std::function<PricesPtr()> prices)
        : prices_(std::move(prices)) {}

    // Everything remembered may be wrong: after a rollback, or another process's commit.
    void forget();
    void forget(TraceId trace); // its rows were changed by other means

    // The visible trace of that id; made where there is none. Valid until settle() or forget().
    Result<TraceState*> open(Database& db, TraceId trace);
    Result<TraceState*> find(Database& db, TraceId trace); // null where there is none
    void touch(TraceState& state);

    Result<void> add_source(Database& db, TraceState& state, std::int64_t source);
    Result<void> add_term(Database& db, const TraceState& state, int term, std::int64_t value);
    void count_spans(std::int64_t source, std::int64_t change) { source_spans_[source] += change; }
    PriceBook& prices() { return prices_; }

    // Row ids for new rows: never one that was used before (the text index keys by them).
    Result<std::int64_t> next_span_row(Database& db);
    Result<std::int64_t> next_piece_row(Database& db);
    Result<std::int64_t> next_skeleton_row(Database& db);

    // Writes what the transaction changed. A very large trace is rolled up only now and then unless `all`; it
    // stays touched until it is. Called once, last, in each transaction that changed spans.
    Result<void> settle(Database& db, bool all);
    [[nodiscard]] bool settled() const { return touched_.empty(); }

    // Visible traces, by their row ids, rolled up from their spans again: after their rows were changed by
    // other means.
    Result<void> roll_up_again(Database& db, const std::vector<std::int64_t>& keys);

private:
    Result<void> reopen_forgotten(Database& db);
    Result<void> load_spans(Database& db, TraceState& state);
    Result<void> write_roll_up(Database& db, TraceState& state);
    Result<void> write_usage(Database& db, const TraceState& state, const RollUp& roll);
    Result<void> prepare(Database& db, Statement& statement, const char* sql);
    Result<std::int64_t> next_row(Database& db, std::int64_t& next, const char* sql);
    Result<void> write_sources(Database& db, bool all);
    void evict();

    std::unordered_map<TraceId, std::unique_ptr<TraceState>> states_;
    std::vector<TraceId> touched_;
    std::vector<TraceId> forgotten_; // touched, not rolled up, and then forgotten
    std::unordered_map<std::int64_t, std::int64_t> source_spans_;
    std::set<std::int64_t> touched_sources_; // whose count of traces is not up to date
    UsageRoll usage_;
    PriceBook prices_;
    std::vector<std::uint64_t> seen_terms_; // direct-mapped: an entry that is there was inserted
    std::uint64_t clock_ = 0;
    std::int64_t next_span_ = 0, next_piece_ = 0, next_skeleton_ = 0; // 0 = ask
    Statement find_trace_, insert_trace_, update_trace_, read_spans_, read_root_, insert_source_,
        insert_term_, update_counted_, write_usage_, drop_usage_, update_source_, update_source_traces_;
};

} // namespace clew
