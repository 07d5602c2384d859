// The book of sources: which files and streams were read, how far, and what was noted of them (tables source,
// note).
//
// Only inside StoreCore::write.
#pragma once

#include "model/base/result.h"
#include "model/store/sqlite/database.h"
#include "model/store/write/commit_unit.h"
#include "model/store/write/trace_book.h"
#include "model/trace/sink.h"

#include <cstdint>
#include <string>
#include <vector>

namespace clew {

struct BegunSource {
    std::int64_t id = 0;
    std::int64_t pass = 0;
    KnownSource known;
    bool from_start = false; // it will be read from its first byte: replaces what it said before
    bool sweep = false;      // at a complete end, what it did not bring again goes
    bool made = false;       // the row is new
};

Result<BegunSource> begin_source_row(Database& db, const SourceHead& head);

struct EndOfSource {
    std::uint64_t offset = 0;
    std::string importer_state;
    bool complete = false;
    bool changed = false; // anything was added or noted since the beginning
};

// `book` is settled by the caller afterwards. The report's counts are those of source_report() then.
Result<void> end_source_row(Database& db, TraceBook& book, const BegunSource& source, const SourceHead& head,
                            const EndOfSource& end);
// A source that brought nothing and did not end well leaves no trace of itself.
Result<void> drop_source_row(Database& db, std::int64_t source);

Result<SourceReport> source_report(Database& db, std::int64_t source);

Result<void> write_notes(Database& db, const EncodedNotes& notes);

// Notes as rows of the table: also for whoever reads them.
std::string note_args_to_json(const std::vector<std::string>& args);
std::vector<std::string> note_args_from_json(std::string_view json);

} // namespace clew
