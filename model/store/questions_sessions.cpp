#include "model/store/name_columns.h"
#include "model/store/questions.h"
#include "model/store/sqlite_trace_store.h"
#include "model/store/trace_filter.h"

#include <fmt/format.h>

namespace clew {

namespace {

std::string_view order_expression(SessionOrder order) {
    switch (order) {
    case SessionOrder::runs: return "2";
    case SessionOrder::duration: return "5";
    case SessionOrder::cost: return "ifnull(sum(t.cost), 0) + ifnull(sum(t.cost_computed), 0)";
    case SessionOrder::errors: return "8";
    case SessionOrder::newest: break;
    }
    return "4";
}

// What the first run of a session is called: looked up for the rows of a page alone.
Result<void> read_names(Database& db, const std::vector<std::int64_t>& keys, std::vector<SessionRow>& rows) {
    auto first =
        db.prepare("SELECT (SELECT s FROM dict WHERE id = m.value), t.name, t.detail, "
                   "(SELECT s FROM dict WHERE id = t.agent) FROM trace_term m "
                   "JOIN trace t ON t.id = m.trace AND t.hidden = 0 WHERE m.term = ? AND m.value = ? "
                   "ORDER BY t.start_ns IS NULL, t.start_ns, t.id LIMIT 1");
    if (!first) return first.error();
    for (std::size_t i = 0; i < keys.size(); ++i) {
        first->bind_all(term_of(kSession), keys[i]);
        auto row = first->step();
        if (!row) return row.error();
        if (*row) {
            rows[i].session = first->text(0);
            rows[i].name = first->text(1);
            rows[i].detail = first->text(2);
            rows[i].agent = first->text(3);
        }
        first->reset();
    }
    return {};
}

} // namespace

Result<SessionPage> SqliteTraceStore::sessions(const SessionQuery& query, std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    Database& db = reading->db();
    auto condition = compile_filter(db, query.filter, {}, stop);
    if (!condition) return condition.error();
    const std::string where = fmt::format("FROM trace t WHERE {} AND t.session IS NOT NULL", condition->sql);

    SessionPage page;
    auto count = db.prepare("SELECT count(DISTINCT t.session) " + where);
    if (!count) return count.error();
    condition->bind(*count);
    auto counted = count->step();
    if (!counted) return counted.error();
    page.count = count->integer(0);

    auto sums = db.prepare(
        fmt::format("SELECT t.session, count(*), min(t.start_ns), max(ifnull(t.end_ns, t.start_ns)), "
                    "total(max(0, t.end_ns - t.start_ns)), sum(t.llm_calls), sum(t.tool_calls), "
                    "sum(t.errors), sum(t.silent_failures), max(t.running), sum(t.tok_in), sum(t.tok_out), "
                    "sum(t.cost), sum(t.cost_computed), sum(t.unpriced_calls) {} GROUP BY t.session "
                    "ORDER BY {} DESC, max(t.id) DESC LIMIT ? OFFSET ?",
                    where, order_expression(query.order)));
    if (!sums) return sums.error();
    const int next = condition->bind(*sums);
    sums->bind(next, query.limit);
    sums->bind(next + 1, query.offset);
    std::vector<std::int64_t> keys;
    for (;;) {
        auto row = sums->step();
        if (!row) return row.error();
        if (!*row) break;
        keys.push_back(sums->integer(0));
        SessionRow& out = page.rows.emplace_back();
        out.runs = sums->integer(1);
        out.start = time_at(*sums, 2);
        out.end = time_at(*sums, 3);
        out.busy = sums->integer(4);
        out.llm_calls = sums->integer(5);
        out.tool_calls = sums->integer(6);
        out.errors = sums->integer(7);
        out.silent_failures = sums->integer(8);
        out.running = sums->integer(9) != 0;
        out.input_tokens = sums->maybe_integer(10);
        out.output_tokens = sums->maybe_integer(11);
        out.reported = sums->maybe_integer(12);
        out.computed = sums->maybe_integer(13);
        out.unpriced_calls = sums->integer(14);
    }
    if (auto named = read_names(db, keys, page.rows); !named) return named.error();
    return page;
}

} // namespace clew
