#include "views/trace/minimap_buckets.h"

#include "model/trace/span.h"

#include <algorithm>
#include <numeric>

namespace clew::views {

namespace {

struct LaneMark {
    std::int32_t from = 0, to = 0; // columns, inclusive
    DurationNs duration = 0;
    std::uint8_t lane = 0, hue = 0, rank = 0;
};

// First column ≥ `at` that is still free, with path halving.
std::int32_t nextFree(std::vector<std::int32_t>& next, std::int32_t at) {
    while (next[static_cast<std::size_t>(at)] != at) {
        auto& step = next[static_cast<std::size_t>(at)];
        step = next[static_cast<std::size_t>(step)];
        at = step;
    }
    return at;
}

} // namespace

MinimapBuckets makeMinimapBuckets(const TraceSnapshot& trace, std::stop_token stop) {
    constexpr std::int32_t kColumns = MinimapBuckets::kColumns;
    MinimapBuckets out;
    out.errors.assign(kColumns, 0);
    out.silent.assign(kColumns, 0);
    if (trace.start == kNoTime) return out;
    out.begin = trace.start;
    out.end = std::max(trace.end, trace.start + 1);

    // A root over everything says nothing; it is left out where it has children.
    std::vector<std::int32_t> shown;
    shown.reserve(trace.spans.size());
    for (std::size_t i = 0; i < trace.spans.size(); ++i) {
        const SnapshotSpan& span = trace.spans[i];
        if (span.start == kNoTime || (span.depth == 0 && span.subtree > 1)) continue;
        shown.push_back(static_cast<std::int32_t>(i));
    }
    out.lanes = std::min<int>(MinimapBuckets::kLanes, static_cast<int>(shown.size()));
    out.hue.assign(static_cast<std::size_t>(out.lanes) * kColumns, MinimapBuckets::kEmpty);

    out.open.assign(static_cast<std::size_t>(out.lanes), MinimapBuckets::kEmpty);

    const double scale = kColumns / static_cast<double>(out.end - out.begin);
    const auto column = [&](TimeNs time) {
        const double at = static_cast<double>(time - out.begin) * scale;
        return static_cast<std::int32_t>(std::clamp(at, 0.0, static_cast<double>(kColumns - 1)));
    };
    std::vector<LaneMark> marks;
    marks.reserve(shown.size());
    for (std::size_t order = 0; order < shown.size(); ++order) {
        const SnapshotSpan& span = trace.spans[static_cast<std::size_t>(shown[order])];
        const TimeNs end = std::max(span.start, span.end == kNoTime ? trace.end : span.end);
        const bool error = span.status == Status::error;
        const bool silent = !error && (span.flags & kSilentFailure) != 0;
        LaneMark mark;
        mark.from = column(span.start);
        // The column in which it ends belongs to whoever starts there.
        mark.to = std::max(mark.from, column(end) - (end < out.end ? 1 : 0));
        mark.duration = end - span.start;
        mark.lane = static_cast<std::uint8_t>(order * static_cast<std::size_t>(out.lanes) / shown.size());
        mark.hue = (span.flags & kMcp) != 0 ? MinimapBuckets::kMcpHue : static_cast<std::uint8_t>(span.kind);
        mark.rank = error ? 2 : silent ? 1 : 0;
        marks.push_back(mark);
        if (span.end == kNoTime) out.open[mark.lane] = mark.hue;
        if (error) ++out.errors[static_cast<std::size_t>(column(end))];
        if (silent) ++out.silent[static_cast<std::size_t>(column(end))];
    }
    if (stop.stop_requested()) return out;
    std::ranges::stable_sort(marks, [](const LaneMark& a, const LaneMark& b) {
        if (a.lane != b.lane) return a.lane < b.lane;
        if (a.rank != b.rank) return a.rank > b.rank;
        return a.duration > b.duration;
    });
    std::vector<std::int32_t> next(kColumns + 1);
    int lane = -1;
    for (const LaneMark& mark : marks) {
        if (mark.lane != lane) {
            lane = mark.lane;
            std::iota(next.begin(), next.end(), 0);
        }
        for (std::int32_t at = nextFree(next, mark.from); at <= mark.to; at = nextFree(next, at)) {
            out.hue[static_cast<std::size_t>(lane) * kColumns + static_cast<std::size_t>(at)] = mark.hue;
            next[static_cast<std::size_t>(at)] = at + 1;
        }
    }
    return out;
}

} // namespace clew::views
