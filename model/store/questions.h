// What the questions share: ids as the store keeps them, and one read transaction each.
#pragma once

#include "model/base/ids.h"
#include "model/base/result.h"
#include "model/store/sqlite/database.h"
#include "model/store/store_core.h"

#include <cstdint>
#include <memory>
#include <stop_token>
#include <utility>

namespace clew {

// A reader connection in a read transaction: all that one question sees is of one moment.
class Reading {
public:
    static Result<Reading> begin(StoreCore& core, const std::stop_token& stop);
    Database& db() { return *lease_; }

private:
    // SQLite forgets an interrupt that comes while no statement runs; asked every now and then it misses
    // none.
    class StopWatch {
    public:
        StopWatch(Database& db, std::stop_token stop);
        ~StopWatch();
        StopWatch(const StopWatch&) = delete;
        StopWatch& operator=(const StopWatch&) = delete;

    private:
        static int asked_to_stop(void* self);
        Database& db_;
        std::stop_token stop_;
    };

    Reading(ReaderLease lease, std::unique_ptr<StopWatch> watch, Transaction transaction)
        : lease_(std::move(lease))
        , watch_(std::move(watch))
        , transaction_(std::move(transaction)) {}
    ReaderLease lease_;
    std::unique_ptr<StopWatch> watch_;
    Transaction transaction_;
};

inline std::int64_t signed_id(std::uint64_t id) {
    return static_cast<std::int64_t>(id);
}
inline std::uint64_t public_id(std::int64_t stored) {
    return static_cast<std::uint64_t>(stored);
}

inline TraceId trace_id(const Statement& row, int column) {
    return {public_id(row.integer(column)), public_id(row.integer(column + 1))};
}
inline TimeNs time_at(const Statement& row, int column) {
    return row.is_null(column) ? kNoTime : row.integer(column);
}

inline Error unknown_trace(TraceId id) {
    return {"trace.unknown", {to_hex(id)}, {}};
}

// The row id of a visible trace; "trace.unknown" where there is none.
inline Result<std::int64_t> trace_row(Database& db, TraceId id) {
    auto row = db.query_integer("SELECT id FROM trace WHERE high = ? AND low = ? AND hidden = 0",
                                signed_id(id.high), signed_id(id.low));
    if (!row) return row.error();
    if (!*row) return unknown_trace(id);
    return **row;
}

} // namespace clew
