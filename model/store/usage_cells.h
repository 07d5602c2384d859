// What one trace used, as table trace_usage keeps it: its known cost, and a cell for every hour and mix of
// model, agent, tool, prompt and session, with the latencies of the cell's calls. Pure functions.
//
//   usage   cost reported, cost computed (0 = none, else zigzag + 1); hours from the first to the last (0 =
//   none has
//           one), zigzag first hour; cells of calls, cells of executions, then the cells in this order
//   cell    bits, zigzag hour − the hour of the cell before (unless kNoHour); calls of models: model, agent,
//   tool,
//           prompt, version, session; executions: tool; calls, errors; zigzag each: tokens (kTokens), costs;
//           unpriced (kUnpriced); bytes of latencies, then for each bucket: bucket − the one before, calls
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
};

// Reads one trace's usage; stops at what it cannot make sense of. `packed` outlives it and the cells'
// latencies.
class UsageReader {
public:
    explicit UsageReader(std::string_view packed);
    [[nodiscard]] std::optional<PicoUsd> reported() const { return reported_; }
    [[nodiscard]] std::optional<PicoUsd> computed() const { return computed_; }
    [[nodiscard]] bool has_hours() const { return hours_ != 0; }
    [[nodiscard]] std::int64_t first_hour() const { return first_; }
    [[nodiscard]] std::int64_t last_hour() const { return first_ + static_cast<std::int64_t>(hours_) - 1; }
    bool next_call(UsageCell& cell); // false after the last one
    bool next(UsageCell& cell);      // calls, then executions

    template <class Each>
    static void each_latency(const UsageCell& cell, const Each& each) { // bucket, calls
        const char* at = cell.latencies.data();
        const char* const end = at + cell.latencies.size();
        std::uint64_t bucket = 0;
        while (at < end) {
            bucket += number(at, end);
            const auto calls = static_cast<std::int64_t>(number(at, end));
            if (bucket < kLatencyBuckets) each(static_cast<int>(bucket), calls);
        }
    }

private:
    // blocks.h has this for any input; this one is inlined into the loop that the Costs page waits for.
    static std::uint64_t number(const char*& at, const char* end) {
        std::uint64_t value = 0;
        for (int shift = 0; at < end && shift < 64; shift += 7) {
            const auto byte = static_cast<std::uint8_t>(*at++);
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if (byte < 0x80) return value;
        }
        return value;
    }
    void read_sums(UsageSums& sums, std::uint64_t bits);

    const char* at_;
    const char* end_;
    std::optional<PicoUsd> reported_, computed_;
    std::int64_t first_ = 0;
    std::uint64_t hours_ = 0;
    std::uint64_t calls_ = 0, executions_ = 0; // cells to come
    std::int64_t hour_ = 0;                    // of the cell before
};

// Bits of a packed cell.
inline constexpr std::uint64_t kNoHour = 1, kTokens = 2, kReported = 4, kComputed = 8, kUnpriced = 16;

// Sums stop at the largest number instead of wrapping.
void add_usage(UsageSums& to, const UsageSums& from);
PicoUsd known_cost(const UsageSums& sums); // reported and computed
void add_to_sum(std::int64_t& sum, std::int64_t value);

} // namespace clew
