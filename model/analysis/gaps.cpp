#include "model/analysis/gaps.h"

#include <algorithm>

namespace clew {

namespace {

const SnapshotSpan& at(const TraceSnapshot& trace, std::int32_t span) {
    return trace.spans[static_cast<std::size_t>(span)];
}

TimeNs end_of(const TraceSnapshot& trace, const SnapshotSpan& span) {
    return std::max(span.start, span.end == kNoTime ? trace.end : span.end);
}

bool works(const SnapshotSpan& span) {
    return span.start != kNoTime &&
           (span.first_child == kNoSpan || span.kind == Kind::llm || span.kind == Kind::tool);
}

} // namespace

Gaps gaps_of(const TraceSnapshot& trace, DurationNs least) {
    Gaps out;
    if (trace.time_quality == TimeQuality::synthetic) return out;
    std::vector<std::int32_t> busy;
    for (std::size_t i = 0; i < trace.spans.size(); ++i)
        if (works(trace.spans[i])) busy.push_back(static_cast<std::int32_t>(i));
    const auto start = [&](std::int32_t i) { return at(trace, i).start; };
    if (!std::ranges::is_sorted(busy, {}, start)) std::ranges::stable_sort(busy, {}, start);
    std::int32_t last = kNoSpan; // whose end is the latest so far
    for (const std::int32_t next : busy) {
        if (last != kNoSpan) {
            const TimeNs ended = end_of(trace, at(trace, last));
            if (start(next) - ended >= std::max<DurationNs>(least, 1)) {
                out.list.push_back({ended, start(next), last, next});
                out.sum += out.list.back().length();
                if (out.list.back().length() > out.list[out.longest].length())
                    out.longest = out.list.size() - 1;
            }
        }
        if (last == kNoSpan || end_of(trace, at(trace, next)) > end_of(trace, at(trace, last))) last = next;
    }
    return out;
}

std::optional<DurationNs> gap_before(const TraceSnapshot& trace, std::int32_t span) {
    const SnapshotSpan& self = at(trace, span);
    if (self.start == kNoTime || self.parent == kNoSpan || trace.time_quality == TimeQuality::synthetic)
        return {};
    const SnapshotSpan& parent = at(trace, self.parent);
    TimeNs ended = parent.start;
    // Siblings stand by start.
    for (std::int32_t s = parent.first_child; s != kNoSpan && s != span; s = at(trace, s).next_sibling) {
        const SnapshotSpan& other = at(trace, s);
        if (other.start == kNoTime) continue;
        TimeNs end = end_of(trace, other);
        // Tools that a call asked for may hang below it and run behind it.
        if (other.kind == Kind::llm)
            for (std::int32_t t = other.first_child; t != kNoSpan; t = at(trace, t).next_sibling)
                if (at(trace, t).start != kNoTime) end = std::max(end, end_of(trace, at(trace, t)));
        ended = ended == kNoTime ? end : std::max(ended, end);
    }
    if (ended == kNoTime || ended > self.start) return {};
    return self.start - ended;
}

} // namespace clew
