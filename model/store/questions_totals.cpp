#include "model/base/time.h"
#include "model/store/name_columns.h"
#include "model/store/questions.h"
#include "model/store/sqlite_trace_store.h"
#include "model/store/trace_filter.h"
#include "model/trace/prices.h"
#include "model/trace/span.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace clew {

namespace {

// Sums stop at the largest number instead of failing: a hostile source may state any count.
void add(std::int64_t& sum, std::int64_t value) {
    const std::int64_t largest = std::numeric_limits<std::int64_t>::max();
    sum = value > 0 && sum > largest - value ? largest : sum + value;
}
void add(std::optional<std::int64_t>& sum, std::optional<std::int64_t> value) {
    if (!value) return;
    std::int64_t total = sum.value_or(0);
    add(total, *value);
    sum = total;
}

struct Group {
    Totals totals;
    std::unordered_set<std::int64_t> traces;   // where a trace can come more than once
    std::unordered_set<std::int64_t> sessions; // dict ids

    void cover(TimeNs start, TimeNs end) {
        if (start != kNoTime && (totals.start == kNoTime || start < totals.start)) totals.start = start;
        totals.end = std::max({totals.end, start, end});
    }
    Totals finished() {
        totals.sessions = static_cast<std::int64_t>(sessions.size());
        if (!traces.empty()) totals.traces = static_cast<std::int64_t>(traces.size());
        totals.duration = between(totals.start, totals.end);
        totals.cost = totals.cost_reported;
        add(totals.cost, totals.cost_computed);
        return std::move(totals);
    }
};

// Columns after the keys, in the order of both queries below.
void add_counts(Group& group, const Statement& row, int c) {
    Totals& t = group.totals;
    for (std::int64_t* count : {&t.spans, &t.root_spans, &t.orphan_spans, &t.llm_calls, &t.tool_calls,
                                &t.errors, &t.tool_errors, &t.silent_failures, &t.steps, &t.unpriced_calls})
        add(*count, row.integer(c++));
    for (auto* tokens : {&t.input_tokens, &t.cache_read_tokens, &t.cache_write_tokens, &t.output_tokens,
                         &t.reasoning_tokens})
        add(*tokens, row.maybe_integer(c++));
    add(t.cost_reported, row.maybe_integer(c++));
    add(t.cost_computed, row.maybe_integer(c++));
    const TimeNs start = time_at(row, c++);
    group.cover(start, time_at(row, c));
}

constexpr std::string_view kTraceCounts = "t.spans, t.root_spans, t.orphan_spans, t.llm_calls, t.tool_calls, "
                                          "t.errors, t.tool_errors, t.silent_failures, "
                                          "t.steps, t.unpriced_calls, t.tok_in, t.tok_cache_read, "
                                          "t.tok_cache_write, t.tok_out, t.tok_reasoning, t.cost, "
                                          "t.cost_computed, "
                                          "t.start_ns, t.end_ns";

// The same of one span; what counts in totals was decided by the writer when it rolled the trace up.
std::string span_counts() {
    return fmt::format(
        "1, s.parent_id = 0, s.parent_id <> 0 AND t.orphan_spans > 0 AND NOT EXISTS (SELECT 1 FROM span p "
        "WHERE "
        "p.trace = s.trace AND p.span_id = s.parent_id), s.kind = {llm} AND s.counted & 4 = 0, (s.kind = "
        "{tool}) + s.calls, "
        "s.status = {error}, "
        "s.kind = {tool} AND (s.status = {error} OR s.flags & {tool_error} <> 0), s.flags & {silent} <> 0, "
        "s.flags & {step} <> 0, s.counted & 8 <> 0 AND s.cost_computed IS NULL, "
        "iif(s.counted & 1, s.tok_in, NULL), iif(s.counted & 1, s.tok_cache_read, NULL), "
        "iif(s.counted & 1, s.tok_cache_write, NULL), iif(s.counted & 1, s.tok_out, NULL), "
        "iif(s.counted & 1, s.tok_reasoning, NULL), iif(s.counted & 2, s.cost, NULL), "
        "iif(s.counted & 8, s.cost_computed, NULL), s.start_ns, s.end_ns",
        fmt::arg("llm", static_cast<int>(Kind::llm)), fmt::arg("tool", static_cast<int>(Kind::tool)),
        fmt::arg("error", static_cast<int>(Status::error)), fmt::arg("tool_error", +kToolError),
        fmt::arg("silent", +kSilentFailure), fmt::arg("step", +kLogStep));
}

std::string day_of(TimeNs time) {
    return time == kNoTime ? std::string() : iso8601(time).substr(0, 10);
}

class Totalling {
public:
    Totalling(Database& db, const TraceCondition& condition, GroupBy by, bool narrowed, const Prices* what_if,
              std::int32_t entry, const std::stop_token& stop)
        : db_(db)
        , condition_(condition)
        , by_(by)
        , narrowed_(narrowed)
        , what_if_(what_if)
        , entry_(entry)
        , stop_(stop) {}

