// clew import FILE…: into the store.

#include "app/cli/command_line.h"
#include "app/cli/output.h"
#include "app/findings_pass.h"
#include "app/user_rules.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace clew::app {

namespace {

struct Options {
    std::vector<std::string> files;
    std::string format;
    std::string mapping;
    bool index = false;
    bool json = false;
};

int run(const CommandLine& line, const Options& options) {
    auto store = open_store(line);
    if (!store) return failed(store.error());
    auto imported = import_files(**store, options.files, options.format, options.mapping);
    if (!imported) return failed(imported.error());
    if (options.index) {
        if (auto indexed = (*store)->build_index(); !indexed) return failed(indexed.error());
        if (auto updated = update_findings(**store, read_user_rules().settings); !updated)
            return failed(updated.error());
    }
    if (options.json)
        print_json({{"sources", sources_json(imported->reports)}});
    else
        print_sources(imported->reports);
    return imported->failed ? 1 : 0;
}

} // namespace

void add_import(CLI::App& root, CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* command = root.add_subcommand("import", "Read run files into the store");
    command->add_option("FILE", options->files, "Files or folders; - is standard input")->required();
    auto* format =
        command->add_option("--format", options->format, "Name the format instead of detecting it");
    command
        ->add_option("--mapping", options->mapping, "A JSON file that says which field of a record is what")
        ->excludes(format);
    command->add_flag("--index", options->index, "Build the text index and look for findings as well");
    command->add_flag("--json", options->json, "Print the sources as JSON");
    command->callback([&line, options] { line.chosen = [&line, options] { return run(line, *options); }; });
}

} // namespace clew::app
