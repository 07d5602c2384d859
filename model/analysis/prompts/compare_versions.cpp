#include "model/analysis/prompts/compare_versions.h"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace clew {

namespace {

// What people said of a run: each author's thumb once, the newest; scores as their mean.
struct Said {
    TimeNs latest = kNoTime;
    Thumb thumb = Thumb::none;
    std::map<std::string, std::pair<double, int>> scores; // sum, how many
};

class Opinions {
public:
    explicit Opinions(std::span<const Judgement> judgements) {
        for (const Judgement& judgement : judgements)
            of_trace_[judgement.target.trace].push_back(&judgement);
    }
    [[nodiscard]] Said of(const PromptRun& run) const {
        Said out;
        const auto known = of_trace_.find(run.trace);
        if (known == of_trace_.end()) return out;
        const std::unordered_set<SpanId> calls(run.calls.begin(), run.calls.end());
        for (const Judgement* judgement : known->second) {
            if (judgement->target.span.valid() && !calls.contains(judgement->target.span)) continue;
            if (judgement->thumb != Thumb::none &&
                (out.thumb == Thumb::none || judgement->time >= out.latest)) {
                out.thumb = judgement->thumb;
                out.latest = judgement->time;
            }
            for (const auto& [name, value] : judgement->scores) {
                auto& [sum, count] = out.scores[name];
                sum += value;
                ++count;
            }
        }
        return out;
    }

private:
    std::unordered_map<TraceId, std::vector<const Judgement*>> of_trace_;
};

double median_of(std::vector<DurationNs> durations) {
    std::vector<double> sorted(durations.begin(), durations.end());
    std::ranges::sort(sorted);
    return quantile(sorted, 0.5);
}

// Values of the runs of one version, by metric.
struct Values {
    std::vector<double> errors, findings, latency, input, output, cost, cache, thumbs;
    std::map<std::string, std::vector<double>> scores;
};

Values values_of(std::span<const PromptRun> runs, const std::unordered_set<TraceId>& others,
                 const Opinions& opinions) {
    Values out;
    for (const PromptRun& run : runs) {
        if (others.contains(run.trace)) continue;
        out.errors.push_back(run.failed ? 1 : 0);
        if (run.troubled) out.findings.push_back(*run.troubled ? 1 : 0);
        if (!run.durations.empty()) out.latency.push_back(median_of(run.durations));
        if (run.input_tokens) out.input.push_back(static_cast<double>(*run.input_tokens));
        if (run.output_tokens) out.output.push_back(static_cast<double>(*run.output_tokens));
        if (run.cost) out.cost.push_back(to_usd(*run.cost));
        if (run.cache_read && run.cache_input.value_or(0) > 0)
            out.cache.push_back(static_cast<double>(*run.cache_read) / static_cast<double>(*run.cache_input));
        const Said said = opinions.of(run);
        if (said.thumb != Thumb::none) out.thumbs.push_back(said.thumb == Thumb::up ? 1 : 0);
        for (const auto& [name, score] : said.scores)
            out.scores[name].push_back(score.first / score.second);
    }
    return out;
}

std::unordered_set<TraceId> traces_of(std::span<const PromptRun> runs) {
    std::unordered_set<TraceId> out;
    for (const PromptRun& run : runs)
        out.insert(run.trace);
    return out;
}

} // namespace

std::vector<MetricComparison> compare_versions(std::span<const PromptRun> a, std::span<const PromptRun> b,
                                               std::span<const Judgement> judgements) {
    const Opinions opinions(judgements);
    Values of_a = values_of(a, traces_of(b), opinions);
    Values of_b = values_of(b, traces_of(a), opinions);
    constexpr bool kMore = true, kFewer = false;
    std::vector<MetricSample> samples{
        {"error_rate", Summary::share, kFewer, of_a.errors, of_b.errors},
        {"finding_rate", Summary::share, kFewer, of_a.findings, of_b.findings},
        {"latency_p50", Summary::p50, kFewer, of_a.latency, of_b.latency},
        {"latency_p95", Summary::p95, kFewer, of_a.latency, of_b.latency},
        {"tokens_in", Summary::mean, kFewer, of_a.input, of_b.input},
        {"tokens_out", Summary::mean, kFewer, of_a.output, of_b.output},
        {"cost", Summary::mean, kFewer, of_a.cost, of_b.cost},
        {"cache_share", Summary::mean, kMore, of_a.cache, of_b.cache},
        {"thumbs_up_rate", Summary::share, kMore, of_a.thumbs, of_b.thumbs},
    };
    for (const auto& [name, values] : of_b.scores)
        of_a.scores[name]; // a name that only one of them has is shown as well
    for (auto& [name, values] : of_a.scores)
        samples.push_back({"score." + name, Summary::mean, kMore, values, of_b.scores[name]});
    return compare_metrics(std::move(samples));
}

} // namespace clew
