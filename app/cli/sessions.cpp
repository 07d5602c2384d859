// clew sessions: the sessions of the store, or one of them as a thread of turns.

#include "app/cli/command_line.h"
#include "app/cli/output.h"
#include "model/base/numbers.h"
#include "model/base/text.h"
#include "views/sessions/session_thread.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace clew::app {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
    std::string session;
    std::string filter;
    std::int64_t limit = 1000;
    bool json = false;
};

Json number(std::optional<std::int64_t> value) {
    return value ? Json(*value) : Json(nullptr);
}
Json usd(std::optional<PicoUsd> cost) {
    return cost ? Json(to_usd(*cost)) : Json(nullptr);
}
Json time_json(TimeNs time) {
    return time == kNoTime ? Json(nullptr) : Json(iso8601(time));
}
void add_costs(Json& out, const CostKinds& costs) {
    out["cost_usd"] = usd(costs.sum());
    out["cost_reported_usd"] = usd(costs.reported);
    out["cost_computed_usd"] = usd(costs.computed);
    out["unpriced_calls"] = costs.unpriced;
}

Json session_json(const SessionRow& row) {
    Json out = {{"session", row.session},
                {"name", row.name},
                {"agent", row.agent},
                {"start", time_json(row.start)},
                {"end", time_json(row.end)},
                {"busy_ns", row.busy},
                {"runs", row.runs},
                {"llm_calls", row.llm_calls},
                {"tool_calls", row.tool_calls},
                {"errors", row.errors},
                {"silent_failures", row.silent_failures},
                {"input_tokens", number(row.input_tokens)},
                {"output_tokens", number(row.output_tokens)}};
    add_costs(out, row.costs());
    return out;
}

Json turn_json(const views::ThreadTurn& turn) {
    const auto duration = between(turn.start, turn.end);
    Json out = {{"trace_id", to_hex(turn.trace)},
                {"span_id", to_hex(turn.span)},
                {"start", time_json(turn.start)},
                {"duration_ns", duration ? Json(*duration) : Json(nullptr)},
                {"llm_calls", turn.llm_calls},
                {"tool_calls", turn.tool_calls},
                {"errors", turn.errors},
                {"input_tokens", number(turn.input_tokens)},
                {"output_tokens", number(turn.output_tokens)}};
    add_costs(out, turn.costs);
    out["question"] = to_utf8(turn.question);
    out["answer"] = to_utf8(turn.answer);
    return out;
}

int show_thread(TraceStore& traces, const Options& options) {
    const auto thread = views::readThread(traces, options.session);
    if (!thread) return failed(thread.error());
    if (thread->runs == 0) return failed(Error{"session.unknown", {options.session}, {}});
    if (options.json) {
        Json turns = Json::array();
        for (const auto& turn : thread->turns)
            turns.push_back(turn_json(turn));
        print_json({{"session", thread->session},
                    {"runs", thread->runs},
                    {"runs_left_out", thread->more_runs},
                    {"turns", std::move(turns)}});
        return 0;
    }
    int number = 0;
    for (const auto& turn : thread->turns) {
        fmt::print("Turn {}  {}  {}  {}  {}\n", ++number, to_hex(turn.trace),
                   turn.start == kNoTime ? kUnknown : iso8601(turn.start),
                   no_nbsp(format_duration(between(turn.start, turn.end))), format_costs(turn.costs));
        fmt::print("  > {}\n  < {}\n", one_line(turn.question, 200), one_line(turn.answer, 200));
    }
    return 0;
}

int run(const CommandLine& line, const Options& options) {
    auto store = open_store_for(line, {});
    if (!store) return failed(store.error());
    TraceStore& traces = (*store)->traces();
    if (!options.session.empty()) return show_thread(traces, options);
    SessionQuery query;
    query.filter = options.filter;
    query.limit = options.limit;
    const auto page = traces.sessions(query);
    if (!page) return failed(page.error());
    if (options.json) {
        Json rows = Json::array();
        for (const SessionRow& row : page->rows)
            rows.push_back(session_json(row));
        print_json({{"count", page->count}, {"sessions", std::move(rows)}});
        return 0;
    }
    for (const SessionRow& row : page->rows)
        fmt::print("{} {} runs  {}  {}  {}\n", padded(row.session, 36),
                   padded(format_count(row.runs), 6, true),
                   padded(no_nbsp(format_duration(row.busy)), 10, true),
                   padded(format_costs(row.costs()), 10, true), row.detail.empty() ? row.name : row.detail);
    if (page->rows.empty()) fmt::print("No run names its session.\n");
    return 0;
}

} // namespace

void add_sessions(CLI::App& root, CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* command = root.add_subcommand("sessions", "Sessions, or one of them as a thread of turns");
    command->add_option("SESSION", options->session, "The source's id of a session; without, all are listed");
    command->add_option("--filter", options->filter, "Only runs that match");
    command->add_option("--limit", options->limit, "At most so many sessions")->capture_default_str();
    command->add_flag("--json", options->json, "Print JSON");
    command->callback([&line, options] { line.chosen = [&line, options] { return run(line, *options); }; });
}

} // namespace clew::app
