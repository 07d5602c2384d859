// The prompts of a whole store: which text each call used, so that versions that no source names have
// numbers.
#pragma once

#include "model/store/store.h"

#include <cstdint>
#include <functional>
#include <stop_token>

namespace clew::app {

// Looks at every trace whose calls' prompts are not known as they are, the earliest start first, and keeps
// them, in small transactions. `skip` leaves traces for later. The number of traces that were looked at;
// "cancelled".
Result<std::int64_t> update_prompts(Store& store, const std::stop_token& stop = {},
                                    const std::function<bool(const StaleTrace&)>& skip = {});

} // namespace clew::app
