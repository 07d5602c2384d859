// TraceState: what the writer remembers of one trace in order to keep its roll-up: a compact node a span.
//
// Guarded by the store's write lock, like TraceBook which owns it.
#pragma once

#include "model/base/ids.h"
#include "model/store/usage_cells.h"
#include "model/store/write/usage_roll.h"
#include "model/trace/span.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace clew {

// Bits of span.counted.
inline constexpr std::uint8_t kUsageCounts = 1;
inline constexpr std::uint8_t kCostCounts = 2;
// A call that counts and whose cost no source reports: what is computed for it counts, or it is unpriced.
// Says nothing of prices, so that new prices change no bit.
inline constexpr std::uint8_t kCostOpen = 8;
inline constexpr std::uint8_t kWrapsCall = 4; // looks like an LLM call, but the call is one below it

struct SpanNode {
    SpanId id;
    SpanId parent;
    std::int64_t row = 0;
    TimeNs start = kNoTime;
    TimeNs end = kNoTime;
    std::int32_t usage = -1; // index into TraceState's usages
    std::int32_t names = 0;  // and names
    std::uint32_t flags = 0;
    std::uint16_t calls = 0;
    Kind kind = Kind::generic;
    Status status = Status::unset;
    TimeQuality quality = TimeQuality::exact;
    std::uint8_t counted = 0;                   // as the row has it
    bool gone = false;                          // removed; the slot stays
    std::int16_t bucket = UsageRoll::kNoBucket; // of its latency
};

std::int16_t bucket_of(TimeNs start, TimeNs end); // SpanNode::bucket

struct NodeUsage {
    Usage usage;
    std::optional<PicoUsd> cost; // reported
    std::optional<PicoUsd> computed;
};

inline bool is_model_call(Kind kind) {
    return kind == Kind::llm || kind == Kind::embedding;
}

// The roll-up of a trace: columns of the table `trace` that come from nodes alone.
struct RollUp {
    TimeNs start = kNoTime;
    TimeNs end = kNoTime;
    std::int64_t session = 0;
    std::int64_t agent = 0;
    bool running = false;
    bool root_failed = false;
    bool aggregate_usage = false;
    TimeQuality quality = TimeQuality::exact;
    Kind root_kind = Kind::generic;
    std::int64_t root_row = 0; // the row that names the trace
    std::int64_t spans = 0, root_spans = 0, orphan_spans = 0, llm_calls = 0, tool_calls = 0, errors = 0,
                 tool_errors = 0, silent_failures = 0, steps = 0, unpriced_calls = 0;
    Usage usage;
    std::optional<PicoUsd> cost;     // reported
    std::optional<PicoUsd> computed; // of calls whose cost no source reports
};

// Sums stop at the largest number instead of wrapping; what is not said adds nothing.
void add_saturating(std::optional<std::int64_t>& sum, const std::optional<std::int64_t>& value);

class TraceState {
public:
    TraceState(TraceId trace, std::int64_t trace_key)
        : id(trace)
        , key(trace_key) {}

    const TraceId id;
    const std::int64_t key; // trace.id

    SpanNode* find(SpanId span);
    // node.id is not there yet.
    SpanNode& add(SpanNode node, const NodeUsage& usage, const UsageNames& names);
    void set_usage(SpanNode& node, const NodeUsage& usage);
    void set_names(SpanNode& node, const UsageNames& names);
    [[nodiscard]] NodeUsage usage_of(const SpanNode& node) const;
    void remove(SpanNode& node);
    [[nodiscard]] std::size_t size() const { return live_; }
    [[nodiscard]] std::size_t bytes() const;

    // The design's roll-up rule: usage and cost of LLM and embedding spans below which no such span states
    // any; where there is none, of the topmost span that states one. `changed` receives nodes whose `counted`
    // bits are new (and are set already). `usage` receives what the trace used, hour by hour.
    RollUp roll_up(std::vector<const SpanNode*>& changed, UsageRoll& usage);

    // The writer's notes, kept here so that they live and die with the nodes.
    bool dirty = false;
    bool texts_dirty = false;  // the naming row may have changed
    std::int64_t root_row = 0; // as of the last roll-up
    std::size_t size_at_roll_up = 0;
    std::uint64_t used = 0;       // for eviction
    std::int64_t last_source = 0; // whose trace_source row is there
    std::string own_id, stated_name;
    bool own_id_dirty = false;

private:
    [[nodiscard]] std::int32_t index_of(SpanId span) const;
    void grow_index();
    std::int32_t number_of(const UsageNames& names);
    [[nodiscard]] const UsageNames& names_of(const SpanNode& node) const {
        return names_[static_cast<std::size_t>(node.names)];
    }
    void roll_usage(const RollUp& roll, const std::vector<std::int32_t>& parents, UsageRoll& usage) const;

    std::vector<SpanNode> nodes_;
    std::vector<NodeUsage> usages_;
    std::vector<std::int32_t> index_; // open addressing, -1 = free
    std::vector<UsageNames> names_ = {{}};
    std::unordered_map<UsageNames, std::int32_t, UsageNamesHash> numbers_; // of names_, once they are many
    std::size_t live_ = 0;
};

} // namespace clew
