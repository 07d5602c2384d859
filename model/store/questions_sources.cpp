#include "model/base/messages.h"
#include "model/store/questions.h"
#include "model/store/sqlite_trace_store.h"

#include <fmt/format.h>

#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

namespace clew {

namespace {

constexpr std::int64_t kNotesInReport = 100;

// Codes of notes outlive the row that they are read from: they are those of the message table.
Note read_note(const Statement& row) {
    Note note;
    note.severity = static_cast<Severity>(row.integer(0));
    const auto args = nlohmann::json::parse(row.text(2), nullptr, false);
    if (args.is_array()) {
        for (const auto& arg : args)
            note.args.push_back(arg.is_string() ? arg.get<std::string>() : arg.dump());
    }
    if (const auto* entry = find_message(row.text(1))) {
        note.code = entry->code;
    } else {
        // Written by a newer Clew.
        note.code = "note.other";
        note.args.insert(note.args.begin(), std::string(row.text(1)));
        note.args = {fmt::format("{}", fmt::join(note.args, " "))};
    }
    note.part = row.text(3);
    if (const auto offset = row.maybe_integer(4)) note.offset = static_cast<std::uint64_t>(*offset);
    if (const auto line = row.maybe_integer(5)) note.line = static_cast<std::uint64_t>(*line);
    return note;
}

Result<std::vector<Note>> read_notes(Database& db, SourceId source, std::int64_t limit,
                                     const std::stop_token& stop) {
    auto rows = db.prepare(
        "SELECT n.severity, n.code, n.args, n.part, n.offset, n.line FROM note n "
        "JOIN source s ON s.id = n.source AND s.hidden = 0 WHERE n.source = ? ORDER BY n.id LIMIT ?");
    if (!rows) return rows.error();
    rows->bind_all(source, limit);
    std::vector<Note> out;
    for (;;) {
        if (stop.stop_requested()) return Error{"cancelled", {}, {}};
        auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return out;
        out.push_back(read_note(*rows));
    }
}

} // namespace

Result<std::vector<SourceRow>> SqliteTraceStore::sources(std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    auto rows = reading->db().prepare("SELECT id, path, format, size, imported, complete, traces, spans, "
                                      "notes_info, notes_warning, notes_error "
                                      "FROM source WHERE hidden = 0 ORDER BY id");
    if (!rows) return rows.error();
    std::vector<SourceRow> out;
    for (;;) {
        auto row = rows->step();
        if (!row) return row.error();
        if (!*row) break;
        SourceRow source;
        source.id = rows->integer(0);
        source.report.path = rows->text(1);
        source.report.format = rows->text(2);
        source.bytes = public_id(rows->integer(3));
        source.imported = time_at(*rows, 4);
        source.complete = rows->integer(5) != 0;
        source.report.traces = public_id(rows->integer(6));
        source.report.spans = public_id(rows->integer(7));
        source.report.notes_info = public_id(rows->integer(8));
        source.report.notes_warning = public_id(rows->integer(9));
        source.report.notes_error = public_id(rows->integer(10));
        out.push_back(std::move(source));
    }
    for (auto& source : out) {
        auto notes = read_notes(reading->db(), source.id, kNotesInReport, stop);
        if (!notes) return notes.error();
        source.report.notes = std::move(*notes);
    }
    return out;
}

Result<std::vector<Note>> SqliteTraceStore::notes(SourceId source, std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    return read_notes(reading->db(), source, std::numeric_limits<std::int64_t>::max(), stop);
}

Result<StoreInfo> SqliteTraceStore::info(std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    StoreInfo out;
    out.path = core_.path();
    out.temporary = core_.options().temporary;
    for (const char* suffix : {"", "-wal"}) {
        std::error_code missing;
        const auto size = std::filesystem::file_size(core_.path() + suffix, missing);
        if (!missing) out.bytes += size;
    }
    auto rows = reading->db().prepare(
        "SELECT (SELECT coalesce(sum(spans), 0) FROM trace WHERE hidden = 0), "
        "(SELECT count(*) FROM trace WHERE hidden = 0), (SELECT count(*) FROM source WHERE hidden = 0), "
        "(SELECT count(*) FROM judgement), "
        "(SELECT count(*) FROM (SELECT trace FROM span WHERE id > p.span UNION "
        "SELECT s.trace FROM text_dirty d JOIN span s ON s.id = d.span UNION "
        "SELECT trace FROM piece_block WHERE id > p.piece_block UNION "
        "SELECT t.id FROM log_record l JOIN trace t ON t.high = l.high AND t.low = l.low WHERE l.id > "
        "p.log_record) u "
        "JOIN trace t ON t.id = u.trace AND t.hidden = 0), "
        "(SELECT user_version FROM pragma_user_version), (SELECT value FROM meta WHERE key = 'generation') "
        "FROM text_progress p");
    if (!rows) return rows.error();
    auto row = rows->step();
    if (!row) return row.error();
    if (*row) {
        out.spans = rows->integer(0);
        out.traces = rows->integer(1);
        out.sources = rows->integer(2);
        out.judgements = rows->integer(3);
        out.unindexed_traces = rows->integer(4);
        out.schema_version = static_cast<int>(rows->integer(5));
        out.generation = public_id(rows->integer(6));
    }
    return out;
}

} // namespace clew
