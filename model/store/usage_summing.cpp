#include "model/store/usage_summing.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace clew {

namespace {

constexpr std::size_t kFewLatencies = 128;
constexpr std::uint64_t kFewCalls = std::uint64_t(1) << 48;
constexpr std::int64_t kMostBars = 1'000;
constexpr std::int64_t kMostHours = 72, kMostDays = 90; // of UsageStep::fitting
constexpr std::int64_t kMonday = 72;                    // hours from a Monday to 1970
constexpr std::int64_t kSmallName = 4'000'000;
constexpr std::uint32_t kRunsBetweenLooks = 4'096;

std::int64_t hours_of(UsageStep step) {
    return step == UsageStep::hour ? 1 : step == UsageStep::day ? 24 : 168;
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

} // namespace

void LatencySum::add(int bucket, std::int64_t calls) {
    calls_ += calls;
    if (!many_.empty()) {
        many_[static_cast<std::size_t>(bucket)] += calls;
        return;
    }
    if (few_.size() < kFewLatencies && calls >= 0 && static_cast<std::uint64_t>(calls) < kFewCalls) {
        if (few_.empty()) few_.reserve(16);
        few_.push_back(static_cast<std::uint64_t>(bucket) * kFewCalls + static_cast<std::uint64_t>(calls));
        return;
    }
    many_.resize(kLatencyBuckets);
    for (const std::uint64_t one : few_)
        many_[static_cast<std::size_t>(one / kFewCalls)] += static_cast<std::int64_t>(one % kFewCalls);
    many_[static_cast<std::size_t>(bucket)] += calls;
    few_ = {};
}

std::optional<DurationNs> LatencySum::percentile(double share) {
    if (calls_ <= 0) return {};
    auto left = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(calls_)));
    if (!std::exchange(sorted_, true)) std::ranges::sort(few_);
    for (const std::uint64_t one : few_) {
        if ((left -= static_cast<std::int64_t>(one % kFewCalls)) <= 0)
            return latency_of_bucket(static_cast<int>(one / kFewCalls));
    }
    for (std::size_t bucket = 0; bucket < many_.size(); ++bucket) {
        if ((left -= many_[bucket]) <= 0) return latency_of_bucket(static_cast<int>(bucket));
    }
    return {};
}

UsageSteps::UsageSteps(UsageStep wanted, std::int64_t first_hour, std::int64_t last_hour) {
    const bool fitting = wanted == UsageStep::fitting;
    std::int64_t count = 0;
    for (const UsageStep step : {UsageStep::hour, UsageStep::day, UsageStep::week}) {
        if (!fitting && step < wanted) continue;
        step_ = step;
        first_ = number(first_hour);
        count = number(last_hour) - first_ + 1;
        const std::int64_t most = !fitting                  ? kMostBars
                                  : step == UsageStep::hour ? kMostHours
                                  : step == UsageStep::day  ? kMostDays
                                                            : kMostBars;
        if (count <= most) break;
    }
    steps_a_bar_ = (count + kMostBars - 1) / kMostBars;
    bars_ = static_cast<std::size_t>((count + steps_a_bar_ - 1) / steps_a_bar_);
}

std::int64_t UsageSteps::number(std::int64_t hour) const {
    return step_ == UsageStep::week ? floor_div(hour + kMonday, 168) : floor_div(hour, hours_of(step_));
}

std::size_t UsageSteps::bar_of(std::int64_t hour) const {
    const std::int64_t bar = (number(hour) - first_) / steps_a_bar_;
    return static_cast<std::size_t>(std::clamp<std::int64_t>(bar, 0, static_cast<std::int64_t>(bars_) - 1));
}

TimeNs UsageSteps::start_of(std::size_t bar) const {
    const std::int64_t hour = (first_ + static_cast<std::int64_t>(bar) * steps_a_bar_) * hours_of(step_) -
                              (step_ == UsageStep::week ? kMonday : 0);
    TimeNs start = 0;
    if (__builtin_mul_overflow(hour, kHour, &start)) // the week of the first moment that there is
        return std::numeric_limits<TimeNs>::min() + 1;
    return start;
}

void UsageSumming::add(std::int64_t trace, std::string_view packed) {
    const UsageReader reader(packed);
    if (reader.has_hours()) {
        first_hour_ = has_hours_ ? std::min(first_hour_, reader.first_hour()) : reader.first_hour();
        last_hour_ = has_hours_ ? std::max(last_hour_, reader.last_hour()) : reader.last_hour();
        has_hours_ = true;
    }
    if (reader.reported() || reader.computed()) {
        PicoUsd cost = reader.reported().value_or(0);
        add_to_sum(cost, reader.computed().value_or(0));
        runs.push_back({trace, cost});
    }
    runs_reported += reader.reported().has_value();
    packed_.push_back(memory_.copy(packed));
}

std::size_t UsageSumming::group_of(const UsageNames& names) {
    const std::int64_t name = by_ == UsageBy::model     ? names.model
                              : by_ == UsageBy::agent   ? names.agent
                              : by_ == UsageBy::tool    ? names.tool
                              : by_ == UsageBy::session ? names.session
                                                        : names.prompt;
    const std::int64_t version = by_ == UsageBy::prompt ? names.version : 0;
    std::int32_t& number = number_of(name, version);
    if (number == 0) {
        Group& made = groups.emplace_back();
        made.name = name;
        made.version = version;
        number = static_cast<std::int32_t>(groups.size());
    }
    return static_cast<std::size_t>(number - 1);
}

