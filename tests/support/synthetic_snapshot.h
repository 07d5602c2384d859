// Snapshots made up for tests and benchmarks: deterministic, with the same shape for the same number of
// spans.
#pragma once

#include "model/trace/trace_snapshot.h"

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

namespace clew::test {

// One span for build_snapshot(); times are ns since the trace's start.
struct PlannedSpan {
    std::uint64_t id = 0;
    std::uint64_t parent = 0; // 0 = root; an id that is not planned makes an orphan
    std::string name;
    std::string detail;
    Kind kind = Kind::generic;
    DurationNs start = 0;
    DurationNs end = 0; // kNoTime = running
    Status status = Status::unset;
    std::string status_message;
    std::uint32_t flags = 0;
    std::int64_t input = kUnknownCount, output = kUnknownCount;
    PicoUsd cost = kUnknownCount;
};

inline constexpr TimeNs kSnapshotStart = 1'760'000'000'000'000'000;

// Puts planned spans into tree order (siblings by start) with links, depths and roll-ups, as the store would.
std::shared_ptr<TraceSnapshot> build_snapshot(const std::vector<PlannedSpan>& plan, TraceId id = {1, 1});

// `count` spans of an agent run: turns with LLM calls and tools, wide and deep (one branch of depth 40),
// about 1 % errors and silent failures, some orphans, the last turn running.
std::shared_ptr<TraceSnapshot> synthetic_snapshot(std::size_t count, TraceId id = {1, 1});

} // namespace clew::test
