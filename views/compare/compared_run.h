// One side of a comparison, read from a store on the calling thread.
#pragma once

#include "model/analysis/compare/gate.h"
#include "model/analysis/compare/run_steps.h"
#include "model/analysis/findings/rule_settings.h"
#include "model/store/trace_store.h"

#include <optional>
#include <stop_token>
#include <vector>

namespace clew::views {

struct ComparedRun {
    TraceRow row;
    RunSteps steps;
    RunFigures figures;
    std::vector<Finding> findings; // where they were asked for
};

// With `rules` findings too: the stored ones where they are current.
Result<ComparedRun> compared_run(TraceStore& traces, TraceId trace,
                                 const std::optional<RuleSettings>& rules = {},
                                 const std::stop_token& stop = {});

} // namespace clew::views
