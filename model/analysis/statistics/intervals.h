// Confidence intervals of shares, means and quantiles, and of their differences between two independent
// groups of runs. Pure; any thread. Differences are B − A.
//
// docs/prompts.md has the measured coverage of each. nullopt: too few runs for an interval that holds.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace clew {

inline constexpr double kConfidence = 0.95;

struct Interval {
    double low = 0;
    double high = 0;
    [[nodiscard]] bool holds(double value) const { return low <= value && value <= high; }
};

// `hits` of `n`.
struct Share {
    std::int64_t hits = 0;
    std::int64_t n = 0;
    [[nodiscard]] double value() const { return static_cast<double>(hits) / static_cast<double>(n); }
};

// Fewer runs than these in a group give no interval.
inline constexpr std::int64_t kLeastRuns = 10;

// Wilson's score interval (1927), without continuity correction.
std::optional<Interval> share_interval(Share share, double confidence = kConfidence);
// Newcombe's hybrid score interval (1998, method 10).
std::optional<Interval> share_difference(Share a, Share b, double confidence = kConfidence);

// What a mean's interval needs of the values.
struct Moments {
    std::int64_t n = 0;
    double mean = 0;
    double variance = 0; // of the sample, by n − 1
};
Moments moments_of(std::span<const double> values);

// Student's t; Welch's (1947) of two groups with variances of their own.
std::optional<Interval> mean_interval(const Moments& values, double confidence = kConfidence);
std::optional<Interval> mean_difference(const Moments& a, const Moments& b, double confidence = kConfidence);

// The value below which the share `q` of the runs lies, between the nearest two. `sorted` is not empty.
double quantile(std::span<const double> sorted, double q);
// Between fractional order statistics whose ranks the binomial distribution gives (Hutson 1999): nothing is
// assumed of the values. Of p95, 72 runs at least.
std::optional<Interval> quantile_interval(std::span<const double> sorted, double q,
                                          double confidence = kConfidence);
// Both intervals joined by their distances from the estimates (Zou and Donner 2008), as Newcombe does. Each
// is as wide as it must be alone, where the noise of its own width counts; in the sum that noise averages
// out, and the distances shrink by 0.265 / √(n q (1 − q)), which was fitted in simulations.
std::optional<Interval> quantile_difference(std::span<const double> sorted_a,
                                            std::span<const double> sorted_b, double q,
                                            double confidence = kConfidence);

} // namespace clew
