#include "views/costs/usage_series.h"

#include "model/base/numbers.h"
#include "views/costs/usage_words.h"
#include "views/text.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <set>

namespace clew::views {

namespace {

void addKnown(std::optional<PicoUsd>& sum, const std::optional<PicoUsd>& part) {
    if (part) sum = sum.value_or(0) + *part;
}

void addSums(UsageSums& sum, const UsageSums& part) {
    sum.calls += part.calls;
    sum.errors += part.errors;
    sum.input_tokens += part.input_tokens;
    sum.cache_read_tokens += part.cache_read_tokens;
    sum.cache_write_tokens += part.cache_write_tokens;
    sum.output_tokens += part.output_tokens;
    addKnown(sum.reported, part.reported);
    addKnown(sum.computed, part.computed);
    sum.unpriced_calls += part.unpriced_calls;
}

// FNV-1a: the same on every machine and in every version.
std::uint32_t stableHash(const std::string& text) {
    std::uint32_t hash = 2166136261U;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return hash;
}

// So many that there are not more bars than can be told apart.
std::size_t mergedSteps(std::size_t steps, UsageStep step) {
    const std::size_t least = (steps + UsageSeries::kMostBars - 1) / UsageSeries::kMostBars;
    if (step == UsageStep::hour) {
        for (const std::size_t nice : {1U, 2U, 3U, 4U, 6U, 8U, 12U, 24U, 48U, 96U, 168U}) {
            if (nice >= least) return nice;
        }
    }
    return least;
}

std::vector<int> mostFirst(const UsageAnswer& answer, UsageMetric metric) {
    std::vector<int> order(answer.groups.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        return usageValue(answer.groups[static_cast<std::size_t>(a)].sums, metric) >
               usageValue(answer.groups[static_cast<std::size_t>(b)].sums, metric);
    });
    std::erase_if(order, [&](int at) {
        return usageValue(answer.groups[static_cast<std::size_t>(at)].sums, metric) <= 0;
    });
    return order;
}

} // namespace

std::int64_t usageValue(const UsageSums& sums, UsageMetric metric) {
    if (metric == UsageMetric::Tokens) return sums.input_tokens + sums.output_tokens;
    return sums.costs().sum().value_or(0);
}

int UsageSeries::barAt(TimeNs time) const {
    if (starts.empty() || time < starts.front() || time >= end) return -1;
    return static_cast<int>(std::upper_bound(starts.begin(), starts.end(), time) - starts.begin()) - 1;
}

std::vector<int> SeriesPlaces::take(UsageBy by, const std::vector<std::string>& keys) {
    std::set<int> used;
    std::vector<int> places;
    for (const std::string& key : keys) {
        const QString name = QString::number(static_cast<int>(by)) + QLatin1Char('/') + fromUtf8(key);
        int place = m_taken.value(name, static_cast<int>(stableHash(key) % UsageSeries::kLayers));
        while (used.contains(place) && static_cast<int>(used.size()) < UsageSeries::kLayers)
            place = (place + 1) % UsageSeries::kLayers;
        used.insert(place);
        if (!m_taken.contains(name)) m_taken.insert(name, place);
        places.push_back(place);
    }
    return places;
}

UsageSeries usageSeries(const UsageAnswer& answer, UsageBy by, UsageMetric metric, SeriesPlaces& places) {
    UsageSeries out;
    out.metric = metric;
    out.by = by;
    out.step = answer.step;
    const std::size_t steps = answer.bars.size();
    if (steps == 0) return out;
    const DurationNs length = stepLength(answer.step);
    const std::size_t merged = mergedSteps(steps, answer.step);
    // Several hours begin where a clock would have them begin.
    const TimeNs wide = static_cast<DurationNs>(merged) * length;
    const TimeNs first = answer.bars[0].start;
    const auto before = merged > 1 && answer.step == UsageStep::hour
                            ? static_cast<std::size_t>((first % wide + wide) % wide / length)
                            : 0;
    const std::size_t bars = (before + steps + merged - 1) / merged;
    const auto barOf = [&](std::size_t step) { return (before + step) / merged; };
    out.merged = static_cast<int>(merged);
    for (std::size_t bar = 0; bar < bars; ++bar)
        out.starts.push_back(
            first + (static_cast<DurationNs>(bar * merged) - static_cast<DurationNs>(before)) * length);
    out.sums.resize(bars);
    out.runs.resize(bars);
    out.heights.resize(bars);
    for (std::size_t at = 0; at < steps; ++at) {
        addSums(out.sums[barOf(at)], answer.bars[at].sums);
        out.runs[barOf(at)] += answer.bars[at].runs;
        for (const UsageSums& group : answer.bars[at].groups)
            out.heights[barOf(at)] += usageValue(group, metric);
    }
    out.end = out.starts.back() + wide;

    const std::vector<int> order = mostFirst(answer, metric);
    const std::size_t own = std::min<std::size_t>(order.size(), UsageSeries::kLayers);
    std::vector<std::string> keys;
    for (std::size_t at = 0; at < own; ++at)
        keys.push_back(answer.groups[static_cast<std::size_t>(order[at])].key);
    const std::vector<int> taken = places.take(by, keys);
    const auto valuesOf = [&](int group) {
        std::vector<std::int64_t> values(bars, 0);
        for (std::size_t at = 0; at < steps; ++at) {
            const auto& groups = answer.bars[at].groups;
            if (static_cast<std::size_t>(group) < groups.size())
                values[barOf(at)] += usageValue(groups[static_cast<std::size_t>(group)], metric);
        }
        return values;
    };
    for (std::size_t at = 0; at < own; ++at)
        out.layers.push_back({order[at], taken[at], 1, valuesOf(order[at])});
    if (order.size() > own) {
        UsageLayer other{-1, -1, static_cast<int>(order.size() - own), {}};
        for (std::size_t bar = 0; bar < bars; ++bar) {
            std::int64_t rest = out.height(static_cast<int>(bar));
            for (const UsageLayer& layer : out.layers)
                rest -= layer.values[bar];
            other.values.push_back(std::max<std::int64_t>(0, rest));
        }
        out.layers.push_back(std::move(other));
    }
    return out;
}

std::vector<double> niceTicks(double highest, int most) {
    if (!(highest > 0) || most < 1) return {0};
    const double power = std::pow(10, std::floor(std::log10(highest / most)));
    double step = power;
    for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
        step = power * factor;
        if (highest / step <= most * 1.0001) break;
    }
    std::vector<double> out;
    for (int at = 0; at <= most && at * step <= highest * 1.0001; ++at)
        out.push_back(at * step);
    return out;
}

QString tickText(double value, double step, UsageMetric metric) {
    if (metric == UsageMetric::Tokens) {
        if (value > 0 && value < 1) return {};
        return fromUtf8(format_short_count(std::llround(value)));
    }
    if (value == 0) return QStringLiteral("$0");
    const auto shortened = [](double amount, const char* unit) {
        return QStringLiteral("$") + QString::number(amount, 'g', 4) + QLatin1String(unit);
    };
    if (step >= 1e5) return shortened(value / 1e6, "M");
    if (step >= 100) return shortened(value / 1e3, "k");
    const int decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9)));
    return QStringLiteral("$") + QString::number(value, 'f', decimals == 1 ? 2 : decimals);
}

} // namespace clew::views