    Result<TotalsAnswer> run() {
        if (auto done = traces(); !done) return done.error();
        if (auto done = sessions(); !done) return done.error();
        if (of_spans()) {
            if (auto done = spans(); !done) return done.error();
        }
        if (what_if_) {
            if (auto done = calls(); !done) return done.error();
        }
        TotalsAnswer answer;
        answer.all = all_.finished();
        for (auto& [key, group] : groups_) {
            if (auto named = name(key, group); !named) return named.error();
            answer.groups.push_back(group.finished());
        }
        std::ranges::stable_sort(answer.groups, {}, &Totals::key);
        tell_apart(answer.groups);
        return answer;
    }

private:
    // A source may use the very words that Clew numbers with.
    static void tell_apart(std::vector<Totals>& groups) {
        for (std::size_t i = 0; i < groups.size(); ++i)
            for (const std::size_t other : {i - 1, i + 1})
                if (groups[i].inferred && other < groups.size() && groups[other].key == groups[i].key)
                    groups[i].key.insert(groups[i].key.rfind('@'), " (inferred)");
    }

    // Of a group: the parts of its key as the store has them, or its text.
    struct Key {
        std::int64_t first = 0;
        std::int64_t second = 0;
        std::string text;
        auto operator<=>(const Key&) const = default;
    };

    [[nodiscard]] bool of_spans() const {
        return by_ == GroupBy::model || by_ == GroupBy::prompt || by_ == GroupBy::tool ||
               by_ == GroupBy::agent;
    }

    template <class Each>
    Result<void> rows(const std::string& sql, const Each& each) {
        auto statement = db_.prepare(sql);
        if (!statement) return statement.error();
        condition_.bind(*statement);
        for (;;) {
            if (stop_.stop_requested()) return Error{"cancelled", {}, {}};
            auto row = statement->step();
            if (!row) return row.error();
            if (!*row) return {};
            each(*statement);
        }
    }

    Key trace_key(const Statement& row) const {
        switch (by_) {
        case GroupBy::trace: return {row.integer(1), row.integer(2), {}};
        case GroupBy::session: return {row.integer(3), 0, {}};
        case GroupBy::day: return {0, 0, day_of(time_at(row, 4))};
        default: return {};
        }
    }

    Result<void> traces() {
        const bool grouped = by_ != GroupBy::none && !of_spans();
        return rows(fmt::format("SELECT t.id, t.high, t.low, t.session, t.start_ns, {} FROM trace t WHERE {}",
                                kTraceCounts, condition_.sql),
                    [&](const Statement& row) {
                        ++all_.totals.traces;
                        add_counts(all_, row, 5);
                        if (!grouped) return;
                        Group& group = groups_[trace_key(row)];
                        ++group.totals.traces;
                        add_counts(group, row, 5);
                        group_of_[row.integer(0)] = &group;
                    });
    }

    Result<void> sessions() {
        return rows(
            fmt::format("SELECT tt.trace, tt.value FROM trace_term tt JOIN trace t ON t.id = tt.trace "
                        "WHERE {} AND tt.term = {}",
                        condition_.sql, term_of(kSession)),
            [&](const Statement& row) {
                all_.sessions.insert(row.integer(1));
                const auto it = group_of_.find(row.integer(0));
                if (it != group_of_.end()) it->second->sessions.insert(row.integer(1));
            });
    }

    [[nodiscard]] std::string_view span_key() const {
        switch (by_) {
        case GroupBy::model: return "s.model, 0";
        case GroupBy::tool: return "s.tool, 0";
        case GroupBy::agent: return "s.agent, 0";
        case GroupBy::prompt: return "ifnull(-pt.id, s.prompt_name), iif(pt.id, 0, s.prompt_version)";
        default: return "0, 0"; // of traces, not of spans
        }
    }
    // CROSS JOIN keeps the order: few traces are looked up one by one, all of them read as the spans come.
    [[nodiscard]] std::string spans_and_traces() const {
        const std::string both = narrowed_ ? "trace t CROSS JOIN span s ON s.trace = t.id"
                                           : "span s CROSS JOIN trace t ON t.id = s.trace";
        return by_ == GroupBy::prompt
                   ? both + " LEFT JOIN call_prompt cp ON cp.trace = s.trace AND cp.span = s.id"
                            " LEFT JOIN prompt_text pt ON pt.id = cp.prompt AND pt.number > 0"
                   : both;
    }

