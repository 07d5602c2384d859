// clew findings: what the rules notice in traces.

#include "app/cli/command_line.h"
#include "app/cli/output.h"
#include "model/analysis/findings/finding.h"
#include "model/analysis/findings/ruled_trace.h"
#include "model/base/numbers.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

namespace clew::app {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kTracesAtOnce = 1000;

struct Options {
    std::vector<std::string> files;
    std::vector<std::string> rules; // only these
    std::vector<std::string> off;
    std::string filter;
    Thresholds thresholds;
    bool list = false;
    bool json = false;
};

std::string rule_names() {
    std::string out;
    for (const Rule& rule : finding_rules())
        (out += out.empty() ? "" : ", ") += rule.id;
    return out;
}

std::string_view severity_name(Severity severity) {
    switch (severity) {
    case Severity::error: return "error";
    case Severity::warning: return "warning";
    case Severity::info: break;
    }
    return "info";
}

int list_rules(bool json) {
    Json out = Json::array();
    for (const Rule& rule : finding_rules()) {
        if (json)
            out.push_back({{"rule", rule.id},
                           {"title", rule.title},
                           {"severity", severity_name(rule.severity)},
                           {"what", rule.what}});
        else
            fmt::print("{:<20} {:<8} {}\n", rule.id, severity_name(rule.severity), rule.what);
    }
    if (json) print_json({{"rules", out}});
    return 0;
}

Json finding_json(const Finding& finding) {
    Json spans = Json::array();
    for (const SpanId span : finding.spans)
        spans.push_back(to_hex(span));
    const Wasted& wasted = finding.wasted;
    return {{"rule", finding.rule},
            {"severity", severity_name(finding.severity)},
            {"trace_id", to_hex(finding.trace)},
            {"span_ids", std::move(spans)},
            {"evidence", evidence(finding)},
            {"wasted",
             {{"tokens", wasted.tokens ? Json(*wasted.tokens) : Json(nullptr)},
              {"cost_usd", wasted.cost ? Json(to_usd(*wasted.cost)) : Json(nullptr)},
              {"seconds", wasted.time ? Json(static_cast<double>(*wasted.time) / 1e9) : Json(nullptr)}}}};
}

void print_finding(const Finding& finding) {
    fmt::print("{}/{}  {}: {}\n", to_hex(finding.trace),
               finding.spans.empty() ? "" : to_hex(finding.spans.front()), finding.rule, evidence(finding));
}

Result<void> look_at(TraceStore& traces, TraceId trace, const Options& options,
                     const std::set<std::string, std::less<>>& off, std::vector<Finding>& out) {
    RuledTrace ruled(trace);
    auto read = traces.each_span(trace, [&](const SpanDetail& span) {
        ruled.add(span);
        return true;
    });
    if (!read) return read;
    for (Finding& finding : find_all(ruled, options.thresholds, off))
        out.push_back(std::move(finding));
    return {};
}

Result<std::vector<Finding>> find_in(Store& store, const std::vector<SourceId>& sources,
                                     const Options& options) {
    std::set<std::string, std::less<>> off(options.off.begin(), options.off.end());
    if (!options.rules.empty()) {
        for (const Rule& rule : finding_rules())
            if (std::ranges::find(options.rules, rule.id) == options.rules.end()) off.emplace(rule.id);
    }
    std::vector<Finding> out;
    TraceQuery query;
    query.filter = options.filter;
    query.sources = sources;
    query.limit = kTracesAtOnce;
    for (;;) {
        auto page = store.traces().traces(query);
        if (!page) return page.error();
        for (const TraceRow& row : page->rows)
            if (auto looked = look_at(store.traces(), row.id, options, off, out); !looked)
                return looked.error();
        query.offset += static_cast<std::int64_t>(page->rows.size());
        if (page->rows.empty() || query.offset >= page->count) return out;
    }
}

int run(const CommandLine& line, const Options& options) {
    if (options.list) return list_rules(options.json);
    for (const auto* names : {&options.rules, &options.off})
        for (const std::string& name : *names)
            if (find_rule(name) == nullptr)
                return failed(Error{"finding.unknown_rule", {name, rule_names()}, {}});
    auto store = open_store_for(line, options.files);
    if (!store) return failed(store.error());
    std::vector<SourceId> sources;
    if (!options.files.empty()) {
        auto imported = import_files(**store, options.files, {});
        if (!imported) return failed(imported.error());
        if (imported->failed) return 1;
        sources = imported->sources;
    }
    const auto found = find_in(**store, sources, options);
    if (!found) return failed(found.error());
    if (options.json) {
        Json list = Json::array();
        for (const Finding& finding : *found)
            list.push_back(finding_json(finding));
        print_json({{"findings", std::move(list)}});
        return 0;
    }
    for (const Finding& finding : *found)
        print_finding(finding);
    if (found->empty()) fmt::print("Nothing was found.\n");
    return 0;
}

} // namespace

void add_findings(CLI::App& root, CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* command = root.add_subcommand(
        "findings", "What the rules notice: silent failures, loops, cut answers, secrets …");
    command->add_option("FILE", options->files, "Files or folders; without any, the store");
    command->add_option("--rule", options->rules, "Only this rule; may be repeated");
    command->add_option("--off", options->off, "Not this rule; may be repeated");
    command->add_option("--filter", options->filter, "Only traces that match");
    command
        ->add_option("--loop-calls", options->thresholds.loop_calls, "More equal calls than this are a loop")
        ->capture_default_str();
    command->add_flag("--list", options->list, "The rules and what they find");
    command->add_flag("--json", options->json, "Print JSON");
    command->callback([&line, options] { line.chosen = [&line, options] { return run(line, *options); }; });
}

} // namespace clew::app
