// SpanTable: writes CommitUnits: new spans are inserted, known ones merged (what is stated later wins),
// payload blocks and pieces stored, roll-ups kept. Only inside StoreCore::write; one per import.
#pragma once

#include "model/store/payload/payload_reader.h"
#include "model/store/sqlite/database.h"
#include "model/store/write/commit_unit.h"
#include "model/store/write/name_tables.h"
#include "model/store/write/steady_binder.h"
#include "model/store/write/trace_book.h"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace clew {

// A row of the table span, with resolved ids. 0 stands for NULL in id columns. Text is borrowed.
struct SpanRow {
    std::int64_t id = 0, trace = 0;
    SpanId span, parent;
    TimeNs start = kNoTime, end = kNoTime, first_token = kNoTime;
    Kind kind = Kind::generic;
    Status status = Status::unset;
    TimeQuality quality = TimeQuality::exact;
    std::uint32_t flags = 0;
    std::uint16_t calls = 0;
    std::uint8_t counted = 0;
    std::int64_t names[kNameColumns] = {};
    Usage usage;
    std::optional<PicoUsd> cost;     // reported
    std::optional<PicoUsd> computed; // by our prices; only where none is reported
    std::string_view detail, status_message, own_id;
    std::int64_t resource = 0, scope = 0, source = 0, pass = 0, payload = 0, payload_hash = 0;
    bool operator==(const SpanRow&) const = default;
};

class SpanTable {
public:
    // `book` outlives it.
    explicit SpanTable(TraceBook& book)
        : book_(book) {}

    Result<void> write(Database& db, const CommitUnit& unit);

private:
    struct Skeleton {
        std::int64_t id = 0;
        std::int64_t live = 0;
        bool stored = false;
    };
    struct TracePieces { // what this import has stored of a trace's pieces
        std::int64_t key = 0;
        std::int64_t blocks = 0;
    };

    Result<void> prepare(Database& db);
    Result<void> write_pieces(Database& db, const CommitUnit& unit);
    Result<void> follow_key(Database& db, const TraceState& state, std::int64_t session);
    Result<void> write_span(Database& db, const CommitUnit& unit, const EncodedSpan& span, TraceState& state);
    Result<void> insert_span(Database& db, SpanRow& row, TraceState& state);
    Result<void> merge_span(Database& db, const CommitUnit& unit, const EncodedSpan& span, SpanRow& row,
                            TraceState& state, SpanNode& node);
    Result<void> merge_payload(Database& db, const CommitUnit& unit, const EncodedSpan& span,
                               const SpanRow& old, SpanRow& row);
    Result<void> compute_cost(Database& db, SpanRow& row);
    Result<void> also_from(Database& db, std::int64_t span_row, const EncodedSpan& span);
    Result<void> add_terms(Database& db, const SpanRow& row, const TraceState& state);
    Result<std::int64_t> payload_place(Database& db, const EncodedSpan& span);
    Result<void> store_skeleton(Database& db, const CommitUnit& unit, std::uint32_t index);
    Result<void> drop_payload(Database& db, std::int64_t payload);
    Result<void> write_skeletons(Database& db, const CommitUnit& unit);
    Result<void> write_logs(const CommitUnit& unit);
    SpanRow row_of(const CommitUnit& unit, const EncodedSpan& span, const TraceState& state) const;

    TraceBook& book_;
    NameTables names_;
    std::vector<Skeleton> skeletons_; // of the unit
    std::unordered_map<TraceId, TracePieces> pieces_;
    SteadyBinder::Bound bound_; // to insert_
    Statement insert_, update_, read_, insert_skeleton_, insert_pieces_, insert_also_, update_also_, release_,
        insert_log_, mark_dirty_;
};

} // namespace clew
