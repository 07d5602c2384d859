// One span's payload → a conversation, for every message shape in use (GenAI parts, OpenAI chat and
// Responses, Anthropic, Gemini, LangChain, OpenInference and OpenLLMetry flat keys, span events). An unknown
// shape is shown as readable text with its JSON, never dropped. Pure; view time only (allocates freely). Any
// thread.
#pragma once

#include "model/trace/message.h"
#include "model/trace/span_detail.h"

namespace clew {

Conversation conversation_of(const SpanDetail& span);

// A JSON value (array of messages, one message, or {"messages": …}) of any provider's shape. `output` marks
// them.
std::vector<Message> messages_from_json(std::string_view json, bool output);

// Whether a tool's result says that it failed while its status does not: JSON error fields that are neither
// null nor empty nor false, isError, is_error, non-zero exit codes, HTTP codes ≥ 400. An empty result is no
// failure.
bool result_says_failure(std::string_view result_json_or_text);

} // namespace clew
