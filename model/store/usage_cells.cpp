#include "model/store/usage_cells.h"

#include "model/store/payload/blocks.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace clew {

namespace {

constexpr std::int64_t kMostHours = INT64_MAX / kHour + 1; // what fits into a time

// 2^(i/8) as a fixed-point number with 62 bits after the point.
constexpr std::array<std::uint64_t, 8> kEighths = {0x4000000000000000, 0x45cae0f1f545eb74, 0x4c1bf828c6dc54b8,
                                                   0x52ff6b54d8a89c76, 0x5a827999fcef3243, 0x62b39508aa836d6f,
                                                   0x6ba27e656b4eb57b, 0x75606373ee921c98};

} // namespace

std::size_t UsageNamesHash::operator()(const UsageNames& names) const {
    std::uint64_t mixed = 0;
    for (const std::int64_t name :
         {names.model, names.agent, names.tool, names.prompt, names.version, names.session})
        mixed = (mixed ^ static_cast<std::uint64_t>(name)) * 0x9e3779b97f4a7c15u;
    return static_cast<std::size_t>(mixed ^ mixed >> 29);
}

int latency_bucket(DurationNs duration) {
    if (duration < 1) return 0;
    const auto value = static_cast<std::uint64_t>(duration);
    const int power = std::bit_width(value) - 1;
    const std::uint64_t fraction = value << (62 - power);
    int eighth = 7;
    while (eighth > 0 && fraction < kEighths[static_cast<std::size_t>(eighth)])
        --eighth;
    return power * 8 + eighth;
}

DurationNs latency_of_bucket(int bucket) {
    return std::llround(std::exp2((bucket + 0.5) / 8.0));
}

std::int64_t usage_hour(TimeNs start) {
    if (start == kNoTime) return kNoUsageHour;
    return start / kHour - (start % kHour < 0 ? 1 : 0);
}

void add_to_sum(std::int64_t& sum, std::int64_t value) {
    if (__builtin_add_overflow(sum, value, &sum))
        sum = value > 0 ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
}

void add_usage(UsageSums& to, const UsageSums& from) {
    add_to_sum(to.calls, from.calls);
    add_to_sum(to.errors, from.errors);
    add_to_sum(to.input_tokens, from.input_tokens);
    add_to_sum(to.cache_read_tokens, from.cache_read_tokens);
    add_to_sum(to.cache_write_tokens, from.cache_write_tokens);
    add_to_sum(to.output_tokens, from.output_tokens);
    add_to_sum(to.unpriced_calls, from.unpriced_calls);
    const auto add = [](std::optional<PicoUsd>& sum, std::optional<PicoUsd> value) {
        if (!value) return;
        if (!sum) sum = 0;
        add_to_sum(*sum, *value);
    };
    add(to.reported, from.reported);
    add(to.computed, from.computed);
}

PicoUsd known_cost(const UsageSums& sums) {
    PicoUsd cost = sums.reported.value_or(0);
    add_to_sum(cost, sums.computed.value_or(0));
    return cost;
}

UsageReader::UsageReader(std::string_view packed)
    : at_(packed.data())
    , end_(packed.data() + packed.size()) {
    for (auto* cost : {&reported_, &computed_}) {
        if (const std::uint64_t value = number(at_, end_); value != 0) *cost = unzigzag(value - 1);
    }
    hours_ = number(at_, end_);
    if (hours_ != 0) first_ = unzigzag(number(at_, end_));
    if (hours_ > 2 * kMostHours || first_ < -kMostHours || first_ > kMostHours) {
        hours_ = 0;
        at_ = end_;
    }
    calls_ = number(at_, end_);
    executions_ = number(at_, end_);
}

bool UsageReader::next_call(UsageCell& cell) {
    return calls_ != 0 && next(cell);
}

bool UsageReader::next(UsageCell& cell) {
    cell.execution = calls_ == 0;
    std::uint64_t& left = cell.execution ? executions_ : calls_;
    if (left == 0 || at_ == end_) return false;
    --left;
    const auto id = [this] { return static_cast<std::int64_t>(number(at_, end_)); };
    const std::uint64_t bits = number(at_, end_);
    cell.hour = kNoUsageHour;
    if (!(bits & kNoHour)) {
        // Within the hours that the head promises, whatever stands there.
        const auto hour =
            static_cast<std::uint64_t>(hour_) + static_cast<std::uint64_t>(unzigzag(number(at_, end_)));
        hour_ =
            std::clamp(static_cast<std::int64_t>(hour), first_hour(), std::max(first_hour(), last_hour()));
        cell.hour = hour_;
    }
    UsageNames& names = cell.names;
    if (cell.execution) {
        names = {};
        names.tool = id();
    } else {
        names.model = id();
        names.agent = id();
        names.tool = id();
        names.prompt = id();
        names.version = id();
        names.session = id();
    }
    cell.sums.calls = id();
    cell.sums.errors = id();
    read_sums(cell.sums, bits);
    const auto bytes = std::min(number(at_, end_), static_cast<std::uint64_t>(end_ - at_));
    cell.latencies = {at_, static_cast<std::size_t>(bytes)};
    at_ += bytes;
    return true;
}

void UsageReader::read_sums(UsageSums& sums, std::uint64_t bits) {
    const auto amount = [this] { return unzigzag(number(at_, end_)); };
    sums.input_tokens = sums.cache_read_tokens = sums.cache_write_tokens = sums.output_tokens = 0;
    if (bits & kTokens) {
        sums.input_tokens = amount();
        sums.cache_read_tokens = amount();
        sums.cache_write_tokens = amount();
        sums.output_tokens = amount();
    }
    sums.reported.reset();
    sums.computed.reset();
    if (bits & kReported) sums.reported = amount();
    if (bits & kComputed) sums.computed = amount();
    sums.unpriced_calls = bits & kUnpriced ? static_cast<std::int64_t>(number(at_, end_)) : 0;
}

} // namespace clew
