// Export of traces and judgements: selects, writes to a file beside the target, reads it back, and only then
// puts it in place. Used by `clew export` and by the window's dialog. Runs on the calling thread.
#pragma once

#include "model/base/result.h"
#include "model/store/note_book.h"
#include "model/store/trace_store.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace clew::app {

struct ExportOptions {
    std::string format;                         // ExportFormat::name
    std::string path;                           // "-" = stdout
    std::string filter;                         // "" = every judged trace
    std::optional<std::vector<TraceId>> traces; // instead of the filter: just these
};

struct ExportReport {
    std::int64_t rows = 0;
    std::int64_t traces = 0;
    std::map<std::string, std::int64_t> left_out; // reason in words → rows
    std::uint64_t bytes = 0;
};

// One trace that was chosen, with its judgements.
struct ExportItem {
    TraceRow row;
    std::vector<Judgement> judgements; // on the trace and its spans
};

struct ExportContext {
    TraceStore& traces;
    std::span<const ExportItem> items;
    ExportReport& report;
    std::stop_token stop;
};

struct ExportFormat {
    std::string_view name;
    std::string_view title;
    std::string_view suffix;
    // Appends the whole export to `out`; counts rows and what was left out in the context's report.
    Result<void> (*write)(ExportContext& context, std::string& out);
    // Reads `bytes` back and gives the number of rows; an error where anything is not as the format demands.
    Result<std::int64_t> (*validate)(std::string_view bytes);
};

extern const ExportFormat openai_chat_export;
extern const ExportFormat csv_export;
extern const ExportFormat otlp_export;

std::span<const ExportFormat* const> export_formats();

Result<ExportReport> export_traces(const ExportOptions& options, TraceStore& traces, NoteBook& note_book,
                                   std::stop_token stop = {});

} // namespace clew::app
