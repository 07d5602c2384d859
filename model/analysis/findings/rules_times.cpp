// Times: when nothing ran, and what cannot be.

#include "model/analysis/findings/rules.h"
#include "model/base/numbers.h"

#include <fmt/format.h>

#include <algorithm>

namespace clew::rules {

namespace {

constexpr DurationNs kTolerance = kMillisecond;            // between two clocks of one machine
constexpr DurationNs kLongestGap = 400 * 86'400 * kSecond; // more is a wrong clock, not a pause

struct Busy {
    TimeNs start = 0, end = 0;
    std::int32_t at = 0;
};

// Spans that are wrong in the same way: a few are told one by one, more as one. Two clocks that do not agree
// are wrong in every span.
struct Wrong {
    std::string_view does, they_do;  // "starts"
    std::string_view how, their_how; // "before its parent"
    std::vector<std::int32_t> spans;
    std::vector<DurationNs> by;

    void add(std::int32_t at, DurationNs amount) {
        spans.push_back(at);
        by.push_back(amount);
    }
    void tell(const RuledTrace& trace, bool with_parent, Found& out) const {
        constexpr std::size_t kOneByOne = 3;
        if (spans.size() > kOneByOne) {
            out.push_back(finding_at(trace, "inconsistent_time", Severity::warning, spans,
                                     {fmt::format("{} spans {} up to {} {}", spans.size(), they_do,
                                                  format_duration(std::ranges::max(by)), their_how)},
                                     spans.size()));
            return;
        }
        for (std::size_t i = 0; i < spans.size(); ++i) {
            std::vector<std::int32_t> at{spans[i]};
            if (with_parent) at.push_back(trace.spans()[static_cast<std::size_t>(spans[i])].parent);
            out.push_back(finding_at(trace, "inconsistent_time", Severity::warning, at,
                                     {fmt::format("The span {} {} {}", does, format_duration(by[i]), how)}));
        }
    }
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
    Wrong backwards{"ends", "end", "before it starts", "before they start", {}, {}};
    Wrong early{"starts", "start", "before its parent", "before their parents", {}, {}};
    Wrong late{"starts", "start", "after its parent ended", "after their parents ended", {}, {}};
    for (std::size_t i = 0; i < trace.spans().size(); ++i) {
        const RuledSpan& span = trace.spans()[i];
        const auto at = static_cast<std::int32_t>(i);
        if (!span.exact_times || span.start == kNoTime) continue;
        if (span.end != kNoTime && span.end < span.start) {
            backwards.add(at, span.start - span.end);
            continue;
        }
        if (span.parent < 0) continue;
        const RuledSpan& parent = trace.spans()[static_cast<std::size_t>(span.parent)];
        if (!parent.exact_times || parent.start == kNoTime) continue;
        if (span.start + kTolerance < parent.start) early.add(at, parent.start - span.start);
        // A tool behind the call that asked for it runs after it; services hand work over by queues.
        const bool later = (parent.kind == Kind::llm && is_tool(span)) || parent.kind == Kind::generic ||
                           span.kind == Kind::generic;
        if (!later && parent.end != kNoTime && span.end != kNoTime && parent.end >= parent.start &&
            span.start >= parent.end + kTolerance)
            late.add(at, span.start - parent.end);
    }
    for (const Wrong* wrong : {&backwards, &early, &late})
        wrong->tell(trace, wrong != &backwards, out);
}

} // namespace clew::rules
