// What the minimap draws of a trace, merged into a fixed grid of time columns and lanes. Pure; any thread.
//
// Lanes follow the order of the rows (the first span on top), so that the map is the waterfall made small.
// Where marks share a cell one is kept: error, then silent failure, then the longest.
#pragma once

#include "model/trace/trace_snapshot.h"

#include <array>
#include <cstdint>
#include <stop_token>
#include <vector>

namespace clew::views {

struct MinimapBuckets {
    static constexpr int kColumns = 4096;
    static constexpr int kLanes = 36;
    static constexpr std::uint8_t kEmpty = 255;
    static constexpr std::uint8_t kMcpHue = kKindCount; // hues: Kind's numbers, then mcp

    TimeNs begin = 0;
    TimeNs end = 0;                            // of the last column
    int lanes = 0;                             // in use, ≤ kLanes
    std::vector<std::uint8_t> hue;             // [lane * kColumns + column]
    std::vector<std::uint8_t> open;            // per lane: hue of what still runs, kEmpty = nothing
    std::vector<std::uint32_t> errors, silent; // per column, by the spans' ends
    [[nodiscard]] std::uint8_t at(int lane, int column) const {
        return hue[static_cast<std::size_t>(lane) * kColumns + static_cast<std::size_t>(column)];
    }
};

MinimapBuckets makeMinimapBuckets(const TraceSnapshot& trace, std::stop_token stop = {});

} // namespace clew::views
