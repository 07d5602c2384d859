// The command line (design: Command line): one binary, one file per subcommand; without a subcommand the
// window opens.
//
// A subcommand is a function that adds its options to the parser and sets `chosen` when it was named. Exit
// codes: 0 ok; 1 the input or the question was bad (a sentence on stderr); 2 wrong usage.
#pragma once

#include "importers/import_job.h"
#include "model/base/result.h"
#include "model/store/store.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace clew::app {

struct CommandLine {
    std::string store;           // --store; "" = the user's own
    std::function<int()> chosen; // what the named subcommand does
};

using AddCommand = void (*)(CLI::App& root, CommandLine& line);

void add_import(CLI::App& root, CommandLine& line);
void add_summary(CLI::App& root, CommandLine& line);
void add_show(CLI::App& root, CommandLine& line);
void add_annotate(CLI::App& root, CommandLine& line);
void add_export(CLI::App& root, CommandLine& line);
void add_remove(CLI::App& root, CommandLine& line);
void add_render(CLI::App& root, CommandLine& line);
void add_query(CLI::App& root, CommandLine& line);
void add_sql(CLI::App& root, CommandLine& line);
void add_serve(CLI::App& root, CommandLine& line);
void add_findings(CLI::App& root, CommandLine& line);
void add_compare(CLI::App& root, CommandLine& line);
void add_sessions(CLI::App& root, CommandLine& line);
void add_doctor(CLI::App& root, CommandLine& line);
void add_prices(CLI::App& root, CommandLine& line);

// Prints the sentence on stderr; the exit code for it.
int failed(const Error& error);

std::string default_store_path();

// The store that --store names, or the user's own.
Result<std::unique_ptr<Store>> open_store(const CommandLine& line);
// The same, but a throw-away store where files are given and no --store.
Result<std::unique_ptr<Store>> open_store_for(const CommandLine& line, const std::vector<std::string>& files);

struct Imported {
    std::vector<SourceReport> reports;
    std::vector<SourceId> sources; // in this store
    bool failed = false;           // of at least one path nothing could be read; it was said on stderr
};
// Imports paths with progress on stderr (where that is a terminal). Ctrl+C stops between commits. Without
// `mapping`, a file of one, the user's own mappings are used where they fit.
Result<Imported> import_files(Store& store, const std::vector<std::string>& paths, const std::string& format,
                              const std::string& mapping = {});

// What ARGUMENT of show and render means: a file that exists is imported, anything else is an id.
struct Target {
    std::unique_ptr<Store> store;
    TraceId trace; // the newest of the file; the one of the id
    SpanId span;
    std::vector<TraceId> traces; // all of the file; the one of the id
};
Result<Target> open_target(const CommandLine& line, const std::string& argument);

} // namespace clew::app
