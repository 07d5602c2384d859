// clew export --format F -o OUT: judged traces as a dataset.

#include "app/export/export.h"

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

struct Options {
    ExportOptions request;
    bool json = false;
};

void print_report(const ExportReport& report, const Options& options) {
    if (options.json) {
        nlohmann::ordered_json left_out = nlohmann::ordered_json::object();
        for (const auto& [reason, count] : report.left_out)
            left_out[reason] = count;
        const nlohmann::ordered_json json = {{"rows", report.rows},
                                             {"traces", report.traces},
                                             {"bytes", report.bytes},
                                             {"left_out", left_out}};
        fmt::print(stderr, "{}\n", json.dump());
        return;
    }
    fmt::print(stderr, "{} rows of {} traces, {}\n", format_count(report.rows), format_count(report.traces),
               no_nbsp(format_bytes(report.bytes)));
    for (const auto& [reason, count] : report.left_out)
        fmt::print(stderr, "left out: {} ({})\n", format_count(count), reason);
}

int run(const CommandLine& line, const Options& options) {
    auto store = open_store(line);
    if (!store) return failed(store.error());
    if (auto ready = update_findings_for(**store, options.request.filter); !ready)
        return failed(ready.error());
    auto report = export_traces(options.request, (*store)->traces(), (*store)->note_book());
    if (!report) return failed(report.error());
    print_report(*report, options);
    return 0;
}

} // namespace

void add_export(CLI::App& root, CommandLine& line) {
    auto options = std::make_shared<Options>();
    std::string names;
    for (const ExportFormat* format : export_formats())
        (names += names.empty() ? "" : ", ") += format->name;
    CLI::App* command = root.add_subcommand("export", "Write judged traces as a dataset");
    command->add_option("--format", options->request.format, names)->required();
    command->add_option("-o,--output", options->request.path, "The file to write; - is standard output")
        ->required();
    command->add_option("--filter", options->request.filter, "Which traces (default: every judged one)");
    command->add_flag("--json", options->json, "Print the report as JSON (on stderr)");
    command->callback([&line, options] { line.chosen = [&line, options] { return run(line, *options); }; });
}

} // namespace clew::app
