// A run as its steps: what the agent did, in tree order: model calls, tool calls, retrievals, subagents. The
// root, turns and what only wraps other steps are none.
//
// A step is a span of a kind that does work (llm, tool, retriever …) unless it tells of the same work as the
// span inside it (an SDK's call around the provider's) or is the root around others; an agent that an agent
// or a tool started; and a span of no kind that holds no other. Built from SpanDetails, which are not kept.
// One thread builds, any reads.
#pragma once

#include "model/base/numbers.h"
#include "model/trace/span_detail.h"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace clew {

struct RunStep {
    SpanId id;
    std::int32_t parent = -1; // the step around it, as an index; -1 = none
    std::int32_t depth = 0;   // how many steps are around it
    Kind kind = Kind::generic;
    bool container = false; // a subagent with steps of its own: what it was told and said, they tell
    bool failed = false;
    std::string label; // tool, model or agent, else the span's name
    // In one form (keys sorted, times, UUIDs and request ids masked), at most kStepText bytes. Of a model
    // call: what the user said since the last answer, and the text of the answer.
    std::string arguments, output;
    std::string error; // the status message of what failed
    Usage usage;
    CostKinds costs; // its own
    std::optional<DurationNs> duration;

    // Equal numbers say equal steps: kind and label; with arguments; with what came of it. `within` stands
    // for the steps around it.
    std::uint64_t likeness = 0, question = 0, whole = 0, within = 0;

    [[nodiscard]] std::optional<std::int64_t> tokens() const { // in and out together
        if (!usage.stated()) return {};
        return usage.input.value_or(0) + usage.output.value_or(0);
    }
};

inline constexpr std::size_t kStepText = std::size_t{64} << 10;

using RunSteps = std::vector<RunStep>; // in tree order

class RunReader {
public:
    // In tree order, a parent before its children (TraceStore::each_span).
    void add(const SpanDetail& span);
    // Leaves the reader empty.
    RunSteps finish();

private:
    struct Seen {
        RunStep step;
        std::int32_t parent = -1; // index of a span
        std::uint32_t flags = 0;
        bool root = false, named = false; // named: as an agent
        bool has_child = false, call_below = false, work_below = false;
    };
    void look_below();
    [[nodiscard]] bool is_step(const Seen& span) const;
    [[nodiscard]] bool is_subagent(const Seen& span) const;

    std::vector<Seen> spans_;
    std::unordered_map<SpanId, std::int32_t> index_;
};

} // namespace clew
