#include "model/store/name_columns.h"
#include "model/store/questions.h"
#include "model/store/sqlite_trace_store.h"
#include "model/store/trace_filter.h"
#include "model/store/usage_summing.h"
#include "model/trace/span.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace clew {

namespace {

constexpr std::string_view kCallColumns =
    "s.span_id, s.kind, s.status, s.counted, s.start_ns, s.end_ns, s.tok_in, s.tok_cache_read, s.tok_out, "
    "s.cost, s.cost_computed";
constexpr std::string_view kRunColumns = "t.id, t.high, t.low, t.start_ns, t.root_failed, "
                                         "t.findings_version <> 0, t.findings_error + t.findings_warning";
constexpr int kRunColumnCount = 7;

void add(std::optional<std::int64_t>& sum, std::optional<std::int64_t> value) {
    if (!value) return;
    std::int64_t total = sum.value_or(0);
    add_to_sum(total, *value);
    sum = total;
}

// A run while its calls are read: what it cost is known only where every call's cost is.
struct RunSoFar {
    std::int64_t row = 0;
    PromptRun run;
    bool unpriced = false;

    PromptRun finished() {
        if (unpriced) run.cost.reset();
        return std::move(run);
    }
};

bool is_call(const Statement& row, int c) {
    constexpr std::int64_t kWraps = 4; // of span.counted: another call stands for it
    return row.integer(c + 1) == static_cast<int>(Kind::llm) && (row.integer(c + 3) & kWraps) == 0;
}

void add_call(RunSoFar& to, const Statement& row, int c) {
    PromptRun& run = to.run;
    run.calls.push_back(SpanId{public_id(row.integer(c))});
    run.failed = run.failed || row.integer(c + 2) == static_cast<int>(Status::error);
    if (const auto duration = between(time_at(row, c + 4), time_at(row, c + 5)))
        run.durations.push_back(*duration);
    const std::int64_t counted = row.integer(c + 3);
    if ((counted & 1) != 0) {
        const auto input = row.maybe_integer(c + 6), cached = row.maybe_integer(c + 7);
        add(run.input_tokens, input);
        add(run.output_tokens, row.maybe_integer(c + 8));
        if (input && cached) {
            add(run.cache_read, cached);
            add(run.cache_input, input);
        }
    }
    if ((counted & 2) != 0) add(run.cost, row.maybe_integer(c + 9));
    if ((counted & 8) != 0) {
        const auto computed = row.maybe_integer(c + 10);
        add(run.cost, computed);
        to.unpriced = to.unpriced || !computed;
    }
}

RunSoFar run_of(const Statement& row) {
    RunSoFar out;
    out.row = row.integer(0);
    out.run.trace = trace_id(row, 1);
    out.run.start = time_at(row, 3);
    out.run.failed = row.integer(4) != 0;
    if (row.integer(5) != 0) out.run.troubled = row.integer(6) > 0;
    return out;
}

Result<std::int64_t> word_id(Database& db, const std::string& word) {
    auto id = db.query_integer("SELECT id FROM dict WHERE s = ?", word);
    if (!id) return id.error();
    return id->value_or(-1);
}

// A run whose version stands at an agent or a wrapper alone: its calls that state no prompt of their own.
Result<void> add_calls_of_run(Database& db, RunSoFar& run) {
    auto rows = db.prepare(
        fmt::format("SELECT {} FROM span s WHERE s.trace = ? AND s.prompt_name IS NULL", kCallColumns));
    if (!rows) return rows.error();
    rows->bind_all(run.row);
    for (;;) {
        auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return {};
        if (is_call(*rows, 0)) add_call(run, *rows, 0);
    }
}

} // namespace

