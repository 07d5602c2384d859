#include "model/store/write/source_book.h"

#include "model/base/hash.h"
#include "model/base/messages.h"
#include "model/base/text.h"
#include "model/store/write/span_removal.h"

#include <nlohmann/json.hpp>

namespace clew {

namespace {

constexpr int kNotesInReport = 100;

std::int64_t note_hash(const Note& note) {
    std::uint64_t hash = hash64(note.code);
    for (const std::string& arg : note.args)
        hash = hash64(arg, hash);
    hash = hash64(note.part, hash ^ note.offset.value_or(~0ull) * 0x9e3779b97f4a7c15u ^
                                 note.line.value_or(~0ull) * 0xc2b2ae3d27d4eb4fu);
    return static_cast<std::int64_t>(hash & 0x7fff'ffff'ffff'ffff);
}

const char* count_column(Severity severity) {
    switch (severity) {
    case Severity::error: return "notes_error";
    case Severity::warning: return "notes_warning";
    case Severity::info: break;
    }
    return "notes_info";
}

Result<void> count_notes(Database& db, std::int64_t source, Severity severity, std::int64_t more) {
    const std::string column = count_column(severity);
    return db.run("UPDATE source SET " + column + " = " + column + " + ? WHERE id = ?", more, source);
}

// A source that was shorter than a head when it was read last is hashed as far as it went then.
std::uint64_t hash_as_of(const SourceHead& head, std::uint64_t size) {
    return size < head.head.size() ? hash64(std::string_view(head.head).substr(0, size)) : head.head_hash;
}

} // namespace

std::string note_args_to_json(const std::vector<std::string>& args) {
    std::string out = "[";
    for (const std::string& arg : args) {
        if (out.size() > 1) out += ',';
        append_json_string(out, arg);
    }
    return out += ']';
}

std::vector<std::string> note_args_from_json(std::string_view json) {
    std::vector<std::string> out;
    const auto parsed = nlohmann::json::parse(json, nullptr, false);
    if (!parsed.is_array()) return out;
    for (const auto& arg : parsed)
        out.push_back(arg.is_string() ? arg.get<std::string>() : arg.dump());
    return out;
}

Result<BegunSource> begin_source_row(Database& db, const SourceHead& head) {
    BegunSource out;
    if (auto done = db.exec("UPDATE meta SET value = value + 1 WHERE key = 'pass'"); !done)
        return done.error();
    const auto pass = db.query_integer("SELECT value FROM meta WHERE key = 'pass'");
    if (!pass) return pass.error();
    out.pass = pass.value().value_or(1);
    auto find =
        db.prepare("SELECT id, head_hash, size, modified, complete, offset, importer_state FROM source "
                   "WHERE path = ? AND hidden = 0");
    if (!find) return find.error();
    find->bind(1, head.path);
    const auto row = find->step();
    if (!row) return row.error();
    const auto hash = static_cast<std::int64_t>(head.head_hash);
    if (!row.value()) {
        auto made =
            db.run("INSERT INTO source (path, format, head_hash, size, modified, pass) VALUES (?,?,?,?,?,?)",
                   head.path, head.format, hash, head.size, if_known(head.modified), out.pass);
        if (!made) return made.error();
        out.id = db.last_insert_rowid();
        out.made = true;
        return out;
    }
    out.id = find->integer(0);
    const bool complete = find->integer(4) != 0;
    const auto size = static_cast<std::uint64_t>(find->integer(2));
    const bool same_time = find->maybe_integer(3).value_or(kNoTime) == head.modified;
    const auto go_on = [&] {
        out.known.offset = static_cast<std::uint64_t>(find->integer(5));
        out.known.importer_state = find->blob(6);
        if (out.known.importer_state.empty()) out.known.offset = 0;
        out.from_start = out.sweep = out.known.importer_state.empty();
    };
    if (head.size == 0) { // a stream: what comes adds to what came
        out.known.state = SourceState::grown;
    } else if (head.size < size || static_cast<std::uint64_t>(find->integer(1)) != hash_as_of(head, size)) {
        out.known.state = SourceState::rewritten;
        out.from_start = out.sweep = true;
    } else if (complete && head.size == size && same_time) {
        go_on();
        out.known.state = SourceState::unchanged;
        out.from_start = out.sweep = true; // if it is read at all
    } else if (complete && head.size == size) {
        out.known.state = SourceState::grown; // touched, perhaps changed behind its head: read again
        out.from_start = out.sweep = true;
    } else {
        out.known.state = SourceState::grown;
        go_on();
    }
    find->reset();
    if (out.known.state != SourceState::unchanged) {
        if (auto done = db.run("UPDATE source SET complete = 0, pass = ? WHERE id = ?", out.pass, out.id);
            !done) {
            return done.error();
        }
    }
    return out;
}

Result<void> end_source_row(Database& db, TraceBook& book, const BegunSource& source, const SourceHead& head,
                            const EndOfSource& end) {
    if (source.known.state == SourceState::unchanged && !end.changed) return {};
    if (end.complete && source.sweep) {
        auto lost = sweep_source(db, book, source.id, source.pass);
        if (!lost) return lost.error();
        if (source.known.state == SourceState::rewritten && lost.value() > 0) {
            EncodedNotes said;
            said.source = source.id;
            said.notes.push_back({Severity::info, "file.changed", {head.path}, {}, {}, {}});
            if (auto done = write_notes(db, said); !done) return done;
        }
    }
    auto update = db.prepare(
        "UPDATE source SET format = ?, head_hash = ?, size = ?, modified = ?, imported = ?, pass = ?, "
        "offset = ?, importer_state = ?, complete = ? WHERE id = ?");
    if (!update) return update.error();
    update->bind_all(head.format, head.head_hash, head.size, if_known(head.modified), now(), source.pass,
                     end.offset, Blob{end.importer_state}, end.complete, source.id);
    return update->run();
}

Result<void> drop_source_row(Database& db, std::int64_t source) {
    if (auto done = db.run("DELETE FROM note WHERE source = ?", source); !done) return done;
    return db.run("DELETE FROM source WHERE id = ?", source);
}

Result<SourceReport> source_report(Database& db, std::int64_t source) {
    SourceReport report;
    auto read =
        db.prepare("SELECT path, format, traces, spans, notes_info, notes_warning, notes_error FROM source "
                   "WHERE id = ?");
    if (!read) return read.error();
    read->bind(1, source);
    const auto row = read->step();
    if (!row) return row.error();
    if (!row.value()) return Error{"store.unknown_source", {std::to_string(source)}, {}};
    report.path = read->text(0);
    report.format = read->text(1);
    report.traces = static_cast<std::uint64_t>(read->integer(2));
    report.spans = static_cast<std::uint64_t>(read->integer(3));
    report.notes_info = static_cast<std::uint64_t>(read->integer(4));
    report.notes_warning = static_cast<std::uint64_t>(read->integer(5));
    report.notes_error = static_cast<std::uint64_t>(read->integer(6));
    auto notes =
        db.prepare("SELECT severity, code, args, part, offset, line FROM note WHERE source = ? ORDER BY id "
                   "LIMIT ?");
    if (!notes) return notes.error();
    notes->bind_all(source, kNotesInReport);
    for (;;) {
        const auto more = notes->step();
        if (!more) return more.error();
        if (!more.value()) return report;
        Note note;
        note.severity = static_cast<Severity>(notes->integer(0));
        // The table's own copy of the code lives as long as the program.
        const MessageEntry* entry = find_message(notes->text(1));
        note.code = entry ? entry->code : std::string_view("usage");
        note.args = note_args_from_json(notes->text(2));
        note.part = notes->text(3);
        if (const auto offset = notes->maybe_integer(4)) note.offset = static_cast<std::uint64_t>(*offset);
        if (const auto line = notes->maybe_integer(5)) note.line = static_cast<std::uint64_t>(*line);
        report.notes.push_back(std::move(note));
    }
}

Result<void> write_notes(Database& db, const EncodedNotes& notes) {
    if (notes.empty()) return {};
    if (notes.restart) {
        if (auto done = db.run("DELETE FROM note WHERE source = ?", notes.source); !done) return done;
        auto done =
            db.run("UPDATE source SET notes_info = 0, notes_warning = 0, notes_error = 0 WHERE id = ?",
                   notes.source);
        if (!done) return done;
    }
    auto insert =
        db.prepare("INSERT OR IGNORE INTO note (source, hash, severity, code, args, part, offset, line) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    if (!insert) return insert.error();
    for (const Note& note : notes.notes) {
        const std::string args = note_args_to_json(note.args);
        auto done = insert->run_with(notes.source, note_hash(note), static_cast<int>(note.severity),
                                     note.code, args, note.part, note.offset, note.line);
        if (!done) return done;
        if (db.changes() == 0) continue;
        if (done = count_notes(db, notes.source, note.severity, 1); !done) return done;
    }
    for (const EncodedNotes::Merged& merged : notes.merged) {
        const auto hash = static_cast<std::int64_t>(hash64(merged.code, 0x6d65) & 0x7fff'ffff'ffff'ffff);
        const auto before =
            db.query_integer("SELECT count FROM note WHERE source = ? AND hash = ?", notes.source, hash);
        if (!before) return before.error();
        const std::string args = note_args_to_json({std::to_string(merged.count), std::string(merged.code)});
        auto done =
            db.run("INSERT INTO note (source, hash, severity, code, args, part, count) VALUES (?1, ?2, ?3, "
                   "'store.notes_merged', ?4, '', ?5) ON CONFLICT (source, hash) DO UPDATE SET args = ?4, "
                   "count = ?5",
                   notes.source, hash, static_cast<int>(merged.severity), args, merged.count);
        if (!done) return done;
        done = count_notes(db, notes.source, merged.severity, merged.count - before.value().value_or(0));
        if (!done) return done;
    }
    return {};
}

} // namespace clew