// Of tools the calls are executions, and the money that of the calls below them.
UsageSums UsageSumming::sums_of(const UsageCell& cell) const {
    UsageSums sums = cell.sums;
    if (by_ == UsageBy::tool && !cell.execution) sums.calls = sums.errors = 0;
    return sums;
}

template <class Each>
void UsageSumming::each_cell(std::string_view packed, const Each& each) const {
    UsageReader reader(packed);
    UsageCell cell;
    while (by_ == UsageBy::tool ? reader.next(cell) : reader.next_call(cell))
        each(cell);
}

void UsageSumming::add_cell(const UsageCell& cell, std::uint32_t run) {
    if (!cell.execution) {
        model_calls += cell.sums.calls;
        if (cell.sums.unpriced_calls != 0) unpriced_of_[cell.names.model] += cell.sums.unpriced_calls;
    }
    const UsageSums sums = sums_of(cell);
    const std::size_t number = group_of(cell.names);
    Group& group = groups[number];
    if (std::exchange(group.last_run, run) != run) {
        ++group.runs;
        touches_.push_back({static_cast<std::uint32_t>(number), run});
    }
    if (cell.execution == (by_ == UsageBy::tool))
        UsageReader::each_latency(
            cell, [&group](int bucket, std::int64_t calls) { group.latencies.add(bucket, calls); });
    if (cell.hour == kNoUsageHour || bars.empty()) return add_usage(group.sums, sums);
    const std::size_t at = bar_of(cell.hour);
    Bar& bar = bars[at];
    bar.runs += std::exchange(bar.last_run, run) != run;
    if (number < told_apart_) { // add_told() makes both sums of it
        if (group.bars.empty()) group.bars.resize(bars.size());
        return add_usage(group.bars[at], sums);
    }
    add_usage(group.sums, sums);
    add_usage(bar.sums, sums);
}

void UsageSumming::add_told() {
    for (Group& group : groups) {
        for (std::size_t i = 0; i < group.bars.size(); ++i) {
            add_usage(group.sums, group.bars[i]);
            add_usage(bars[i].sums, group.bars[i]);
        }
    }
}

// Cells of one run are mostly of one hour, and dividing takes as long as reading one.
std::size_t UsageSumming::bar_of(std::int64_t hour) {
    if (hour != last_asked_) last_bar_ = steps.bar_of(last_asked_ = hour);
    return last_bar_;
}

void UsageSumming::add_bars(const UsageCell& cell) {
    if (cell.hour == kNoUsageHour || bars.empty()) return;
    const std::size_t number = group_of(cell.names);
    if (number >= told_apart_) return;
    Group& group = groups[number];
    if (group.bars.empty()) group.bars.resize(bars.size());
    add_usage(group.bars[bar_of(cell.hour)], sums_of(cell));
}

std::int32_t& UsageSumming::number_of(std::int64_t name, std::int64_t version) {
    if (version != 0 || name < 0 || name >= kSmallName)
        return by_names_[{.prompt = name, .version = version}];
    const auto at = static_cast<std::size_t>(name);
    if (at >= by_name_.size()) by_name_.resize(std::max(at + 1, by_name_.size() * 2));
    return by_name_[at];
}

Result<void> UsageSumming::sum(UsageStep wanted, const std::stop_token& stop) {
    if (has_hours_) steps = UsageSteps(wanted, first_hour_, last_hour_);
    bars.resize(steps.bars());
    for (std::uint32_t run = 1; run <= packed_.size(); ++run) {
        if (run % kRunsBetweenLooks == 0 && stop.stop_requested()) return Error{"cancelled", {}, {}};
        each_cell(packed_[run - 1], [this, run](const UsageCell& cell) { add_cell(cell, run); });
    }
    add_told();
    unpriced.assign(unpriced_of_.begin(), unpriced_of_.end());
    return {};
}

Result<void> UsageSumming::arrange(const std::vector<std::size_t>& order, const std::stop_token& stop) {
    std::vector<Group> arranged;
    arranged.reserve(order.size());
    for (const std::size_t at : order)
        arranged.push_back(std::move(groups[at]));
    groups = std::move(arranged);
    for (std::size_t i = 0; i < groups.size(); ++i)
        number_of(groups[i].name, groups[i].version) = static_cast<std::int32_t>(i + 1);
    if (groups.size() <= told_apart_) return {};
    // Only now it is known which are told apart: the runs that have them are read again.
    for (Group& group : groups)
        group.bars.clear();
    std::vector<bool> told(groups.size()), again(packed_.size());
    for (std::size_t i = 0; i < told_apart_; ++i)
        told[order[i]] = true;
    for (const Touch& touch : touches_) {
        if (told[touch.group]) again[touch.run - 1] = true;
    }
    for (std::size_t run = 0; run < packed_.size(); ++run) {
        if (run % kRunsBetweenLooks == 0 && stop.stop_requested()) return Error{"cancelled", {}, {}};
        if (again[run]) each_cell(packed_[run], [this](const UsageCell& cell) { add_bars(cell); });
    }
    return {};
}

} // namespace clew
