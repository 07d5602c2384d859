#include "model/store/span_texts.h"
#include "model/store/text_documents.h"
#include "model/store/text_index.h"
#include "model/store/text_match.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace clew {

namespace {

// One search: asks the index where it can, and reads what the index does not hold.
class Search {
public:
    Search(Database& db, const TextQuery& query, const std::unordered_set<std::int64_t>* among,
           std::stop_token stop)
        : db_(db)
        , query_(query)
        , among_(among)
        , stop_(std::move(stop))
        , texts_(db) {}

    Result<TextHits> run() {
        auto progress = read_text_progress(db_);
        if (!progress) return progress.error();
        indexed_ = *progress;
        const TextProgress from = query_.needs_scan() ? TextProgress{} : indexed_;
        if (auto done = names(); !done) return done.error();
        if (!query_.needs_scan()) {
            auto done = query_.is_one_word() ? hits_of_one_word() : hits_to_confirm();
            if (!done) return done.error();
            if (done = changed_spans(); !done) return done.error();
        }
        if (auto done = scan_spans(from.span); !done) return done.error();
        if (auto done = scan_pieces(from.piece_block); !done) return done.error();
        if (auto done = scan_log_records(from.log_record); !done) return done.error();
        TextHits hits;
        hits.traces.assign(found_.begin(), found_.end());
        std::ranges::sort(hits.traces);
        hits.unindexed = unindexed_;
        return hits;
    }

private:
    // Calls `each(row)` for every row of `sql`; it answers with an error or nothing.
    template <class Each, class... Args>
    Result<void> rows(const std::string& sql, const Each& each, const Args&... args) {
        auto statement = db_.prepare(sql);
        if (!statement) return statement.error();
        statement->bind_all(args...);
        for (;;) {
            if (stop_.stop_requested()) return Error{"cancelled", {}, {}};
            auto row = statement->step();
            if (!row) return row.error();
            if (!*row) return {};
            if (Result<void> done = each(*statement); !done) return done;
        }
    }

    // Needs no look: it is found already, or not asked for.
    bool known(std::int64_t trace) const {
        return found_.contains(trace) || (among_ && !among_->contains(trace));
    }

    // What only the trace says of itself.
    Result<void> names() {
        return rows("SELECT id, name, stated_name, own_id FROM trace WHERE hidden = 0",
                    [this](const Statement& row) -> Result<void> {
                        for (int c = 1; c < 4; ++c) {
                            const auto text = row.text(c);
                            if (!text.empty() && query_.maybe_in_raw(text) &&
                                query_.in(searchable(text, Wrapping::none)))
                                found_.insert(row.integer(0));
                        }
                        return {};
                    });
    }

    Result<void> hits_of_one_word() {
        const std::string match = query_.match_expression();
        const auto add = [this](const Statement& row) -> Result<void> {
            found_.insert(row.integer(0));
            return {};
        };
        const auto spans = "SELECT DISTINCT s.trace FROM text_index x JOIN span s ON s.id = x.rowid "
                           "JOIN trace t ON t.id = s.trace AND t.hidden = 0 "
                           "WHERE text_index MATCH ? AND s.id NOT IN (SELECT span FROM text_again) "
                           "AND s.id NOT IN (SELECT span FROM text_dirty)";
        if (auto done = rows(spans, add, match); !done) return done;
        const auto pieces =
            "SELECT DISTINCT p.trace FROM text_index x JOIN piece_block p ON p.id = -x.rowid "
            "JOIN trace t ON t.id = p.trace AND t.hidden = 0 WHERE text_index MATCH ? AND x.rowid < 0";
        if (auto done = rows(pieces, add, match); !done) return done;
        const auto logs =
            fmt::format("SELECT DISTINCT t.id FROM text_index x JOIN log_record l ON l.id = x.rowid - {0} "
                        "JOIN trace t ON t.high = l.high AND t.low = l.low AND t.hidden = 0 "
                        "WHERE text_index MATCH ? AND x.rowid >= {0}",
                        kLogRecordRows);
        if (auto done = rows(logs, add, match); !done) return done;
        // Spans that were indexed more than once may be listed under words that they no longer hold.
        const auto again = fmt::format("SELECT {} FROM text_again a JOIN span s ON s.id = a.span "
                                       "JOIN trace t ON t.id = s.trace AND t.hidden = 0 "
                                       "WHERE s.id NOT IN (SELECT span FROM text_dirty)",
                                       kSpanTextColumns);
        return rows(again, [this](const Statement& row) { return look_at_span(row); });
    }

