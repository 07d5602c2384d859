// Two groups compared by several metrics, and what may be said of each when so many were looked at. Pure; any
// thread.
#pragma once

#include "model/analysis/statistics/intervals.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace clew {

enum class Verdict : std::uint8_t { no_evidence, better, worse };
std::string_view verdict_name(Verdict verdict); // "no evidence", "better", "worse"

enum class Summary : std::uint8_t { share, mean, p50, p95 };

// One metric of both groups: a value a run, for runs that know it. Of a share, 0 or 1.
struct MetricSample {
    std::string id;
    Summary summary = Summary::mean;
    bool more_is_better = false;
    std::vector<double> a, b;
};

struct MetricComparison {
    std::string id;
    Summary summary = Summary::mean;
    std::optional<double> a, b, difference; // B − A; nullopt where no run knows it
    std::optional<Interval> interval;       // of the difference, at kConfidence; nullopt: too few runs
    std::array<std::int64_t, 2> n{};
    std::optional<double> p; // as corrected for all metrics that have one
    Verdict verdict = Verdict::no_evidence;
    [[nodiscard]] bool too_few() const { return a && b && !interval; }
};

// Better or worse only where 0 lies outside the interval also after Holm's correction (1979) for all metrics
// that have an interval: of 1,000 pairs of equal groups, at most 50 give any verdict.
std::vector<MetricComparison> compare_metrics(std::vector<MetricSample> samples);

// Holm's step-down adjusted p-values, in the order given.
std::vector<double> holm(std::span<const double> p);

} // namespace clew
