#include "model/store/questions.h"
#include "model/store/snapshot_loader.h"
#include "model/store/span_text_finder.h"
#include "model/store/sqlite_trace_store.h"

#include <vector>

namespace clew {

Result<std::vector<SpanId>> SqliteTraceStore::find_in_trace(TraceId trace, std::string_view text,
                                                            std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    auto row = trace_row(reading->db(), trace);
    if (!row) return row.error();
    const TextQuery query("*" + std::string(text)); // inside words as well
    std::vector<SpanId> out;
    if (query.empty()) return out;
    auto found = spans_with_text(reading->db(), trace, *row, query, stop);
    if (!found) return found.error();
    if (found->empty()) return out;
    auto snapshot = load_snapshot(reading->db(), trace, stop);
    if (!snapshot) return snapshot.error();
    for (const SnapshotSpan& span : (*snapshot)->spans) {
        if (found->contains(span.id)) out.push_back(span.id);
    }
    return out;
}

} // namespace clew
