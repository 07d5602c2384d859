#include "model/store/write/day_roll.h"

#include "model/store/write/trace_state.h"

#include <cmath>

namespace clew {

namespace {

constexpr std::int64_t kDay = 86'400 * kSecond;

// Sums of hostile numbers wrap rather than overflow; what is added is taken away again by the same rule.
std::int64_t plus(std::int64_t a, std::int64_t b, int sign) {
    const auto left = static_cast<std::uint64_t>(a);
    const auto right = static_cast<std::uint64_t>(b);
    return static_cast<std::int64_t>(sign > 0 ? left + right : left - right);
}

} // namespace

int latency_bucket(DurationNs duration) {
    if (duration < 1) return 0;
    return static_cast<int>(std::floor(std::log2(static_cast<double>(duration)) * 8.0));
}

DayRoll::Sums& DayRoll::sums_of(const DayRow& row) {
    Key key;
    key.day = row.start / kDay - (row.start % kDay < 0 ? 1 : 0);
    key.model = row.model;
    key.kind = row.kind;
    const auto duration = between(row.start, row.end);
    key.bucket = duration ? latency_bucket(*duration) : -1;
    return changes_[key];
}

void DayRoll::add_open(const DayRow& row) {
    if (row.start == kNoTime) return;
    Sums& sums = sums_of(row);
    sums.computed = plus(sums.computed, row.computed.value_or(0), 1);
    sums.unpriced += !row.computed;
}

void DayRoll::add(const DayRow& row, int sign) {
    if (row.start == kNoTime) return;
    const auto duration = between(row.start, row.end);
    Sums& sums = sums_of(row);
    sums.n += sign;
    if (row.status == Status::error) sums.errors += sign;
    if (duration) sums.duration = plus(sums.duration, *duration, sign);
    if (row.counted & kUsageCounts) {
        sums.tok_in = plus(sums.tok_in, row.tok_in.value_or(0), sign);
        sums.tok_out = plus(sums.tok_out, row.tok_out.value_or(0), sign);
    }
    if (row.counted & kCostCounts) sums.cost = plus(sums.cost, row.cost.value_or(0), sign);
    if (row.counted & kCostOpen) {
        sums.computed = plus(sums.computed, row.computed.value_or(0), sign);
        if (!row.computed) sums.unpriced += sign;
    }
}

Result<void> DayRoll::write(Database& db) {
    if (changes_.empty()) return {};
    if (!upsert_) {
        auto prepared = db.prepare(
            "INSERT INTO roll_day VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT DO "
            "UPDATE SET "
            "n = n + ?5, errors = errors + ?6, dur_ns = dur_ns + ?7, tok_in = tok_in + ?8, tok_out = tok_out "
            "+ ?9, "
            "cost = cost + ?10, cost_computed = cost_computed + ?11, unpriced = unpriced + ?12",
            true);
        if (!prepared) return prepared.error();
        upsert_ = std::move(prepared).value();
    }
    for (const auto& [key, sums] : changes_) {
        auto done = upsert_.run_with(key.day, static_cast<int>(key.kind), key.model, key.bucket, sums.n,
                                     sums.errors, sums.duration, sums.tok_in, sums.tok_out, sums.cost,
                                     sums.computed, sums.unpriced);
        if (!done) return done;
    }
    changes_.clear();
    return {};
}

void DayRoll::forget() {
    changes_.clear();
}

} // namespace clew
