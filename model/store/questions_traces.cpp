#include "model/store/name_columns.h"
#include "model/store/questions.h"
#include "model/store/sqlite_trace_store.h"
#include "model/store/trace_filter.h"

#include <fmt/format.h>

#include <algorithm>

namespace clew {

namespace {

constexpr std::string_view kColumns =
    "t.high, t.low, t.own_id, t.name, t.detail, (SELECT s FROM dict WHERE id = t.session), "
    "(SELECT s FROM dict WHERE id = t.agent), t.root_kind, t.start_ns, t.end_ns, t.running, t.quality, "
    "t.spans, "
    "t.llm_calls, t.tool_calls, t.errors, t.silent_failures, t.tok_in, t.tok_out, t.cost, t.aggregate_usage, "
    "t.root_failed, "
    "(SELECT thumb FROM judgement j WHERE j.high = t.high AND j.low = t.low AND j.span_id = 0 "
    "ORDER BY j.time_ns DESC, j.id DESC LIMIT 1), "
    "EXISTS (SELECT 1 FROM judgement j WHERE j.high = t.high AND j.low = t.low AND j.span_id <> 0), "
    "t.cost_computed, t.unpriced_calls, t.findings_error, t.findings_warning, t.findings_info, "
    "t.findings_version <> 0";

TraceRow read_row(const Statement& row) {
    TraceRow out;
    out.id = trace_id(row, 0);
    out.own_id = row.text(2);
    out.name = row.text(3);
    out.detail = row.text(4);
    out.session = row.text(5);
    out.agent = row.text(6);
    out.root_kind = static_cast<Kind>(row.integer(7));
    out.start = time_at(row, 8);
    out.end = time_at(row, 9);
    out.running = row.integer(10) != 0;
    out.time_quality = static_cast<TimeQuality>(row.integer(11));
    out.spans = row.integer(12);
    out.llm_calls = row.integer(13);
    out.tool_calls = row.integer(14);
    out.errors = row.integer(15);
    out.silent_failures = row.integer(16);
    out.input_tokens = row.maybe_integer(17);
    out.output_tokens = row.maybe_integer(18);
    out.reported_cost = row.maybe_integer(19);
    out.aggregate_usage = row.integer(20) != 0;
    out.root_failed = row.integer(21) != 0;
    out.thumb = static_cast<Thumb>(row.integer(22));
    out.has_span_judgements = row.integer(23) != 0;
    out.computed_cost = row.maybe_integer(24);
    out.unpriced_calls = row.integer(25);
    out.findings = {row.integer(26), row.integer(27), row.integer(28)};
    out.findings_current = row.integer(29) != 0;
    return out;
}

std::string_view order_expression(TraceOrder order) {
    switch (order) {
    case TraceOrder::start: return "t.start_ns";
    case TraceOrder::name: return "t.name COLLATE NOCASE";
    case TraceOrder::duration: return "t.end_ns - t.start_ns";
    case TraceOrder::spans: return "t.spans";
    case TraceOrder::errors: return "t.errors";
    case TraceOrder::tokens: return "coalesce(t.tok_in + t.tok_out, t.tok_in, t.tok_out)";
    case TraceOrder::cost: return "coalesce(t.cost + t.cost_computed, t.cost, t.cost_computed)";
    case TraceOrder::llm_calls: return "t.llm_calls";
    case TraceOrder::tool_calls: return "t.tool_calls";
    }
    return "t.start_ns";
}

// What is not known stands last in either direction; what is equal stands newest first.
std::string order_clause(TraceOrder order, bool descending) {
    const auto what = order_expression(order);
    // Descending puts NULL last by itself, and without a word more the index on start serves it.
    const std::string first = fmt::format("{} {}", what, descending ? "DESC" : "ASC NULLS LAST");
    if (order == TraceOrder::start) return fmt::format("{}, t.id {}", first, descending ? "DESC" : "ASC");
    return first + ", t.start_ns DESC, t.id DESC";
}

Result<std::int64_t> counted(Database& db, const TraceCondition& condition) {
    auto count = db.prepare("SELECT count(*) FROM trace t WHERE " + condition.sql);
    if (!count) return count.error();
    condition.bind(*count);
    auto row = count->step();
    if (!row) return row.error();
    return count->integer(0);
}

} // namespace

Result<TracePage> SqliteTraceStore::traces(const TraceQuery& query, std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    Database& db = reading->db();
    const bool later = query.count_later && query.limit > 0;
    auto condition =
        compile_filter(db, query.filter, query.sources, stop, query.now == kNoTime ? now() : query.now,
                       later ? Looking::later : Looking::before);
    if (!condition) return condition.error();

    TracePage page;
    page.text_unindexed = condition->text_unindexed;
    auto all = db.query_integer("SELECT count(*) FROM trace WHERE hidden = 0");
    if (!all) return all.error();
    page.all = all->value_or(0);
    if (condition->findings) {
        auto missing =
            db.query_integer("SELECT count(*) FROM trace WHERE findings_version = 0 AND hidden = 0");
        if (!missing) return missing.error();
        page.findings_missing = missing->value_or(0);
    }
    const std::int64_t offset = std::max<std::int64_t>(0, query.offset);
    const bool everything = query.filter.empty() && query.sources.empty();
    page.count = page.all;
    page.counted = condition->tested.empty();
    if (!everything && page.counted) {
        auto count = counted(db, *condition);
        if (!count) return count.error();
        page.count = *count;
    }
    if (query.limit <= 0) return page;

    auto ids = db.prepare(fmt::format("SELECT t.id FROM trace t WHERE {} ORDER BY {} LIMIT ? OFFSET ?",
                                      condition->sql, order_clause(query.order, query.descending)));
    if (!ids) return ids.error();
    const int next = condition->bind(*ids);
    ids->bind(next, query.limit);
    ids->bind(next + 1, offset);
    // Apart from the ordering, so that judgements are looked up for the rows of the page only.
    auto rows = db.prepare(fmt::format("SELECT {} FROM trace t WHERE t.id = ?", kColumns));
    if (!rows) return rows.error();
    for (;;) {
        auto id = ids->step();
        if (!id) return id.error();
        if (!*id) break;
        rows->bind(1, ids->integer(0));
        auto row = rows->step();
        if (!row) return row.error();
        if (*row) page.rows.push_back(read_row(*rows));
        rows->reset();
    }
    if (auto wrong = condition->error()) return *wrong;
    if (page.counted) return page;
    const auto found = static_cast<std::int64_t>(page.rows.size());
    page.count = offset + found;
    page.counted = found < query.limit && (found > 0 || offset == 0); // the list ended here
    return page;
}

Result<TraceRow> SqliteTraceStore::trace(TraceId id, std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    auto rows = reading->db().prepare(
        fmt::format("SELECT {} FROM trace t WHERE t.high = ? AND t.low = ? AND t.hidden = 0", kColumns));
    if (!rows) return rows.error();
    rows->bind_all(signed_id(id.high), signed_id(id.low));
    auto row = rows->step();
    if (!row) return row.error();
    if (!*row) return unknown_trace(id);
    return read_row(*rows);
}

Result<std::vector<TraceId>> SqliteTraceStore::traces_of_source(SourceId source, std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    auto rows =
        reading->db().prepare("SELECT t.high, t.low FROM trace_source ts JOIN trace t ON t.id = ts.trace "
                              "AND t.hidden = 0 WHERE ts.source = ? ORDER BY t.start_ns, t.id");
    if (!rows) return rows.error();
    rows->bind(1, source);
    std::vector<TraceId> out;
    for (;;) {
        auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return out;
        out.push_back(trace_id(*rows, 0));
    }
}

Result<std::vector<AlsoRecorded>> SqliteTraceStore::also_recorded(TraceId trace, std::stop_token stop) {
    constexpr std::string_view kSelect =
        "WITH own AS (SELECT id, session FROM trace WHERE high = ?1 AND low = ?2 AND hidden = 0), "
        "formats AS (SELECT s.format FROM trace_source ts JOIN source s ON s.id = ts.source "
        "WHERE ts.trace = (SELECT id FROM own)) "
        "SELECT t.high, t.low, t.name, t.spans, min(s.format) FROM trace_term m JOIN trace t ON t.id = "
        "m.trace "
        "AND t.hidden = 0 JOIN trace_source ts ON ts.trace = t.id JOIN source s ON s.id = ts.source "
        "WHERE m.term = ?3 AND m.value = (SELECT session FROM own) AND t.id <> (SELECT id FROM own) "
        "AND s.format NOT IN formats GROUP BY t.id ORDER BY t.start_ns, t.id LIMIT 20";
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    auto rows = reading->db().prepare(kSelect);
    if (!rows) return rows.error();
    rows->bind_all(signed_id(trace.high), signed_id(trace.low), term_of(kSession));
    std::vector<AlsoRecorded> out;
    for (;;) {
        auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return out;
        out.push_back(
            {trace_id(*rows, 0), std::string(rows->text(2)), std::string(rows->text(4)), rows->integer(3)});
    }
}

} // namespace clew
