// The writer: upserts, roll-ups, the book of sources, notes, removal, large interleaved traces.
#include "model/store/sqlite/database.h"
#include "tests/support/store_fixture.h"

#include <QTemporaryDir>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <random>
#include <set>
#include <thread>

using namespace clew;
using namespace clew::test;

namespace {

constexpr TraceId kTrace{0x1111, 0x2222};

Span llm(TraceId trace, std::uint64_t id, std::uint64_t parent, std::int64_t input, std::int64_t output) {
    Span s =
        span(trace, id, parent, 1'000 + static_cast<TimeNs>(id), 2'000 + static_cast<TimeNs>(id), "chat");
    s.kind = Kind::llm;
    s.model = "m-1";
    s.usage.input = input;
    s.usage.output = output;
    return s;
}

std::vector<Span> a_run(int calls) {
    std::vector<Span> out;
    Span root = span(kTrace, 1, 0, 1'000, 9'000, "run");
    root.kind = Kind::agent;
    root.usage.input = 999'999; // a wrapper that repeats what its calls say
    out.push_back(root);
    for (int i = 0; i < calls; ++i)
        out.push_back(llm(kTrace, static_cast<std::uint64_t>(i) + 2, 1, 100, 10));
    return out;
}

std::int64_t sql_integer(Store& store, const std::string& query) {
    const auto info = store.traces().info();
    auto db = info ? Database::open(info->path, OpenMode::read_only) : Result<Database>(info.error());
    const auto value = db ? db->query_integer(query) : Result<std::optional<std::int64_t>>(db.error());
    if (!value) qWarning("%s", sentence(value.error()).c_str());
    return value ? value->value_or(0) : -1;
}

std::int64_t model_calls(Store& store) {
    const auto usage = store.traces().usage({});
    return usage ? usage->model_calls : -1;
}

SourceHead changed_head(const char* path, std::uint64_t hash) {
    SourceHead h = head(path);
    h.head_hash = hash;
    return h;
}

} // namespace

class TestStoreWriter : public QObject {
    Q_OBJECT

private slots:
    void rollsUpLeavesOnly() {
        auto store = temporary_store();
        std::vector<Span> spans = a_run(3);
        Span wrapper = llm(kTrace, 50, 1, 500, 50);
        spans.push_back(wrapper);
        spans.push_back(llm(kTrace, 51, 50, 200, 20)); // the wrapper's own call
        const SourceReport report = import_spans(*store, head("a"), std::move(spans));
        QCOMPARE(report.spans, 6u);
        QCOMPARE(report.traces, 1u);
        auto row = store->traces().trace(kTrace);
        QVERIFY(row);
        QCOMPARE(row->name, std::string("run"));
        QCOMPARE(row->spans, 6);
        QCOMPARE(row->llm_calls, 5);
        QCOMPARE(row->input_tokens.value_or(0), 3 * 100 + 200);
        QCOMPARE(row->output_tokens.value_or(0), 3 * 10 + 20);
        QVERIFY(!row->aggregate_usage);
        QCOMPARE(sql_integer(*store, "SELECT sum(usage_counts) FROM v_spans"), 4);
        QCOMPARE(store->check().value(), std::string());
    }

    // ADK's call_llm names a model and states usage; an instrumented client below it makes the call.
    void whatOnlyLooksLikeACallIsNoSecondCall() {
        auto store = temporary_store();
        Span wrapper = llm(kTrace, 1, 0, 200, 20);
        wrapper.flags |= kInferredKind;
        Span alone = llm(kTrace, 3, 0, 100, 10);
        alone.flags |= kInferredKind;
        import_spans(*store, head("a"), {wrapper, llm(kTrace, 2, 1, 200, 20), alone});
        auto row = store->traces().trace(kTrace);
        QVERIFY(row);
        QCOMPARE(row->llm_calls, 2);
        QCOMPARE(row->input_tokens.value_or(0), 300);
        TotalsQuery query;
        query.by = GroupBy::model;
        auto by_model = store->traces().totals(query);
        QVERIFY(by_model);
        QCOMPARE(by_model->groups.size(), std::size_t{1});
        QCOMPARE(by_model->groups[0].llm_calls, 2);
        QCOMPARE(store->check().value(), std::string());
    }

    void aggregateWhereNoLeafSpeaks() {
        auto store = temporary_store();
        Span root = span(kTrace, 1, 0, 1, 2, "run");
        root.usage.input = 70;
        root.reported_cost = 5 * kUsd;
        Span below = span(kTrace, 2, 1, 1, 2, "step");
        below.usage.input = 30;
        import_spans(*store, head("a"), {root, below, span(kTrace, 3, 77, 1, 2, "orphan")});
        auto row = store->traces().trace(kTrace);
        QVERIFY(row);
        QCOMPARE(row->input_tokens.value_or(0), 70);
        QCOMPARE(row->reported_cost.value_or(0), 5 * kUsd);
        QVERIFY(row->aggregate_usage);
        QCOMPARE(sql_integer(*store, "SELECT orphan_spans FROM v_traces"), 1);
        QCOMPARE(sql_integer(*store, "SELECT root_spans FROM v_traces"), 1);
    }

