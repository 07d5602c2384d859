#include "model/store/write/trace_book.h"

#include "model/base/hash.h"

#include <algorithm>

namespace clew {

namespace {

std::optional<std::int64_t> or_null_id(std::int64_t id) {
    if (id == 0) return {};
    return id;
}

TimeNs time_of(const Statement& from, int column) {
    return from.maybe_integer(column).value_or(kNoTime);
}

constexpr std::size_t kMaxBytes = 48 * 1024 * 1024; // of remembered traces
constexpr std::size_t kLargeTrace = 20'000;         // spans; smaller ones are rolled up at every commit
constexpr std::size_t kSeenTerms = 64 * 1024;

} // namespace

void TraceBook::forget() {
    forgotten_.insert(forgotten_.end(), touched_.begin(), touched_.end());
    states_.clear();
    touched_.clear();
    source_spans_.clear();
    prices_.forget();
    seen_terms_.clear();
    next_span_ = next_piece_ = next_skeleton_ = 0;
}

void TraceBook::forget(TraceId trace) {
    states_.erase(trace);
    std::erase(touched_, trace);
    seen_terms_.clear();
}

Result<void> TraceBook::prepare(Database& db, Statement& statement, const char* sql) {
    if (statement) return {};
    auto prepared = db.prepare(sql, true);
    if (!prepared) return prepared.error();
    statement = std::move(prepared).value();
    return {};
}

Result<std::int64_t> TraceBook::next_row(Database& db, std::int64_t& next, const char* sql) {
    if (next == 0) {
        const auto last = db.query_integer(sql);
        if (!last) return last.error();
        next = last.value().value_or(0) + 1;
    }
    return next++;
}

Result<std::int64_t> TraceBook::next_span_row(Database& db) {
    return next_row(db, next_span_,
                    "SELECT max(ifnull((SELECT max(id) FROM span), 0), ifnull((SELECT max(span) FROM "
                    "text_progress), 0))");
}
Result<std::int64_t> TraceBook::next_piece_row(Database& db) {
    return next_row(db, next_piece_,
                    "SELECT max(ifnull((SELECT max(id) FROM piece_block), 0), "
                    "ifnull((SELECT max(piece_block) FROM text_progress), 0))");
}
Result<std::int64_t> TraceBook::next_skeleton_row(Database& db) {
    return next_row(db, next_skeleton_, "SELECT max(id) FROM skeleton");
}

Result<TraceState*> TraceBook::find(Database& db, TraceId trace) {
    if (const auto found = states_.find(trace); found != states_.end()) return found->second.get();
    if (auto ready = prepare(db, find_trace_,
                             "SELECT id, own_id, stated_name, spans FROM trace "
                             "WHERE high = ? AND low = ? AND hidden = 0");
        !ready) {
        return ready.error();
    }
    find_trace_.bind_all(trace.high, trace.low);
    const auto row = find_trace_.step();
    if (!row) return row.error();
    if (!row.value()) {
        find_trace_.reset();
        return nullptr;
    }
    auto state = std::make_unique<TraceState>(trace, find_trace_.integer(0));
    state->own_id = find_trace_.text(1);
    state->stated_name = find_trace_.text(2);
    const auto rolled_up = static_cast<std::size_t>(find_trace_.integer(3));
    find_trace_.reset();
    if (auto loaded = load_spans(db, *state); !loaded) return loaded.error();
    TraceState* const out = state.get();
    states_.emplace(trace, std::move(state));
    // An import that was killed may have left a large trace's roll-up behind.
    if (out->size() != rolled_up) touch(*out);
    return out;
}

Result<TraceState*> TraceBook::open(Database& db, TraceId trace) {
    auto found = find(db, trace);
    if (!found || found.value()) return found;
    if (auto ready = prepare(db, insert_trace_, "INSERT INTO trace (high, low) VALUES (?, ?)"); !ready) {
        return ready.error();
    }
    if (auto made = insert_trace_.run_with(trace.high, trace.low); !made) return made.error();
    auto state = std::make_unique<TraceState>(trace, db.last_insert_rowid());
    TraceState* const out = state.get();
    states_.emplace(trace, std::move(state));
    return out;
}

Result<void> TraceBook::reopen_forgotten(Database& db) {
    for (const TraceId id : forgotten_) {
        auto state = find(db, id);
        if (!state) return state.error();
        if (state.value()) touch(*state.value());
    }
    forgotten_.clear();
    return {};
}

Result<void> TraceBook::load_spans(Database& db, TraceState& state) {
    if (auto ready =
            prepare(db, read_spans_,
                    "SELECT id, span_id, parent_id, start_ns, end_ns, kind, status, quality, flags, calls, "
                    "counted, session, agent, tok_in, tok_cache_read, tok_cache_write, tok_out, "
                    "tok_reasoning, cost, cost_computed, model, tool, prompt_name, prompt_version FROM span "
                    "WHERE trace = ?");
        !ready) {
        return ready;
    }
    const Statement& row = read_spans_;
    read_spans_.bind_all(state.key);
    for (;;) {
        const auto more = read_spans_.step();
        if (!more) return more.error();
        if (!more.value()) break;
        SpanNode node;
        node.row = row.integer(0);
        node.id.value = static_cast<std::uint64_t>(row.integer(1));
        node.parent.value = static_cast<std::uint64_t>(row.integer(2));
        node.start = time_of(row, 3);
        node.end = time_of(row, 4);
        node.kind = static_cast<Kind>(row.integer(5));
        node.status = static_cast<Status>(row.integer(6));
        node.quality = static_cast<TimeQuality>(row.integer(7));
        node.flags = static_cast<std::uint32_t>(row.integer(8));
        node.calls = static_cast<std::uint16_t>(row.integer(9));
        node.counted = static_cast<std::uint8_t>(row.integer(10));
        node.bucket = bucket_of(node.start, node.end);
        NodeUsage usage;
        usage.usage = {row.maybe_integer(13), row.maybe_integer(14), row.maybe_integer(15),
                       row.maybe_integer(16), row.maybe_integer(17)};
        usage.cost = row.maybe_integer(18);
        usage.computed = row.maybe_integer(19);
        state.add(node, usage,
                  {row.integer(20), row.integer(12), row.integer(21), row.integer(22), row.integer(23),
                   row.integer(11)});
    }
    read_spans_.reset();
    return {};
}

void TraceBook::touch(TraceState& state) {
    state.used = clock_;
    if (state.dirty) return;
    state.dirty = true;
    touched_.push_back(state.id);
}

Result<void> TraceBook::add_source(Database& db, TraceState& state, std::int64_t source) {
    if (state.last_source == source) return {};
    if (auto ready = prepare(db, insert_source_, "INSERT OR IGNORE INTO trace_source VALUES (?, ?)"); !ready)
        return ready;
    if (auto done = insert_source_.run_with(state.key, source); !done) return done;
    state.last_source = source;
    return {};
}

Result<void> TraceBook::add_term(Database& db, const TraceState& state, int term, std::int64_t value) {
    if (seen_terms_.empty()) seen_terms_.resize(kSeenTerms);
    std::uint64_t mixed =
        (static_cast<std::uint64_t>(state.key) * 0x9e3779b97f4a7c15u) ^
        (static_cast<std::uint64_t>(value) * 16 + static_cast<std::uint64_t>(term)) * 0xc2b2ae3d27d4eb4fu;
    mixed ^= mixed >> 31;
    mixed *= 0x94d049bb133111ebu;
    mixed |= 1;
    std::uint64_t& seen = seen_terms_[mixed >> 48];
    if (seen == mixed) return {};
    if (auto ready = prepare(db, insert_term_, "INSERT OR IGNORE INTO trace_term VALUES (?, ?, ?)"); !ready)
        return ready;
    if (auto done = insert_term_.run_with(term, value, state.key); !done) return done;
    seen = mixed;
    return {};
}

Result<void> TraceBook::write_usage(Database& db, const TraceState& state, const RollUp& roll) {
    if (auto ready = prepare(db, write_usage_, "INSERT OR REPLACE INTO trace_usage VALUES (?, ?)"); !ready)
        return ready;
    if (auto ready = prepare(db, drop_usage_, "DELETE FROM trace_usage WHERE trace = ?"); !ready)
        return ready;
    const auto packed = usage_.packed(roll.cost, roll.computed);
    return packed.empty() ? drop_usage_.run_with(state.key) : write_usage_.run_with(state.key, Blob{packed});
}

Result<void> TraceBook::write_roll_up(Database& db, TraceState& state) {
    std::vector<const SpanNode*> changed;
    const RollUp roll = state.roll_up(changed, usage_);
    if (auto ready = prepare(db, update_counted_, "UPDATE span SET counted = ? WHERE id = ?"); !ready)
        return ready;
    for (const SpanNode* node : changed) {
        if (auto done = update_counted_.run_with(static_cast<int>(node->counted), node->row); !done)
            return done;
    }
    if (auto done = write_usage(db, state, roll); !done) return done;
    if (roll.spans == 0) {
        for (const char* sql :
             {"DELETE FROM trace_source WHERE trace = ?", "DELETE FROM piece_block WHERE trace = ?",
              "DELETE FROM trace WHERE id = ?"}) {
            if (auto done = db.run(sql, state.key); !done) return done;
        }
        return {};
    }
    if (auto ready = prepare(
            db, update_trace_,
            "UPDATE trace SET session = ?2, agent = ?3, root_kind = ?4, root_failed = ?5, start_ns = ?6, "
            "end_ns = ?7, "
            "running = ?8, quality = ?9, spans = ?10, root_spans = ?11, orphan_spans = ?12, llm_calls = ?13, "
            "tool_calls = ?14, errors = ?15, tool_errors = ?16, silent_failures = ?17, steps = ?18, tok_in = "
            "?19, "
            "tok_cache_read = ?20, tok_cache_write = ?21, tok_out = ?22, tok_reasoning = ?23, cost = ?24, "
            "aggregate_usage = ?25, unpriced_calls = ?26, cost_computed = ?27, "
            "generation = (SELECT value FROM meta WHERE key = 'generation') + 1 WHERE id = ?1");
        !ready) {
        return ready;
    }
    auto done = update_trace_.run_with(
        state.key, or_null_id(roll.session), or_null_id(roll.agent), static_cast<int>(roll.root_kind),
        roll.root_failed, if_known(roll.start), if_known(roll.end), roll.running,
        static_cast<int>(roll.quality), roll.spans, roll.root_spans, roll.orphan_spans, roll.llm_calls,
        roll.tool_calls, roll.errors, roll.tool_errors, roll.silent_failures, roll.steps, roll.usage.input,
        roll.usage.cache_read, roll.usage.cache_write, roll.usage.output, roll.usage.reasoning, roll.cost,
        roll.aggregate_usage, roll.unpriced_calls, roll.computed);
    if (!done) return done;
    if (roll.root_row != state.root_row || state.texts_dirty) {
        if (auto ready =
                prepare(db, read_root_,
                        "UPDATE trace SET name = ifnull(?3, ifnull((SELECT d.s FROM span s JOIN dict d "
                        "ON d.id = s.name WHERE s.id = ?2), '')), stated_name = ?3, own_id = ?4, "
                        "detail = (SELECT detail FROM span WHERE id = ?2) WHERE id = ?1");
            !ready) {
            return ready;
        }
        std::optional<std::string_view> stated, own;
        if (!state.stated_name.empty()) stated = state.stated_name;
        if (!state.own_id.empty()) own = state.own_id;
        if (done = read_root_.run_with(state.key, roll.root_row, stated, own); !done) return done;
        state.root_row = roll.root_row;
        state.texts_dirty = false;
    }
    return {};
}

Result<void> TraceBook::settle(Database& db, bool all) {
    if (auto done = reopen_forgotten(db); !done) return done;
    std::vector<TraceId> waiting;
    for (const TraceId id : touched_) {
        const auto found = states_.find(id);
        if (found == states_.end()) continue;
        TraceState& state = *found->second;
        // A large trace that is still arriving: once an eighth is new, so that the whole stays linear.
        if (!all && state.size() > kLargeTrace &&
            state.size() < state.size_at_roll_up + state.size_at_roll_up / 8) {
            waiting.push_back(id);
            continue;
        }
        if (auto done = write_roll_up(db, state); !done) return done;
        state.dirty = false;
        if (state.size() == 0) states_.erase(found);
    }
    touched_ = std::move(waiting);
    if (auto done = write_sources(db, all); !done) return done;
    if (++clock_ % 8 == 0) evict();
    return {};
}

Result<void> TraceBook::roll_up_again(Database& db, const std::vector<std::int64_t>& keys) {
    constexpr std::size_t kAtOnce = 256;
    auto ids = db.prepare("SELECT high, low FROM trace WHERE id = ? AND hidden = 0");
    if (!ids) return ids.error();
    std::size_t open = 0;
    for (const std::int64_t key : keys) {
        ids->bind_all(key);
        const auto row = ids->step();
        if (!row) return row.error();
        const bool found = row.value();
        const TraceId id{static_cast<std::uint64_t>(ids->integer(0)),
                         static_cast<std::uint64_t>(ids->integer(1))};
        ids->reset();
        if (!found) continue;
        forget(id);
        auto state = find(db, id);
        if (!state) return state.error();
        if (!state.value()) continue;
        touch(*state.value());
        if (++open % kAtOnce != 0) continue;
        if (auto done = settle(db, true); !done) return done;
    }
    return settle(db, true);
}

Result<void> TraceBook::write_sources(Database& db, bool all) {
    if (auto ready = prepare(db, update_source_, "UPDATE source SET spans = spans + ? WHERE id = ?"); !ready)
        return ready;
    for (const auto& [source, change] : source_spans_) {
        if (auto done = update_source_.run_with(change, source); !done) return done;
        touched_sources_.insert(source);
    }
    source_spans_.clear();
    if (!all) return {};
    if (auto ready =
            prepare(db, update_source_traces_,
                    "UPDATE source SET traces = (SELECT count(*) FROM trace_source s JOIN trace t "
                    "ON t.id = s.trace AND t.hidden = source.hidden WHERE s.source = ?1) WHERE id = ?1");
        !ready) {
        return ready;
    }
    for (const std::int64_t source : touched_sources_) {
        if (auto done = update_source_traces_.run_with(source); !done) return done;
    }
    touched_sources_.clear();
    return {};
}

void TraceBook::evict() {
    std::size_t bytes = 0;
    for (const auto& [id, state] : states_)
        bytes += state->bytes();
    if (bytes <= kMaxBytes) return;
    std::vector<std::pair<std::uint64_t, TraceId>> oldest;
    for (const auto& [id, state] : states_) {
        if (!state->dirty) oldest.emplace_back(state->used, id);
    }
    std::ranges::sort(oldest);
    for (const auto& [used, id] : oldest) {
        if (bytes <= kMaxBytes * 3 / 4) break;
        const auto found = states_.find(id);
        bytes -= found->second->bytes();
        states_.erase(found);
    }
}

} // namespace clew
