// clew sql 'SELECT …': one read-only question over the documented views.

#include "app/cli/command_line.h"
#include "app/cli/output.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace clew::app {

namespace {

struct Options {
    std::string query;
    bool json = false;
};

// Tabs and line ends inside a cell would break the table.
std::string cell(std::string text) {
    for (char& c : text)
        if (c == '\t' || c == '\n' || c == '\r') c = ' ';
    return text;
}

void print_row(const std::vector<std::string>& row) {
    for (std::size_t i = 0; i < row.size(); ++i)
        fmt::print("{}{}", i > 0 ? "\t" : "", cell(row[i]));
    fmt::print("\n");
}

int run(const CommandLine& line, const Options& options) {
    auto store = open_store(line);
    if (!store) return failed(store.error());
    auto table = (*store)->traces().sql(options.query);
    if (!table) return failed(table.error());
    if (options.json) {
        print_json({{"columns", table->columns}, {"rows", table->rows}});
        return 0;
    }
    print_row(table->columns);
    for (const auto& row : table->rows)
        print_row(row);
    return 0;
}

} // namespace

void add_sql(CLI::App& root, CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* command = root.add_subcommand("sql", "Ask the store in SQL (read-only; tab-separated)");
    command->add_option("QUERY", options->query, "One SELECT over v_traces, v_spans, v_judgements …")
        ->required();
    command->add_flag("--json", options->json, "Print JSON");
    command->callback([&line, options] { line.chosen = [&line, options] { return run(line, *options); }; });
}

} // namespace clew::app
