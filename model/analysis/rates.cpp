#include "model/analysis/rates.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace clew {

namespace {

constexpr double kMostPerSecond = 100'000; // beyond, the times are those of a replay

// The worst of the best 95 %: of times the highest, of rates the lowest.
template <class Worse>
std::optional<Percentiles> percentiles(std::vector<double> values, Worse worse) {
    if (values.empty()) return {};
    std::ranges::sort(values, [&](double a, double b) { return worse(b, a); });
    const auto rank = [&](double share) {
        const auto n = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
        return values[std::max<std::size_t>(n, 1) - 1];
    };
    return Percentiles{rank(0.5), rank(0.95), static_cast<std::int64_t>(values.size())};
}

} // namespace

std::optional<DurationNs> time_to_first_token(TimeNs start, TimeNs first_token) {
    const auto wait = between(start, first_token);
    return wait && *wait >= 0 ? wait : std::nullopt;
}

std::optional<TokenRate> token_rate(TimeNs start, TimeNs first_token, TimeNs end,
                                    std::optional<std::int64_t> output_tokens) {
    const bool after_first = time_to_first_token(start, first_token).has_value();
    const auto writing = between(after_first ? first_token : start, end);
    if (!output_tokens || *output_tokens <= 0 || !writing || *writing <= 0) return {};
    const double rate = static_cast<double>(*output_tokens) * 1e9 / static_cast<double>(*writing);
    if (rate >= kMostPerSecond) return {};
    return TokenRate{rate, after_first};
}

CallRates call_rates(const TraceSnapshot& trace) {
    CallRates out;
    if (trace.time_quality == TimeQuality::synthetic) return out;
    std::vector<double> waits, behind, whole;
    for (const SnapshotSpan& span : trace.spans) {
        if (span.kind != Kind::llm) continue;
        ++out.calls;
        if (const auto wait = time_to_first_token(span.start, span.first_token))
            waits.push_back(static_cast<double>(*wait));
        if (const auto rate = token_rate(span.start, span.first_token, span.end, if_said(span.output_tokens)))
            (rate->after_first ? behind : whole).push_back(rate->per_second);
    }
    out.after_first = !behind.empty();
    out.first_token = percentiles(std::move(waits), std::greater<>());
    out.per_second = percentiles(std::move(out.after_first ? behind : whole), std::less<>());
    return out;
}

} // namespace clew
