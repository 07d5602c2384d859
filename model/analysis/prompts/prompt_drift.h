// Drift: a prompt whose text changed while its version did not. Pure; any thread.
#pragma once

#include "model/trace/prompt_run.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace clew {

struct PromptDrift {
    std::string name, version;
    std::uint64_t before = 0, after = 0;
    TimeNs since = kNoTime; // first use of the text `after`
};

// Texts that a version had besides its first one, by name, version and time. A name without any version
// drifts as well: its new text has no new name.
std::vector<PromptDrift> drifts_of(std::span<const PromptUse> uses);

} // namespace clew
