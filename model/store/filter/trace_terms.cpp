#include "model/store/filter/trace_terms.h"

#include "model/base/text.h"
#include "model/store/filter/matches.h"
#include "model/store/filter/span_condition.h"
#include "model/store/trace_filter.h"
#include "model/trace/finding.h"
#include "model/trace/kind.h"
#include "model/trace/span.h"

#include <fmt/format.h>

#include <ranges>

namespace clew {

namespace {

constexpr std::string_view kListed = "(SELECT value FROM json_each(?))";

std::string list(const std::vector<std::int64_t>& ids) {
    return fmt::format("[{}]", fmt::join(ids, ","));
}

// The traces in the first column of `sql`.
Result<SqlCondition> traces_in(Database& db, std::string_view sql, const std::vector<SqlArgument>& args) {
    auto rows = db.prepare(sql);
    if (!rows) return rows.error();
    bind_arguments(*rows, args);
    auto set = std::make_shared<RowSet>();
    for (;;) {
        auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return SqlCondition{"in_set(?, t.id)", {std::move(set)}};
        set->add(rows->integer(0));
    }
}

Result<SqlCondition> traces_with(Database& db, int term, const std::vector<std::int64_t>& values) {
    return traces_in(
        db, fmt::format("SELECT trace FROM trace_term WHERE term = {} AND value IN {}", term, kListed),
        {list(values)});
}

// "IN …": the names that fit.
Result<SqlCondition> names_that_fit(Database& db, const Pattern& pattern, std::string_view value) {
    if (pattern.fits_like())
        return SqlCondition{"IN (SELECT id FROM dict WHERE s LIKE ? ESCAPE '\\')", {like_pattern(value)}};
    auto ids = matching_names(db, pattern);
    if (!ids) return ids.error();
    return SqlCondition{fmt::format("IN {}", kListed), {list(*ids)}};
}

Result<SqlCondition> spans_named(Database& db, const std::vector<NameColumn>& columns, const Pattern& pattern,
                                 std::string_view value) {
    auto fits = names_that_fit(db, pattern, value);
    if (!fits) return fits.error();
    const auto terms = columns | std::views::transform(term_of);
    return traces_in(db,
                     fmt::format("SELECT trace FROM trace_term WHERE term IN ({}) AND value {}",
                                 fmt::join(terms, ","), fits->sql),
                     fits->args);
}

Result<SqlCondition> named(Database& db, const FilterTerm& term) {
    const Pattern pattern = Pattern::of(term);
    auto out = spans_named(db, name_columns_of(term.key), pattern, term.value);
    if (!out || term.key != "name") return out;
    if (pattern.fits_like()) {
        out->add(" OR ", {"t.name LIKE ? ESCAPE '\\'", {like_pattern(term.value)}}, "");
        out->add(" OR ", {"t.stated_name LIKE ? ESCAPE '\\'", {like_pattern(term.value)}}, "");
        return out;
    }
    auto traces = matching_trace_names(db, pattern);
    if (!traces) return traces.error();
    out->add(" OR ", trace_ids_condition(*traces), "");
    return out;
}

// The name, or name@version of one and the same span.
Result<SqlCondition> prompt(Database& db, const FilterTerm& term) {
    auto out = named(db, term);
    const auto at = term.value.rfind('@');
    if (!out || at == std::string::npos || term.test != FilterTest::whole) return out;
    const auto name = std::string_view(term.value).substr(0, at);
    const auto version = std::string_view(term.value).substr(at + 1);
    auto known = spans_named(db, {kPromptName}, Pattern::wildcard(name), name);
    if (!known) return known.error();
    auto names = names_that_fit(db, Pattern::wildcard(name), name);
    if (!names) return names.error();
    auto versions = names_that_fit(db, Pattern::wildcard(version), version);
    if (!versions) return versions.error();
    SqlCondition both{"SELECT t.id FROM trace t WHERE ", {}};
    both.add("", *known, " AND EXISTS (SELECT 1 FROM span s WHERE s.trace = t.id");
    both.add(" AND s.prompt_name ", *names, "");
    both.add(" AND s.prompt_version ", *versions, ")");
    auto together = traces_in(db, both.sql, both.args);
    if (!together) return together.error();
    out->add(" OR ", *together, "");
    return out;
}

Result<SqlCondition> judged(Database& db, const FilterTerm& term) {
    constexpr std::string_view kAny = "SELECT t.id FROM judgement j JOIN trace t ON t.high = j.high AND "
                                      "t.low = j.low AND t.hidden = 0";
    if (term.key == "is" || term.value == "any") return traces_in(db, kAny, {});
    if (term.key == "feedback" && term.value == "none") {
        auto any = traces_in(db, kAny, {});
        if (any) any->sql = "NOT " + any->sql;
        return any;
    }
    auto found = matching_judgements(db, term);
    if (!found) return found.error();
    std::vector<std::int64_t> ids;
    for (const auto& judgement : *found)
        ids.push_back(judgement.id);
    return traces_in(db, fmt::format("{} WHERE j.id IN {}", kAny, kListed), {list(ids)});
}

Result<SqlCondition> kind(Database& db, std::string_view name) {
    if (name == "mcp") return traces_with(db, kKindTerm, {kMcpKind});
    const auto known = kind_from_name(name);
    return traces_with(db, kKindTerm, {known ? static_cast<std::int64_t>(*known) : -1});
}

SqlCondition trace_id_begins(std::string_view value) {
    const std::string pattern = like_pattern(value) + "%";
    return {"printf('%016llx%016llx', t.high, t.low) LIKE ? ESCAPE '\\' OR t.own_id LIKE ? ESCAPE '\\'",
            {pattern, pattern}};
}

std::string_view number_of(std::string_view key) {
    if (key == "cost") return "coalesce(t.cost + t.cost_computed, t.cost, t.cost_computed)";
    if (key == "tokens") return "coalesce(t.tok_in + t.tok_out, t.tok_in, t.tok_out)";
    if (key == "tokens_in") return "t.tok_in";
    if (key == "tokens_out") return "t.tok_out";
    if (key == "tokens_cached") return "t.tok_cache_read";
    if (key == "duration") return "(t.end_ns - t.start_ns)";
    if (key == "start") return "t.start_ns";
    if (key == "end") return "CASE WHEN t.running = 0 THEN t.end_ns END";
    if (key == "spans") return "t.spans";
    if (key == "llm_calls") return "t.llm_calls";
    if (key == "tool_calls") return "t.tool_calls";
    if (key == "errors") return "t.errors";
    if (key == "silent_failures") return "t.silent_failures";
    if (key == "findings") return "(t.findings_error + t.findings_warning + t.findings_info)";
    return "NULL";
}

Result<SqlCondition> sources(Database& db, const FilterTerm& term) {
    auto found = matching_sources(db, term);
    if (!found) return found.error();
    return traces_of_sources(db, *found);
}

Result<SqlCondition> services(Database& db, const FilterTerm& term) {
    auto found = matching_resources(db, term);
    if (!found) return found.error();
    return traces_with(db, kResourceTerm, *found);
}

// The name of a rule, or any, none, or a severity.
Result<SqlCondition> findings(Database& db, const FilterTerm& term) {
    if (term.test == FilterTest::whole) {
        const std::string value = lower(term.value);
        constexpr std::string_view kAny = "t.findings_error + t.findings_warning + t.findings_info";
        if (value == "any") return SqlCondition{fmt::format("{} > 0", kAny), {}};
        if (value == "none") return SqlCondition{fmt::format("{} = 0", kAny), {}};
        if (const auto severity = severity_from_name(value))
            return SqlCondition{fmt::format("t.findings_{} > 0", severity_name(*severity)), {}};
    }
    const Pattern pattern = Pattern::of(term);
    if (pattern.fits_like())
        return traces_in(db, "SELECT trace FROM finding WHERE rule LIKE ? ESCAPE '\\'",
                         {like_pattern(term.value)});
    auto rules = db.prepare("SELECT DISTINCT rule FROM finding");
    if (!rules) return rules.error();
    std::vector<std::string> fitting;
    for (;;) {
        auto row = rules->step();
        if (!row) return row.error();
        if (!*row) break;
        if (pattern.matches(rules->text(0))) fitting.push_back(fmt::format("'{}'", rules->text(0)));
    }
    return traces_in(db, fmt::format("SELECT trace FROM finding WHERE rule IN ({})", fmt::join(fitting, ",")),
                     {});
}

} // namespace

SqlCondition trace_ids_condition(const std::vector<std::int64_t>& rows) {
    auto set = std::make_shared<RowSet>();
    for (const std::int64_t row : rows)
        set->add(row);
    return {"in_set(?, t.id)", {std::move(set)}};
}

Result<SqlCondition> traces_of_sources(Database& db, const std::vector<std::int64_t>& sources) {
    return traces_in(db, fmt::format("SELECT trace FROM trace_source WHERE source IN {}", kListed),
                     {list(sources)});
}

int bind_arguments(Statement& statement, const std::vector<SqlArgument>& args, int first) {
    for (const auto& arg : args) {
        if (const auto* number = std::get_if<std::int64_t>(&arg))
            statement.bind(first++, *number);
        else if (const auto* text = std::get_if<std::string>(&arg))
            statement.bind(first++, *text);
        else
            statement.bind(first++, *std::get<std::shared_ptr<const Rows>>(arg));
    }
    return first;
}

Result<SqlCondition> trace_term_condition(Database& db, const FilterTerm& term) {
    const std::string& key = term.key;
    if (term.test == FilterTest::range && key != "score")
        return SqlCondition{fmt::format("{} BETWEEN ? AND ?", number_of(key)),
                            {term.range.low, term.range.high}};
    if (key == "prompt") return prompt(db, term);
    if (!name_columns_of(key).empty()) return named(db, term);
    if (key == "status") return SqlCondition{term.value == "error" ? "t.errors > 0" : "t.errors = 0", {}};
    if (key == "kind") return kind(db, term.value);
    if (key == "trace") return trace_id_begins(term.value);
    if (key == "is" && term.value == "running") return SqlCondition{"t.running <> 0", {}};
    if (key == "is" && term.value == "synthetic")
        return SqlCondition{fmt::format("t.quality = {}", static_cast<int>(TimeQuality::synthetic)), {}};
    if (key == "source" || key == "format") return sources(db, term);
    if (key == "service") return services(db, term);
    if (key == "finding") return findings(db, term);
    return judged(db, term);
}

} // namespace clew
