// Time in which nothing ran: between the spans of a trace that do something themselves. Pure; any thread.
//
// Spans that only hold others are no work; model calls and tools are, whatever hangs below them. A span that
// still runs works until the trace's end; one without a start is left out. Trace times that the source does
// not state have no gaps.
#pragma once

#include "model/trace/trace_snapshot.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace clew {

struct Gap {
    TimeNs from = kNoTime, to = kNoTime; // > from
    std::int32_t before = kNoSpan;       // whose end it follows; index into TraceSnapshot::spans
    std::int32_t after = kNoSpan;        // what ran next
    [[nodiscard]] DurationNs length() const { return to - from; }
    bool operator==(const Gap&) const = default;
};

struct Gaps {
    std::vector<Gap> list; // in order of time
    DurationNs sum = 0;
    std::size_t longest = 0; // index into `list`, where there is any
};

// Gaps shorter than this are two clocks or a scheduler, not waiting.
inline constexpr DurationNs kLeastGap = 10 * kMillisecond;

Gaps gaps_of(const TraceSnapshot& trace, DurationNs least = kLeastGap);

// Time between the end of what ran last beside a span (or its parent's start) and its own start; nothing
// where that is not known, or something still ran.
std::optional<DurationNs> gap_before(const TraceSnapshot& trace, std::int32_t span);

} // namespace clew
