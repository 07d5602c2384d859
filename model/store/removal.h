// Removing traces and sources so that it can be undone: hidden at once, purged later. Roll-ups follow at
// once.
//
// All functions write through the core and may wait for other writers. Safe from several threads.
#pragma once

#include "model/base/result.h"
#include "model/store/store_core.h"

#include <cstdint>
#include <vector>

namespace clew {

Result<std::int64_t> hide_traces(StoreCore& core, const std::vector<TraceId>& traces, bool with_judgements);
Result<std::int64_t> hide_source(StoreCore& core, SourceId source, bool with_judgements);
Result<void> restore_removed(StoreCore& core, std::int64_t removal);
Result<void> purge_removal(StoreCore& core, std::int64_t removal); // in several transactions
// Removals that nobody can undo any more: made over a day ago by a program that did not end well.
Result<void> purge_left_behind(StoreCore& core);

} // namespace clew
