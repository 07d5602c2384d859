#include "model/store/usage_summing.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace clew {

namespace {

constexpr std::size_t kFewLatencies = 128;
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
    if (many_.empty()) {
        few_.emplace_back(bucket, calls);
        if (few_.size() < kFewLatencies) return;
        many_.resize(kLatencyBuckets);
        for (const auto& [of, n] : few_)
            many_[static_cast<std::size_t>(of)] += n;
        few_ = {};
        return;
    }
    many_[static_cast<std::size_t>(bucket)] += calls;
}

std::optional<DurationNs> LatencySum::percentile(double share) {
    if (calls_ <= 0) return {};
    auto left = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(calls_)));
    std::ranges::sort(few_);
    for (const auto& [bucket, calls] : few_) {
        if ((left -= calls) <= 0) return latency_of_bucket(bucket);
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
    bytes_ += packed;
    traces_.push_back({trace, bytes_.size()});
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

void UsageSumming::add_cell(const UsageCell& cell, std::uint32_t run, Pass pass) {
    const bool by_tool = by_ == UsageBy::tool;
    if (pass == Pass::all && !cell.execution) {
        model_calls += cell.sums.calls;
        if (cell.sums.unpriced_calls != 0) unpriced_of_[cell.names.model] += cell.sums.unpriced_calls;
    }
    if (cell.execution && !by_tool) return;
    UsageSums sums = cell.sums;
    if (by_tool && !cell.execution) sums.calls = sums.errors = 0; // the tool's calls are its executions
    const std::size_t number = group_of(cell.names);
    Group& group = groups[number];
    if (pass == Pass::all) {
        add_usage(group.sums, sums);
        group.runs += group.last_run != run;
        group.last_run = run;
        if (cell.execution == by_tool)
            UsageReader::each_latency(
                cell, [&group](int bucket, std::int64_t calls) { group.latencies.add(bucket, calls); });
    }
    if (cell.hour == kNoUsageHour || bars.empty()) return;
    const std::size_t at = steps.bar_of(cell.hour);
    if (number < told_apart_) {
        if (group.bars.empty()) group.bars.resize(steps.bars());
        add_usage(group.bars[at], sums);
    }
    if (pass != Pass::all) return;
    Bar& bar = bars[at];
    add_usage(bar.sums, sums);
    bar.runs += bar.last_run != run;
    bar.last_run = run;
}

Result<void> UsageSumming::read(Pass pass, const std::stop_token& stop) {
    UsageCell cell;
    std::size_t begin = 0;
    std::uint32_t run = 0;
    for (const Trace& trace : traces_) {
        if (++run % kRunsBetweenLooks == 0 && stop.stop_requested()) return Error{"cancelled", {}, {}};
        UsageReader reader(std::string_view(bytes_).substr(begin, trace.end - begin));
        while (reader.next(cell))
            add_cell(cell, run, pass);
        begin = trace.end;
    }
    return {};
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
    if (auto done = read(Pass::all, stop); !done) return done;
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
    for (Group& group : groups) // only now it is known which are told apart
        group.bars.clear();
    return read(Pass::bars, stop);
}

} // namespace clew
