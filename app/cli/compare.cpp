// clew compare A B: two runs step by step, and gates for CI.

#include "app/cli/command_line.h"
#include "app/cli/compare_prompt.h"
#include "app/cli/compare_report.h"
#include "app/cli/output.h"
#include "app/user_rules.h"
#include "model/base/messages.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace clew::app {

namespace {

namespace fs = std::filesystem;

struct Options {
    std::vector<std::string> runs; // A and B
    std::vector<std::string> gates;
    std::string junit, markdown;
    bool json = false;
};

bool is_file(const std::string& argument) {
    std::error_code ignored;
    return argument == "-" || fs::exists(argument, ignored);
}

// The store of an id is kept for the other one's. Files go into stores of their own always: two recordings of
// one run have the same ids, and would become one.
Result<views::ComparedRun> read_run(const CommandLine& line, const std::string& argument,
                                    const std::optional<RuleSettings>& rules, std::unique_ptr<Store>& ids) {
    if (is_file(argument)) {
        CommandLine none;
        auto target = open_target(none, argument);
        if (!target) return target.error();
        if (target->traces.size() > 1)
            return Error{"compare.many_traces", {argument, std::to_string(target->traces.size())}, {}};
        return views::compared_run(target->store->traces(), target->trace, rules);
    }
    if (!ids) {
        auto store = open_store(line);
        if (!store) return store.error();
        ids = std::move(*store);
    }
    auto resolved = ids->traces().resolve(argument);
    if (!resolved) return resolved.error();
    return views::compared_run(ids->traces(), resolved->trace, rules);
}

// `--gate a b` takes what follows, be it gates or the runs: what is no gate at its end is a run.
void take_runs_back(Options& options) {
    while (options.runs.size() < 2 && !options.gates.empty() && !read_gate(options.gates.back()) &&
           options.gates.back().find("=") == std::string::npos) {
        options.runs.insert(options.runs.begin(), options.gates.back());
        options.gates.pop_back();
    }
}

Result<std::vector<Gate>> read_gates(const std::vector<std::string>& texts) {
    std::vector<Gate> out;
    for (const std::string& text : texts) {
        std::istringstream words(text); // several may stand in one pair of quotation marks
        for (std::string word; words >> word;) {
            auto gate = read_gate(word);
            if (!gate) return gate.error();
            out.push_back(std::move(*gate));
        }
    }
    return out;
}

void print(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

Result<void> write(const std::string& path, const std::string& text) {
    if (path == "-") {
        print(text);
        return {};
    }
    errno = 0;
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (file) return {};
    return Error{"file.not_writable", {path, std::strerror(errno)}, {}};
}

int run(const CommandLine& line, Options options) {
    take_runs_back(options);
    if (options.runs.size() != 2)
        return failed(
            Error{"usage", {"compare takes two runs: ids, or files that hold one trace each."}, {}});
    const auto gates = read_gates(options.gates);
    if (!gates) {
        failed(gates.error());
        return 2;
    }
    std::optional<RuleSettings> rules;
    if (std::ranges::any_of(*gates, asks_for_findings)) {
        const UserRules own = read_user_rules();
        if (own.problem) return failed(*own.problem);
        rules = own.settings;
    }
    CompareReport report;
    report.name_a = options.runs[0];
    report.name_b = options.runs[1];
    std::unique_ptr<Store> ids;
    auto a = read_run(line, report.name_a, rules, ids);
    if (!a) return failed(a.error());
    auto b = read_run(line, report.name_b, rules, ids);
    if (!b) return failed(b.error());
    report.a = std::move(*a);
    report.b = std::move(*b);
    report.alignment = align(report.a.steps, report.b.steps);
    const ComparedFigures figures{report.a.figures, report.b.figures, new_errors(report),
                                  new_findings(report)};
    for (const Gate& gate : *gates)
        report.gates.push_back(check(gate, figures));

    if (!options.junit.empty())
        if (auto written = write(options.junit, compare_junit(report)); !written)
            return failed(written.error());
    if (!options.markdown.empty())
        if (auto written = write(options.markdown, compare_markdown(report)); !written)
            return failed(written.error());
    if (options.json)
        print_json(compare_json(report));
    else if (options.markdown != "-" && options.junit != "-")
        print(compare_text(report));
    bool passed = true;
    for (const GateResult& gate : report.gates) {
        if (!gate.passed) fmt::print(stderr, "clew: {}\n", no_nbsp(gate.why));
        passed = passed && gate.passed;
    }
    return passed ? 0 : 1;
}

} // namespace

void add_compare(CLI::App& root, CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* command = root.add_subcommand(
        "compare", "Two runs step by step: the first divergence, what changed, what it costs; gates for CI");
    // Not `required`: a subcommand of this one takes other arguments.
    command->add_option("RUN", options->runs, "A and B: ids of traces, or files that hold one trace each")
        ->expected(0, 2);
    command
        ->add_option(
            "--gate", options->gates,
            "Exit with 1 unless it holds: cost, tokens, duration, steps, errors or findings, <= or >=, "
            "and a value (+5%, +2, 0.05, 90s); no-new-errors; no-new-findings. Several, or repeated")
        ->expected(1, CLI::detail::expected_max_vector_size);
    command->add_option("--junit", options->junit, "Write the gates as JUnit XML; - is standard output");
    command->add_option("--markdown", options->markdown, "Write a report as Markdown; - is standard output");
    command->add_flag("--json", options->json, "Print JSON");
    add_compare_prompt(*command, line);
    command->callback([&line, command, options] {
        if (command->get_subcommands().empty())
            line.chosen = [&line, options] { return run(line, *options); };
    });
}

} // namespace clew::app
