#include "app/cli/command_line.h"

#include "app/dialects.h"
#include "app/mappings.h"
#include "app/prices.h"
#include "app/user_folder.h"
#include "model/base/messages.h"
#include "model/base/numbers.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <set>
#include <stop_token>
#include <thread>

namespace clew::app {

namespace fs = std::filesystem;

namespace {

std::atomic<bool> interrupted = false;

// A signal handler may only set a flag; a thread hands it on as a stop request.
class InterruptGuard {
public:
    InterruptGuard() {
        interrupted = false;
        previous_ = std::signal(SIGINT, [](int) { interrupted = true; });
        watcher_ = std::jthread([this](const std::stop_token& end) {
            while (!end.stop_requested()) {
                if (interrupted) stop_.request_stop();
                std::this_thread::sleep_for(std::chrono::milliseconds(50));
            }
        });
    }
    ~InterruptGuard() { std::signal(SIGINT, previous_); }
    InterruptGuard(const InterruptGuard&) = delete;
    InterruptGuard& operator=(const InterruptGuard&) = delete;

    [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

private:
    void (*previous_)(int) = SIG_DFL;
    std::stop_source stop_;
    std::jthread watcher_;
};

void print_progress(const ImportProgress& progress) {
    std::string line = fmt::format("\r\033[KImporting {}  ", fs::path(progress.path).filename().string());
    if (progress.bytes_total > 0)
        line += fmt::format("{} %  ",
                            progress.bytes_read * 100 / std::max<std::uint64_t>(progress.bytes_total, 1));
    line += fmt::format("{} spans", format_short_count(static_cast<std::int64_t>(progress.spans)));
    std::fputs(line.c_str(), stderr);
    std::fflush(stderr);
}

} // namespace

int failed(const Error& error) {
    fmt::print(stderr, "clew: {}\n", sentence(error));
    return error.code == "usage" ? 2 : 1;
}

std::string default_store_path() {
    return (user_folder() / "clew.db").string();
}

Result<std::unique_ptr<Store>> open_store(const CommandLine& line) {
    StoreOptions options;
    options.path = line.store.empty() ? default_store_path() : line.store;
    options.prices = user_prices();
    return Store::open(options);
}

Result<std::unique_ptr<Store>> open_store_for(const CommandLine& line,
                                              const std::vector<std::string>& files) {
    if (!line.store.empty() || files.empty()) return open_store(line);
    StoreOptions options;
    options.temporary = true;
    options.prices = user_prices();
    return Store::open(options);
}

Result<Imported> import_files(Store& store, const std::vector<std::string>& paths, const std::string& format,
                              const std::string& mapping) {
    Imported imported;
    ImportOptions options;
    options.format = format;
    options.taught = read_user_dialects().taught;
    if (mapping.empty()) {
        options.formats = user_formats();
    } else {
        auto named = read_mapping_file(mapping);
        if (!named) return named.error();
        options.formats = Formats({*named});
        options.format = mapped_format_id(*named);
    }
    InterruptGuard guard;
    const bool terminal = ::isatty(STDERR_FILENO) == 1;
    {
        auto target = store.import_target(guard.token());
        if (!target) return target.error();
        for (const std::string& path : paths) {
            options.path = path;
            if (terminal) options.progress = print_progress;
            auto reports = import_path(options, **target, guard.token());
            if (terminal) std::fputs("\r\033[K", stderr);
            if (!reports) {
                if (reports.error().code == "cancelled") return reports.error();
                failed(reports.error());
                imported.failed = true;
                continue;
            }
            for (SourceReport& report : *reports)
                imported.reports.push_back(std::move(report));
        }
    }
    auto sources = store.traces().sources();
    if (!sources) return sources.error();
    std::set<std::string> read;
    for (const SourceReport& report : imported.reports)
        read.insert(report.path);
    for (const SourceRow& row : *sources)
        if (read.contains(row.report.path)) imported.sources.push_back(row.id);
    return imported;
}

Result<Target> open_target(const CommandLine& line, const std::string& argument) {
    Target target;
    std::error_code ignored;
    const bool is_file = argument == "-" || fs::exists(argument, ignored);
    std::vector<std::string> files;
    if (is_file) files.push_back(argument);
    auto store = open_store_for(line, files);
    if (!store) return store.error();
    target.store = std::move(*store);
    if (!is_file) {
        auto resolved = target.store->traces().resolve(argument);
        if (!resolved) return resolved.error();
        target.trace = resolved->trace;
        target.span = resolved->span;
        target.traces = {target.trace};
        return target;
    }
    auto imported = import_files(*target.store, files, {});
    if (!imported) return imported.error();
    for (const SourceId source : imported->sources) {
        auto traces = target.store->traces().traces_of_source(source);
        if (!traces) return traces.error();
        target.traces.insert(target.traces.end(), traces->begin(), traces->end());
    }
    if (target.traces.empty()) return Error{"format.nothing_read", {argument, "it holds no trace"}, {}};
    TraceQuery newest;
    newest.sources = imported->sources;
    newest.limit = 1;
    auto page = target.store->traces().traces(newest);
    if (!page) return page.error();
    target.trace = page->rows.empty() ? target.traces.front() : page->rows.front().id;
    return target;
}

} // namespace clew::app
