// Reads everything that the store knows of one span: columns, payload, log records that joined its events.
//
// Belongs to one connection and one thread at a time; keeps blocks unpacked, so reading a trace's spans one
// after the other is cheap.
#pragma once

#include "model/base/result.h"
#include "model/store/payload/payload_reader.h"
#include "model/store/sqlite/database.h"
#include "model/trace/span_detail.h"

namespace clew {

class SpanReader {
public:
    explicit SpanReader(Database& db)
        : db_(db)
        , payloads_(db) {}
    SpanReader(Database& db, BlockCache& cache) // `cache` outlives it
        : db_(db)
        , payloads_(db, cache) {}

    // `row` is trace.id of `trace`. "span.unknown" where the trace has no such span.
    Result<SpanDetail> read(TraceId trace, std::int64_t row, SpanId span);

private:
    Result<void> prepare();
    Result<void> join_log_records(SpanDetail& span, bool root);

    Database& db_;
    PayloadReader payloads_;
    Statement find_;
    Statement logs_, first_root_;
};

} // namespace clew
