#include "views/findings/findings_of.h"

#include "model/analysis/findings/ruled_trace.h"

#include <algorithm>
#include <utility>

namespace clew::views {

Result<std::vector<Finding>> findings_of(TraceStore& traces, TraceId trace, const RuleSettings& settings,
                                         const std::stop_token& stop) {
    RuledTrace ruled(trace);
    if (const auto row = traces.trace(trace, stop))
        ruled.reserve(static_cast<std::size_t>(std::max<std::int64_t>(0, row->spans)));
    auto read = traces.each_span(
        trace,
        [&](const SpanDetail& span) {
            ruled.add(span);
            return !stop.stop_requested();
        },
        stop);
    if (!read) return read.error();
    if (stop.stop_requested()) return Error{"cancelled", {}, {}};
    return find_all(ruled, settings.thresholds, settings.off);
}

Result<std::vector<Finding>> current_findings(TraceStore& traces, TraceId trace, const RuleSettings& settings,
                                              const std::stop_token& stop) {
    auto stored = traces.findings(trace, stop);
    if (!stored) return stored.error();
    if (stored->version == findings_version(settings)) return std::move(stored->findings);
    return findings_of(traces, trace, settings, stop);
}

} // namespace clew::views
