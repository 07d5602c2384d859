// One open trace: a flat, immutable picture of its spans in tree order, shared between threads.
//
// Spans stand in pre-order (a span, then all its descendants), siblings by start time, so that a collapsed
// row skips `subtree` entries. Orphans (parent not in the store) and cut cycles stand at the top level, by
// time.
#pragma once

#include "model/base/ids.h"
#include "model/base/money.h"
#include "model/base/numbers.h"
#include "model/base/time.h"
#include "model/trace/kind.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace clew {

inline constexpr std::int32_t kNoSpan = -1;
inline constexpr std::int64_t kUnknownCount = -1; // compact form of "not said"

inline std::optional<std::int64_t> if_said(std::int64_t count) {
    return count == kUnknownCount ? std::nullopt : std::optional(count);
}

// ≤ 200 bytes; tokens and cost: kUnknownCount = not said.
struct SnapshotSpan {
    SpanId id;
    SpanId parent_id;
    TimeNs start = kNoTime;
    TimeNs end = kNoTime; // kNoTime = running
    TimeNs first_token = kNoTime;
    std::int32_t parent = kNoSpan;
    std::int32_t first_child = kNoSpan;
    std::int32_t next_sibling = kNoSpan;
    std::uint32_t subtree = 1; // spans in this subtree, itself included
    std::uint16_t depth = 0;
    Kind kind = Kind::generic;
    Status status = Status::unset;
    std::uint32_t flags = 0;          // SpanFlag
    std::uint32_t name = 0;           // index into strings
    std::uint32_t detail = 0;         // likewise; 0 = ""
    std::uint32_t status_message = 0; // likewise
    bool orphan = false;              // names a parent that is not in the store
    bool cycle = false;               // its parents form a ring, which was cut here
    std::int64_t input_tokens = kUnknownCount;
    std::int64_t output_tokens = kUnknownCount;
    PicoUsd cost = kUnknownCount;     // reported
    PicoUsd computed = kUnknownCount; // by Clew's prices, whether one is reported or not
    // Sums over the subtree, itself included; usage by the roll-up rule (never doubled).
    std::uint32_t subtree_errors = 0;
    std::uint32_t subtree_silent = 0;
    std::int64_t subtree_input = kUnknownCount;
    std::int64_t subtree_output = kUnknownCount;
    PicoUsd subtree_cost = kUnknownCount;     // reported
    PicoUsd subtree_computed = kUnknownCount; // of calls whose cost is not reported
    std::uint32_t subtree_unpriced = 0;       // calls: neither reported nor computed
    bool unpriced = false;                    // this span is one of them

    [[nodiscard]] CostKinds costs() const { // its own: what is computed only where nothing is reported
        return {if_said(cost), cost == kUnknownCount ? if_said(computed) : std::nullopt, unpriced};
    }
    [[nodiscard]] CostKinds subtree_costs() const {
        return {if_said(subtree_cost), if_said(subtree_computed), subtree_unpriced};
    }
};
static_assert(sizeof(SnapshotSpan) <= 200);

struct TraceSnapshot {
    TraceId id;
    std::string name;
    std::string own_id;
    std::string detail;
    std::string session;
    TimeNs start = kNoTime;
    TimeNs end = kNoTime; // latest known end or start
    bool running = false;
    TimeQuality time_quality = TimeQuality::exact;
    std::vector<SnapshotSpan> spans;
    std::vector<std::string> strings;               // [0] is ""
    std::unordered_map<SpanId, std::int32_t> index; // first span of that id
    std::uint64_t generation = 0;

    [[nodiscard]] std::string_view text(std::uint32_t string) const { return strings[string]; }
    [[nodiscard]] std::int32_t find(SpanId span) const {
        const auto it = index.find(span);
        return it == index.end() ? kNoSpan : it->second;
    }
};

using TraceSnapshotPtr = std::shared_ptr<const TraceSnapshot>;

} // namespace clew
