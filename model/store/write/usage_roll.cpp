#include "model/store/write/usage_roll.h"

#include "model/store/payload/blocks.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace clew {

namespace {

constexpr std::size_t kIndexed = 24;    // cells; fewer are faster looked through
constexpr std::size_t kRadixFrom = 512; // latencies; fewer are faster sorted by comparing

std::uint64_t hash_of(std::int64_t hour, bool execution, const UsageNames& names) {
    const std::uint64_t mixed =
        (UsageNamesHash{}(names) ^ (static_cast<std::uint64_t>(hour) * 2 + execution)) * 0xc2b2ae3d27d4eb4fu;
    return mixed ^ mixed >> 31;
}

bool same(const UsageCell& cell, std::int64_t hour, bool execution, const UsageNames& names) {
    return cell.hour == hour && cell.execution == execution && cell.names == names;
}

} // namespace

void UsageRoll::begin() {
    cells_.clear();
    index_.clear();
    latencies_.clear();
}

void UsageRoll::grow_index() {
    index_.assign(std::max<std::size_t>(64, index_.size() * 4), 0);
    const std::size_t mask = index_.size() - 1;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        std::size_t at = hash_of(cells_[i].hour, cells_[i].execution, cells_[i].names) & mask;
        while (index_[at] != 0)
            at = (at + 1) & mask;
        index_[at] = static_cast<std::uint32_t>(i + 1);
    }
}

std::size_t UsageRoll::cell_of(std::int64_t hour, bool execution, const UsageNames& names) {
    std::size_t at = 0;
    if (cells_.size() < kIndexed) {
        for (std::size_t i = 0; i < cells_.size(); ++i) {
            if (same(cells_[i], hour, execution, names)) return i;
        }
    } else {
        if (index_.size() < cells_.size() * 2) grow_index();
        const std::size_t mask = index_.size() - 1;
        for (at = hash_of(hour, execution, names) & mask; index_[at] != 0; at = (at + 1) & mask) {
            if (same(cells_[index_[at] - 1], hour, execution, names)) return index_[at] - 1;
        }
        index_[at] = static_cast<std::uint32_t>(cells_.size() + 1);
    }
    UsageCell& cell = cells_.emplace_back();
    cell.hour = hour;
    cell.execution = execution;
    cell.names = names;
    return cells_.size() - 1;
}

void UsageRoll::add(std::int64_t hour, bool execution, const UsageNames& names, const UsageSums& sums,
                    int bucket) {
    const std::size_t at = cell_of(hour, execution, names);
    add_usage(cells_[at].sums, sums);
    if (bucket != kNoBucket)
        latencies_.push_back(static_cast<std::uint64_t>(at) << 16 | static_cast<std::uint64_t>(bucket));
}

void UsageRoll::sort_latencies() {
    if (latencies_.size() < kRadixFrom) {
        std::ranges::sort(latencies_);
        return;
    }
    // A large trace is rolled up many times while it arrives.
    std::uint64_t largest = 0;
    for (const std::uint64_t value : latencies_)
        largest = std::max(largest, value);
    constexpr int kBits = 11;
    for (int shift = 0; shift < 64 && largest >> shift != 0; shift += kBits) {
        std::array<std::size_t, (1 << kBits) + 1> places{};
        for (const std::uint64_t value : latencies_)
            ++places[(value >> shift & ((1 << kBits) - 1)) + 1];
        for (std::size_t i = 1; i < places.size(); ++i)
            places[i] += places[i - 1];
        sorted_.resize(latencies_.size());
        for (const std::uint64_t value : latencies_)
            sorted_[places[value >> shift & ((1 << kBits) - 1)]++] = value;
        latencies_.swap(sorted_);
    }
}

void UsageRoll::pack(std::size_t number, std::int64_t& hour) {
    const UsageCell& cell = cells_[number];
    const UsageSums& sums = cell.sums;
    const bool tokens =
        (sums.input_tokens | sums.cache_read_tokens | sums.cache_write_tokens | sums.output_tokens) != 0;
    put_varint(out_, (cell.hour == kNoUsageHour ? kNoHour : 0) | (tokens ? kTokens : 0) |
                         (sums.reported ? kReported : 0) | (sums.computed ? kComputed : 0) |
                         (sums.unpriced_calls != 0 ? kUnpriced : 0));
    if (cell.hour != kNoUsageHour) {
        put_varint(out_, zigzag(cell.hour - hour));
        hour = cell.hour;
    }
    const UsageNames& names = cell.names;
    const auto put = [this](std::initializer_list<std::int64_t> values) {
        for (const std::int64_t value : values)
            put_varint(out_, static_cast<std::uint64_t>(value));
    };
    if (cell.execution)
        put({names.tool});
    else
        put({names.model, names.agent, names.tool, names.prompt, names.version, names.session});
    put({sums.calls, sums.errors});
    if (tokens) {
        for (const std::int64_t amount :
             {sums.input_tokens, sums.cache_read_tokens, sums.cache_write_tokens, sums.output_tokens})
            put_varint(out_, zigzag(amount));
    }
    if (sums.reported) put_varint(out_, zigzag(*sums.reported));
    if (sums.computed) put_varint(out_, zigzag(*sums.computed));
    if (sums.unpriced_calls != 0) put({sums.unpriced_calls});

    packed_latencies_.clear();
    std::uint64_t before = 0;
    auto at = std::ranges::lower_bound(latencies_, static_cast<std::uint64_t>(number) << 16);
    while (at != latencies_.end() && *at >> 16 == number) {
        const std::uint64_t same_bucket = *at;
        std::uint64_t calls = 0;
        for (; at != latencies_.end() && *at == same_bucket; ++at)
            ++calls;
        put_varint(packed_latencies_, (same_bucket & 0xffff) - before);
        put_varint(packed_latencies_, calls);
        before = same_bucket & 0xffff;
    }
    put_varint(out_, packed_latencies_.size());
    out_ += packed_latencies_;
}

std::string_view UsageRoll::packed(std::optional<PicoUsd> reported, std::optional<PicoUsd> computed) {
    out_.clear();
    if (cells_.empty() && !reported && !computed) return out_;
    sort_latencies();
    for (const auto& cost : {reported, computed})
        put_varint(out_, cost ? zigzag(*cost) + 1 : 0);
    std::optional<std::int64_t> first, last;
    std::size_t calls = 0;
    for (const UsageCell& cell : cells_) {
        calls += !cell.execution;
        if (cell.hour == kNoUsageHour) continue;
        first = std::min(first.value_or(cell.hour), cell.hour);
        last = std::max(last.value_or(cell.hour), cell.hour);
    }
    put_varint(out_, first ? static_cast<std::uint64_t>(*last - *first + 1) : 0);
    if (first) put_varint(out_, zigzag(*first));
    put_varint(out_, calls);
    put_varint(out_, cells_.size() - calls);
    std::int64_t hour = 0;
    for (const bool execution : {false, true}) {
        for (std::size_t i = 0; i < cells_.size(); ++i)
            if (cells_[i].execution == execution) pack(i, hour);
    }
    return out_;
}

} // namespace clew
