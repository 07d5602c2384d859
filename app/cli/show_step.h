// clew show TRACE --step SPAN: what filled one call's prompt, what is new in it, where the cache broke.
#pragma once

#include "model/store/trace_store.h"

namespace clew::app {

// Reads the call and the one before it, prints text or JSON on stdout. Error "step.not_a_call" for what is no
// model call.
Result<void> show_step(TraceStore& traces, const TraceSnapshot& trace, SpanId span, bool json);

} // namespace clew::app
