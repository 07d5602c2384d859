// The document of a session: each turn with its figures, what was asked and what was answered. Pool thread.
#pragma once

#include "views/sessions/session_thread.h"
#include "views/trace/details/flow_document.h"

namespace clew::views {

// Heads of turns act as "turn:N", N counted from 0.
FlowDocument threadDocument(const SessionThread& thread, const BuildOptions& options);

} // namespace clew::views
