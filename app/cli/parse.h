// Reads the command line and does what it says: a subcommand, or the window.
#pragma once

namespace clew::app {

// The exit code of the process.
int run_command_line(int argc, char** argv);

} // namespace clew::app
