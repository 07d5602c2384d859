// clew compare: what it compares are subcommands of its own.

#include "app/cli/command_line.h"
#include "app/cli/compare_prompt.h"

#include <CLI/CLI.hpp>

namespace clew::app {

void add_compare(CLI::App& root, CommandLine& line) {
    CLI::App* command = root.add_subcommand("compare", "What a change changed");
    command->require_subcommand(1);
    add_compare_prompt(*command, line);
}

} // namespace clew::app
