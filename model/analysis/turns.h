// Turns: what a person asked and what came back, out of a run's tree. A coding agent's session is one run
// with a span a turn; other runs are a turn each. Pure.
#pragma once

#include "model/trace/message.h"
#include "model/trace/span_detail.h"
#include "model/trace/trace_snapshot.h"

#include <cstdint>
#include <string>
#include <vector>

namespace clew {

struct Turn {
    std::int32_t span = kNoSpan;       // the run's first root span, or the turn's; index into the snapshot
    std::int32_t first_call = kNoSpan; // LLM calls below it, its own subagents' left out
    std::int32_t last_call = kNoSpan;
    std::int64_t llm_calls = 0, tool_calls = 0; // below it, all of them
};

std::vector<Turn> turns_of(const TraceSnapshot& trace);

struct TurnWords {
    std::string question, answer; // "" where the client did not capture them
};
// Of the turn's span and its calls; null = there is none.
TurnWords words_of(const SpanDetail* turn, const SpanDetail* first_call, const SpanDetail* last_call);

} // namespace clew
