#include "model/store/findings_book.h"
#include "model/store/questions.h"
#include "model/store/sqlite_trace_store.h"

namespace clew {

Result<StoredFindings> SqliteTraceStore::findings(TraceId trace, std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    Database& db = reading->db();
    auto known = db.prepare(
        "SELECT id, findings_version, generation FROM trace WHERE high = ? AND low = ? AND hidden = 0");
    if (!known) return known.error();
    known->bind_all(signed_id(trace.high), signed_id(trace.low));
    auto found = known->step();
    if (!found) return found.error();
    if (!*found) return unknown_trace(trace);
    StoredFindings out;
    out.version = known->integer(1);
    out.generation = public_id(known->integer(2));
    auto rows = db.prepare("SELECT rule, severity, spans, args, tokens, cost, time_ns FROM finding WHERE "
                           "trace = ? ORDER BY number");
    if (!rows) return rows.error();
    rows->bind_all(known->integer(0));
    for (;;) {
        auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return out;
        out.findings.push_back({std::string(rows->text(0)),
                                static_cast<Severity>(rows->integer(1)),
                                trace,
                                unpacked_spans(rows->blob(2)),
                                unpacked_args(rows->text(3)),
                                {rows->maybe_integer(4), rows->maybe_integer(5), rows->maybe_integer(6)}});
    }
}

Result<std::vector<StaleTrace>> SqliteTraceStore::stale_findings(std::int64_t version, std::int64_t limit,
                                                                 std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    // Two ranges of the index, so that it costs nothing where all is current.
    auto rows = reading->db().prepare(
        "SELECT high, low, generation, spans, running FROM trace "
        "WHERE (findings_version < ?1 OR findings_version > ?1) AND hidden = 0 ORDER BY id DESC LIMIT ?2");
    if (!rows) return rows.error();
    rows->bind_all(version, limit);
    std::vector<StaleTrace> out;
    for (;;) {
        auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return out;
        out.push_back(
            {trace_id(*rows, 0), public_id(rows->integer(2)), rows->integer(3), rows->integer(4) != 0});
    }
}

} // namespace clew
