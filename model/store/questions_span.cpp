#include "model/store/questions.h"
#include "model/store/snapshot_loader.h"
#include "model/store/span_reader.h"
#include "model/store/sqlite_trace_store.h"

namespace clew {

Result<TraceSnapshotPtr> SqliteTraceStore::open(TraceId id, std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    return load_snapshot(reading->db(), id, stop);
}

Result<SpanDetail> SqliteTraceStore::span(TraceId trace, SpanId span, std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    auto row = trace_row(reading->db(), trace);
    if (!row) return row.error();
    return SpanReader(reading->db()).read(trace, *row, span);
}

Result<void> SqliteTraceStore::each_span(TraceId trace, const std::function<bool(const SpanDetail&)>& each,
                                         std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    auto row = trace_row(reading->db(), trace);
    if (!row) return row.error();
    auto snapshot = load_snapshot(reading->db(), trace, stop);
    if (!snapshot) return snapshot.error();
    SpanReader reader(reading->db());
    for (const SnapshotSpan& span : (*snapshot)->spans) {
        if (stop.stop_requested()) return Error{"cancelled", {}, {}};
        auto detail = reader.read(trace, *row, span.id);
        if (!detail) return detail.error();
        if (!each(*detail)) return {};
    }
    return {};
}

} // namespace clew
