// clew compare prompt, below clew compare.
#pragma once

#include "app/cli/command_line.h"

namespace clew::app {

void add_compare_prompt(CLI::App& compare, CommandLine& line);

} // namespace clew::app
