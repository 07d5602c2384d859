// The spans of one trace as structural predicates look at them.
#pragma once

#include "model/base/ids.h"
#include "model/base/result.h"
#include "model/base/time.h"
#include "model/store/name_columns.h"
#include "model/store/sqlite/database.h"
#include "model/trace/kind.h"

#include <array>
#include <cstdint>
#include <vector>

namespace clew {

struct FilterSpan {
    SpanId id;
    SpanId parent_id;
    std::int32_t parent = -1; // in FilterTrace::spans; -1 = none, or one that would close a ring
    TimeNs start = kNoTime;
    TimeNs end = kNoTime; // kNoTime = running
    Kind kind = Kind::generic;
    Status status = Status::unset;
    TimeQuality quality = TimeQuality::exact;
    std::uint32_t flags = 0;
    std::array<std::int64_t, kNameColumns> names{}; // dict; 0 = none
    static constexpr std::int64_t kUnsaid = -1;
    std::int64_t input = kUnsaid, cached = kUnsaid, output = kUnsaid, cost = kUnsaid;
    std::int64_t resource = 0, source = 0, payload = 0;
};

struct FilterTrace {
    TraceId id;
    std::int64_t row = 0;
    std::vector<FilterSpan> spans;
    std::vector<std::int32_t> downwards; // parents before their children
    std::vector<std::int32_t> by_time;   // those whose start is known
};

// Reads traces one after the other. One thread at a time.
class FilterSpanReader {
public:
    explicit FilterSpanReader(Database& db)
        : db_(db) {}
    Result<void> read(TraceId id, std::int64_t row, FilterTrace& out);

private:
    Database& db_;
    Statement rows_;
};

} // namespace clew
