// UsageSumming: sums the packed usage of many traces (usage_cells.h) by one dimension and over time. Names
// stay ids of `dict`. Used by one thread.
#pragma once

#include "model/base/arena.h"
#include "model/base/result.h"
#include "model/store/usage_cells.h"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace clew {

// Latencies of calls in the buckets of usage_cells.h: few in a list, many in an array.
class LatencySum {
public:
    void add(int bucket, std::int64_t calls);
    std::optional<DurationNs> percentile(double share); // of the nearest rank; nullopt of none

private:
    std::vector<std::uint64_t> few_; // bucket << 48 | calls
    std::vector<std::int64_t> many_;
    std::int64_t calls_ = 0;
    bool sorted_ = false;
};

// The steps of the time axis that hours fall into.
class UsageSteps {
public:
    UsageSteps() = default;
    UsageSteps(UsageStep wanted, std::int64_t first_hour, std::int64_t last_hour);
    [[nodiscard]] UsageStep step() const { return step_; }
    [[nodiscard]] int steps_a_bar() const { return static_cast<int>(steps_a_bar_); }
    [[nodiscard]] std::size_t bars() const { return bars_; }
    [[nodiscard]] std::size_t bar_of(std::int64_t hour) const;
    [[nodiscard]] TimeNs start_of(std::size_t bar) const;

private:
    [[nodiscard]] std::int64_t number(std::int64_t hour) const; // of the step

    UsageStep step_ = UsageStep::day;
    std::int64_t first_ = 0;
    std::int64_t steps_a_bar_ = 1;
    std::size_t bars_ = 0;
};

class UsageSumming {
public:
    struct Group {
        std::int64_t name = 0, version = 0; // dict; 0 = none
        UsageSums sums;
        std::int64_t runs = 0;
        LatencySum latencies;
        std::vector<UsageSums> bars; // empty where nothing of it has an hour, or it is not told apart
        std::uint32_t last_run = 0;
    };
    struct Bar {
        UsageSums sums;
        std::int64_t runs = 0;
        std::uint32_t last_run = 0;
    };
    struct Run {
        std::int64_t trace = 0;
        PicoUsd cost = 0; // known
    };

    UsageSumming(UsageBy by, std::size_t told_apart)
        : by_(by)
        , told_apart_(told_apart) {}

    void add(std::int64_t trace, std::string_view packed); // kept until sum()
    // Once all are there: fills what is below, the groups in any order.
    Result<void> sum(UsageStep wanted, const std::stop_token& stop);
    // Puts the groups into this order of their numbers; the first ones get their bars.
    Result<void> arrange(const std::vector<std::size_t>& order, const std::stop_token& stop);

    std::vector<Group> groups;
    std::vector<Bar> bars;
    UsageSteps steps;
    std::vector<Run> runs; // whose cost is known
    std::int64_t runs_reported = 0, model_calls = 0;
    std::vector<std::pair<std::int64_t, std::int64_t>> unpriced; // model, calls

private:
    struct Touch { // a run that has cells of a group
        std::uint32_t group = 0, run = 0;
    };
    void add_cell(const UsageCell& cell, std::uint32_t run);
    void add_bars(const UsageCell& cell);
    void add_told();
    std::size_t bar_of(std::int64_t hour);
    UsageSums sums_of(const UsageCell& cell) const;
    template <class Each>
    void each_cell(std::string_view packed, const Each& each) const;
    std::size_t group_of(const UsageNames& names);
    std::int32_t& number_of(std::int64_t name, std::int64_t version); // of a group, from 1 on; 0 = none yet

    UsageBy by_;
    std::size_t told_apart_;
    Arena memory_{1 << 20};
    std::vector<std::string_view> packed_; // of each run
    std::vector<Touch> touches_;
    std::int64_t first_hour_ = 0, last_hour_ = 0;
    bool has_hours_ = false;
    std::int64_t last_asked_ = kNoUsageHour; // of bar_of()
    std::size_t last_bar_ = 0;
    std::vector<std::int32_t> by_name_; // number_of() small names without a version
    std::unordered_map<UsageNames, std::int32_t, UsageNamesHash> by_names_;
    std::unordered_map<std::int64_t, std::int64_t> unpriced_of_;
};

} // namespace clew