    Result<void> hits_to_confirm() {
        const std::string match = query_.match_expression();
        const auto spans =
            fmt::format("SELECT {} FROM text_index x JOIN span s ON s.id = x.rowid "
                        "JOIN trace t ON t.id = s.trace AND t.hidden = 0 WHERE text_index MATCH ?",
                        kSpanTextColumns);
        if (auto done = rows(
                spans, [this](const Statement& row) { return look_at_span(row); }, match);
            !done)
            return done;
        const auto pieces =
            "SELECT p.trace, p.z FROM text_index x JOIN piece_block p ON p.id = -x.rowid "
            "JOIN trace t ON t.id = p.trace AND t.hidden = 0 WHERE text_index MATCH ? AND x.rowid < 0";
        if (auto done = rows(
                pieces, [this](const Statement& row) { return look_at_pieces(row); }, match);
            !done)
            return done;
        const auto logs = fmt::format("SELECT t.id, l.name, l.event FROM text_index x "
                                      "JOIN log_record l ON l.id = x.rowid - {0} "
                                      "JOIN trace t ON t.high = l.high AND t.low = l.low AND t.hidden = 0 "
                                      "WHERE text_index MATCH ? AND x.rowid >= {0}",
                                      kLogRecordRows);
        return rows(
            logs, [this](const Statement& row) { return look_at_log_record(row); }, match);
    }

    Result<void> changed_spans() {
        const auto sql = fmt::format("SELECT {} FROM text_dirty d JOIN span s ON s.id = d.span "
                                     "JOIN trace t ON t.id = s.trace AND t.hidden = 0",
                                     kSpanTextColumns);
        return rows(sql, [this](const Statement& row) {
            unindexed_ = true;
            return look_at_span(row);
        });
    }

    Result<void> scan_spans(std::int64_t from) {
        const auto sql =
            fmt::format("SELECT {} FROM span s CROSS JOIN trace t ON t.id = s.trace AND t.hidden = 0 "
                        "WHERE s.id > ? ORDER BY s.id",
                        kSpanTextColumns);
        return rows(
            sql,
            [this](const Statement& row) {
                unindexed_ |= row.integer(0) > indexed_.span;
                return look_at_span(row);
            },
            from);
    }

    Result<void> scan_pieces(std::int64_t from) {
        return rows(
            "SELECT p.trace, p.z, p.id FROM piece_block p CROSS JOIN trace t ON t.id = p.trace AND t.hidden "
            "= 0 "
            "WHERE p.id > ? ORDER BY p.id",
            [this](const Statement& row) {
                unindexed_ |= row.integer(2) > indexed_.piece_block;
                return look_at_pieces(row);
            },
            from);
    }

    Result<void> scan_log_records(std::int64_t from) {
        return rows(
            "SELECT t.id, l.name, l.event, l.id FROM log_record l CROSS JOIN trace t ON t.high = l.high "
            "AND t.low = l.low AND t.hidden = 0 WHERE l.id > ? ORDER BY l.id",
            [this](const Statement& row) {
                unindexed_ |= row.integer(3) > indexed_.log_record;
                return look_at_log_record(row);
            },
            from);
    }

    Result<void> look_at_span(const Statement& row) {
        const std::int64_t trace = row.integer(1);
        if (known(trace)) return {};
        auto columns = texts_.columns(row);
        if (!columns) return columns.error();
        if (query_.in(*columns)) {
            found_.insert(trace);
            return {};
        }
        auto payload = texts_.own_payload(row);
        if (!payload) return payload.error();
        if (query_.maybe_in_raw(*payload) && query_.in(searchable(*payload, Wrapping::otlp)))
            found_.insert(trace);
        return {};
    }

    Result<void> look_at_pieces(const Statement& row) {
        if (known(row.integer(0))) return {};
        auto text = piece_text(row.blob(1));
        if (!text) return text.error();
        if (query_.in(*text)) found_.insert(row.integer(0));
        return {};
    }

    Result<void> look_at_log_record(const Statement& row) {
        if (known(row.integer(0))) return {};
        auto text = log_record_text(row, 1);
        if (!text) return text.error();
        if (query_.in(*text)) found_.insert(row.integer(0));
        return {};
    }

    Database& db_;
    const TextQuery& query_;
    const std::unordered_set<std::int64_t>* among_;
    std::stop_token stop_;
    SpanTexts texts_;
    TextProgress indexed_;
    std::unordered_set<std::int64_t> found_;
    bool unindexed_ = false;
};

} // namespace

Result<TextHits> search_text(Database& db, const TextQuery& query,
                             const std::unordered_set<std::int64_t>* among, std::stop_token stop) {
    if (query.empty()) return TextHits{};
    return Search(db, query, among, std::move(stop)).run();
}

Result<TextHits> search_text(Database& db, std::string_view text, std::stop_token stop) {
    return search_text(db, TextQuery(text), nullptr, std::move(stop));
}

} // namespace clew