    void ringsAndSelfParents() {
        auto store = temporary_store();
        Span a = llm(kTrace, 1, 2, 10, 1), b = llm(kTrace, 2, 1, 10, 1), self = llm(kTrace, 3, 3, 10, 1);
        import_spans(*store, head("a"), {a, b, self});
        auto row = store->traces().trace(kTrace);
        QVERIFY(row);
        QCOMPARE(row->spans, 3);
        QCOMPARE(row->llm_calls, 3);
    }

    void importTwiceChangesNothing() {
        auto store = temporary_store();
        std::string text(9'000, 'x');
        const auto spans = [&] {
            auto out = a_run(20);
            for (Span& s : out)
                s.attributes = text;
            return out;
        };
        import_spans(*store, head("a"), spans());
        const auto tables = {"span",       "skeleton",    "piece_block", "trace",
                             "trace_term", "trace_usage", "note",        "dict"};
        std::vector<std::int64_t> before;
        for (const char* table : tables)
            before.push_back(sql_integer(*store, std::string("SELECT count(*) FROM ") + table));
        const SourceReport again = import_spans(*store, head("a"), spans());
        QCOMPARE(again.spans, 21u);
        std::size_t i = 0;
        for (const char* table : tables) {
            QCOMPARE(sql_integer(*store, std::string("SELECT count(*) FROM ") + table), before[i++]);
        }
        // And under another name: the same spans, of two sources.
        const SourceReport copy = import_spans(*store, head("b"), spans());
        QCOMPARE(copy.spans, 21u);
        QCOMPARE(sql_integer(*store, "SELECT count(*) FROM span"), 21);
        QCOMPARE(model_calls(*store), 20);
        QCOMPARE(store->check().value(), std::string());
    }

    void laterNonNullWins() {
        auto store = temporary_store();
        Span begun = span(kTrace, 1, 0, 100, kNoTime, "run");
        begun.attributes = R"([{"key":"a","value":{"stringValue":"1"}}])";
        begun.detail = "first";
        Span ended = span(kTrace, 1, 0, kNoTime, 900, "");
        ended.events = R"([{"name":"done"}])";
        ended.status = Status::error;
        import_spans(*store, head("a"), {begun, ended});
        auto row = store->traces().trace(kTrace);
        QVERIFY(row && !row->running && row->root_failed);
        auto detail = store->traces().span(kTrace, {1});
        QVERIFY(detail);
        QCOMPARE(detail->name, std::string("run"));
        QCOMPARE(detail->start, TimeNs{100});
        QCOMPARE(detail->end, TimeNs{900});
        QCOMPARE(detail->attributes, std::string(begun.attributes));
        QCOMPARE(detail->events, std::string(ended.events));
        QCOMPARE(detail->detail, std::string("first"));
        QCOMPARE(store->check().value(), std::string());
    }

    void resentLogRecordsDoNotDouble() {
        auto store = temporary_store();
        const std::string event = R"({"name":"gen_ai.choice","attributes":[)" + std::string(400, ' ') + "]}";
        for (int i = 0; i < 2; ++i) {
            LogRecord log;
            log.trace = kTrace;
            log.span = {1};
            log.time = 5;
            log.name = "gen_ai.choice";
            log.event = event;
            import_spans(*store, head(i == 0 ? "a" : "b"), {span(kTrace, 1, 0, 1, 2)}, {log});
        }
        auto detail = store->traces().span(kTrace, {1});
        QVERIFY(detail);
        QCOMPARE(detail->events.find("gen_ai.choice"), detail->events.rfind("gen_ai.choice"));
        QVERIFY(detail->events.find("gen_ai.choice") != std::string::npos);
    }

    void sourcesAreKnown() {
        auto store = temporary_store();
        auto target = store->import_target();
        QVERIFY(target);
        QVERIFY((*target)->begin_source(head("a", 100))->state == SourceState::fresh);
        QVERIFY((*target)->add(span(kTrace, 1, 0, 1, 2)));
        QVERIFY((*target)->end_source(100, "state", true));
        auto same = (*target)->begin_source(head("a", 100));
        QVERIFY(same->state == SourceState::unchanged);
        QVERIFY((*target)->end_source(0, "", true)); // nothing was read
        auto grown = (*target)->begin_source(head("a", 150));
        QVERIFY(grown->state == SourceState::grown);
        QCOMPARE(grown->offset, 100u);
        QCOMPARE(grown->importer_state, std::string("state"));
        QVERIFY((*target)->end_source(150, "state", true));
        SourceHead other = head("a", 150);
        other.head_hash = 99;
        QVERIFY((*target)->begin_source(other)->state == SourceState::rewritten);
        QVERIFY((*target)->end_source(0, "", false)); // cancelled: old spans stay
        QCOMPARE(sql_integer(*store, "SELECT count(*) FROM span"), 1);
        QVERIFY((*target)->begin_source(head("a", 80))->state == SourceState::rewritten);
        QVERIFY((*target)->end_source(80, "", true));
        QCOMPARE(sql_integer(*store, "SELECT count(*) FROM v_traces"), 0);
    }

    void rewrittenFileReplacesItsSpans() {
        auto store = temporary_store();
        import_spans(*store, changed_head("a", 1), a_run(5));
        auto shorter = a_run(2);
        shorter[1].usage.input.reset(); // what it no longer says is gone
        const SourceReport report = import_spans(*store, changed_head("a", 2), std::move(shorter));
        QCOMPARE(report.spans, 3u);
        QCOMPARE(report.notes_info, 1u);
        QCOMPARE(report.notes[0].code, std::string_view("file.changed"));
        auto row = store->traces().trace(kTrace);
        QVERIFY(row);
        QCOMPARE(row->spans, 3);
        QCOMPARE(row->input_tokens.value_or(0), 100);
        QCOMPARE(model_calls(*store), 2);
        QCOMPARE(store->check().value(), std::string());
    }

    void notesAreBounded() {
        auto store = temporary_store();
        std::vector<Note> notes;
        for (int i = 0; i < 5'000; ++i) {
            Note note;
            note.severity = Severity::warning;
            note.code = "file.empty";
            note.args = {std::to_string(i)};
            note.line = static_cast<std::uint64_t>(i);
            notes.push_back(note);
        }
        const SourceReport report = import_spans(*store, head("a"), {span(kTrace, 1, 0, 1, 2)}, {}, notes);
        QCOMPARE(report.notes_warning, 5'000u);
        QCOMPARE(report.notes.size(), std::size_t{100});
        QVERIFY(sql_integer(*store, "SELECT count(*) FROM note") <= 1'001);
    }

    void removalCanBeUndone() {
        auto store = temporary_store();
        import_spans(*store, head("a"), a_run(4));
        // b shares the trace: two spans of its own and one of a's.
        import_spans(*store, head("b"),
                     {llm(kTrace, 100, 1, 7, 1), llm(kTrace, 101, 1, 7, 1), llm(kTrace, 2, 1, 100, 10)});
        const auto source = [&](const char* path) {
            return sql_integer(*store, std::string("SELECT id FROM source WHERE path = '") + path + "'");
        };
        QCOMPARE(store->traces().trace(kTrace)->spans, 7);
        auto removed = store->remove_source(source("a"), false);
        QVERIFY(removed);
        auto left = store->traces().trace(kTrace);
        QVERIFY(left);
        QCOMPARE(left->spans, 3); // b's two and the shared one
        QCOMPARE(left->input_tokens.value_or(0), 114);
        QCOMPARE(model_calls(*store), 3);
        QVERIFY(store->restore(*removed));
        QCOMPARE(store->traces().trace(kTrace)->spans, 7);
        QCOMPARE(store->traces().trace(kTrace)->input_tokens.value_or(0), 414);
        QCOMPARE(model_calls(*store), 6);
        QCOMPARE(store->check().value(), std::string());

        auto gone = store->remove_traces({kTrace}, false);
        QVERIFY(gone);
        QVERIFY(!store->traces().trace(kTrace));
        // It comes again while it waits to be purged; then the removal is taken back.
        import_spans(*store, head("c"), {llm(kTrace, 2, 1, 100, 10), llm(kTrace, 300, 1, 1, 1)});
        QCOMPARE(store->traces().trace(kTrace)->spans, 2);
        QVERIFY(store->restore(*gone));
        QCOMPARE(store->traces().trace(kTrace)->spans, 8);
        QCOMPARE(store->check().value(), std::string());

        QVERIFY(store->remove_traces({kTrace}, false));
        QVERIFY(store->purge_removed());
        for (const char* table : {"span", "trace", "skeleton", "piece_block", "trace_source", "trace_term",
                                  "trace_usage", "removal"}) {
            QCOMPARE(sql_integer(*store, std::string("SELECT count(*) FROM ") + table), 0);
        }
        QCOMPARE(model_calls(*store), 0);
    }

    // Recipes written after a removal name pieces that were stored before it.
    void removedWhileItArrives() {
        auto store = temporary_store();
        std::string history;
        std::vector<std::string> sent;
        for (int i = 0; i < 12; ++i) {
            history += (i ? "," : "") + std::string(R"({"role":"user","content":")") +
                       std::string(900, static_cast<char>('a' + i)) + "\"}";
            sent.push_back(history);
        }
        auto target = store->import_target();
        QVERIFY((*target)->begin_source(head("live", 0)));
        const auto send = [&](int from, int to) {
            for (int i = from; i < to; ++i) {
                Span s = llm(kTrace, static_cast<std::uint64_t>(i) + 1, 0, 1, 1);
                s.attributes = sent[static_cast<std::size_t>(i)];
                QVERIFY((*target)->add(std::move(s)));
            }
            QVERIFY((*target)->end_source(0, "", false));
            QVERIFY((*target)->begin_source(head("live", 0)));
        };
        send(0, 10);
        QVERIFY(sql_integer(*store, "SELECT count(*) FROM piece_block") > 0);
        QVERIFY(store->remove_traces({kTrace}, false));
        send(10, 12);
        auto detail = store->traces().span(kTrace, {12});
        QVERIFY(detail);
        QCOMPARE(detail->attributes, sent[11]);
        QVERIFY(store->purge_removed());
        QCOMPARE(store->traces().span(kTrace, {12})->attributes, sent[11]);
    }

    void largeInterleavedTraceIsExactAtTheEnd() {
        auto store = temporary_store();
        auto target = store->import_target();
        QVERIFY((*target)->begin_source(head("big")));
        constexpr std::uint64_t kSpans = 60'000;
        for (std::uint64_t i = 0; i < kSpans; ++i) {
            QVERIFY((*target)->add(llm(kTrace, i + 1, i == 0 ? 0 : (i + 3) / 4, 1, 1)));
            if (i % 3 == 0) QVERIFY((*target)->add(llm({5, i}, 1, 0, 1, 1)));
        }
        auto report = (*target)->end_source(1, "", true);
        QVERIFY(report);
        QCOMPARE(report->spans, kSpans + kSpans / 3);
        QCOMPARE(report->traces, kSpans / 3 + 1);
        auto row = store->traces().trace(kTrace);
        QVERIFY(row);
        QCOMPARE(row->spans, static_cast<std::int64_t>(kSpans));
        QCOMPARE(row->input_tokens.value_or(0),
                 sql_integer(*store, "SELECT count(*) FROM span s JOIN trace t ON t.id = s.trace "
                                     "WHERE t.spans > 1 AND s.counted & 1"));
        QCOMPARE(store->check().value(), std::string());
    }

    void firstRowsComeEarly() {
        auto store = temporary_store();
        auto target = store->import_target();
        QVERIFY((*target)->begin_source(head("slow")));
        QVERIFY((*target)->add(span(kTrace, 1, 0, 1, kNoTime, "run")));
        QTRY_VERIFY_WITH_TIMEOUT(store->traces().trace(kTrace).ok(), 5'000); // nobody ended the source
        QVERIFY(store->traces().trace(kTrace)->running);
    }

    void stopEndsAnImport() {
        auto store = temporary_store();
        std::stop_source stop;
        auto target = store->import_target(stop.get_token());
        QVERIFY((*target)->begin_source(head("a")));
        QVERIFY((*target)->add(span(kTrace, 1, 0, 1, 2)));
        stop.request_stop();
        QVERIFY(!(*target)->add(span(kTrace, 2, 0, 1, 2)));
        auto report = (*target)->end_source(0, "", false);
        QVERIFY(report);
        QCOMPARE(report->spans, 1u);
        QCOMPARE(sql_integer(*store, "SELECT complete FROM v_sources"), 0);
    }

    void listenersHearOfCommits() {
        auto store = temporary_store();
        std::mutex mutex;
        std::condition_variable heard;
        std::set<TraceId> traces;
        const int listener = store->subscribe([&](const Committed& committed) {
            const std::scoped_lock lock(mutex);
            traces.insert(committed.traces.begin(), committed.traces.end());
            heard.notify_all();
        });
        import_spans(*store, head("a"), a_run(2));
        std::unique_lock lock(mutex);
        QVERIFY(heard.wait_for(lock, std::chrono::seconds(5), [&] { return traces.contains(kTrace); }));
        lock.unlock();
        store->unsubscribe(listener);
    }

    void nothingReadLeavesNoSource() {
        auto store = temporary_store();
        auto target = store->import_target();
        QVERIFY((*target)->begin_source(head("a")));
        QVERIFY((*target)->end_source(0, "", false));
        QCOMPARE(sql_integer(*store, "SELECT count(*) FROM v_sources"), 0);
    }
};

QTEST_GUILESS_MAIN(TestStoreWriter)
#include "tst_store_writer.moc"
