// What went into a tool and what came out, wherever the span says it. Pure. Any thread.
#pragma once

#include "model/trace/message.h"
#include "model/trace/span_detail.h"

#include <string>

namespace clew {

struct ToolPayload {
    std::string arguments;   // JSON as the source wrote it, or text; "" = not said
    std::string result;      // text; JSON where it is no JSON string
    bool has_result = false; // one was said, maybe an empty one
};

// `talk`: conversation_of(span).
ToolPayload tool_payload(const SpanDetail& span, const Conversation& talk);

} // namespace clew
