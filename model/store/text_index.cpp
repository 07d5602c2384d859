#include "model/store/text_index.h"

#include "model/store/span_texts.h"
#include "model/store/text_documents.h"
#include "model/store/text_match.h"

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <thread>

namespace clew {

namespace {

// About a tenth of a second of writing; larger ones would keep imports waiting, smaller ones cost merging.
constexpr std::size_t kBatchBytes = 8u << 20;
constexpr int kBatchRows = 20'000;
// Between two batches other processes, which look only now and then, get their turn.
constexpr auto kPause = std::chrono::milliseconds(5);

struct Document {
    std::int64_t row = 0; // of the index
    std::string words;
    std::uint64_t signature = 0;
};

struct Batch {
    std::int64_t generation = 0;
    TextProgress from;
    TextProgress upto;
    std::vector<Document> spans;    // beyond what was indexed
    std::vector<Document> again;    // indexed once, changed since
    std::vector<std::int64_t> gone; // marked as changed, not there any more
    std::vector<Document> others;   // pieces and log records
    std::size_t bytes = 0;
    [[nodiscard]] bool full() const { return bytes >= kBatchBytes; }
    [[nodiscard]] bool empty() const {
        return spans.empty() && again.empty() && gone.empty() && others.empty();
    }
};

class BatchReader {
public:
    explicit BatchReader(Database& db)
        : db_(db)
        , texts_(db) {}

    Result<Batch> next() {
        auto reading = Transaction::begin(db_, Transaction::Kind::read);
        if (!reading) return reading.error();
        auto generation = db_.query_integer("SELECT value FROM meta WHERE key = 'generation'");
        if (!generation) return generation.error();
        auto progress = read_text_progress(db_);
        if (!progress) return progress.error();
        Batch batch;
        batch.generation = generation->value_or(0);
        batch.from = batch.upto = *progress;
        if (auto read = changed(batch); !read) return read.error();
        if (auto read = spans(batch); !read) return read.error();
        if (auto read = pieces(batch); !read) return read.error();
        if (auto read = log_records(batch); !read) return read.error();
        return batch;
    }

private:
    Result<void> add_span(const Statement& row, std::vector<Document>& to, Batch& batch) {
        Document document{row.integer(0), {}, SpanTexts::signature(row)};
        auto text = texts_.columns(row);
        if (!text) return text.error();
        auto payload = texts_.own_payload(row);
        if (!payload) return payload.error();
        append_searchable(*text, *payload, Wrapping::otlp);
        append_words(document.words, *text);
        batch.bytes += document.words.size() + 64;
        to.push_back(std::move(document));
        return {};
    }

    Result<void> changed(Batch& batch) {
        const auto sql =
            fmt::format("SELECT {}, d.span FROM text_dirty d LEFT JOIN span s ON s.id = d.span LIMIT {}",
                        kSpanTextColumns, kBatchRows);
        auto rows = db_.prepare(sql);
        if (!rows) return rows.error();
        for (;;) {
            auto row = rows->step();
            if (!row) return row.error();
            if (!*row || batch.full()) return {};
            if (rows->is_null(0)) {
                batch.gone.push_back(rows->integer(kSpanTextColumnCount));
            } else if (auto added = add_span(*rows, batch.again, batch); !added) {
                return added.error();
            }
        }
    }

    Result<void> spans(Batch& batch) {
        const auto sql = fmt::format("SELECT {} FROM span s WHERE s.id > ? ORDER BY s.id LIMIT {}",
                                     kSpanTextColumns, kBatchRows);
        auto rows = db_.prepare(sql);
        if (!rows) return rows.error();
        rows->bind(1, batch.upto.span);
        while (!batch.full()) {
            auto row = rows->step();
            if (!row) return row.error();
            if (!*row) return {};
            if (auto added = add_span(*rows, batch.spans, batch); !added) return added.error();
            batch.upto.span = rows->integer(0);
        }
        return {};
    }

    Result<void> pieces(Batch& batch) {
        auto rows = db_.prepare("SELECT id, z FROM piece_block WHERE id > ? ORDER BY id");
        if (!rows) return rows.error();
        rows->bind(1, batch.upto.piece_block);
        while (!batch.full()) {
            auto row = rows->step();
            if (!row) return row.error();
            if (!*row) return {};
            auto text = piece_text(rows->blob(1));
            if (!text) return text.error();
            add_other(-rows->integer(0), *text, batch);
            batch.upto.piece_block = rows->integer(0);
        }
        return {};
    }

