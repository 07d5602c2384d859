// Batch: what one request brought, held until it is known whether all of it is taken. One thread at a time.
#pragma once

#include "model/trace/sink.h"

#include <string>
#include <utility>
#include <vector>

namespace clew::live {

class Batch final : public SpanSink {
public:
    bool add(Span&& span) override {
        spans.push_back(std::move(span));
        return true;
    }
    bool add_log(LogRecord&& record) override {
        logs.push_back(std::move(record));
        return true;
    }
    void note(Note&& note) override { notes.push_back(std::move(note)); }

    [[nodiscard]] bool empty() const { return spans.empty() && logs.empty() && notes.empty(); }

    SourceHead source;
    std::vector<Span> spans;
    std::vector<LogRecord> logs;
    std::vector<Note> notes;
};

} // namespace clew::live
