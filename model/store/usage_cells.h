// What one trace used, as table trace_usage keeps it: its known cost, and a cell for every hour and mix of
// model, agent, tool, prompt and session, with the latencies of the cell's calls. Pure functions.
//
//   usage   cost reported, cost computed (0 = none, else zigzag + 1), cells; hours from the first to the last
//   (0 =
//           none has one), zigzag first hour
//   cell    bits, zigzag hour − the hour of the cell before (unless kNoHour); calls of models: model, agent,
//   tool,
//           prompt, version, session; executions: tool; calls, errors; zigzag each: tokens (kTokens), costs;
//           unpriced (kUnpriced); buckets, then bucket − the one before, calls
//
// All numbers are varints, names ids of `dict`.
#pragma once

#include "model/base/money.h"
#include "model/base/time.h"
#include "model/store/usage.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace clew {

// Eight buckets a power of two: [2^(b/8), 2^((b+1)/8)) ns, ± 4.4 %. 0 for durations of 0 ns and less.
inline constexpr int kLatencyBuckets = 8 * 63;
int latency_bucket(DurationNs duration);
DurationNs latency_of_bucket(int bucket); // its middle

inline constexpr std::int64_t kHour = 3'600 * kSecond;
inline constexpr std::int64_t kNoUsageHour = INT64_MIN; // of calls without a start
std::int64_t usage_hour(TimeNs start);                  // hours since 1970 UTC, rounded down

// Of a span: what a cell is made for. 0 = none.
struct UsageNames {
    std::int64_t model = 0, agent = 0, tool = 0, prompt = 0, version = 0, session = 0;
    bool operator==(const UsageNames&) const = default;
};
struct UsageNamesHash {
    std::size_t operator()(const UsageNames& names) const;
};

// `execution`: of the tool `names.tool`; else calls of models (and usage that counts and is no call's), below
// the tool `names.tool`.
struct UsageCell {
    std::int64_t hour = kNoUsageHour;
    bool execution = false;
    UsageNames names;
    UsageSums sums;
    std::string_view latencies; // packed: each_latency()
    std::uint32_t buckets = 0;
};

// Reads one trace's usage; stops at what it cannot make sense of.
class UsageReader {
public:
    explicit UsageReader(std::string_view packed);
    [[nodiscard]] std::optional<PicoUsd> reported() const { return reported_; }
    [[nodiscard]] std::optional<PicoUsd> computed() const { return computed_; }
    [[nodiscard]] bool has_hours() const { return hours_ != 0; }
    [[nodiscard]] std::int64_t first_hour() const { return first_; }
    [[nodiscard]] std::int64_t last_hour() const {
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(first_) + hours_ - 1);
    }
    bool next(UsageCell& cell); // false after the last; the cell's latencies live as long as `packed`

    template <class Each>
    static void each_latency(const UsageCell& cell, const Each& each) { // bucket, calls
        std::string_view from = cell.latencies;
        int bucket = 0;
        for (std::uint32_t i = 0; i < cell.buckets; ++i) {
            bucket += static_cast<int>(number(from));
            const auto calls = static_cast<std::int64_t>(number(from));
            if (bucket >= 0 && bucket < kLatencyBuckets) each(bucket, calls);
        }
    }

private:
    static std::uint64_t number(std::string_view& from);

    std::string_view from_;
    std::optional<PicoUsd> reported_, computed_;
    std::int64_t first_ = 0;
    std::uint64_t hours_ = 0;
    std::uint64_t cells_ = 0;
    std::int64_t hour_ = 0; // of the cell before
};

// Bits of a packed cell.
inline constexpr std::uint64_t kExecutions = 1, kNoHour = 2, kTokens = 4, kReported = 8, kComputed = 16,
                               kUnpriced = 32;

// Sums stop at the largest number instead of wrapping.
void add_usage(UsageSums& to, const UsageSums& from);
PicoUsd known_cost(const UsageSums& sums); // reported and computed
void add_to_sum(std::int64_t& sum, std::int64_t value);

} // namespace clew
