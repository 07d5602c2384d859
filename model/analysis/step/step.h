// One model call within its trace: what filled its prompt, which earlier call it goes on from, what is new
// since, and when it came. Any thread.
#pragma once

#include "model/analysis/step/continuation.h"
#include "model/trace/trace_snapshot.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace clew {

struct Step {
    CallPrompt call;
    // The earlier call that this one goes on from; nothing where it begins a conversation.
    std::optional<SpanId> previous;
    std::string previous_name;
    PromptChange change; // of `previous`
};
using StepPtr = std::shared_ptr<const Step>;

// Reads a span with its payload; nothing where it cannot be read, or to stop.
using ReadSpan = std::function<std::optional<SpanDetail>(SpanId)>;

// Calls that `self` may go on from: model calls that began before it, those of the same agent nearest first,
// then the nearest others. Bounded, as each is read.
struct EarlierCalls {
    std::vector<std::int32_t> same_agent, others; // indices of the snapshot
};
EarlierCalls earlier_calls(const TraceSnapshot& trace, std::int32_t self);

// Reads up to a dozen earlier calls: the one that this prompt goes along with for longest, the nearest of
// those.
Step step_of(const TraceSnapshot& trace, std::int32_t self, CallPrompt call, const ReadSpan& read);

} // namespace clew
