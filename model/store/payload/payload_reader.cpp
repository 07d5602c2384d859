#include "model/store/payload/payload_reader.h"

#include <algorithm>

namespace clew {

namespace {

constexpr std::size_t kKeptSkeletons = 4;
constexpr std::size_t kKeptPieceBlocks = 64; // 8 MB: a long run's whole history
constexpr std::size_t kMostBytes = 1'000'000'000;

Error damaged(const Database& db, const char* what) {
    return {"store.corrupt", {db.path(), what}, {}};
}
Error damaged(const Database& db, Error error) {
    if (error.args.size() > 0 && error.args[0].empty()) error.args[0] = db.path();
    return error;
}

} // namespace

Result<const SkeletonBlock*> PayloadReader::skeleton(std::int64_t id) {
    const auto kept = std::ranges::find(skeletons_, id, &CachedSkeleton::id);
    if (kept != skeletons_.end()) {
        skeletons_.splice(skeletons_.begin(), skeletons_, kept);
        return &skeletons_.front().block;
    }
    if (!find_skeleton_) {
        auto prepared = db_.prepare("SELECT z FROM skeleton WHERE id = ?", true);
        if (!prepared) return prepared.error();
        find_skeleton_ = std::move(prepared).value();
    }
    find_skeleton_.reset();
    find_skeleton_.bind(1, id);
    const auto row = find_skeleton_.step();
    if (!row) return row.error();
    if (!row.value()) return damaged(db_, "a payload block is missing");
    auto block = decode_skeleton(find_skeleton_.blob(0));
    find_skeleton_.reset();
    if (!block) return damaged(db_, block.error());
    skeletons_.push_front({id, std::move(block).value()});
    if (skeletons_.size() > kKeptSkeletons) skeletons_.pop_back();
    return &skeletons_.front().block;
}

Result<const PieceBlock*> PayloadReader::pieces(std::int64_t trace, std::int64_t session,
                                                std::uint64_t number) {
    const auto holds = [&](const CachedPieces& kept) {
        return kept.trace == trace && kept.session == session && kept.first <= number &&
               number - kept.first < kept.block.pieces.size();
    };
    const auto kept = std::ranges::find_if(piece_blocks_, holds);
    if (kept != piece_blocks_.end()) {
        piece_blocks_.splice(piece_blocks_.begin(), piece_blocks_, kept);
        return &piece_blocks_.front().block;
    }
    if (!find_pieces_) {
        auto prepared =
            db_.prepare("SELECT first, z FROM piece_block WHERE trace = ? AND session = ? AND first <= ? "
                        "ORDER BY first DESC LIMIT 1",
                        true);
        if (!prepared) return prepared.error();
        find_pieces_ = std::move(prepared).value();
    }
    find_pieces_.reset();
    find_pieces_.bind_all(trace, session, number);
    const auto row = find_pieces_.step();
    if (!row) return row.error();
    if (!row.value()) return damaged(db_, "a piece block is missing");
    const auto first = static_cast<std::uint64_t>(find_pieces_.integer(0));
    auto block = decode_pieces(find_pieces_.blob(1));
    find_pieces_.reset();
    if (!block) return damaged(db_, block.error());
    if (number - first >= block.value().pieces.size()) return damaged(db_, "a piece is missing");
    piece_blocks_.push_front({trace, session, first, std::move(block).value()});
    if (piece_blocks_.size() > kKeptPieceBlocks) piece_blocks_.pop_back();
    return &piece_blocks_.front().block;
}

Result<std::string> PayloadReader::join(const std::vector<Token>& tokens, std::int64_t trace,
                                        std::int64_t session, std::vector<SharedStretch>* stretches) {
    std::string out;
    for (const Token& token : tokens) {
        out += token.literal;
        for (const PieceRun& run : token.runs) {
            for (std::uint64_t number = run.first; number < run.first + run.count;) {
                auto block = pieces(trace, session, number);
                if (!block) return block.error();
                const std::uint64_t first = piece_blocks_.front().first;
                const auto& held = *block.value();
                for (; number < run.first + run.count && number - first < held.pieces.size(); ++number) {
                    const auto at = static_cast<std::size_t>(number - first);
                    if (out.size() + held.pieces[at].size() > kMostBytes)
                        return damaged(db_, "a payload is too large");
                    if (stretches)
                        stretches->push_back({out.size(), held.pieces[at].size(), held.first_spans[at]});
                    out += held.pieces[at];
                }
            }
        }
    }
    return out;
}

Result<Payload> PayloadReader::read(std::int64_t payload, std::int64_t trace) {
    return read(payload, trace, nullptr);
}

Result<Payload> PayloadReader::read(std::int64_t payload, std::int64_t trace,
                                    std::vector<SharedStretch>* attribute_stretches) {
    Payload out;
    if (payload <= 0) return out;
    auto block = skeleton(payload / static_cast<std::int64_t>(kMaxSpansInBlock));
    if (!block) return block.error();
    const auto slot = static_cast<std::size_t>(payload) % kMaxSpansInBlock;
    if (slot >= block.value()->records.size()) return damaged(db_, "a payload record is missing");
    const auto& record = block.value()->records[slot];
    std::string* const texts[kPayloadFields] = {&out.attributes, &out.events, &out.links, &out.rest};
    for (std::size_t field = 0; field < kPayloadFields; ++field) {
        auto tokens = decode_tokens(record[field]);
        if (!tokens) return damaged(db_, tokens.error());
        auto text = join(tokens.value(), trace, block.value()->session,
                         field == kAttributes ? attribute_stretches : nullptr);
        if (!text) return text.error();
        *texts[field] = std::move(text).value();
    }
    return out;
}

Result<std::string> PayloadReader::own_text(std::int64_t payload) {
    std::string out;
    if (payload <= 0) return out;
    auto block = skeleton(payload / static_cast<std::int64_t>(kMaxSpansInBlock));
    if (!block) return block.error();
    const auto slot = static_cast<std::size_t>(payload) % kMaxSpansInBlock;
    if (slot >= block.value()->records.size()) return damaged(db_, "a payload record is missing");
    for (const std::string_view field : block.value()->records[slot]) {
        auto tokens = decode_tokens(field);
        if (!tokens) return damaged(db_, tokens.error());
        for (const Token& token : tokens.value())
            (out += token.literal) += ' ';
    }
    return out;
}

Result<std::string> stored_text(const Statement& row, int column) {
    if (!row.is_blob(column)) return std::string(row.text(column));
    auto raw = decompress(row.blob(column));
    if (!raw) return raw.error();
    return std::string(raw.value().begin(), raw.value().end());
}

} // namespace clew
