// Reads the rows of one trace into a TraceSnapshot; snapshot_builder.h puts them in order.
#pragma once

#include "model/base/result.h"
#include "model/store/sqlite/database.h"
#include "model/trace/trace_snapshot.h"

#include <stop_token>

namespace clew {

// In the caller's read transaction. "trace.unknown" where the trace is not visible, "cancelled" where
// stopped.
Result<TraceSnapshotPtr> load_snapshot(Database& db, TraceId id, const std::stop_token& stop);

} // namespace clew
