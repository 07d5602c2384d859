// clew summary [FILE…]: totals, of files or of the whole store.

#include "app/cli/command_line.h"
#include "app/cli/output.h"
#include "app/findings_pass.h"
#include "app/prompts_pass.h"
#include "model/base/numbers.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <nlohmann/json.hpp>

namespace clew::app {

namespace {

const std::map<std::string, GroupBy> kGroups = {{"model", GroupBy::model},     {"trace", GroupBy::trace},
                                                {"session", GroupBy::session}, {"prompt", GroupBy::prompt},
                                                {"tool", GroupBy::tool},       {"agent", GroupBy::agent},
                                                {"day", GroupBy::day}};

struct Options {
    std::vector<std::string> files;
    std::string format;
    GroupBy by = GroupBy::none;
    std::string filter;
    std::string what_if;
    bool json = false;
};

std::string cost_text(const Totals& totals) {
    return format_costs({totals.cost_reported, totals.cost_computed, totals.unpriced_calls});
}

void print_totals(const Totals& t, const std::string& what_if) {
    const auto line = [](const char* name, const std::string& value) {
        fmt::print("{} {}\n", padded(name, 16), no_nbsp(value));
    };
    line("Traces", format_count(t.traces));
    line("Spans", format_count(t.spans));
    line("LLM calls", format_count(t.llm_calls));
    line("Tool calls",
         format_count(t.tool_calls) +
             (t.tool_errors > 0 ? fmt::format(" ({} failed)", format_count(t.tool_errors)) : ""));
    line("Errors", format_count(t.errors));
    if (t.silent_failures > 0) line("Silent failures", format_count(t.silent_failures));
    if (t.orphan_spans > 0) line("Orphans", format_count(t.orphan_spans));
    line(
        "Tokens in",
        format_tokens(t.input_tokens) +
            (t.cache_read_tokens ? fmt::format(" ({} from cache)", format_tokens(t.cache_read_tokens)) : ""));
    line("Tokens out", format_tokens(t.output_tokens));
    line("Cost", cost_text(t));
    if (t.cost_computed || t.unpriced_calls > 0) {
        line("  reported", format_cost(t.cost_reported));
        line("  computed", format_cost(t.cost_computed));
        if (t.unpriced_calls > 0) line("  unpriced", format_count(t.unpriced_calls) + " calls");
    }
    if (!what_if.empty())
        line("What if", fmt::format("{}{} with {}{}", t.what_if_unpriced > 0 ? "≥ " : "",
                                    format_cost(t.cost_what_if), what_if,
                                    t.what_if_unpriced > 0
                                        ? fmt::format(", {} calls unpriced", format_count(t.what_if_unpriced))
                                        : ""));
    line("Duration", format_duration(t.duration));
    if (t.start != kNoTime) line("Start", iso8601(t.start));
}

void print_groups(const std::vector<Totals>& groups, bool what_if) {
    std::size_t width = 8;
    const auto shown = [](const Totals& group) {
        return group.key.empty() ? "(none)" : group.key + (group.inferred ? " (inferred)" : "");
    };
    for (const Totals& group : groups)
        width = std::min<std::size_t>(48, std::max(width, shown(group).size()));
    fmt::print("\n{} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>10}{}\n", padded("", width), "traces", "spans",
               "llm", "tools", "in", "out", "cost", what_if ? "    what if" : "");
    for (const Totals& g : groups)
        fmt::print("{} {:>8} {:>8} {:>8} {:>8} {} {} {}{}\n", padded(shown(g), width), g.traces, g.spans,
                   g.llm_calls, g.tool_calls, padded(format_tokens(g.input_tokens), 8, true),
                   padded(format_tokens(g.output_tokens), 8, true), padded(cost_text(g), 10, true),
                   what_if ? " " + padded(format_cost(g.cost_what_if), 10, true) : "");
}

nlohmann::ordered_json what_if_json(const Totals& t) {
    return {{"cost_what_if_usd", t.cost_what_if ? nlohmann::ordered_json(to_usd(*t.cost_what_if)) : nullptr},
            {"what_if_unpriced_calls", t.what_if_unpriced}};
}

int run(const CommandLine& line, const Options& options) {
    auto store = open_store_for(line, options.files);
    if (!store) return failed(store.error());
    Imported imported;
    if (!options.files.empty()) {
        auto read = import_files(**store, options.files, options.format);
        if (!read) return failed(read.error());
        imported = std::move(*read);
        if (imported.sources.empty()) return 1;
    } else {
        auto sources = (*store)->traces().sources();
        if (!sources) return failed(sources.error());
        for (SourceRow& row : *sources)
            imported.reports.push_back(std::move(row.report));
    }
    if (auto ready = update_findings_for(**store, options.filter); !ready) return failed(ready.error());
    if (options.by == GroupBy::prompt)
        if (auto updated = update_prompts(**store); !updated) return failed(updated.error());
    auto answer = (*store)->traces().totals({imported.sources, options.filter, options.by, options.what_if});
    if (!answer) return failed(answer.error());
    const bool what_if = !options.what_if.empty();
    if (options.json) {
        nlohmann::ordered_json json = {{"sources", sources_json(imported.reports)}};
        json.update(totals_json(answer->all));
        if (what_if) json.update(what_if_json(answer->all));
        if (options.by != GroupBy::none) {
            json["groups"] = nlohmann::ordered_json::array();
            for (const Totals& group : answer->groups) {
                nlohmann::ordered_json one = {{"key", group.key}};
                if (options.by == GroupBy::prompt) one["inferred"] = group.inferred;
                one.update(totals_json(group));
                if (what_if) one.update(what_if_json(group));
                json["groups"].push_back(std::move(one));
            }
        }
        print_json(json);
    } else {
        if (!options.files.empty()) {
            print_sources(imported.reports);
            fmt::print("\n");
        }
        print_totals(answer->all, options.what_if);
        if (options.by != GroupBy::none) print_groups(answer->groups, what_if);
    }
    return imported.failed ? 1 : 0;
}

} // namespace

void add_summary(CLI::App& root, CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* command = root.add_subcommand("summary", "Totals of files, or of the whole store");
    command->add_option("FILE", options->files, "Files or folders; without any, the store");
    command->add_option("--by", options->by, "Groups: model, trace, session, prompt, tool, agent or day")
        ->transform(CLI::CheckedTransformer(kGroups));
    command->add_option("--filter", options->filter, "Only traces that match");
    command->add_option("--format", options->format, "Name the format instead of detecting it");
    command->add_option("--what-if", options->what_if, "The cost of the same calls with another model");
    command->add_flag("--json", options->json, "Print JSON");
    command->callback([&line, options] { line.chosen = [&line, options] { return run(line, *options); }; });
}

} // namespace clew::app
