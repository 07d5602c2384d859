#include "model/store/removal.h"

#include "model/store/write/span_removal.h"
#include "model/store/write/trace_book.h"

#include <optional>
#include <utility>

namespace clew {

namespace {

constexpr DurationNs kLeftBehind = 86'400 * kSecond;
constexpr std::int64_t kRowsAtOnce = 20'000;

constexpr const char* kJudgementColumns =
    "high, low, span_id, author, thumb, labels, scores, comment, time_ns";

Result<std::int64_t> begin_removal(Database& db, bool with_judgements) {
    if (auto done = db.exec("UPDATE meta SET value = value + 1 WHERE key = 'removal'"); !done)
        return done.error();
    const auto number = db.query_integer("SELECT value FROM meta WHERE key = 'removal'");
    if (!number) return number.error();
    const std::int64_t removal = number.value().value_or(1);
    auto done = db.run("INSERT INTO removal VALUES (?, ?, ?)", removal, now(), with_judgements);
    if (!done) return done.error();
    return removal;
}

Result<std::optional<TraceId>> id_of(Database& db, std::int64_t key) {
    auto read = db.prepare("SELECT high, low FROM trace WHERE id = ?");
    if (!read) return read.error();
    read->bind_all(key);
    const auto row = read->step();
    if (!row) return row.error();
    if (!row.value()) return std::optional<TraceId>{};
    return std::optional<TraceId>(
        {static_cast<std::uint64_t>(read->integer(0)), static_cast<std::uint64_t>(read->integer(1))});
}

Result<void> roll_up_again(Database& db, TraceBook& book, TraceId id) {
    book.forget(id);
    auto state = book.find(db, id);
    if (!state) return state.error();
    if (!state.value()) return {};
    state.value()->texts_dirty = true;
    book.touch(*state.value());
    return {};
}

Result<void> hide_trace(Database& db, TraceBook& book, std::int64_t key, std::int64_t removal,
                        bool with_judgements) {
    auto id = id_of(db, key);
    if (!id) return id.error();
    if (!id.value()) return {};
    const TraceId trace = *id.value();
    if (auto done = count_trace(db, book, key, -1); !done) return done;
    if (auto done = db.run("UPDATE trace SET hidden = ? WHERE id = ?", removal, key); !done) return done;
    if (auto done = db.run("DELETE FROM trace_usage WHERE trace = ?", key); !done) return done;
    book.forget(trace);
    if (!with_judgements) return {};
    auto done = db.run(std::string("INSERT INTO removed_judgement SELECT ?, ") + kJudgementColumns +
                           " FROM judgement WHERE high = ? AND low = ?",
                       removal, trace.high, trace.low);
    if (!done) return done;
    return db.run("DELETE FROM judgement WHERE high = ? AND low = ?", trace.high, trace.low);
}

// The spans that only `source` brought go to a hidden trace of the same id; those that others brought too
// stay theirs.
Result<void> split_trace(Database& db, TraceBook& book, std::int64_t key, std::int64_t source,
                         std::int64_t removal) {
    auto id = id_of(db, key);
    if (!id) return id.error();
    if (!id.value()) return {};
    auto before = terms_of_trace(db, key);
    if (!before) return before.error();
    const char* steps[] = {
        "INSERT INTO removed_share SELECT ?3, s.id, s.source, s.pass FROM span s WHERE s.trace = ?1 AND "
        "s.source = ?2 "
        "AND EXISTS (SELECT 1 FROM span_also a WHERE a.span = s.id)",
        "INSERT INTO removed_share SELECT ?3, a.span, a.source, a.pass FROM span s JOIN span_also a ON "
        "a.span = s.id "
        "WHERE s.trace = ?1 AND a.source = ?2",
    };
    std::int64_t shares = 0;
    for (const char* sql : steps) {
        if (auto done = db.run(sql, key, source, removal); !done) return done;
        shares += db.changes();
    }
    book.count_spans(source, -shares);
    if (auto done = db.run(
            "DELETE FROM span_also WHERE source = ?2 AND span IN (SELECT id FROM span WHERE trace = ?1)", key,
            source);
        !done) {
        return done;
    }
    auto done = db.run(
        "UPDATE span SET (source, pass) = (SELECT a.source, a.pass FROM span_also a WHERE a.span = span.id "
        "ORDER BY a.source LIMIT 1) WHERE trace = ?1 AND source = ?2 AND EXISTS (SELECT 1 FROM span_also "
        "a WHERE a.span = span.id)",
        key, source);
    if (!done) return done;
    done = db.run(
        "DELETE FROM span_also WHERE (span, source) IN (SELECT id, source FROM span WHERE trace = ?)", key);
    if (!done) return done;
    const auto own =
        db.query_integer("SELECT count(*) FROM span WHERE trace = ? AND source = ?", key, source);
    if (!own) return own.error();
    if (own.value().value_or(0) > 0) {
        done = db.run("INSERT INTO trace (high, low, hidden) VALUES (?, ?, ?)", id.value()->high,
                      id.value()->low, removal);
        if (!done) return done;
        const std::int64_t apart = db.last_insert_rowid();
        if (done = db.run("UPDATE span SET trace = ? WHERE trace = ? AND source = ?", apart, key, source);
            !done)
            return done;
        if (done = db.run("INSERT INTO trace_source VALUES (?, ?)", apart, source); !done) return done;
        if (done = count_trace(db, book, apart, -1); !done) return done;
    }
    if (done = db.run("DELETE FROM trace_source WHERE trace = ? AND source = ?", key, source); !done)
        return done;
    if (done = rewrite_terms(db, key, before.value()); !done) return done;
    return roll_up_again(db, book, *id.value());
}

// A removed trace whose id has come again meanwhile: its spans join the new one, which wins where both have a
// span.
Result<void> join_trace(Database& db, TraceBook& book, std::int64_t hidden, std::int64_t visible) {
    auto twice = list_integers(
        db,
        "SELECT h.id FROM span h JOIN trace t ON t.id = h.trace JOIN trace o ON o.high = t.high "
        "AND o.low = t.low AND o.hidden = 0 JOIN span v ON v.trace = o.id AND v.span_id = h.span_id "
        "WHERE h.trace = ?",
        hidden);
    if (!twice) return twice.error();
    if (auto done = delete_spans(db, book, twice.value(), false); !done) return done;
    if (auto done = count_trace(db, book, hidden, 1); !done) return done;
    auto terms = terms_of_trace(db, hidden);
    if (!terms) return terms.error();
    const char* steps[] = {
        "UPDATE span SET trace = ?2 WHERE trace = ?1",
        "UPDATE OR IGNORE piece_block SET trace = ?2 WHERE trace = ?1",
        "DELETE FROM piece_block WHERE trace = ?1 AND ?2 > 0",
        "INSERT OR IGNORE INTO trace_source SELECT ?2, source FROM trace_source WHERE trace = ?1",
        "DELETE FROM trace_source WHERE trace = ?1 AND ?2 > 0",
        "DELETE FROM trace WHERE id = ?1 AND ?2 > 0",
    };
    for (const char* sql : steps) {
        if (auto done = db.run(sql, hidden, visible); !done) return done;
    }
    if (auto done = rewrite_terms(db, hidden, terms.value()); !done)
        return done; // it has no spans now: all go
    return rewrite_terms(db, visible, {});
}

Result<void> restore_trace(Database& db, TraceBook& book, std::int64_t key) {
    auto id = id_of(db, key);
    if (!id) return id.error();
    if (!id.value()) return {};
    const auto visible = db.query_integer("SELECT id FROM trace WHERE high = ? AND low = ? AND hidden = 0",
                                          id.value()->high, id.value()->low);
    if (!visible) return visible.error();
    if (visible.value()) {
        if (auto done = join_trace(db, book, key, *visible.value()); !done) return done;
    } else {
        if (auto done = db.run("UPDATE trace SET hidden = 0 WHERE id = ?", key); !done) return done;
        if (auto done = count_trace(db, book, key, 1); !done) return done;
    }
    return roll_up_again(db, book, *id.value());
}

// The file was read again while its removed source waited: one source of them.
Result<void> join_source(Database& db, std::int64_t hidden, std::int64_t visible) {
    auto traces = list_integers(db, "SELECT trace FROM trace_source WHERE source = ?", hidden);
    if (!traces) return traces.error();
    for (const std::int64_t trace : traces.value()) {
        auto done =
            db.run("UPDATE span SET source = ?3 WHERE trace = ?1 AND source = ?2", trace, hidden, visible);
        if (!done) return done;
        if (done = db.run("INSERT OR IGNORE INTO trace_source VALUES (?, ?)", trace, visible); !done)
            return done;
    }
    const char* steps[] = {
        "DELETE FROM trace_source WHERE source = ?1 AND ?2 > 0",
        "UPDATE removed_share SET source = ?2 WHERE source = ?1",
        "UPDATE OR IGNORE span_also SET source = ?2 WHERE source = ?1",
        "DELETE FROM span_also WHERE source = ?1 AND ?2 > 0",
        "UPDATE log_record SET source = ?2 WHERE source = ?1",
        "DELETE FROM note WHERE source = ?1 AND ?2 > 0",
        "DELETE FROM source WHERE id = ?1 AND ?2 > 0",
    };
    for (const char* sql : steps) {
        if (auto done = db.run(sql, hidden, visible); !done) return done;
    }
    return {};
}

Result<void> restore_sources(Database& db, std::int64_t removal) {
    auto sources = list_integers(db, "SELECT id FROM source WHERE hidden = ?", removal);
    if (!sources) return sources.error();
    for (const std::int64_t source : sources.value()) {
        const auto again =
            db.query_integer("SELECT o.id FROM source s JOIN source o ON o.path = s.path AND o.hidden = 0 "
                             "WHERE s.id = ?",
                             source);
        if (!again) return again.error();
        auto done = again.value() ? join_source(db, source, *again.value())
                                  : db.run("UPDATE source SET hidden = 0 WHERE id = ?", source);
        if (!done) return done;
    }
    return {};
}

Result<void> restore_shares(Database& db, TraceBook& book, std::int64_t removal) {
    auto shares = db.prepare(
        "SELECT r.span, r.source, r.pass, s.trace FROM removed_share r JOIN span s ON s.id = r.span "
        "WHERE r.removal = ? AND s.source <> r.source");
    if (!shares) return shares.error();
    shares->bind_all(removal);
    for (;;) {
        const auto more = shares->step();
        if (!more) return more.error();
        if (!more.value()) return {};
        auto done = db.run("INSERT OR IGNORE INTO span_also VALUES (?, ?, ?)", shares->integer(0),
                           shares->integer(1), shares->integer(2));
        if (!done) return done;
        if (db.changes() > 0) book.count_spans(shares->integer(1), 1);
        done = db.run("INSERT OR IGNORE INTO trace_source VALUES (?, ?)", shares->integer(3),
                      shares->integer(1));
        if (!done) return done;
    }
}

Result<void> drop_records(Database& db, std::int64_t removal) {
    for (const char* sql :
         {"DELETE FROM removed_share WHERE removal = ?", "DELETE FROM removed_judgement WHERE removal = ?",
          "DELETE FROM removal WHERE id = ?"}) {
        if (auto done = db.run(sql, removal); !done) return done;
    }
    return {};
}

// Up to kRowsAtOnce spans of the trace, then the trace itself; true once it is gone.
Result<bool> purge_some(Database& db, TraceBook& book, std::int64_t key) {
    auto rows = list_integers(db, "SELECT id FROM span WHERE trace = ? LIMIT 20000", key);
    if (!rows) return rows.error();
    if (auto done = delete_spans(db, book, rows.value(), false); !done) return done.error();
    auto also = db.prepare("DELETE FROM span_also WHERE span = ?");
    if (!also) return also.error();
    for (const std::int64_t row : rows.value()) {
        if (auto done = also->run_with(row); !done) return done.error();
    }
    if (static_cast<std::int64_t>(rows.value().size()) == kRowsAtOnce) return false;
    const char* steps[] = {
        "DELETE FROM log_record WHERE (high, low) IN (SELECT high, low FROM trace WHERE id = ?1) AND NOT "
        "EXISTS (SELECT 1 "
        "FROM trace t JOIN trace o ON o.high = t.high AND o.low = t.low AND o.id <> t.id WHERE t.id = ?1)",
        "DELETE FROM piece_block WHERE trace = ?",
        "DELETE FROM trace_source WHERE trace = ?",
        "DELETE FROM trace WHERE id = ?",
    };
    for (const char* sql : steps) {
        if (auto done = db.run(sql, key); !done) return done.error();
    }
    return true;
}

Result<void> purge_trace(StoreCore& core, std::int64_t key) {
    auto done = core.write([&](Database& db) -> Result<void> {
        auto terms = terms_of_trace(db, key);
        if (!terms) return terms.error();
        for (const Term& term : terms.value()) {
            auto dropped = db.run("DELETE FROM trace_term WHERE term = ? AND value = ? AND trace = ?",
                                  term.term, term.value, key);
            if (!dropped) return dropped;
        }
        return {};
    });
    for (bool gone = false; done && !gone;) {
        done = core.write([&](Database& db) -> Result<void> {
            auto some = purge_some(db, core.trace_book(), key);
            if (!some) return some.error();
            gone = some.value();
            return {};
        });
    }
    return done;
}

} // namespace

Result<std::int64_t> hide_traces(StoreCore& core, const std::vector<TraceId>& traces, bool with_judgements) {
    std::int64_t removal = 0;
    auto done = core.write([&](Database& db) -> Result<void> {
        auto begun = begin_removal(db, with_judgements);
        if (!begun) return begun.error();
        removal = begun.value();
        for (const TraceId& trace : traces) {
            const auto key = db.query_integer(
                "SELECT id FROM trace WHERE high = ? AND low = ? AND hidden = 0", trace.high, trace.low);
            if (!key) return key.error();
            if (!key.value()) return Error{"trace.unknown", {to_hex(trace)}, {}};
            auto hidden = hide_trace(db, core.trace_book(), *key.value(), removal, with_judgements);
            if (!hidden) return hidden;
        }
        return core.trace_book().settle(db, true);
    });
    if (!done) return done.error();
    core.notify({.traces = traces, .removed = true, .judged = with_judgements});
    return removal;
}

Result<std::int64_t> hide_source(StoreCore& core, SourceId source, bool with_judgements) {
    std::int64_t removal = 0;
    auto done = core.write([&](Database& db) -> Result<void> {
        const auto known = db.query_integer("SELECT 1 FROM source WHERE id = ? AND hidden = 0", source);
        if (!known) return known.error();
        if (!known.value()) return Error{"store.unknown_source", {std::to_string(source)}, {}};
        auto begun = begin_removal(db, with_judgements);
        if (!begun) return begun.error();
        removal = begun.value();
        TraceBook& book = core.trace_book();
        auto traces =
            list_integers(db,
                          "SELECT t.id FROM trace_source s JOIN trace t ON t.id = s.trace AND t.hidden = 0 "
                          "WHERE s.source = ?",
                          source);
        if (!traces) return traces.error();
        for (const std::int64_t key : traces.value()) {
            const auto others = db.query_integer("SELECT EXISTS (SELECT 1 FROM span s WHERE s.trace = ?1 AND "
                                                 "(s.source <> ?2 OR EXISTS (SELECT 1 FROM "
                                                 "span_also a WHERE a.span = s.id)))",
                                                 key, source);
            if (!others) return others.error();
            auto taken = others.value() == 1 ? split_trace(db, book, key, source, removal)
                                             : hide_trace(db, book, key, removal, with_judgements);
            if (!taken) return taken;
        }
        if (auto settled = book.settle(db, true); !settled) return settled;
        return db.run("UPDATE source SET hidden = ? WHERE id = ?", removal, source);
    });
    if (!done) return done.error();
    core.notify({.many = true, .removed = true, .judged = with_judgements});
    return removal;
}

Result<void> restore_removed(StoreCore& core, std::int64_t removal) {
    auto done = core.write([&](Database& db) -> Result<void> {
        TraceBook& book = core.trace_book();
        if (auto sources = restore_sources(db, removal); !sources) return sources;
        auto traces = list_integers(db, "SELECT id FROM trace WHERE hidden = ?", removal);
        if (!traces) return traces.error();
        for (const std::int64_t key : traces.value()) {
            if (auto restored = restore_trace(db, book, key); !restored) return restored;
        }
        if (auto shares = restore_shares(db, book, removal); !shares) return shares;
        auto judged =
            db.run(std::string("INSERT OR IGNORE INTO judgement (") + kJudgementColumns + ") SELECT " +
                       kJudgementColumns + " FROM removed_judgement WHERE removal = ?",
                   removal);
        if (!judged) return judged;
        if (auto settled = book.settle(db, true); !settled) return settled;
        return drop_records(db, removal);
    });
    if (!done) return done;
    core.notify({.many = true, .judged = true});
    return {};
}

Result<void> purge_removal(StoreCore& core, std::int64_t removal) {
    std::vector<std::int64_t> traces;
    auto done = core.write([&](Database& db) -> Result<void> {
        auto list = list_integers(db, "SELECT id FROM trace WHERE hidden = ?", removal);
        if (!list) return list.error();
        traces = std::move(list).value();
        return {};
    });
    if (!done) return done;
    for (const std::int64_t key : traces) {
        if (done = purge_trace(core, key); !done) return done;
    }
    return core.write([&](Database& db) -> Result<void> {
        for (const char* sql :
             {"DELETE FROM log_record WHERE source IN (SELECT id FROM source WHERE hidden = ?)",
              "DELETE FROM note WHERE source IN (SELECT id FROM source WHERE hidden = ?)",
              "DELETE FROM source WHERE hidden = ?"}) {
            if (auto dropped = db.run(sql, removal); !dropped) return dropped;
        }
        return drop_records(db, removal);
    });
}

Result<void> purge_left_behind(StoreCore& core) {
    std::vector<std::int64_t> removals;
    {
        auto reader = core.lease_reader();
        if (!reader) return reader.error();
        auto list =
            list_integers(*reader.value(), "SELECT id FROM removal WHERE time_ns < ?", now() - kLeftBehind);
        if (!list) return list.error();
        removals = std::move(list).value();
    }
    for (const std::int64_t removal : removals) {
        if (auto done = purge_removal(core, removal); !done) return done;
    }
    return {};
}

} // namespace clew
