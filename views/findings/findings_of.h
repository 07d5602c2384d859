// What the rules find in a trace of a store, computed now, on the calling thread.
#pragma once

#include "model/analysis/findings/rule_settings.h"
#include "model/store/trace_store.h"

#include <stop_token>
#include <vector>

namespace clew::views {

Result<std::vector<Finding>> findings_of(TraceStore& traces, TraceId trace, const RuleSettings& settings,
                                         const std::stop_token& stop = {});

// The stored ones where they are current, else computed; nothing is stored.
Result<std::vector<Finding>> current_findings(TraceStore& traces, TraceId trace, const RuleSettings& settings,
                                              const std::stop_token& stop = {});

} // namespace clew::views
