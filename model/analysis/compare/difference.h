// In what two aligned steps differ, as a sentence of the message table. Pure. Any thread.
#pragma once

#include "model/analysis/compare/run_steps.h"

#include <string>
#include <string_view>
#include <vector>

namespace clew {

struct StepDifference {
    std::string_view code; // "compare.…"; "" = in nothing
    std::vector<std::string> args;
};

// Null where a run has no such step. The first that holds: which of them is there, kind, label, arguments,
// whether it failed, what came of it.
StepDifference difference(const RunStep* a, const RunStep* b);

// "tool search", "model gpt-4.1": how a sentence names a step.
std::string step_words(const RunStep& step);

} // namespace clew
