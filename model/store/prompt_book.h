// Writes which text of which prompt each call used (tables prompt_text and call_prompt).
#pragma once

#include "model/base/result.h"
#include "model/store/store.h"

#include <cstdint>
#include <vector>

namespace clew {

class StoreCore;

Result<void> keep_prompts(StoreCore& core, std::int64_t version, const std::vector<TracePrompts>& found);

} // namespace clew
