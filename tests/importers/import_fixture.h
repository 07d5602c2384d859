// What the tests of import jobs share: a target in memory, and logs of AgentTelemetry to read.
#pragma once

#include "importers/import_job.h"
#include "model/base/hash.h"
#include "model/base/messages.h"
#include "tests/support/collecting_sink.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace clew::test {

// Keeps the book of sources as a store does, in memory.
class FakeTarget : public ImportTarget {
public:
    struct Book {
        SourceHead head;
        std::uint64_t offset = 0;
        std::string state;
        bool complete = false;
        std::set<std::pair<TraceId, SpanId>> spans;
        std::vector<Note> notes;
    };

    std::map<std::string, Book> books;
    std::vector<KnownSource> answers;
    CollectingSink sink;
    std::uint64_t stop_after = ~0ull;
    std::uint64_t added = 0;

    Result<KnownSource> begin_source(const SourceHead& head) override {
        KnownSource known;
        current_ = &books[head.path];
        Book& book = *current_;
        if (!book.head.path.empty()) {
            const auto same = std::min<std::uint64_t>(book.head.size, 4096);
            if (hash64(head.head.substr(0, same)) != book.head.head_hash) {
                known.state = SourceState::rewritten;
                book.spans.clear();
            } else if (head.size == book.head.size && head.modified == book.head.modified && book.complete) {
                known.state = SourceState::unchanged;
            } else {
                known.state = SourceState::grown;
            }
            known.offset = book.offset;
            known.importer_state = book.state;
        }
        book.head = head;
        if (known.state != SourceState::unchanged) book.notes.clear();
        answers.push_back(known);
        return known;
    }

    Result<SourceReport> end_source(std::uint64_t offset, std::string state, bool complete) override {
        Book& book = *current_;
        book.offset = offset;
        book.state = std::move(state);
        book.complete = complete;
        SourceReport report;
        report.path = book.head.path;
        report.format = book.head.format;
        std::set<TraceId> traces;
        for (const auto& key : book.spans)
            traces.insert(key.first);
        report.traces = traces.size();
        report.spans = book.spans.size();
        for (const auto& note : book.notes) {
            (note.severity == Severity::info      ? report.notes_info
             : note.severity == Severity::warning ? report.notes_warning
                                                  : report.notes_error)++;
        }
        report.notes = book.notes;
        return report;
    }

    bool add(Span&& span) override {
        current_->spans.insert({span.trace, span.id});
        sink.add(std::move(span));
        return ++added < stop_after;
    }
    bool add_log(LogRecord&& record) override { return sink.add_log(std::move(record)); }
    void note(Note&& note) override {
        current_->notes.push_back(note);
        sink.note(std::move(note));
    }

private:
    Book* current_ = nullptr;
};

inline std::string data(const std::string& name) {
    return std::string(CLEW_TEST_DATA) + "/" + name;
}

inline std::string record(int seq, const std::string& run = "r") {
    return R"({"run_id":")" + run + R"(","seq":)" + std::to_string(seq) + R"(,"ts_epoch":)" +
           std::to_string(1760000000 + seq) + R"(,"event_type":"inference","model":"m","input_tokens":1})" +
           "\n";
}

inline void write(const std::string& path, const std::string& text,
                  std::ios::openmode mode = std::ios::trunc) {
    std::ofstream(path, std::ios::binary | mode) << text;
}

inline std::string many(int count, const std::string& run = "r") {
    std::string out;
    for (int i = 1; i <= count; ++i)
        out += record(i, run);
    return out;
}

inline ImportOptions from(const std::string& path) {
    ImportOptions options;
    options.path = path;
    return options;
}

inline std::string code_of(const Result<SourceReport>& report) {
    return report ? "ok" : std::string(report.error().code);
}
inline std::string words(const Result<SourceReport>& report) {
    return report ? "" : sentence(report.error());
}

} // namespace clew::test
