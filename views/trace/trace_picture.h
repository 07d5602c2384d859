// All that is drawn of one snapshot and costs more than a look at a span: critical path, retries, troubles,
// the minimap's buckets. Made once per snapshot, off the GUI thread; immutable, shared.
#pragma once

#include "model/analysis/gaps.h"
#include "model/analysis/rates.h"
#include "model/trace/trace_snapshot.h"
#include "views/trace/minimap_buckets.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace clew::views {

// A repeated attempt among its siblings of the same name.
struct Attempt {
    int number = 0;                 // 2 = first repetition
    int count = 0;                  // of the whole series
    std::optional<DurationNs> wait; // since the attempt before ended
};

// One stretch of the critical path.
struct ThreadSegment {
    std::int32_t span = kNoSpan;
    bool parent = false; // the span's own time, between its children
    bool open = false;   // goes on to "now"
    TimeNs from = 0;
    TimeNs to = 0;
};

struct TraceTotals {
    std::int64_t input = kUnknownCount, output = kUnknownCount;
    PicoUsd cost = kUnknownCount, computed = kUnknownCount; // reported; computed where nothing is
    std::int64_t unpriced = 0;                              // calls that have neither
    [[nodiscard]] CostKinds costs() const { return {if_said(cost), if_said(computed), unpriced}; }
    std::uint32_t errors = 0, silent = 0;
};

struct TracePicture {
    TraceSnapshotPtr snapshot;
    std::vector<ThreadSegment> path;
    DurationNs pathTime = 0;           // on the path, in spans below the top level
    DurationNs selfTime = 0;           // on the path, in top-level spans themselves
    Gaps gaps;                         // in which nothing ran
    std::vector<std::size_t> longGaps; // of them those worth a mark, longest first
    CallRates rates;
    std::vector<std::int32_t> troubles; // spans with an error or a silent failure, in tree order
    std::unordered_map<std::int32_t, Attempt> attempts;
    std::unordered_set<std::int32_t> beside; // subagents that run beside another one
    TraceTotals totals;
    MinimapBuckets minimap;
};

using TracePicturePtr = std::shared_ptr<const TracePicture>;

TracePicturePtr makeTracePicture(TraceSnapshotPtr snapshot, std::stop_token stop = {});

// A span's times cannot be true: it ends before it starts, or starts outside its parent. Synthetic times are
// laid out by us and never in doubt.
bool clockTrouble(const TraceSnapshot& trace, const SnapshotSpan& span);

} // namespace clew::views
