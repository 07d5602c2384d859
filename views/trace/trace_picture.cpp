#include "views/trace/trace_picture.h"

#include "model/analysis/critical_path.h"
#include "model/trace/span.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

namespace clew::views {

namespace {

// Sources round to a millisecond; that is no trouble.
constexpr DurationNs kTolerance = 2 * kMillisecond;
// Gaps that are marked in the waterfall: as many as can be told apart, and seen.
constexpr std::size_t kMarkedGaps = 64;
constexpr DurationNs kMarkedGap = kSecond;
constexpr DurationNs kMarkedShare = 50; // a fiftieth of the run

const SnapshotSpan& at(const TraceSnapshot& trace, std::int32_t span) {
    return trace.spans[static_cast<std::size_t>(span)];
}

void addTo(std::int64_t& sum, std::int64_t value) {
    if (value == kUnknownCount) return;
    sum = (sum == kUnknownCount ? 0 : sum) + value;
}

// Series of attempts among the children of one span: a retry belongs to the nearest earlier sibling of its
// name.
void findAttempts(TracePicture& picture, std::int32_t firstChild) {
    const TraceSnapshot& trace = *picture.snapshot;
    std::unordered_map<std::uint32_t, std::vector<std::int32_t>> series;
    bool any = false;
    for (std::int32_t s = firstChild; s != kNoSpan && !any; s = at(trace, s).next_sibling)
        any = (at(trace, s).flags & kRetry) != 0;
    if (!any) return;
    const auto close = [&](const std::vector<std::int32_t>& attempts) {
        for (std::size_t n = 1; n < attempts.size(); ++n) {
            const SnapshotSpan& before = at(trace, attempts[n - 1]);
            Attempt attempt{static_cast<int>(n) + 1, static_cast<int>(attempts.size()), {}};
            const auto wait = between(before.end, at(trace, attempts[n]).start);
            if (wait && *wait > 0) attempt.wait = wait;
            picture.attempts[attempts[n]] = attempt;
        }
    };
    for (std::int32_t s = firstChild; s != kNoSpan; s = at(trace, s).next_sibling) {
        auto& attempts = series[at(trace, s).name];
        if ((at(trace, s).flags & kRetry) == 0) {
            close(attempts);
            attempts.clear();
        }
        attempts.push_back(s);
    }
    for (const auto& [name, attempts] : series)
        close(attempts);
}

// Siblings stand by start, so each is compared with the latest end before it.
void findBeside(TracePicture& picture, std::int32_t firstChild) {
    const TraceSnapshot& trace = *picture.snapshot;
    std::int32_t latest = kNoSpan;
    const auto end = [&](std::int32_t s) {
        return at(trace, s).end == kNoTime ? trace.end : at(trace, s).end;
    };
    for (std::int32_t s = firstChild; s != kNoSpan; s = at(trace, s).next_sibling) {
        if ((at(trace, s).flags & kSubagent) == 0) continue;
        if (latest != kNoSpan && at(trace, s).start < end(latest)) {
            picture.beside.insert(s);
            picture.beside.insert(latest);
        }
        if (latest == kNoSpan || end(s) > end(latest)) latest = s;
    }
}

void findGaps(TracePicture& picture) {
    const TraceSnapshot& trace = *picture.snapshot;
    picture.gaps = gaps_of(trace);
    const DurationNs least = std::max(kMarkedGap, between(trace.start, trace.end).value_or(0) / kMarkedShare);
    const auto length = [&](std::size_t i) { return picture.gaps.list[i].length(); };
    for (std::size_t i = 0; i < picture.gaps.list.size(); ++i)
        if (length(i) >= least) picture.longGaps.push_back(i);
    std::ranges::stable_sort(picture.longGaps, std::greater<>(), length);
    if (picture.longGaps.size() > kMarkedGaps) picture.longGaps.resize(kMarkedGaps);
}

// What the run waits for right now: of the running spans on each level the one that started last.
std::int32_t newestRunning(const TraceSnapshot& trace) {
    std::int32_t found = kNoSpan;
    for (std::int32_t level = 0; level != kNoSpan;) {
        std::int32_t newest = kNoSpan;
        for (std::int32_t s = level; s != kNoSpan; s = at(trace, s).next_sibling)
            if (at(trace, s).end == kNoTime && at(trace, s).start != kNoTime) newest = s;
        if (newest == kNoSpan) break;
        found = newest;
        level = at(trace, newest).first_child;
    }
    return found;
}

} // namespace

bool clockTrouble(const TraceSnapshot& trace, const SnapshotSpan& span) {
    if (span.start == kNoTime || trace.time_quality == TimeQuality::synthetic) return false;
    if (span.end != kNoTime && span.end < span.start) return true;
    if (span.parent == kNoSpan) return false;
    const SnapshotSpan& parent = at(trace, span.parent);
    if (parent.start == kNoTime) return false;
    if (span.start < parent.start - kTolerance) return true;
    if (parent.kind == Kind::llm) return false; // what a call asked for runs behind it
    return parent.end != kNoTime && span.start > parent.end + kTolerance;
}

TracePicturePtr makeTracePicture(TraceSnapshotPtr snapshot, std::stop_token stop) {
    auto picture = std::make_shared<TracePicture>();
    picture->snapshot = std::move(snapshot);
    if (!picture->snapshot) return picture;
    const TraceSnapshot& trace = *picture->snapshot;
    if (trace.spans.empty()) return picture;

    const std::vector<PathSegment> path = critical_path(trace);
    picture->path.reserve(path.size());
    for (const PathSegment& segment : path) {
        const SnapshotSpan& span = at(trace, segment.span);
        // A call's own time is the call itself, whatever hangs below it.
        const bool parent = span.subtree > 1 && span.kind != Kind::llm;
        picture->path.push_back({segment.span, parent, false, segment.from, segment.to});
        const bool own = span.depth == 0 && span.subtree > 1;
        (own ? picture->selfTime : picture->pathTime) += segment.to - segment.from;
    }
    if (const std::int32_t last = newestRunning(trace); last != kNoSpan)
        picture->path.push_back({last, false, true, trace.end, trace.end});
    if (stop.stop_requested()) return picture;

    findGaps(*picture);
    picture->rates = call_rates(trace);
    if (stop.stop_requested()) return picture;

    findAttempts(*picture, 0);
    findBeside(*picture, 0);
    for (std::size_t i = 0; i < trace.spans.size(); ++i) {
        const SnapshotSpan& span = trace.spans[i];
        if (span.status == Status::error || (span.flags & kSilentFailure) != 0)
            picture->troubles.push_back(static_cast<std::int32_t>(i));
        if (span.first_child == kNoSpan || span.subtree < 3) continue;
        findAttempts(*picture, span.first_child);
        findBeside(*picture, span.first_child);
    }
    for (std::int32_t s = 0; s != kNoSpan; s = at(trace, s).next_sibling) {
        const SnapshotSpan& top = at(trace, s);
        addTo(picture->totals.input, top.subtree_input);
        addTo(picture->totals.output, top.subtree_output);
        addTo(picture->totals.cost, top.subtree_cost);
        addTo(picture->totals.computed, top.subtree_computed);
        picture->totals.unpriced += top.subtree_unpriced;
        picture->totals.errors += top.subtree_errors;
        picture->totals.silent += top.subtree_silent;
    }
    if (stop.stop_requested()) return picture;
    picture->minimap = makeMinimapBuckets(trace, stop);
    return picture;
}

} // namespace clew::views
