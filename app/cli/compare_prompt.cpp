// clew compare prompt X@v1 X@v2: what the second version changed, metric by metric, and what may be said of
// it.

#include "app/cli/compare_prompt.h"

#include "app/cli/command_line.h"
#include "app/cli/output.h"
#include "app/findings_pass.h"
#include "app/prompts_pass.h"
#include "app/user_rules.h"
#include "model/analysis/prompts/compare_versions.h"
#include "model/analysis/prompts/prompt_drift.h"
#include "model/base/numbers.h"
#include "model/store/filter/keys.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace clew::app {

namespace {

using Json = nlohmann::ordered_json;

struct PromptOptions {
    std::string a, b;
    std::vector<std::string> files;
    std::string filter;
    bool json = false;
};

constexpr std::string_view kInferred = " (inferred)";

bool is_called(const PromptVersion& version, std::string_view word) {
    if (version.key() == word) return true;
    const PromptVersion marked{version.name + std::string(kInferred), version.version, true};
    return version.inferred && (marked.key() == word || version.key() + std::string(kInferred) == word);
}

// Those of the same prompt, or of the one with the nearest name, or some.
std::string suggested(const std::vector<PromptVersionRow>& known, const std::string& word) {
    constexpr std::size_t kMost = 8;
    const std::string name = word.substr(0, word.rfind('@'));
    std::vector<std::string_view> names;
    for (const PromptVersionRow& row : known)
        names.push_back(row.version.name);
    const bool same = std::ranges::find(names, name) != names.end();
    const std::string_view nearest = same ? std::string_view(name) : nearest_word(name, names);
    std::string out;
    std::size_t said = 0;
    for (const PromptVersionRow& row : known) {
        if (!nearest.empty() && row.version.name != nearest) continue;
        if (said++ == kMost) return out + ", …";
        out += (out.empty() ? "" : ", ") + row.version.key();
    }
    return out;
}

Result<PromptVersion> find_version(const std::vector<PromptVersionRow>& known, const std::string& word) {
    for (const bool inferred : {false, true}) // a source's own word goes first
        for (const PromptVersionRow& row : known)
            if (row.version.inferred == inferred && is_called(row.version, word)) return row.version;
    if (known.empty()) return Error{"prompt.none", {word}, {}};
    return Error{"prompt.unknown", {word, suggested(known, word)}, {}};
}

std::string shown_value(const MetricComparison& metric, double value, bool difference) {
    const std::string sign = difference ? (value < 0 ? "-" : "+") : "";
    const double size = difference ? std::abs(value) : value;
    if (metric.summary == Summary::share || metric.id == "cache_share")
        return fmt::format("{}{:.1f}{}", sign, 100 * size, difference ? " pt" : " %");
    if (metric.id.starts_with("latency"))
        return sign + no_nbsp(format_duration(static_cast<DurationNs>(std::llround(size))));
    if (metric.id.starts_with("tokens")) return sign + format_tokens(std::llround(size));
    if (metric.id == "cost")
        return sign + format_cost(static_cast<PicoUsd>(std::llround(size * static_cast<double>(kUsd))));
    return fmt::format("{}{:.4g}", sign, size);
}

void print_table(const PromptVersion& a, const PromptVersion& b,
                 const std::vector<MetricComparison>& metrics) {
    const auto name = [](const PromptVersion& version) {
        return version.key() + (version.inferred ? std::string(kInferred) : "");
    };
    fmt::print("A  {}\nB  {}\n\n", name(a), name(b));
    fmt::print("{} {:>10} {:>10} {:>12} {:>25} {:>11}  {}\n", padded("", 16), "A", "B", "B - A",
               "95 % interval", "runs", "verdict");
    for (const MetricComparison& metric : metrics) {
        const auto shown = [&](const std::optional<double>& value, bool difference) {
            return value ? shown_value(metric, *value, difference) : std::string(kUnknown);
        };
        const std::string interval = metric.interval
                                         ? fmt::format("{} … {}", shown(metric.interval->low, true),
                                                       shown(metric.interval->high, true))
                                         : std::string(kUnknown);
        fmt::print(
            "{} {} {} {} {} {}  {}\n", padded(metric.id, 16), padded(shown(metric.a, false), 10, true),
            padded(shown(metric.b, false), 10, true), padded(shown(metric.difference, true), 12, true),
            padded(interval, 25, true), padded(fmt::format("{}, {}", metric.n[0], metric.n[1]), 11, true),
            metric.too_few() ? "no evidence: too few runs" : std::string(verdict_name(metric.verdict)));
    }
}

Json metrics_json(const std::vector<MetricComparison>& metrics) {
    const auto number = [](const std::optional<double>& value) {
        return value ? Json(*value) : Json(nullptr);
    };
    Json out = Json::object();
    for (const MetricComparison& metric : metrics)
        out[metric.id] = {{"a", number(metric.a)},
                          {"b", number(metric.b)},
                          {"difference", number(metric.difference)},
                          {"interval", metric.interval
                                           ? Json::array({metric.interval->low, metric.interval->high})
                                           : Json::array({nullptr, nullptr})},
                          {"n", Json::array({metric.n[0], metric.n[1]})},
                          {"verdict", verdict_name(metric.verdict)}};
    return out;
}

// What would make the comparison one of other things than the two texts.
Result<void> say_doubts(Store& store, const PromptVersion& a, const PromptVersion& b,
                        const std::vector<PromptRun>& runs_a, const std::vector<PromptRun>& runs_b) {
    std::int64_t both = 0;
    for (const PromptRun& run : runs_a)
        both += std::ranges::any_of(runs_b, [&](const PromptRun& other) { return other.trace == run.trace; });
    if (both > 0)
        fmt::print(stderr,
                   "clew: {} runs used both versions and tell nothing of either: they are left out.\n", both);
    auto uses = store.traces().prompt_uses();
    if (!uses) return uses.error();
    const auto drifts = drifts_of(*uses);
    for (const PromptVersion* version : {&a, &b}) {
        if (version->inferred) continue; // its number is its text
        const auto texts = std::ranges::count_if(drifts, [&](const PromptDrift& drift) {
            return drift.name == version->name && drift.version == version->version;
        });
        if (texts > 0)
            fmt::print(stderr,
                       "clew: {} was used with {} different texts: its version did not change with them.\n",
                       version->key(), texts + 1);
    }
    return {};
}

int compare_prompts(const CommandLine& line, const PromptOptions& options) {
    auto store = open_store_for(line, options.files);
    if (!store) return failed(store.error());
    PromptQuery query{options.filter, {}};
    if (!options.files.empty()) {
        auto imported = import_files(**store, options.files, {});
        if (!imported) return failed(imported.error());
        if (imported->failed) return 1;
        query.sources = imported->sources;
    }
    if (auto updated = update_prompts(**store); !updated) return failed(updated.error());
    // The finding rate is of runs that the rules have looked at.
    const UserRules rules = read_user_rules();
    if (rules.problem) return failed(*rules.problem);
    if (auto updated = update_findings(**store, rules.settings); !updated) return failed(updated.error());
    const auto known = (*store)->traces().prompt_versions(query);
    if (!known) return failed(known.error());
    const auto a = find_version(*known, options.a), b = find_version(*known, options.b);
    if (!a || !b) return failed(a ? b.error() : a.error());
    const auto runs_a = (*store)->traces().prompt_runs(query, *a);
    const auto runs_b = (*store)->traces().prompt_runs(query, *b);
    const auto judgements = (*store)->note_book().all_judgements();
    if (!runs_a) return failed(runs_a.error());
    if (!runs_b) return failed(runs_b.error());
    if (!judgements) return failed(judgements.error());
    if (auto said = say_doubts(**store, *a, *b, *runs_a, *runs_b); !said) return failed(said.error());
    const auto metrics = compare_versions(*runs_a, *runs_b, *judgements);
    if (options.json)
        print_json(metrics_json(metrics));
    else
        print_table(*a, *b, metrics);
    return 0;
}

} // namespace

void add_compare_prompt(CLI::App& compare, CommandLine& line) {
    auto options = std::make_shared<PromptOptions>();
    CLI::App* command = compare.add_subcommand(
        "prompt",
        "Two versions of a prompt, NAME@VERSION, by metric. One run is one observation, however many calls "
        "it "
        "holds; better and worse are said where the 95 % interval of the difference leaves 0 out also after "
        "Holm's correction for all metrics looked at (docs/prompts.md).");
    command->add_option("A", options->a, "The version to start from: refund@v1")->required();
    command->add_option("B", options->b, "The version that is judged: refund@v2")->required();
    command->add_option("--file", options->files, "A file or folder instead of the store; may be repeated")
        ->allow_extra_args(false);
    command->add_option("--filter", options->filter, "Only runs that match");
    command->add_flag("--json", options->json,
                      "Print JSON: latencies in ns, cost in USD, rates and shares from 0 to 1");
    command->callback(
        [&line, options] { line.chosen = [&line, options] { return compare_prompts(line, *options); }; });
}

} // namespace clew::app
