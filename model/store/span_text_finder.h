// Which spans of one trace hold a text: names, columns, content, log records that joined.
#pragma once

#include "model/base/ids.h"
#include "model/base/result.h"
#include "model/store/sqlite/database.h"
#include "model/store/text_match.h"

#include <cstdint>
#include <stop_token>
#include <unordered_set>

namespace clew {

// In the caller's transaction. `row` is trace.id of `trace`. Content that spans share is looked at once.
Result<std::unordered_set<SpanId>> spans_with_text(Database& db, TraceId trace, std::int64_t row,
                                                   const TextQuery& query, const std::stop_token& stop);

} // namespace clew
