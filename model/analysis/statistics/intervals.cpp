#include "model/analysis/statistics/intervals.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>

namespace clew {

namespace {

// What the functions below ask of Boost is always in its domain; nothing may be thrown over our functions.
using Quiet = boost::math::policies::policy<
    boost::math::policies::domain_error<boost::math::policies::ignore_error>,
    boost::math::policies::pole_error<boost::math::policies::ignore_error>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>,
    boost::math::policies::promote_double<false>>;

double normal_quantile(double p) {
    return boost::math::quantile(boost::math::normal_distribution<double, Quiet>(), p);
}
double t_quantile(double p, double freedom) {
    return boost::math::quantile(boost::math::students_t_distribution<double, Quiet>(freedom), p);
}

double upper_tail(double confidence) {
    return 1 - (1 - confidence) / 2;
}

// Joins two intervals to that of b − a.
Interval joined(double a, const Interval& of_a, double b, const Interval& of_b) {
    const double difference = b - a;
    return {difference - std::hypot(b - of_b.low, of_a.high - a),
            difference + std::hypot(of_b.high - b, a - of_a.low)};
}

Interval around(double estimate, double error, double freedom, double confidence) {
    if (!(error > 0)) return {estimate, estimate};
    const double half = error * t_quantile(upper_tail(confidence), freedom);
    return {estimate - half, estimate + half};
}

double value_at(std::span<const double> sorted, double rank) { // from 1 on
    const double at = std::clamp(rank, 1.0, static_cast<double>(sorted.size())) - 1;
    const auto below = static_cast<std::size_t>(at);
    if (below + 1 >= sorted.size()) return sorted.back();
    return sorted[below] + (at - static_cast<double>(below)) * (sorted[below + 1] - sorted[below]);
}

// The rank, fractions included, whose order statistic is below the quantile with this probability; nullopt
// where there is none that low or that high.
std::optional<double> rank_below(double n, double q, double probability) {
    const auto below = [&](double rank) { return boost::math::ibeta(rank, n + 1 - rank, q, Quiet()); };
    if (n < 2 || below(1) < probability || below(n) > probability) return {};
    std::uintmax_t steps = 50;
    const auto found =
        boost::math::tools::toms748_solve([&](double rank) { return below(rank) - probability; }, 1.0, n,
                                          boost::math::tools::eps_tolerance<double>(40), steps, Quiet());
    return (found.first + found.second) / 2;
}

} // namespace

std::optional<Interval> share_interval(Share share, double confidence) {
    if (share.n < kLeastRuns) return {};
    const double z = normal_quantile(upper_tail(confidence));
    const auto n = static_cast<double>(share.n);
    const double p = share.value();
    const double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
    const double half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    return Interval{std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

std::optional<Interval> share_difference(Share a, Share b, double confidence) {
    const auto of_a = share_interval(a, confidence), of_b = share_interval(b, confidence);
    if (!of_a || !of_b) return {};
    return joined(a.value(), *of_a, b.value(), *of_b);
}

Moments moments_of(std::span<const double> values) {
    Moments out;
    out.n = static_cast<std::int64_t>(values.size());
    if (values.empty()) return out;
    const auto n = static_cast<double>(values.size());
    for (const double value : values)
        out.mean += value / n;
    const auto [least, most] = std::ranges::minmax(values);
    if (least == most) { // the mean is rounded, which is no spread
        out.mean = least;
        return out;
    }
    double squares = 0;
    for (const double value : values)
        squares += (value - out.mean) * (value - out.mean);
    out.variance = squares / (n - 1);
    return out;
}

std::optional<Interval> mean_interval(const Moments& values, double confidence) {
    if (values.n < kLeastRuns) return {};
    const auto n = static_cast<double>(values.n);
    return around(values.mean, std::sqrt(values.variance / n), n - 1, confidence);
}

std::optional<Interval> mean_difference(const Moments& a, const Moments& b, double confidence) {
    if (a.n < kLeastRuns || b.n < kLeastRuns) return {};
    const auto na = static_cast<double>(a.n), nb = static_cast<double>(b.n);
    const double va = a.variance / na, vb = b.variance / nb;
    const double error = std::sqrt(va + vb);
    const double freedom =
        error > 0 ? (va + vb) * (va + vb) / (va * va / (na - 1) + vb * vb / (nb - 1)) : na + nb - 2;
    return around(b.mean - a.mean, error, freedom, confidence);
}

double quantile(std::span<const double> sorted, double q) {
    return value_at(sorted, q * (static_cast<double>(sorted.size()) + 1));
}

std::optional<Interval> quantile_interval(std::span<const double> sorted, double q, double confidence) {
    if (static_cast<std::int64_t>(sorted.size()) < kLeastRuns) return {};
    const auto n = static_cast<double>(sorted.size());
    const auto low = rank_below(n, q, upper_tail(confidence));
    const auto high = rank_below(n, q, 1 - upper_tail(confidence));
    if (!low || !high) return {};
    return Interval{value_at(sorted, *low), value_at(sorted, *high)};
}

std::optional<Interval> quantile_difference(std::span<const double> sorted_a,
                                            std::span<const double> sorted_b, double q, double confidence) {
    const auto shrunk = [&](std::span<const double> sorted) -> std::optional<Interval> {
        const auto interval = quantile_interval(sorted, q, confidence);
        if (!interval) return {};
        const double middle = quantile(sorted, q);
        const double by = 1 - 0.265 / std::sqrt(static_cast<double>(sorted.size()) * q * (1 - q));
        return Interval{middle + by * (interval->low - middle), middle + by * (interval->high - middle)};
    };
    const auto of_a = shrunk(sorted_a), of_b = shrunk(sorted_b);
    if (!of_a || !of_b) return {};
    return joined(quantile(sorted_a, q), *of_a, quantile(sorted_b, q), *of_b);
}

} // namespace clew
