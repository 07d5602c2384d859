// Times: when nothing ran, and what cannot be.

#include "model/analysis/findings/rules.h"
#include "model/base/numbers.h"

#include <algorithm>

namespace clew::rules {

namespace {

constexpr DurationNs kTolerance = kMillisecond;            // between two clocks of one machine
constexpr DurationNs kLongestGap = 400 * 86'400 * kSecond; // more is a wrong clock, not a pause

struct Busy {
    TimeNs start = 0, end = 0;
    std::int32_t at = 0;
};

} // namespace

// Between spans that do something themselves: those with spans below them only hold others.
void idle_gap(const RuledTrace& trace, const Thresholds& limits, Found& out) {
    const auto& spans = trace.spans();
    std::vector<bool> holds(spans.size(), false);
    for (const RuledSpan& span : spans)
        if (span.parent >= 0) holds[static_cast<std::size_t>(span.parent)] = true;
    std::vector<Busy> busy;
    for (std::size_t i = 0; i < spans.size(); ++i) {
        if (!spans[i].exact_times || spans[i].start == kNoTime) continue;
        const bool works = !holds[i] || spans[i].kind == Kind::llm || is_tool(spans[i]);
        if (works)
            busy.push_back({spans[i].start,
                            std::max(spans[i].start, spans[i].end == kNoTime ? spans[i].start : spans[i].end),
                            static_cast<std::int32_t>(i)});
    }
    std::ranges::sort(busy, {}, &Busy::start);
    std::size_t last = 0; // whose end is the latest so far
    for (std::size_t i = 1; i < busy.size(); ++i) {
        const DurationNs gap = busy[i].start - busy[last].end;
        if (gap >= limits.idle_gap && gap <= kLongestGap) {
            Finding finding = finding_at(trace, "idle_gap", Severity::info, {busy[i].at, busy[last].at},
                                         {format_duration(gap)});
            finding.wasted.time = gap;
            out.push_back(std::move(finding));
        }
        if (busy[i].end > busy[last].end) last = i;
    }
}

void inconsistent_time(const RuledTrace& trace, const Thresholds&, Found& out) {
    for (std::size_t i = 0; i < trace.spans().size(); ++i) {
        const RuledSpan& span = trace.spans()[i];
        const auto at = static_cast<std::int32_t>(i);
        if (!span.exact_times || span.start == kNoTime) continue;
        if (span.end != kNoTime && span.end < span.start) {
            out.push_back(
                finding_at(trace, "inconsistent_time", Severity::warning, {at},
                           {"ends " + format_duration(span.start - span.end) + " before it starts"}));
            continue;
        }
        if (span.parent < 0) continue;
        const RuledSpan& parent = trace.spans()[static_cast<std::size_t>(span.parent)];
        if (!parent.exact_times || parent.start == kNoTime) continue;
        if (span.start + kTolerance < parent.start)
            out.push_back(
                finding_at(trace, "inconsistent_time", Severity::warning, {at, span.parent},
                           {"starts " + format_duration(parent.start - span.start) + " before its parent"}));
        // A tool behind the call that asked for it runs after it.
        const bool behind = parent.kind == Kind::llm && is_tool(span);
        if (!behind && parent.end != kNoTime && span.end != kNoTime && parent.end >= parent.start &&
            span.start >= parent.end + kTolerance)
            out.push_back(finding_at(
                trace, "inconsistent_time", Severity::warning, {at, span.parent},
                {"starts " + format_duration(span.start - parent.end) + " after its parent ended"}));
    }
}

} // namespace clew::rules
