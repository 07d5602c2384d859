#include "app/export/export.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <unordered_map>

namespace clew::app {

namespace {

constexpr std::array<const ExportFormat*, 3> kFormats = {&openai_chat_export, &csv_export, &otlp_export};

Result<const ExportFormat*> find_export_format(std::string_view name) {
    std::string known;
    for (const ExportFormat* format : kFormats) {
        if (format->name == name) return format;
        if (!known.empty()) known += ", ";
        known += format->name;
    }
    return Error{"export.unknown_format", {std::string(name), known}, {}};
}

using JudgementsByTrace = std::unordered_map<TraceId, std::vector<Judgement>>;

Result<std::vector<ExportItem>> chosen_by_id(TraceStore& traces, std::vector<TraceId> ids,
                                             JudgementsByTrace& judged, std::stop_token stop) {
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
    std::vector<ExportItem> items;
    for (const TraceId id : ids) {
        auto row = traces.trace(id, stop);
        // A judgement outlives its trace: one whose trace was removed has nothing to export.
        if (!row && row.error().code == "cancelled") return row.error();
        if (row) items.push_back({std::move(*row), std::move(judged[id])});
    }
    return items;
}

Result<std::vector<ExportItem>> chosen_by_filter(TraceStore& traces, const std::string& filter,
                                                 JudgementsByTrace& judged, std::stop_token stop) {
    std::vector<ExportItem> items;
    TraceQuery query;
    query.filter = filter;
    query.descending = false;
    for (;;) {
        auto page = traces.traces(query, stop);
        if (!page) return page.error();
        if (page->rows.empty()) return items;
        for (TraceRow& row : page->rows) {
            auto judgements = std::move(judged[row.id]);
            items.push_back({std::move(row), std::move(judgements)});
        }
        query.offset = static_cast<std::int64_t>(items.size());
    }
}

Result<std::vector<ExportItem>> choose(const ExportOptions& options, TraceStore& traces, NoteBook& note_book,
                                       std::stop_token stop) {
    auto all = note_book.all_judgements(stop);
    if (!all) return all.error();
    JudgementsByTrace judged;
    std::vector<TraceId> ids;
    for (Judgement& judgement : *all) {
        ids.push_back(judgement.target.trace);
        judged[judgement.target.trace].push_back(std::move(judgement));
    }
    if (options.traces) return chosen_by_id(traces, *options.traces, judged, stop);
    if (!options.filter.empty()) return chosen_by_filter(traces, options.filter, judged, stop);
    return chosen_by_id(traces, std::move(ids), judged, stop);
}

Error not_writable(const std::string& path) {
    return {"file.not_writable", {path, std::strerror(errno)}, {}};
}

// A device or a pipe has nothing to sync.
bool synced(int file) {
    return ::fsync(file) == 0 || errno == EINVAL || errno == EROFS;
}

Result<void> write_whole(const std::string& path, std::string_view bytes) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (!file) return not_writable(path);
    const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size() &&
                         std::fflush(file) == 0 && synced(::fileno(file));
    const int error = errno;
    std::fclose(file);
    if (written) return {};
    errno = error;
    return not_writable(path);
}

Result<void> check(const ExportFormat& format, std::string_view bytes, std::int64_t rows) {
    auto read = format.validate(bytes);
    if (!read) return read.error();
    if (*read != rows)
        return Error{"export.not_valid", {std::string(format.name), std::to_string(*read)}, {}};
    return {};
}

// The old file, if any, stays until the new one has been read back. A device or a pipe is written as it is:
// there is nothing to put in its place.
Result<void> put_in_place(const ExportFormat& format, const std::string& path, std::string_view bytes,
                          std::int64_t rows) {
    std::error_code unknown;
    const auto status = std::filesystem::status(path, unknown);
    if (std::filesystem::is_directory(status))
        return Error{"file.not_writable", {path, "it is a folder"}, {}};
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
        if (auto checked = check(format, bytes, rows); !checked) return checked;
        return write_whole(path, bytes);
    }
    const std::string beside = path + ".part";
    if (auto written = write_whole(beside, bytes); !written) {
        std::remove(beside.c_str());
        return written;
    }
    std::string again;
    {
        std::ifstream in(beside, std::ios::binary);
        again.assign(std::istreambuf_iterator<char>(in), {});
    }
    if (auto checked = check(format, again, rows); !checked) {
        std::remove(beside.c_str());
        return checked;
    }
    std::error_code failed;
    std::filesystem::rename(beside, path, failed);
    if (failed) {
        std::remove(beside.c_str());
        return Error{"file.not_writable", {path, failed.message()}, {}};
    }
    return {};
}

} // namespace

std::span<const ExportFormat* const> export_formats() {
    return kFormats;
}

Result<ExportReport> export_traces(const ExportOptions& options, TraceStore& traces, NoteBook& note_book,
                                   std::stop_token stop) {
    auto format = find_export_format(options.format);
    if (!format) return format.error();
    auto items = choose(options, traces, note_book, stop);
    if (!items) return items.error();

    ExportReport report;
    report.traces = static_cast<std::int64_t>(items->size());
    ExportContext context{traces, *items, report, stop};
    std::string out;
    if (auto written = (*format)->write(context, out); !written) return written.error();
    report.bytes = out.size();

    if (options.path == "-") {
        if (auto checked = check(**format, out, report.rows); !checked) return checked.error();
        if (std::fwrite(out.data(), 1, out.size(), stdout) != out.size() || std::fflush(stdout) != 0)
            return not_writable("stdout");
    } else if (auto placed = put_in_place(**format, options.path, out, report.rows); !placed) {
        return placed.error();
    }
    return report;
}

} // namespace clew::app
