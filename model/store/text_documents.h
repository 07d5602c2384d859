// What the text index and the scan behind it read besides spans: pieces, log records, and how far the index
// goes.
#pragma once

#include "model/base/result.h"
#include "model/store/sqlite/database.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace clew {

// Rows of text_index from here on are log records.
inline constexpr std::int64_t kLogRecordRows = std::int64_t{1} << 62;

// Row ids up to which the index goes.
struct TextProgress {
    std::int64_t span = 0;
    std::int64_t piece_block = 0;
    std::int64_t log_record = 0;
    bool operator==(const TextProgress&) const = default;
};
Result<TextProgress> read_text_progress(Database& db);

// All pieces of a block, searchable, one behind the other: neighbours in a block were mostly neighbours in
// their text, so a phrase that a cut went through is whole again.
Result<std::string> piece_text(std::string_view z);

// Columns `name, event` of table log_record, from `column` on; searchable.
Result<std::string> log_record_text(const Statement& row, int column);

} // namespace clew
