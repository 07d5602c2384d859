// The conversation that a trace's model calls make up, as one thread that can be trained on. Pure.
#pragma once

#include "model/trace/message.h"

#include <span>
#include <vector>

namespace clew {

// Joins the conversations of consecutive calls of one agent. A call that resends its history replaces what it
// repeats; a call that holds only what is new is appended. Tool calls and results get consistent ids (made up
// where missing).
Conversation thread_of(std::span<const Conversation> calls);

} // namespace clew