    // The same traffic on another model: each call that counts, priced anew.
    Result<void> calls() {
        return rows(
            fmt::format("SELECT t.id, t.high, t.low, t.session, t.start_ns, {}, s.kind, s.flags, s.start_ns, "
                        "s.tok_in, s.tok_cache_read, s.tok_cache_write, s.tok_out, s.tok_reasoning, "
                        "s.tok_cache_write_1h, ifnull(s.cost, s.cost_computed), s.tok_audio_in, "
                        "s.tok_audio_out FROM {} WHERE {} AND s.counted & "
                        "11 <> 0 AND s.kind IN ({}, {}) AND s.flags & {} = 0",
                        span_key(), spans_and_traces(), condition_.sql, static_cast<int>(Kind::llm),
                        static_cast<int>(Kind::embedding), +kAggregateUsage),
            [&](const Statement& row) {
                const Usage usage{row.maybe_integer(10), row.maybe_integer(11), row.maybe_integer(12),
                                  row.maybe_integer(13), row.maybe_integer(14), row.maybe_integer(15),
                                  row.maybe_integer(17), row.maybe_integer(18)};
                const bool llm = static_cast<Kind>(row.integer(7)) == Kind::llm;
                // How the other model would be processed and billed is not known: the usual way.
                const auto cost =
                    llm ? what_if_->cost(entry_, usage, 0, time_at(row, 9)) : row.maybe_integer(16);
                const auto count = [&cost](Totals& totals) {
                    add(totals.cost_what_if, cost);
                    totals.what_if_unpriced += !cost;
                };
                count(all_.totals);
                if (by_ == GroupBy::none) return;
                const Key key = of_spans() ? Key{row.integer(5), row.integer(6), {}} : trace_key(row);
                count(groups_[key].totals);
            });
    }

    Result<void> spans() {
        return rows(fmt::format("SELECT {}, s.trace, s.session, {} FROM {} WHERE {}", span_key(),
                                span_counts(), spans_and_traces(), condition_.sql),
                    [&](const Statement& row) {
                        Group& group = groups_[{row.integer(0), row.integer(1), {}}];
                        group.traces.insert(row.integer(2));
                        if (!row.is_null(3)) group.sessions.insert(row.integer(3));
                        add_counts(group, row, 4);
                    });
    }

    Result<std::string> word(std::int64_t dict) {
        if (dict == 0) return std::string();
        auto statement = db_.prepare("SELECT s FROM dict WHERE id = ?");
        if (!statement) return statement.error();
        statement->bind(1, dict);
        auto row = statement->step();
        if (!row) return row.error();
        return *row ? std::string(statement->text(0)) : std::string();
    }

    Result<void> name_inferred(std::int64_t text, Group& group) {
        auto statement = db_.prepare("SELECT name || '@v' || number FROM prompt_text WHERE id = ?");
        if (!statement) return statement.error();
        statement->bind(1, text);
        auto row = statement->step();
        if (!row) return row.error();
        if (*row) group.totals.key = statement->text(0);
        group.totals.inferred = true;
        return {};
    }

    Result<void> name(const Key& key, Group& group) {
        if (by_ == GroupBy::prompt && key.first < 0) return name_inferred(-key.first, group);
        if (by_ == GroupBy::trace) {
            group.totals.key = to_hex(TraceId{public_id(key.first), public_id(key.second)});
            return {};
        }
        if (by_ == GroupBy::day) {
            group.totals.key = key.text;
            return {};
        }
        auto first = word(key.first);
        if (!first) return first.error();
        group.totals.key = std::move(*first);
        if (by_ != GroupBy::prompt || key.second == 0) return {};
        auto version = word(key.second);
        if (!version) return version.error();
        (group.totals.key += '@') += *version;
        return {};
    }

    Database& db_;
    const TraceCondition& condition_;
    GroupBy by_;
    bool narrowed_;
    const Prices* what_if_;
    std::int32_t entry_;
    const std::stop_token& stop_;
    Group all_;
    std::map<Key, Group> groups_; // nodes stay where they are
    std::unordered_map<std::int64_t, Group*> group_of_;
};

} // namespace

Result<TotalsAnswer> SqliteTraceStore::totals(const TotalsQuery& query, std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    auto condition = compile_filter(reading->db(), query.filter, query.sources, stop);
    if (!condition) return condition.error();
    PricesPtr prices;
    std::int32_t entry = -1;
    if (!query.what_if.empty()) {
        prices = core_.options().prices ? core_.options().prices() : nullptr;
        entry = prices ? prices->find({}, query.what_if) : -1;
        if (entry < 0) return Error{"price.no_model", {query.what_if}, {}};
    }
    const bool narrowed = !query.filter.empty() || !query.sources.empty();
    return Totalling(reading->db(), *condition, query.by, narrowed, prices.get(), entry, stop).run();
}

} // namespace clew
