// clew findings: what the rules notice in traces.

#include "app/cli/command_line.h"
#include "app/cli/output.h"
#include "app/findings_pass.h"
#include "app/user_folder.h"
#include "app/user_rules.h"
#include "model/base/numbers.h"
#include "views/findings/findings_of.h"

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
    std::string settings;                   // a file with other settings than the person's
    std::vector<std::string> thresholds;    // NAME=VALUE
    std::optional<std::int64_t> loop_calls; // the same as --set loop_calls=…
    bool list = false;
    bool json = false;
};

int list_rules(const RuleSettings& settings, bool json) {
    Json out = Json::array();
    for (const Rule& rule : finding_rules()) {
        Json thresholds = Json::object();
        std::string words;
        for (const ThresholdEntry& entry : threshold_table()) {
            if (entry.rule != rule.id) continue;
            thresholds[std::string(entry.id)] = entry.get(settings.thresholds);
            words += fmt::format("{}{}={}", words.empty() ? "  [" : ", ", entry.id,
                                 entry.get(settings.thresholds));
        }
        if (!words.empty()) words += "]";
        const bool off = settings.is_off(rule.id);
        if (json)
            out.push_back({{"rule", rule.id},
                           {"title", rule.title},
                           {"severity", severity_name(rule.severity)},
                           {"what", rule.what},
                           {"on", !off},
                           {"thresholds", std::move(thresholds)}});
        else
            fmt::print("{:<20} {:<8} {}{}\n", rule.id, off ? "off" : severity_name(rule.severity), rule.what,
                       words);
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

// The person's settings, or those that the command line names instead.
Result<RuleSettings> settings_of(const Options& options) {
    RuleSettings out;
    if (options.settings.empty()) {
        const UserRules own = read_user_rules();
        if (own.problem) return *own.problem;
        out = own.settings;
    } else {
        const std::string text = read_user_file(options.settings);
        if (text.empty()) return Error{"file.not_found", {options.settings}, {}};
        auto read = read_rule_settings(text);
        if (!read) return Error{read.error().code, read.error().args, options.settings};
        out = std::move(*read);
    }
    for (const std::string& assignment : options.thresholds)
        if (auto set = set_threshold(out, assignment); !set) return set.error();
    if (options.loop_calls)
        if (auto set = set_threshold(out, fmt::format("loop_calls={}", *options.loop_calls)); !set)
            return set.error();
    return out;
}

Result<std::vector<Finding>> find_in(Store& store, const std::vector<SourceId>& sources,
                                     const Options& options, const RuleSettings& settings) {
    const auto wanted = [&](const std::string& rule) {
        const auto among = [&](const std::vector<std::string>& names) {
            return std::ranges::find(names, rule) != names.end();
        };
        return (options.rules.empty() || among(options.rules)) && !among(options.off);
    };
    std::vector<Finding> out;
    TraceQuery query;
    query.filter = options.filter;
    query.sources = sources;
    query.limit = kTracesAtOnce;
    for (;;) {
        auto page = store.traces().traces(query);
        if (!page) return page.error();
        for (const TraceRow& row : page->rows) {
            auto found = views::current_findings(store.traces(), row.id, settings);
            if (!found) return found.error();
            for (Finding& finding : *found)
                if (wanted(finding.rule)) out.push_back(std::move(finding));
        }
        query.offset += static_cast<std::int64_t>(page->rows.size());
        if (page->rows.empty() || query.offset >= page->count) return out;
    }
}

int run(const CommandLine& line, const Options& options) {
    const auto settings = settings_of(options);
    if (!settings) return failed(settings.error());
    if (options.list) return list_rules(*settings, options.json);
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
    } else if (*settings == read_user_rules().settings) {
        // What is computed is kept for the window; with settings of one question it would be of no use to it.
        if (auto updated = update_findings(**store, *settings); !updated) return failed(updated.error());
    }
    if (auto ready = update_findings_for(**store, options.filter); !ready) return failed(ready.error());
    const auto found = find_in(**store, sources, options, *settings);
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
    command->add_option("--rules", options->settings,
                        "A JSON file with thresholds and rules that are off, instead of your own settings");
    command
        ->add_option("--set", options->thresholds,
                     "A threshold for this time: --set loop_calls=8 --set idle_gap=30")
        ->allow_extra_args(false);
    command->add_option("--loop-calls", options->loop_calls, "More equal calls than this are a loop");
    command->add_flag("--list", options->list, "The rules, what they find, and their thresholds");
    command->add_flag("--json", options->json, "Print JSON");
    command->callback([&line, options] { line.chosen = [&line, options] { return run(line, *options); }; });
}

} // namespace clew::app
