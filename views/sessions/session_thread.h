// A session as a thread: its turns over all of its runs, oldest first, with what was asked and answered. Read
// from the store on a pool thread; values.
#pragma once

#include "model/store/trace_store.h"

#include <stop_token>
#include <string>
#include <vector>

namespace clew::views {

struct ThreadTurn {
    TraceId trace;
    SpanId span; // of the turn; the run's root where the run is one turn
    std::string run;
    TimeNs start = kNoTime, end = kNoTime; // kNoTime = running
    std::int64_t llm_calls = 0, tool_calls = 0, errors = 0, silent_failures = 0;
    std::optional<std::int64_t> input_tokens, output_tokens;
    CostKinds costs;
    std::string question, answer; // "" where they were not captured
};

struct SessionThread {
    std::string session;
    std::vector<ThreadTurn> turns;
    std::int64_t runs = 0;
    std::int64_t more_runs = 0; // that were not read
};

inline constexpr int kMostThreadTurns = 300;

// The newest kMostThreadTurns turns where there are more.
Result<SessionThread> readThread(TraceStore& traces, const std::string& session, std::stop_token stop = {});

} // namespace clew::views
