// clew query 'FILTER': the traces that a filter selects (model/store/filter.h).

#include "app/cli/command_line.h"
#include "app/cli/output.h"
#include "app/findings_pass.h"
#include "model/base/numbers.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <nlohmann/json.hpp>

namespace clew::app {

namespace {

const std::map<std::string, TraceOrder> kOrders = {{"start", TraceOrder::start},
                                                   {"name", TraceOrder::name},
                                                   {"duration", TraceOrder::duration},
                                                   {"spans", TraceOrder::spans},
                                                   {"errors", TraceOrder::errors},
                                                   {"tokens", TraceOrder::tokens},
                                                   {"cost", TraceOrder::cost},
                                                   {"llm_calls", TraceOrder::llm_calls},
                                                   {"tool_calls", TraceOrder::tool_calls}};

struct Options {
    TraceQuery query;
    bool ascending = false;
    bool json = false;
};

template <class T>
nlohmann::ordered_json or_null(const std::optional<T>& value) {
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json text_or_null(const std::string& text) {
    return text.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(text);
}

nlohmann::ordered_json thumb_json(Thumb thumb) {
    if (thumb == Thumb::none) return nullptr;
    return thumb == Thumb::up ? "up" : "down";
}

// Null where nobody has looked since the trace changed.
nlohmann::ordered_json findings_json(const TraceRow& row) {
    if (!row.findings_current) return nullptr;
    return {{"error", row.findings.errors}, {"warning", row.findings.warnings}, {"info", row.findings.infos}};
}

nlohmann::ordered_json row_json(const TraceRow& row) {
    std::optional<double> cost;
    if (const auto sum = row.costs().sum()) cost = to_usd(*sum);
    std::optional<std::string> start;
    if (row.start != kNoTime) start = iso8601(row.start);
    return {{"trace_id", to_hex(row.id)},
            {"name", row.name},
            {"start", or_null(start)},
            {"duration_ns", or_null(between(row.start, row.end))},
            {"status", row.errors > 0 ? "error" : "ok"},
            {"cost_usd", or_null(cost)},
            {"own_id", text_or_null(row.own_id)},
            {"session", text_or_null(row.session)},
            {"running", row.running},
            {"spans", row.spans},
            {"llm_calls", row.llm_calls},
            {"tool_calls", row.tool_calls},
            {"errors", row.errors},
            {"silent_failures", row.silent_failures},
            {"input_tokens", or_null(row.input_tokens)},
            {"output_tokens", or_null(row.output_tokens)},
            {"thumb", thumb_json(row.thumb)},
            {"findings", findings_json(row)}};
}

void print_table(const TracePage& page) {
    fmt::print("{} {} {} {} {} {} {} {}  {}\n", padded("trace", 32), padded("start", 20), padded("status", 6),
               padded("duration", 9, true), padded("spans", 7, true), padded("in", 7, true),
               padded("out", 7, true), padded("cost", 9, true), "name");
    for (const TraceRow& row : page.rows) {
        const std::string start = row.start == kNoTime ? kUnknown : iso8601(row.start).substr(0, 19) + "Z";
        std::string name = no_nbsp(row.name);
        for (char& c : name)
            if (static_cast<unsigned char>(c) < 0x20) c = ' ';
        fmt::print("{} {} {} {} {} {} {} {}  {}\n", to_hex(row.id), padded(start, 20),
                   padded(row.errors > 0 ? "error" : "ok", 6),
                   padded(no_nbsp(format_duration(between(row.start, row.end))), 9, true),
                   padded(format_count(row.spans), 7, true), padded(format_tokens(row.input_tokens), 7, true),
                   padded(format_tokens(row.output_tokens), 7, true),
                   padded(format_costs(row.costs()), 9, true), name);
    }
    const auto shown = static_cast<std::int64_t>(page.rows.size());
    fmt::print(stderr, "{} of {} traces{}\n", format_count(page.count), format_count(page.all),
               shown < page.count ? fmt::format(", {} shown", format_count(shown)) : "");
}

int run(const CommandLine& line, const Options& options) {
    auto store = open_store(line);
    if (!store) return failed(store.error());
    if (auto ready = update_findings_for(**store, options.query.filter); !ready) return failed(ready.error());
    TraceQuery query = options.query;
    query.descending = !options.ascending;
    auto page = (*store)->traces().traces(query);
    if (!page) return failed(page.error());
    if (!options.json) {
        print_table(*page);
        return 0;
    }
    nlohmann::ordered_json json = {{"count", page->count}, {"traces", nlohmann::ordered_json::array()}};
    for (const TraceRow& row : page->rows)
        json["traces"].push_back(row_json(row));
    print_json(json);
    return 0;
}

} // namespace

void add_query(CLI::App& root, CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* command = root.add_subcommand("query", "The traces that a filter selects, newest first");
    command->add_option("FILTER", options->query.filter,
                        "Such as 'model:gpt-4o status:error cost>0.05 \"timeout\"'; \"\" = all");
    command->add_option("--limit", options->query.limit, "At most so many rows")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000}))
        ->capture_default_str();
    command->add_option("--order", options->query.order, "By what they are ordered, the largest first")
        ->transform(CLI::CheckedTransformer(kOrders));
    command->add_flag("--ascending", options->ascending, "The smallest first");
    command->add_flag("--json", options->json, "Print JSON");
    command->callback([&line, options] { line.chosen = [&line, options] { return run(line, *options); }; });
}

} // namespace clew::app
