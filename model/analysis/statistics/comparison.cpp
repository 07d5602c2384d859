#include "model/analysis/statistics/comparison.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace clew {

namespace {

double level_of(Summary summary) {
    return summary == Summary::p95 ? 0.95 : 0.5;
}

Share share_of(const std::vector<double>& values) {
    return {std::ranges::count_if(values, [](double value) { return value > 0.5; }),
            static_cast<std::int64_t>(values.size())};
}

// What each confidence is asked of; `sample` is sorted where it is summed up by a quantile.
class Difference {
public:
    explicit Difference(const MetricSample& sample)
        : sample_(sample) {
        if (sample.summary == Summary::share) {
            share_a_ = share_of(sample.a);
            share_b_ = share_of(sample.b);
        } else if (sample.summary == Summary::mean) {
            moments_a_ = moments_of(sample.a);
            moments_b_ = moments_of(sample.b);
        }
    }
    [[nodiscard]] std::optional<double> a() const { return value(sample_.a, share_a_, moments_a_); }
    [[nodiscard]] std::optional<double> b() const { return value(sample_.b, share_b_, moments_b_); }
    [[nodiscard]] std::optional<Interval> at(double confidence) const {
        switch (sample_.summary) {
        case Summary::share: return share_difference(share_a_, share_b_, confidence);
        case Summary::mean: return mean_difference(moments_a_, moments_b_, confidence);
        case Summary::p50:
        case Summary::p95: break;
        }
        return quantile_difference(sample_.a, sample_.b, level_of(sample_.summary), confidence);
    }

private:
    [[nodiscard]] std::optional<double> value(const std::vector<double>& values, Share share,
                                              const Moments& moments) const {
        if (values.empty()) return {};
        switch (sample_.summary) {
        case Summary::share: return share.value();
        case Summary::mean: return moments.mean;
        case Summary::p50:
        case Summary::p95: break;
        }
        return quantile(values, level_of(sample_.summary));
    }

    const MetricSample& sample_;
    Share share_a_, share_b_;
    Moments moments_a_, moments_b_;
};

// The least α at which the interval leaves 0 out, so that verdict and interval never disagree.
double p_value(const Difference& difference) {
    const auto leaves_out = [&](double alpha) {
        const auto interval = difference.at(1 - alpha);
        return interval && !interval->holds(0);
    };
    double low = 1e-9, high = 1 - 1e-9;
    if (!leaves_out(high)) return 1;
    if (leaves_out(low)) return low;
    for (int i = 0; i < 40; ++i) {
        const double middle = (low + high) / 2;
        (leaves_out(middle) ? high : low) = middle;
    }
    return high;
}

} // namespace

std::string_view verdict_name(Verdict verdict) {
    switch (verdict) {
    case Verdict::better: return "better";
    case Verdict::worse: return "worse";
    case Verdict::no_evidence: break;
    }
    return "no evidence";
}

std::vector<double> holm(std::span<const double> p) {
    std::vector<std::size_t> order(p.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t at) { return p[at]; });
    std::vector<double> out(p.size());
    double largest = 0;
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        largest = std::max(largest, std::min(1.0, p[order[rank]] * static_cast<double>(p.size() - rank)));
        out[order[rank]] = largest;
    }
    return out;
}

std::vector<MetricComparison> compare_metrics(std::vector<MetricSample> samples) {
    std::vector<MetricComparison> out;
    std::vector<std::size_t> judged;
    std::vector<double> p;
    for (MetricSample& sample : samples) {
        std::ranges::sort(sample.a);
        std::ranges::sort(sample.b);
        const Difference difference(sample);
        MetricComparison one;
        one.id = sample.id;
        one.summary = sample.summary;
        one.n = {static_cast<std::int64_t>(sample.a.size()), static_cast<std::int64_t>(sample.b.size())};
        one.a = difference.a();
        one.b = difference.b();
        if (one.a && one.b) {
            one.difference = *one.b - *one.a;
            one.interval = difference.at(kConfidence);
        }
        if (one.interval) {
            judged.push_back(out.size());
            p.push_back(p_value(difference));
        }
        out.push_back(std::move(one));
    }
    const std::vector<double> corrected = holm(p);
    for (std::size_t i = 0; i < judged.size(); ++i) {
        MetricComparison& one = out[judged[i]];
        one.p = corrected[i];
        if (corrected[i] > 1 - kConfidence) continue;
        const bool more = one.interval->low > 0;
        one.verdict = more == samples[judged[i]].more_is_better ? Verdict::better : Verdict::worse;
    }
    return out;
}

} // namespace clew
