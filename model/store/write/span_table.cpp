#include "model/store/write/span_table.h"

#include "model/store/payload/merged_payload.h"

#include <algorithm>

namespace clew {

namespace {

// Columns of span in the order in which bind_row binds them and read_row reads them; id is the first.
constexpr const char* kInsert =
    "INSERT INTO span (id, trace, span_id, parent_id, start_ns, end_ns, kind, status, quality, flags, calls, "
    "counted, "
    "name, model, request_model, provider, agent, tool, session, user, prompt_name, prompt_version, tok_in, "
    "tok_cache_read, tok_cache_write, tok_out, tok_reasoning, cost, first_token_ns, detail, status_message, "
    "own_id, "
    "resource, scope, source, pass, payload, payload_hash, tok_cache_write_1h, cost_computed, tok_audio_in, "
    "tok_audio_out) VALUES "
    "(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,"
    "?16,?17,?18,?19,?20,?21,?22,?23,?24,?25,?26,?27,?28,?29,?30,?31,?32,?33,?34,?35,?36,?37,?38,?39,?40,?41,"
    "?42)";
constexpr const char* kUpdate =
    "UPDATE span SET trace=?2, span_id=?3, parent_id=?4, start_ns=?5, end_ns=?6, kind=?7, status=?8, "
    "quality=?9, "
    "flags=?10, calls=?11, counted=?12, name=?13, model=?14, request_model=?15, provider=?16, agent=?17, "
    "tool=?18, "
    "session=?19, user=?20, prompt_name=?21, prompt_version=?22, tok_in=?23, tok_cache_read=?24, "
    "tok_cache_write=?25, "
    "tok_out=?26, tok_reasoning=?27, cost=?28, first_token_ns=?29, detail=?30, status_message=?31, "
    "own_id=?32, "
    "resource=?33, scope=?34, source=?35, pass=?36, payload=?37, payload_hash=?38, tok_cache_write_1h=?39, "
    "cost_computed=?40, tok_audio_in=?41, tok_audio_out=?42 WHERE id=?1";
constexpr const char* kRead = "SELECT id, trace, span_id, parent_id, start_ns, end_ns, kind, status, "
                              "quality, flags, calls, counted, name, model, "
                              "request_model, provider, agent, tool, session, user, prompt_name, "
                              "prompt_version, tok_in, tok_cache_read, "
                              "tok_cache_write, tok_out, tok_reasoning, cost, first_token_ns, detail, "
                              "status_message, own_id, resource, scope, "
                              "source, pass, payload, payload_hash, tok_cache_write_1h, cost_computed, "
                              "tok_audio_in, tok_audio_out FROM span WHERE id = ?";
constexpr int kFirstName = 13;

// `to` is a Statement or a SteadyBinder.
template <class Binder>
void bind_row(Binder& to, const SpanRow& row) {
    const auto time = [&](int at, TimeNs value) {
        if (value == kNoTime)
            to.bind(at, nullptr);
        else
            to.bind(at, value);
    };
    const auto id = [&](int at, std::int64_t value) {
        if (value == 0)
            to.bind(at, nullptr);
        else
            to.bind(at, value);
    };
    const auto text = [&](int at, std::string_view value) {
        if (value.empty())
            to.bind(at, nullptr);
        else
            to.bind(at, value);
    };
    to.bind(1, row.id);
    to.bind(2, row.trace);
    to.bind(3, row.span.value);
    to.bind(4, row.parent.value);
    time(5, row.start);
    time(6, row.end);
    to.bind(7, static_cast<int>(row.kind));
    to.bind(8, static_cast<int>(row.status));
    to.bind(9, static_cast<int>(row.quality));
    to.bind(10, row.flags);
    to.bind(11, static_cast<int>(row.calls));
    to.bind(12, static_cast<int>(row.counted));
    for (std::size_t i = 0; i < kNameColumns; ++i)
        id(kFirstName + static_cast<int>(i), row.names[i]);
    to.bind(23, row.usage.input);
    to.bind(24, row.usage.cache_read);
    to.bind(25, row.usage.cache_write);
    to.bind(26, row.usage.output);
    to.bind(27, row.usage.reasoning);
    to.bind(28, row.cost);
    time(29, row.first_token);
    text(30, row.detail);
    text(31, row.status_message);
    text(32, row.own_id);
    id(33, row.resource);
    id(34, row.scope);
    to.bind(35, row.source);
    to.bind(36, row.pass);
    id(37, row.payload);
    id(38, row.payload_hash);
    to.bind(39, row.usage.cache_write_1h);
    to.bind(40, row.computed);
    to.bind(41, row.usage.input_audio);
    to.bind(42, row.usage.output_audio);
}

SpanRow read_row(const Statement& from) {
    SpanRow row;
    row.id = from.integer(0);
    row.trace = from.integer(1);
    row.span.value = static_cast<std::uint64_t>(from.integer(2));
    row.parent.value = static_cast<std::uint64_t>(from.integer(3));
    row.start = from.maybe_integer(4).value_or(kNoTime);
    row.end = from.maybe_integer(5).value_or(kNoTime);
    row.kind = static_cast<Kind>(from.integer(6));
    row.status = static_cast<Status>(from.integer(7));
    row.quality = static_cast<TimeQuality>(from.integer(8));
    row.flags = static_cast<std::uint32_t>(from.integer(9));
    row.calls = static_cast<std::uint16_t>(from.integer(10));
    row.counted = static_cast<std::uint8_t>(from.integer(11));
    for (std::size_t i = 0; i < kNameColumns; ++i)
        row.names[i] = from.integer(kFirstName - 1 + static_cast<int>(i));
    row.usage = {from.maybe_integer(22), from.maybe_integer(23), from.maybe_integer(24),
                 from.maybe_integer(25), from.maybe_integer(26)};
    row.cost = from.maybe_integer(27);
    row.first_token = from.maybe_integer(28).value_or(kNoTime);
    row.detail = from.text(29);
    row.status_message = from.text(30);
    row.own_id = from.text(31);
    row.resource = from.integer(32);
    row.scope = from.integer(33);
    row.source = from.integer(34);
    row.pass = from.integer(35);
    row.payload = from.integer(36);
    row.payload_hash = from.integer(37);
    row.usage.cache_write_1h = from.maybe_integer(38);
    row.usage.input_audio = from.maybe_integer(40);
    row.usage.output_audio = from.maybe_integer(41);
    row.computed = from.maybe_integer(39);
    return row;
}

// What the later record leaves open comes from the earlier one.
void fill_from(const SpanRow& old, SpanRow& row) {
    const auto text = [](std::string_view& to, std::string_view from) {
        if (to.empty()) to = from;
    };
    const auto time = [](TimeNs& to, TimeNs from) {
        if (to == kNoTime) to = from;
    };
    if (!row.parent.valid()) row.parent = old.parent;
    if (row.start == kNoTime) row.quality = old.quality;
    time(row.start, old.start);
    time(row.end, old.end);
    time(row.first_token, old.first_token);
    if (row.kind == Kind::generic) row.kind = old.kind;
    if (row.status == Status::unset) row.status = old.status;
    const std::uint32_t made_up = row.flags & old.flags & kSynthesized;
    row.flags = ((row.flags | old.flags) & ~static_cast<std::uint32_t>(kSynthesized)) | made_up;
    if (row.calls == 0) row.calls = old.calls;
    for (std::size_t i = 0; i < kNameColumns; ++i) {
        if (row.names[i] == 0) row.names[i] = old.names[i];
    }
    if (!row.usage.input) row.usage.input = old.usage.input;
    if (!row.usage.cache_read) row.usage.cache_read = old.usage.cache_read;
    if (!row.usage.cache_write) row.usage.cache_write = old.usage.cache_write;
    if (!row.usage.output) row.usage.output = old.usage.output;
    if (!row.usage.reasoning) row.usage.reasoning = old.usage.reasoning;
    if (!row.usage.cache_write_1h) row.usage.cache_write_1h = old.usage.cache_write_1h;
    if (!row.usage.input_audio) row.usage.input_audio = old.usage.input_audio;
    if (!row.usage.output_audio) row.usage.output_audio = old.usage.output_audio;
    if (!row.cost) row.cost = old.cost;
    text(row.detail, old.detail);
    text(row.status_message, old.status_message);
    text(row.own_id, old.own_id);
    if (row.resource == 0) row.resource = old.resource;
    if (row.scope == 0) row.scope = old.scope;
}

UsageNames usage_names(const SpanRow& row) {
    return {row.names[kModel],      row.names[kAgent],         row.names[kTool],
            row.names[kPromptName], row.names[kPromptVersion], row.names[kSession]};
}

SpanNode node_of(const SpanRow& row) {
    SpanNode node;
    node.id = row.span;
    node.parent = row.parent;
    node.row = row.id;
    node.start = row.start;
    node.end = row.end;
    node.bucket = bucket_of(row.start, row.end);
    node.flags = row.flags;
    node.calls = row.calls;
    node.kind = row.kind;
    node.status = row.status;
    node.quality = row.quality;
    node.counted = row.counted;
    return node;
}

Error removed_meanwhile(TraceId trace) {
    return {"store.removed_meanwhile", {to_hex(trace)}, {}};
}

} // namespace

Result<void> SpanTable::prepare(Database& db) {
    if (insert_) return {};
    const std::pair<Statement*, const char*> all[] = {
        {&insert_, kInsert},
        {&update_, kUpdate},
        {&read_, kRead},
        {&insert_skeleton_, "INSERT INTO skeleton (id, live, z) VALUES (?, ?, ?)"},
        {&insert_pieces_,
         "INSERT INTO piece_block (id, trace, session, first, count, z) VALUES (?, ?, ?, ?, ?, ?)"},
        {&insert_also_, "INSERT OR IGNORE INTO span_also VALUES (?, ?, ?)"},
        {&update_also_, "UPDATE span_also SET pass = max(pass, ?) WHERE span = ? AND source = ?"},
        {&release_, "UPDATE skeleton SET live = live - 1 WHERE id = ?"},
        {&insert_log_,
         "INSERT OR IGNORE INTO log_record (high, low, span_id, hash, source, time_ns, name, event) "
         "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"},
        {&mark_dirty_, "INSERT OR IGNORE INTO text_dirty SELECT ?1 FROM text_progress WHERE span >= ?1"},
    };
    for (const auto& [statement, sql] : all) {
        auto prepared = db.prepare(sql, true);
        if (!prepared) return prepared.error();
        *statement = std::move(prepared).value();
    }
    return {};
}

Result<void> SpanTable::write(Database& db, const CommitUnit& unit) {
    if (auto done = prepare(db); !done) return done;
    if (auto done = names_.add(db, unit); !done) return done;
    skeletons_.assign(unit.skeletons.size(), {});
    if (auto done = write_pieces(db, unit); !done) return done;
    TraceState* state = nullptr;
    for (const EncodedSpan& span : unit.spans) {
        if (!state || state->id != span.trace) {
            auto opened = book_.open(db, span.trace);
            if (!opened) return opened.error();
            state = opened.value();
            if (auto done = follow_key(db, *state, unit.session); !done) return done;
        }
        if (auto done = write_span(db, unit, span, *state); !done) return done;
    }
    if (auto done = write_skeletons(db, unit); !done) return done;
    return write_logs(unit);
}

Result<void> SpanTable::write_pieces(Database& db, const CommitUnit& unit) {
    for (const EncodedPieces& pieces : unit.pieces) {
        auto state = book_.open(db, pieces.trace);
        if (!state) return state.error();
        if (auto done = follow_key(db, *state.value(), unit.session); !done) return done;
        auto row = book_.next_piece_row(db);
        if (!row) return row.error();
        auto done = insert_pieces_.run_with(row.value(), state.value()->key, unit.session, pieces.first,
                                            pieces.count, Blob{pieces.z});
        if (!done) return done;
        TracePieces& stored = pieces_[pieces.trace];
        stored.key = state.value()->key;
        ++stored.blocks;
    }
    return {};
}

// A trace that was removed and came again has another key: the recipes to come name pieces under the old one.
Result<void> SpanTable::follow_key(Database& db, const TraceState& state, std::int64_t session) {
    const auto found = pieces_.find(state.id);
    if (found == pieces_.end() || found->second.key == state.key) return {};
    std::vector<std::int64_t> blocks;
    auto list = db.prepare("SELECT id FROM piece_block WHERE trace = ? AND session = ?");
    if (!list) return list.error();
    list->bind_all(found->second.key, session);
    for (;;) {
        const auto more = list->step();
        if (!more) return more.error();
        if (!more.value()) break;
        blocks.push_back(list->integer(0));
    }
    if (static_cast<std::int64_t>(blocks.size()) < found->second.blocks) return removed_meanwhile(state.id);
    for (const std::int64_t block : blocks) {
        auto row = book_.next_piece_row(db);
        if (!row) return row.error();
        auto done =
            db.run("INSERT OR IGNORE INTO piece_block SELECT ?, ?, session, first, count, z FROM piece_block "
                   "WHERE id = ?",
                   row.value(), state.key, block);
        if (!done) return done;
    }
    found->second.key = state.key;
    return {};
}

SpanRow SpanTable::row_of(const CommitUnit& unit, const EncodedSpan& span, const TraceState& state) const {
    SpanRow row;
    row.trace = state.key;
    row.span = span.id;
    row.parent = span.parent;
    row.start = span.start;
    row.end = span.end;
    row.first_token = span.first_token;
    row.kind = span.kind;
    row.status = span.status;
    row.quality = span.quality;
    row.flags = span.flags;
    row.calls = span.calls;
    for (std::size_t i = 0; i < kNameColumns; ++i)
        row.names[i] = names_.name(span.names[i]);
    row.usage = span.usage;
    row.cost = span.cost;
    row.detail = unit.view(span.detail);
    row.status_message = unit.view(span.status_message);
    row.own_id = unit.view(span.own_id);
    row.resource = names_.resource(span.resource);
    row.scope = names_.scope(span.scope);
    row.source = span.source;
    row.pass = span.pass;
    row.payload_hash = span.payload_fields != 0 ? span.payload_hash : 0;
    return row;
}

Result<void> SpanTable::write_span(Database& db, const CommitUnit& unit, const EncodedSpan& span,
                                   TraceState& state) {
    SpanRow row = row_of(unit, span, state);
    const auto take = [&](TextRef from, std::string& to) {
        if (from.size == 0 || to == unit.view(from)) return;
        to = unit.view(from);
        state.texts_dirty = true;
        book_.touch(state);
    };
    take(span.trace_name, state.stated_name);
    take(span.trace_own_id, state.own_id);
    if (SpanNode* node = state.find(span.id)) return merge_span(db, unit, span, row, state, *node);
    if (span.payload_stored) return removed_meanwhile(span.trace);
    if (span.payload_fields != 0) {
        auto place = payload_place(db, span);
        if (!place) return place.error();
        row.payload = place.value();
    }
    return insert_span(db, row, state);
}

Result<void> SpanTable::compute_cost(Database& db, SpanRow& row) {
    auto cost = book_.prices().cost(db, {row.kind, row.flags, row.start, row.names[kProvider],
                                         row.names[kModel], row.names[kRequestModel], row.usage});
    if (!cost) return cost.error();
    row.computed = *cost;
    return {};
}

Result<void> SpanTable::insert_span(Database& db, SpanRow& row, TraceState& state) {
    auto id = book_.next_span_row(db);
    if (!id) return id.error();
    row.id = id.value();
    // Mostly right; the roll-up mends it where a call has calls below.
    if ((row.kind == Kind::llm || row.kind == Kind::embedding) && !(row.flags & kAggregateUsage)) {
        row.counted =
            static_cast<std::uint8_t>((row.usage.stated() ? kUsageCounts : 0) | (row.cost ? kCostCounts : 0) |
                                      (row.usage.stated() && !row.cost ? kCostOpen : 0));
    }
    if (auto done = compute_cost(db, row); !done) return done;
    SteadyBinder binder(insert_, bound_);
    bind_row(binder, row);
    if (auto done = insert_.run(); !done) return done;
    state.add(node_of(row), {row.usage, row.cost, row.computed}, usage_names(row));
    book_.count_spans(row.source, 1);
    book_.touch(state);
    if (auto done = book_.add_source(db, state, row.source); !done) return done;
    return add_terms(db, row, state);
}

Result<void> SpanTable::merge_span(Database& db, const CommitUnit& unit, const EncodedSpan& span,
                                   SpanRow& row, TraceState& state, SpanNode& node) {
    read_.bind_all(node.row);
    const auto found = read_.step();
    if (!found) return found.error();
    if (!found.value()) return removed_meanwhile(span.trace);
    const SpanRow old = read_row(read_); // its texts live until read_ is reset
    row.id = old.id;
    row.source = old.source;
    row.counted = old.counted;
    row.pass = std::max(old.pass, span.pass); // two imports of one source at once must not sweep each other's
    const bool replaces = span.replace && old.source == span.source && old.pass < span.pass;
    if (!replaces) fill_from(old, row);
    if (auto done = compute_cost(db, row); !done) return done;
    if (old.source != span.source) {
        row.pass = old.pass;
        if (auto done = also_from(db, old.id, span); !done) return done;
        if (auto done = book_.add_source(db, state, span.source); !done) return done;
    }
    row.payload = old.payload;
    if (span.payload_fields == 0) {
        if (replaces)
            row.payload = 0;
        else
            row.payload_hash = old.payload_hash;
    } else if (span.payload_hash != old.payload_hash) {
        if (span.payload_stored) return removed_meanwhile(span.trace);
        if (replaces || old.payload == 0) {
            auto place = payload_place(db, span);
            if (!place) return place.error();
            row.payload = place.value();
        } else if (auto done = merge_payload(db, unit, span, old, row); !done) {
            return done;
        }
    }
    SpanRow same = row;
    same.pass = old.pass;
    if (same == old) {
        // Which pass brought it last matters only to a source that is read again.
        const bool keep = row.pass == old.pass || !span.replace;
        read_.reset();
        if (keep) return {};
        return db.run("UPDATE span SET pass = ? WHERE id = ?", row.pass, row.id);
    }
    bind_row(update_, row);
    if (auto done = update_.run(); !done) return done;
    const bool text_changed = row.payload != old.payload || row.names[kName] != old.names[kName] ||
                              row.detail != old.detail || row.status_message != old.status_message;
    const std::int64_t dropped = row.payload != old.payload ? old.payload : 0;
    const bool renamed = std::ranges::equal(row.names, old.names) == false;
    read_.reset();
    if (dropped != 0) {
        if (auto done = drop_payload(db, dropped); !done) return done;
    }
    if (text_changed) {
        if (auto done = mark_dirty_.run_with(row.id); !done) return done;
    }
    const std::int32_t usage = node.usage;
    node = node_of(row);
    node.usage = usage;
    state.set_usage(node, {row.usage, row.cost, row.computed});
    state.set_names(node, usage_names(row));
    state.texts_dirty = true;
    book_.touch(state);
    const bool termed = row.kind != old.kind || row.status != old.status || row.resource != old.resource ||
                        (row.flags & kMcp) != (old.flags & kMcp);
    if (renamed || termed) return add_terms(db, row, state);
    return {};
}

// Both records' texts as one; what the later one does not have in full becomes a block of its own.
Result<void> SpanTable::merge_payload(Database& db, const CommitUnit& unit, const EncodedSpan& span,
                                      const SpanRow& old, SpanRow& row) {
    // Either may stand in a block of this unit, which is written only at its end.
    const std::int64_t old_block = old.payload / static_cast<std::int64_t>(kMaxSpansInBlock);
    for (std::uint32_t i = 0; i < skeletons_.size(); ++i) {
        if (i != span.skeleton && skeletons_[i].id != old_block) continue;
        if (auto done = store_skeleton(db, unit, i); !done) return done;
    }
    PayloadReader reader(db);
    auto earlier = reader.read(old.payload, old.trace);
    if (!earlier) return earlier.error();
    const std::int64_t id = skeletons_[span.skeleton].id;
    auto merged = reader.read(id * static_cast<std::int64_t>(kMaxSpansInBlock) + span.slot, row.trace);
    if (!merged) return merged.error();
    const Payload& stated = merged.value();
    const Payload now = merged_payload(*earlier, stated);
    const bool whole = now.attributes == stated.attributes && now.events == stated.events &&
                       now.links == stated.links && now.rest == stated.rest;
    if (whole) {
        auto place = payload_place(db, span);
        if (!place) return place.error();
        row.payload = place.value();
        return {};
    }
    row.payload_hash = payload_hash({now.attributes, now.events, now.links, now.rest});
    if (row.payload_hash == old.payload_hash) {
        row.payload = old.payload;
        return {};
    }
    const std::string z = whole_record_block({now.attributes, now.events, now.links, now.rest});
    auto block = book_.next_skeleton_row(db);
    if (!block) return block.error();
    row.payload = block.value() * static_cast<std::int64_t>(kMaxSpansInBlock);
    return insert_skeleton_.run_with(block.value(), 1, Blob{z});
}

Result<void> SpanTable::also_from(Database& db, std::int64_t span_row, const EncodedSpan& span) {
    if (auto done = insert_also_.run_with(span_row, span.source, span.pass); !done) return done;
    if (db.changes() > 0) {
        book_.count_spans(span.source, 1);
        return {};
    }
    return update_also_.run_with(span.pass, span_row, span.source);
}

Result<void> SpanTable::add_terms(Database& db, const SpanRow& row, const TraceState& state) {
    for (std::size_t i = 0; i < kNameColumns; ++i) {
        if (row.names[i] == 0) continue;
        if (auto done = book_.add_term(db, state, term_of(static_cast<NameColumn>(i)), row.names[i]); !done)
            return done;
    }
    if (auto done = book_.add_term(db, state, kKindTerm, static_cast<std::int64_t>(row.kind)); !done)
        return done;
    if (row.resource != 0) {
        if (auto done = book_.add_term(db, state, kResourceTerm, row.resource); !done) return done;
    }
    if ((row.flags & kMcp) != 0) {
        if (auto done = book_.add_term(db, state, kKindTerm, kMcpKind); !done) return done;
    }
    return book_.add_term(db, state, kStatusTerm, static_cast<std::int64_t>(row.status));
}

Result<std::int64_t> SpanTable::payload_place(Database& db, const EncodedSpan& span) {
    Skeleton& block = skeletons_[span.skeleton];
    if (block.id == 0) {
        auto row = book_.next_skeleton_row(db);
        if (!row) return row.error();
        block.id = row.value();
    }
    ++block.live;
    return block.id * static_cast<std::int64_t>(kMaxSpansInBlock) + span.slot;
}

Result<void> SpanTable::store_skeleton(Database& db, const CommitUnit& unit, std::uint32_t index) {
    Skeleton& block = skeletons_[index];
    if (block.stored) return {};
    if (block.id == 0) {
        auto row = book_.next_skeleton_row(db);
        if (!row) return row.error();
        block.id = row.value();
    }
    block.stored = true;
    return insert_skeleton_.run_with(block.id, 0, Blob{unit.skeletons[index]});
}

Result<void> SpanTable::drop_payload(Database& db, std::int64_t payload) {
    const std::int64_t block = payload / static_cast<std::int64_t>(kMaxSpansInBlock);
    for (Skeleton& open : skeletons_) {
        if (open.id == block) { // of this unit: counted when it is written
            --open.live;
            return {};
        }
    }
    if (auto done = release_.run_with(block); !done) return done;
    return db.run("DELETE FROM skeleton WHERE id = ? AND live <= 0", block);
}

Result<void> SpanTable::write_skeletons(Database& db, const CommitUnit& unit) {
    for (std::size_t i = 0; i < skeletons_.size(); ++i) {
        const Skeleton& block = skeletons_[i];
        if (block.stored) {
            const char* sql = block.live > 0 ? "UPDATE skeleton SET live = ?2 WHERE id = ?1"
                                             : "DELETE FROM skeleton WHERE id = ?1 AND ?2 <= 0";
            if (auto done = db.run(sql, block.id, block.live); !done) return done;
        } else if (block.live > 0) {
            if (auto done = insert_skeleton_.run_with(block.id, block.live, Blob{unit.skeletons[i]}); !done)
                return done;
        }
    }
    return {};
}

Result<void> SpanTable::write_logs(const CommitUnit& unit) {
    for (const EncodedLog& log : unit.logs) {
        insert_log_.bind_all(log.trace.high, log.trace.low, log.span.value, log.hash, log.source);
        if (log.time == kNoTime)
            insert_log_.bind(6, nullptr);
        else
            insert_log_.bind(6, log.time);
        insert_log_.bind(7, unit.view(log.name));
        if (log.packed)
            insert_log_.bind(8, Blob{log.event});
        else
            insert_log_.bind(8, std::string_view(log.event));
        if (auto done = insert_log_.run(); !done) return done;
    }
    return {};
}

} // namespace clew
