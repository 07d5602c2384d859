#include "model/store/write/span_removal.h"

#include "model/store/payload/blocks.h"

#include <algorithm>
#include <unordered_map>

namespace clew {

Result<std::vector<std::int64_t>> list_integers(Database& db, std::string_view sql, std::int64_t parameter) {
    auto list = db.prepare(sql);
    if (!list) return list.error();
    list->bind(1, parameter);
    std::vector<std::int64_t> out;
    for (;;) {
        const auto more = list->step();
        if (!more) return more.error();
        if (!more.value()) return out;
        out.push_back(list->integer(0));
    }
}

Result<void> delete_spans(Database& db, TraceBook& book, const std::vector<std::int64_t>& rows,
                          bool counted) {
    auto read = db.prepare("SELECT source, payload FROM span WHERE id = ?");
    if (!read) return read.error();
    auto erase = db.prepare("DELETE FROM span WHERE id = ?");
    if (!erase) return erase.error();
    std::unordered_map<std::int64_t, std::int64_t> released; // skeleton → spans fewer
    for (const std::int64_t id : rows) {
        read->bind_all(id);
        const auto found = read->step();
        if (!found) return found.error();
        if (found.value()) {
            if (counted) book.count_spans(read->integer(0), -1);
            if (!read->is_null(1)) ++released[read->integer(1) / static_cast<std::int64_t>(kMaxSpansInBlock)];
        }
        read->reset();
        if (auto done = erase->run_with(id); !done) return done;
    }
    auto release = db.prepare("UPDATE skeleton SET live = live - ? WHERE id = ?");
    if (!release) return release.error();
    auto drop = db.prepare("DELETE FROM skeleton WHERE id = ? AND live <= 0");
    if (!drop) return drop.error();
    for (const auto& [block, fewer] : released) {
        if (auto done = release->run_with(fewer, block); !done) return done;
        if (auto done = drop->run_with(block); !done) return done;
    }
    return {};
}

Result<void> count_trace(Database& db, TraceBook& book, std::int64_t trace_key, int sign) {
    auto read = db.prepare("SELECT source FROM span WHERE trace = ?");
    if (!read) return read.error();
    read->bind_all(trace_key);
    for (;;) {
        const auto more = read->step();
        if (!more) return more.error();
        if (!more.value()) break;
        book.count_spans(read->integer(0), sign);
    }
    auto also = db.prepare("SELECT a.source FROM span s JOIN span_also a ON a.span = s.id WHERE s.trace = ?");
    if (!also) return also.error();
    also->bind_all(trace_key);
    for (;;) {
        const auto more = also->step();
        if (!more) return more.error();
        if (!more.value()) return {};
        book.count_spans(also->integer(0), sign);
    }
}

Result<std::vector<Term>> terms_of_trace(Database& db, std::int64_t trace_key) {
    std::vector<Term> out;
    auto read =
        db.prepare("SELECT name, model, request_model, provider, agent, tool, session, user, prompt_name, "
                   "prompt_version, kind, status FROM span WHERE trace = ?");
    if (!read) return read.error();
    read->bind_all(trace_key);
    for (;;) {
        const auto more = read->step();
        if (!more) return more.error();
        if (!more.value()) break;
        for (int i = 0; i < 12; ++i) {
            if (!read->is_null(i)) out.push_back({i + 1, read->integer(i)});
        }
        if (out.size() > 100'000) {
            std::ranges::sort(out);
            out.erase(std::unique(out.begin(), out.end()), out.end());
        }
    }
    std::ranges::sort(out);
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

Result<void> rewrite_terms(Database& db, std::int64_t trace_key, const std::vector<Term>& before) {
    auto now = terms_of_trace(db, trace_key);
    if (!now) return now.error();
    auto erase = db.prepare("DELETE FROM trace_term WHERE term = ? AND value = ? AND trace = ?");
    if (!erase) return erase.error();
    for (const Term& term : before) {
        if (std::ranges::binary_search(now.value(), term)) continue;
        if (auto done = erase->run_with(term.term, term.value, trace_key); !done) return done;
    }
    auto insert = db.prepare("INSERT OR IGNORE INTO trace_term VALUES (?, ?, ?)");
    if (!insert) return insert.error();
    for (const Term& term : now.value()) {
        if (auto done = insert->run_with(term.term, term.value, trace_key); !done) return done;
    }
    return {};
}

Result<std::int64_t> sweep_source(Database& db, TraceBook& book, std::int64_t source, std::int64_t pass) {
    std::int64_t lost = 0;
    auto traces = list_integers(db, "SELECT trace FROM trace_source WHERE source = ?", source);
    if (!traces) return traces.error();
    auto stale =
        db.prepare("SELECT s.id, (SELECT min(a.source) FROM span_also a WHERE a.span = s.id) FROM span s "
                   "WHERE s.trace = ? AND s.source = ? AND s.pass < ?");
    if (!stale) return stale.error();
    if (auto done = db.run("DELETE FROM span_also WHERE source = ? AND pass < ?", source, pass); !done) {
        return done.error();
    }
    lost += db.changes();
    book.count_spans(source, -lost);
    for (const std::int64_t key : traces.value()) {
        std::vector<std::int64_t> rows;
        std::vector<std::pair<std::int64_t, std::int64_t>> shared; // row, heir
        stale->bind_all(key, source, pass);
        for (;;) {
            const auto more = stale->step();
            if (!more) return more.error();
            if (!more.value()) break;
            if (stale->is_null(1))
                rows.push_back(stale->integer(0));
            else
                shared.emplace_back(stale->integer(0), stale->integer(1));
        }
        stale->reset();
        if (rows.empty() && shared.empty()) continue;
        lost += static_cast<std::int64_t>(rows.size() + shared.size());
        auto before = terms_of_trace(db, key);
        if (!before) return before.error();
        if (auto done = delete_spans(db, book, rows, true); !done) return done.error();
        for (const auto& [row, heir] : shared) {
            auto done =
                db.run("UPDATE span SET source = ?2, pass = (SELECT pass FROM span_also WHERE span = ?1 AND "
                       "source = ?2) WHERE id = ?1",
                       row, heir);
            if (!done) return done.error();
            if (done = db.run("DELETE FROM span_also WHERE span = ? AND source = ?", row, heir); !done) {
                return done.error();
            }
            book.count_spans(source, -1);
        }
        auto done = db.run(
            "DELETE FROM trace_source WHERE trace = ?1 AND source = ?2 AND NOT EXISTS "
            "(SELECT 1 FROM span WHERE trace = ?1 AND source = ?2) AND NOT EXISTS (SELECT 1 FROM span s "
            "JOIN span_also a ON a.span = s.id WHERE s.trace = ?1 AND a.source = ?2)",
            key, source);
        if (!done) return done.error();
        if (done = rewrite_terms(db, key, before.value()); !done) return done.error();
        auto ids = db.prepare("SELECT high, low FROM trace WHERE id = ? AND hidden = 0");
        if (!ids) return ids.error();
        ids->bind_all(key);
        const auto found = ids->step();
        if (!found) return found.error();
        if (!found.value()) continue;
        const TraceId id{static_cast<std::uint64_t>(ids->integer(0)),
                         static_cast<std::uint64_t>(ids->integer(1))};
        ids->reset();
        book.forget(id); // and read again without them
        auto state = book.find(db, id);
        if (!state) return state.error();
        if (state.value()) {
            state.value()->texts_dirty = true;
            book.touch(*state.value());
        }
    }
    return lost;
}

} // namespace clew
