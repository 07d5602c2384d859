#include "model/store/text_documents.h"

#include "model/store/payload/blocks.h"
#include "model/store/payload/payload_reader.h"
#include "model/store/text_match.h"

namespace clew {

Result<TextProgress> read_text_progress(Database& db) {
    auto statement = db.prepare("SELECT span, piece_block, log_record FROM text_progress");
    if (!statement) return statement.error();
    auto row = statement->step();
    if (!row) return row.error();
    if (!*row) return TextProgress{};
    return TextProgress{statement->integer(0), statement->integer(1), statement->integer(2)};
}

Result<std::string> piece_text(std::string_view z) {
    auto block = decode_pieces(z);
    if (!block) return block.error();
    if (block->pieces.empty()) return std::string();
    std::string raw;
    for (const auto piece : block->pieces)
        raw += piece;
    return searchable(raw, Wrapping::otlp);
}

Result<std::string> log_record_text(const Statement& row, int column) {
    std::string out = searchable(row.text(column), Wrapping::none);
    out += kApart;
    auto event = stored_text(row, column + 1);
    if (!event) return event.error();
    append_searchable(out, *event, Wrapping::otlp);
    return out;
}

} // namespace clew
