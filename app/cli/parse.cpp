#include "app/cli/parse.h"

#include "app/cli/command_line.h"
#include "app/gui/application.h"
#include "app/version.h"

#include <QApplication>

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>

namespace clew::app {

namespace {

// A new subcommand is one file and one line here.
constexpr AddCommand kCommands[] = {add_import,  add_summary,  add_show,   add_annotate, add_export,
                                    add_remove,  add_render,   add_query,  add_sql,      add_findings,
                                    add_compare, add_sessions, add_prices, add_serve,    add_doctor};

bool has_display() {
    const auto set = [](const char* name) {
        const char* value = std::getenv(name);
        return value && *value;
    };
    return set("DISPLAY") || set("WAYLAND_DISPLAY") || set("QT_QPA_PLATFORM");
}

int open_window(int argc, char** argv, const CommandLine& line, const std::vector<std::string>& files,
                bool temporary) {
    if (!has_display()) {
        fmt::print(stderr,
                   "clew: There is no display to open a window on. Without one, use “clew summary FILE”, "
                   "“clew show FILE” or “clew render FILE -o OUT.png”.\n");
        return 1;
    }
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("clew"));
    QApplication::setApplicationDisplayName(QStringLiteral("Clew"));
    QApplication::setApplicationVersion(QLatin1String(kVersion));
    WindowOptions options;
    options.store = line.store;
    options.temporary = temporary;
    options.files = files;
    return runWindow(options);
}

} // namespace

int run_command_line(int argc, char** argv) {
    CLI::App root("Clew: a trace explorer for LLM agents. Opens the window, or does one of these:", "clew");
    root.set_version_flag("--version", std::string("clew ") + kVersion);
    root.set_help_flag("-h,--help", "Print this help");
    root.fallthrough();
    root.require_subcommand(0, 1);

    CommandLine line;
    std::vector<std::string> files;
    bool temporary = false;
    root.add_option("--store", line.store, "The store to use (default: the user's data folder)");
    root.add_flag("--temporary", temporary, "Keep nothing: a store that is deleted at the end");
    root.add_option("FILE", files, "Files or folders to open in the window");
    for (const AddCommand add : kCommands)
        add(root, line);

    try {
        root.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return root.exit(error);
        fmt::print(stderr, "clew: {}\nSee “clew --help”.\n", error.what());
        return 2;
    }
    if (line.chosen) return line.chosen();
    return open_window(argc, argv, line, files, temporary);
}

} // namespace clew::app
