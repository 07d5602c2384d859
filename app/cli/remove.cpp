// clew remove SOURCE|TRACE: out of the store, at once.

#include "app/cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

namespace clew::app {

namespace {

struct Options {
    std::string target;
    bool with_judgements = false;
};

Result<std::optional<SourceRow>> find_source(Store& store, const std::string& path) {
    std::error_code failed_to;
    const std::string canonical = std::filesystem::weakly_canonical(path, failed_to).string();
    auto sources = store.traces().sources();
    if (!sources) return sources.error();
    const auto it = std::ranges::find_if(*sources, [&](const SourceRow& row) {
        return row.report.path == path || row.report.path == canonical;
    });
    if (it == sources->end()) return std::optional<SourceRow>();
    return std::optional(*it);
}

int run(const CommandLine& line, const Options& options) {
    auto store = open_store(line);
    if (!store) return failed(store.error());
    auto source = find_source(**store, options.target);
    if (!source) return failed(source.error());
    if (*source) {
        auto removed = (*store)->remove_source((**source).id, options.with_judgements);
        if (!removed) return failed(removed.error());
        fmt::print("removed {}\n", (**source).report.path);
    } else {
        auto resolved = (*store)->traces().resolve(options.target);
        if (!resolved) return failed(resolved.error());
        auto removed = (*store)->remove_traces({resolved->trace}, options.with_judgements);
        if (!removed) return failed(removed.error());
        fmt::print("removed {}\n", to_hex(resolved->trace));
    }
    if (auto purged = (*store)->purge_removed(); !purged) return failed(purged.error());
    return 0;
}

} // namespace

void add_remove(CLI::App& root, CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* command = root.add_subcommand("remove", "Remove a source or a trace from the store");
    command->add_option("SOURCE|TRACE", options->target, "The path of an imported file, or a trace id")
        ->required();
    command->add_flag("--judgements", options->with_judgements, "Remove what was said of it as well");
    command->callback([&line, options] { line.chosen = [&line, options] { return run(line, *options); }; });
}

} // namespace clew::app
