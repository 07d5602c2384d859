// Which model calls of a trace make up its conversation.
#pragma once

#include "model/base/result.h"
#include "model/store/trace_store.h"
#include "model/trace/message.h"

#include <stop_token>
#include <string>
#include <vector>

namespace clew::app {

struct AgentCalls {
    std::vector<Conversation> calls; // in order of start
    std::string model;
    std::string prompt_name, prompt_version;
};

// The calls of the trace's main agent: a subagent's talk is another conversation. With a valid `span`, that
// call alone, or those below it where it is not a call itself.
Result<AgentCalls> agent_calls(TraceStore& traces, TraceId trace, SpanId span, std::stop_token stop);

} // namespace clew::app
