// A temporary store filled through its own writer with spans made by hand.
#pragma once

#include "model/base/messages.h"
#include "model/store/store.h"

#include <QTest>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace clew::test {

inline std::unique_ptr<Store> temporary_store() {
    StoreOptions options;
    options.temporary = true;
    auto store = Store::open(options);
    if (!store) {
        qWarning("%s", sentence(store.error()).c_str());
        return nullptr;
    }
    return std::move(store).value();
}

// Text of the span must outlive the import: literals, or strings of the test.
inline Span span(TraceId trace, std::uint64_t id, std::uint64_t parent, TimeNs start, TimeNs end,
                 std::string_view name = "span") {
    Span s;
    s.trace = trace;
    s.id = {id};
    s.parent = {parent};
    s.name = name;
    s.start = start;
    s.end = end;
    return s;
}

inline SourceHead head(std::string path, std::uint64_t size = 100) {
    SourceHead h;
    h.path = std::move(path);
    h.format = "test";
    h.head_hash = 7;
    h.size = size;
    return h;
}

// One source with these spans; the source's report. Fails the test where it cannot be stored.
inline SourceReport import_spans(Store& store, const SourceHead& source, std::vector<Span> spans,
                                 std::vector<LogRecord> logs = {}, std::vector<Note> notes = {}) {
    auto target = store.import_target();
    if (!target) {
        QTest::qFail(sentence(target.error()).c_str(), __FILE__, __LINE__);
        return {};
    }
    if (auto begun = (*target)->begin_source(source); !begun) {
        QTest::qFail(sentence(begun.error()).c_str(), __FILE__, __LINE__);
        return {};
    }
    for (auto& s : spans)
        (*target)->add(std::move(s));
    for (auto& log : logs)
        (*target)->add_log(std::move(log));
    for (auto& note : notes)
        (*target)->note(std::move(note));
    auto report = (*target)->end_source(source.size, {}, true);
    if (!report) {
        QTest::qFail(sentence(report.error()).c_str(), __FILE__, __LINE__);
        return {};
    }
    return std::move(report).value();
}

template <class T>
std::string error_of(const Result<T>& result) {
    return result ? std::string("no error") : std::string(result.error().code);
}

} // namespace clew::test
