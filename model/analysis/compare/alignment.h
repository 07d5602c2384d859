// Two runs side by side: which step of one is which of the other, and where they first part. Pure. Any
// thread.
#pragma once

#include "model/analysis/compare/run_steps.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace clew {

enum class StepChange : std::uint8_t { same, changed, added, removed };
std::string_view change_name(StepChange change); // "same"

struct AlignedStep {
    std::int32_t a = -1, b = -1; // indices of the steps; -1 = that run has none
    StepChange change = StepChange::same;
    bool operator==(const AlignedStep&) const = default;
};

struct Alignment {
    std::vector<AlignedStep> steps;              // in the order of both runs
    std::optional<std::size_t> first_divergence; // the first of them that is not `same`
};

// Equal steps first, those below equal ones before others, then steps that were asked the same, then those of
// the same tool, model or agent; what is left between two of them is paired in order and `changed`. Times,
// durations, ids, tokens and costs are no difference.
Alignment align(const RunSteps& a, const RunSteps& b);

} // namespace clew