    Result<void> log_records(Batch& batch) {
        auto rows = db_.prepare("SELECT id, name, event FROM log_record WHERE id > ? ORDER BY id");
        if (!rows) return rows.error();
        rows->bind(1, batch.upto.log_record);
        while (!batch.full()) {
            auto row = rows->step();
            if (!row) return row.error();
            if (!*row) return {};
            auto text = log_record_text(*rows, 1);
            if (!text) return text.error();
            add_other(kLogRecordRows + rows->integer(0), *text, batch);
            batch.upto.log_record = rows->integer(0);
        }
        return {};
    }

    static void add_other(std::int64_t row, const std::string& text, Batch& batch) {
        Document document{row, {}, 0};
        append_words(document.words, text);
        batch.bytes += document.words.size() + 64;
        batch.others.push_back(std::move(document));
    }

    Database& db_;
    SpanTexts texts_;
};

class BatchWriter {
public:
    BatchWriter(Database& db, const Batch& batch)
        : db_(db)
        , batch_(batch) {}

    Result<void> run() {
        auto progress = read_text_progress(db_);
        if (!progress) return progress.error();
        // Another process has built the same stretch meanwhile: what is left is read anew.
        if (!(*progress == batch_.from)) return {};
        if (batch_.from == TextProgress{}) {
            auto configured =
                db_.exec("INSERT INTO text_index (text_index, rank) VALUES ('hashsize', 67108864)");
            if (!configured) return configured.error();
        }
        auto generation = db_.query_integer("SELECT value FROM meta WHERE key = 'generation'");
        if (!generation) return generation.error();
        const bool untouched = generation->value_or(0) == batch_.generation;
        auto insert = db_.prepare("INSERT INTO text_index (rowid, text) VALUES (?, ?)");
        if (!insert) return insert.error();
        insert_ = std::move(*insert);
        for (const auto& document : batch_.again) {
            if (auto written = span(document, true, untouched); !written) return written.error();
        }
        for (const auto& document : batch_.spans) {
            if (auto written = span(document, false, untouched); !written) return written.error();
        }
        for (const auto& document : batch_.others) {
            if (auto written = insert_.run_with(document.row, document.words); !written)
                return written.error();
        }
        for (const std::int64_t gone : batch_.gone) {
            if (auto written = db_.run("DELETE FROM text_dirty WHERE span = ?", gone); !written)
                return written.error();
        }
        return db_.run("UPDATE text_progress SET span = ?, piece_block = ?, log_record = ?", batch_.upto.span,
                       batch_.upto.piece_block, batch_.upto.log_record);
    }

private:
    Result<void> span(const Document& document, bool again, bool untouched) {
        bool as_read = true;
        if (!untouched) {
            auto same = unchanged(document);
            if (!same) return same.error();
            as_read = *same;
        }
        if (auto written = insert_.run_with(document.row, document.words); !written) return written.error();
        if (again) {
            if (auto kept = db_.run("INSERT OR IGNORE INTO text_again VALUES (?)", document.row); !kept)
                return kept.error();
        }
        if (again && as_read) return db_.run("DELETE FROM text_dirty WHERE span = ?", document.row);
        // What changed while the batch was made is indexed as changed, next time.
        if (!as_read) return db_.run("INSERT OR IGNORE INTO text_dirty VALUES (?)", document.row);
        return {};
    }

    Result<bool> unchanged(const Document& document) {
        if (!read_) {
            auto prepared =
                db_.prepare(fmt::format("SELECT {} FROM span s WHERE s.id = ?", kSpanTextColumns));
            if (!prepared) return prepared.error();
            read_ = std::move(*prepared);
        }
        read_.bind(1, document.row);
        auto row = read_.step();
        if (!row) return row.error();
        const bool same = *row && SpanTexts::signature(read_) == document.signature;
        read_.reset();
        return same;
    }

    Database& db_;
    const Batch& batch_;
    Statement insert_;
    Statement read_;
};

} // namespace

Result<void> build_text_index(StoreCore& core, std::stop_token stop) {
    auto reader = core.lease_reader(stop);
    if (!reader) return reader.error();
    BatchReader batches(**reader);
    for (;;) {
        if (stop.stop_requested()) return Error{"cancelled", {}, {}};
        auto batch = batches.next();
        if (!batch) return batch.error();
        if (batch->empty()) return {};
        if (auto written = core.write([&](Database& db) { return BatchWriter(db, *batch).run(); }); !written)
            return written.error();
        std::this_thread::sleep_for(kPause);
    }
}

} // namespace clew
