#include "model/store/span_text_finder.h"

#include "model/store/payload/blocks.h"
#include "model/store/questions.h"
#include "model/store/span_texts.h"
#include "model/store/text_documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace clew {

namespace {

// Pieces (content that spans of a trace share) are looked at once, however many spans hold them: a run that
// resends its history is searched in the time of its unique text.
class MatchingPieces {
public:
    Result<void> find(Database& db, std::int64_t trace, const TextQuery& query, const std::stop_token& stop) {
        auto rows =
            db.prepare("SELECT session, first, z FROM piece_block WHERE trace = ? ORDER BY session, first");
        if (!rows) return rows.error();
        rows->bind(1, trace);
        std::string previous;
        for (;;) {
            if (stop.stop_requested()) return Error{"cancelled", {}, {}};
            auto row = rows->step();
            if (!row) return row.error();
            if (!*row) return {};
            auto block = decode_pieces(rows->blob(2));
            if (!block) return block.error();
            const std::int64_t session = rows->integer(0);
            std::uint64_t number = public_id(rows->integer(1));
            for (const auto piece : block->pieces)
                look_at(query, session, number++, piece, previous);
        }
    }

    [[nodiscard]] bool in(const SkeletonBlock& block, std::size_t slot) const {
        if (whole_.empty() && across_.empty()) return false;
        for (const auto field : block.records[slot]) {
            const auto tokens = decode_tokens(field);
            if (!tokens) continue; // own_payload() has said so already
            for (const Token& token : *tokens) {
                for (const PieceRun& run : token.runs) {
                    if (holds(whole_, block.session, run.first, run.count)) return true;
                    if (run.count > 1 && holds(across_, block.session, run.first, run.count - 1)) return true;
                }
            }
        }
        return false;
    }

private:
    struct Place {
        std::int64_t session;
        std::uint64_t number;
        auto operator<=>(const Place&) const = default;
    };

    void look_at(const TextQuery& query, std::int64_t session, std::uint64_t number, std::string_view piece,
                 std::string& previous) {
        const bool follows = last_ == Place{session, number - 1} && number > 0;
        if (query.maybe_in_raw(piece) && query.in(searchable(piece, Wrapping::otlp))) {
            whole_.push_back({session, number});
        } else if (follows && !previous.empty()) {
            // A long plain text is cut at blanks, so a phrase may begin in one piece and end in the next.
            const std::string joined = previous + std::string(piece.substr(0, kTail));
            if (query.in(searchable(joined, Wrapping::otlp))) across_.push_back({session, number - 1});
        }
        previous = piece.substr(piece.size() > kTail ? piece.size() - kTail : 0);
        last_ = {session, number};
    }

    static bool holds(const std::vector<Place>& places, std::int64_t session, std::uint64_t first,
                      std::uint64_t count) {
        const auto it = std::ranges::lower_bound(places, Place{session, first});
        return it != places.end() && it->session == session && it->number - first < count;
    }

    static constexpr std::size_t kTail = 512;
    std::vector<Place> whole_;  // ascending, as the rows come
    std::vector<Place> across_; // begin in this piece, end in the next
    Place last_{-1, 0};
};

class Finder {
public:
    Finder(Database& db, const TextQuery& query, std::stop_token stop)
        : db_(db)
        , query_(query)
        , stop_(std::move(stop))
        , texts_(db) {}

    Result<std::unordered_set<SpanId>> run(TraceId id, std::int64_t trace) {
        if (auto done = pieces_.find(db_, trace, query_, stop_); !done) return done.error();
        if (auto done = log_records(id); !done) return done.error();
        auto rows = db_.prepare(fmt::format(
            "SELECT {}, s.span_id FROM span s WHERE s.trace = ? ORDER BY s.id", kSpanTextColumns));
        if (!rows) return rows.error();
        rows->bind(1, trace);
        for (;;) {
            if (stop_.stop_requested()) return Error{"cancelled", {}, {}};
            auto row = rows->step();
            if (!row) return row.error();
            if (!*row) return std::move(found_);
            auto hit = holds(*rows);
            if (!hit) return hit.error();
            if (*hit) found_.insert(SpanId{public_id(rows->integer(kSpanTextColumnCount))});
        }
    }

private:
    Result<bool> holds(const Statement& row) {
        auto columns = texts_.columns(row);
        if (!columns) return columns.error();
        if (query_.in(*columns)) return true;
        auto payload = texts_.own_payload(row);
        if (!payload) return payload.error();
        if (query_.maybe_in_raw(*payload) && query_.in(searchable(*payload, Wrapping::otlp))) return true;
        return in_pieces(row.integer(2));
    }

    Result<bool> in_pieces(std::int64_t payload) {
        if (payload <= 0) return false;
        const std::int64_t id = payload / static_cast<std::int64_t>(kMaxSpansInBlock);
        if (id != skeleton_id_) {
            auto rows = db_.prepare("SELECT z FROM skeleton WHERE id = ?");
            if (!rows) return rows.error();
            rows->bind(1, id);
            auto row = rows->step();
            if (!row) return row.error();
            if (!*row) return false;
            auto block = decode_skeleton(rows->blob(0));
            if (!block) return block.error();
            skeleton_ = std::move(*block);
            skeleton_id_ = id;
        }
        const auto slot = static_cast<std::size_t>(payload) % kMaxSpansInBlock;
        return slot < skeleton_.records.size() && pieces_.in(skeleton_, slot);
    }

    Result<void> log_records(TraceId id) {
        auto rows = db_.prepare("SELECT span_id, name, event FROM log_record WHERE high = ? AND low = ?");
        if (!rows) return rows.error();
        rows->bind_all(signed_id(id.high), signed_id(id.low));
        for (;;) {
            auto row = rows->step();
            if (!row) return row.error();
            if (!*row) return {};
            auto text = log_record_text(*rows, 1);
            if (!text) return text.error();
            if (query_.in(*text)) found_.insert(SpanId{public_id(rows->integer(0))});
        }
    }

    Database& db_;
    const TextQuery& query_;
    std::stop_token stop_;
    SpanTexts texts_;
    MatchingPieces pieces_;
    SkeletonBlock skeleton_;
    std::int64_t skeleton_id_ = -1;
    std::unordered_set<SpanId> found_;
};

} // namespace

Result<std::unordered_set<SpanId>> spans_with_text(Database& db, TraceId trace, std::int64_t row,
                                                   const TextQuery& query, const std::stop_token& stop) {
    return Finder(db, query, stop).run(trace, row);
}

} // namespace clew