Result<std::vector<PromptRun>>
SqliteTraceStore::prompt_runs(const PromptQuery& query, const PromptVersion& version, std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    Database& db = reading->db();
    auto condition = compile_filter(db, query.filter, query.sources, stop);
    if (!condition) return condition.error();
    auto name = word_id(db, version.name);
    auto stated = word_id(db, version.version);
    if (!name || !stated) return name ? stated.error() : name.error();
    std::string from;
    std::int64_t text = -1;
    if (version.inferred) {
        auto id = db.query_integer(
            "SELECT id FROM prompt_text WHERE name = ? AND version = '' AND number > 0 AND 'v' || number = ?",
            version.name, version.version);
        if (!id) return id.error();
        text = id->value_or(-1);
        from = fmt::format("call_prompt cp CROSS JOIN trace t ON t.id = cp.trace CROSS JOIN span s ON s.id = "
                           "cp.span WHERE cp.prompt = {}",
                           text);
    } else {
        from =
            fmt::format("trace_term tt CROSS JOIN trace t ON t.id = tt.trace CROSS JOIN span s ON s.trace = "
                        "t.id WHERE tt.term = {} AND tt.value = {} AND s.prompt_name = {} AND "
                        "s.prompt_version {}",
                        term_of(kPromptName), *name, *name,
                        version.version.empty() ? std::string("IS NULL") : fmt::format("= {}", *stated));
    }
    auto rows = db.prepare(fmt::format("SELECT {}, {} FROM {} AND {} ORDER BY t.start_ns, t.id", kRunColumns,
                                       kCallColumns, from, condition->sql));
    if (!rows) return rows.error();
    condition->bind(*rows);
    std::vector<RunSoFar> runs;
    for (;;) {
        if (stop.stop_requested()) return Error{"cancelled", {}, {}};
        auto row = rows->step();
        if (!row) return row.error();
        if (!*row) break;
        if (runs.empty() || runs.back().row != rows->integer(0)) runs.push_back(run_of(*rows));
        if (is_call(*rows, kRunColumnCount)) add_call(runs.back(), *rows, kRunColumnCount);
    }
    if (auto error = condition->error()) return *error;
    std::vector<PromptRun> out;
    for (RunSoFar& run : runs) {
        if (run.run.calls.empty())
            if (auto done = add_calls_of_run(db, run); !done) return done.error();
        out.push_back(run.finished());
    }
    return out;
}

Result<std::vector<PromptVersionRow>> SqliteTraceStore::prompt_versions(const PromptQuery& query,
                                                                        std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    Database& db = reading->db();
    auto condition = compile_filter(db, query.filter, query.sources, stop);
    if (!condition) return condition.error();
    std::vector<PromptVersionRow> out;
    const auto read = [&](const std::string& sql, bool inferred) -> Result<void> {
        auto rows = db.prepare(sql);
        if (!rows) return rows.error();
        condition->bind(*rows);
        for (;;) {
            if (stop.stop_requested()) return Error{"cancelled", {}, {}};
            auto row = rows->step();
            if (!row) return row.error();
            if (!*row) break;
            out.push_back({{std::string(rows->text(0)), std::string(rows->text(1)), inferred},
                           rows->integer(2),
                           time_at(*rows, 3)});
        }
        if (auto error = condition->error()) return *error;
        return {};
    };
    auto stated =
        read(fmt::format("SELECT dn.s, dv.s, count(DISTINCT t.id), min(t.start_ns) FROM (SELECT "
                         "DISTINCT trace FROM trace_term WHERE term = {}) tt CROSS JOIN trace t ON "
                         "t.id = tt.trace CROSS JOIN span s ON s.trace = t.id JOIN dict dn ON dn.id = "
                         "s.prompt_name LEFT JOIN dict dv ON dv.id = s.prompt_version LEFT JOIN "
                         "call_prompt cp ON cp.trace = s.trace AND cp.span = s.id LEFT JOIN "
                         "prompt_text pt ON pt.id = cp.prompt AND pt.number > 0 WHERE pt.id IS NULL "
                         "AND {} GROUP BY s.prompt_name, s.prompt_version",
                         term_of(kPromptName), condition->sql),
             false);
    if (!stated) return stated.error();
    auto inferred = read(
        fmt::format(
            "SELECT pt.name, 'v' || pt.number, count(DISTINCT t.id), min(t.start_ns) FROM prompt_text pt "
            "CROSS JOIN call_prompt cp ON cp.prompt = pt.id CROSS JOIN trace t ON t.id = cp.trace WHERE "
            "pt.number > 0 AND {} GROUP BY pt.id",
            condition->sql),
        true);
    if (!inferred) return inferred.error();
    std::ranges::stable_sort(out, [](const PromptVersionRow& a, const PromptVersionRow& b) {
        return std::tie(a.version.name, a.first) < std::tie(b.version.name, b.first);
    });
    return out;
}

Result<std::vector<PromptUse>> SqliteTraceStore::prompt_uses(std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    auto rows = reading->db().prepare("SELECT name, version, near, first_ns FROM prompt_text ORDER BY id");
    if (!rows) return rows.error();
    std::vector<PromptUse> out;
    for (;;) {
        auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return out;
        out.push_back({std::string(rows->text(0)), std::string(rows->text(1)), public_id(rows->integer(2)),
                       time_at(*rows, 3)});
    }
}

Result<std::vector<StaleTrace>> SqliteTraceStore::stale_prompts(std::int64_t version, std::int64_t limit,
                                                                std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    // Rules only ever get a larger number, so that one range of the index holds what is not current.
    auto rows = reading->db().prepare("SELECT high, low, generation, spans, running FROM trace WHERE "
                                      "prompts_version < ? AND hidden = 0 ORDER BY start_ns, id LIMIT ?");
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
