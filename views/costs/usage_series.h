// A usage answer as a stacked chart shows it: a bar for each step (or for several, where there are very
// many), in it a layer for each of the groups that matter most, and one for the rest. Pure; any thread.
#pragma once

#include "model/store/usage.h"

#include <QHash>
#include <QString>

#include <cstdint>
#include <vector>

namespace clew::views {

enum class UsageMetric { Cost, Tokens };

struct UsageLayer {
    int group = -1;                   // in UsageAnswer::groups; -1 = all others together
    int place = -1;                   // among the colours; -1 = of “other”
    int groups = 1;                   // how many it stands for
    std::vector<std::int64_t> values; // of each bar: pico-USD or tokens
};

struct UsageSeries {
    static constexpr int kLayers = 8; // “other” comes on top
    static constexpr int kMostBars = 400;

    UsageMetric metric = UsageMetric::Cost;
    UsageBy by = UsageBy::model;
    UsageStep step = UsageStep::day;
    int merged = 1;                    // steps in a bar
    std::vector<TimeNs> starts;        // of the bars
    TimeNs end = 0;                    // of the last bar
    std::vector<UsageSums> sums;       // of the bars
    std::vector<std::int64_t> runs;    // of the bars; of several steps at most this many
    std::vector<std::int64_t> heights; // of the stacks
    std::vector<UsageLayer> layers;    // the lowest first
    [[nodiscard]] int bars() const { return static_cast<int>(starts.size()); }
    [[nodiscard]] TimeNs endOf(int bar) const {
        return bar + 1 < bars() ? starts[static_cast<std::size_t>(bar) + 1] : end;
    }
    [[nodiscard]] std::int64_t height(int bar) const { return heights[static_cast<std::size_t>(bar)]; }
    [[nodiscard]] int barAt(TimeNs time) const; // -1 = outside
};

// Which of the eight colours a name has: the same as long as the page lives, whatever else is shown, unless
// two names that are shown together would have the same.
class SeriesPlaces {
public:
    // In the order given; at most UsageSeries::kLayers.
    std::vector<int> take(UsageBy by, const std::vector<std::string>& keys);

private:
    QHash<QString, int> m_taken;
};

std::int64_t usageValue(const UsageSums& sums, UsageMetric metric);
UsageSeries usageSeries(const UsageAnswer& answer, UsageBy by, UsageMetric metric, SeriesPlaces& places);

// Steps of 1, 2, 5 × 10ⁿ from 0 to `highest`, at most `most` above 0.
std::vector<double> niceTicks(double highest, int most);
QString tickText(double value, double step, UsageMetric metric);

} // namespace clew::views
