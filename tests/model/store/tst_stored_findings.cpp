// Findings in a store: kept by trace and version, stale when the trace changes, gone with it, asked for by
// filters and lists.
#include "tests/support/example_traces.h"

#include <QTest>

using namespace clew;
using namespace clew::test;

namespace {

Finding found(TraceId trace, const char* rule, Severity severity, std::vector<SpanId> spans = {{1}}) {
    return {rule, severity, trace, std::move(spans), {"a “word”", "\n2"}, {7, std::nullopt, 3 * kSecond}};
}

std::uint64_t generation_of(Store& store, TraceId trace) {
    return store.traces().findings(trace).value_or(StoredFindings{}).generation;
}

void keep(Store& store, std::int64_t version, TraceId trace, std::vector<Finding> findings) {
    const auto kept =
        store.store_findings(version, {{trace, generation_of(store, trace), std::move(findings)}});
    QVERIFY2(kept, error_of(kept).c_str());
}

std::size_t stale(Store& store, std::int64_t version) {
    const auto list = store.traces().stale_findings(version, 100);
    return list ? list->size() : 999;
}

QString matching(Store& store, const char* filter) {
    TraceQuery query;
    query.filter = filter;
    return names(store.traces().traces(query));
}

} // namespace

class TestStoredFindings : public QObject {
    Q_OBJECT
    std::unique_ptr<Store> store_;

private slots:
    void init() {
        store_ = filled();
        QVERIFY(store_);
    }
    void cleanup() { store_.reset(); }

    void areReadBackAsTheyWere() {
        const std::vector<Finding> findings = {
            found(kRefund, "loop", Severity::warning, {{0xfedcba9876543210}, {1}}),
            found(kRefund, "unpriced", Severity::info)};
        keep(*store_, 5, kRefund, findings);
        const auto stored = store_->traces().findings(kRefund);
        QVERIFY(stored);
        QCOMPARE(stored->version, 5);
        QVERIFY(stored->findings == findings);
        const auto row = store_->traces().trace(kRefund);
        QVERIFY(row && row->findings_current);
        QVERIFY((row->findings == FindingCounts{0, 1, 1}));
        QCOMPARE(row->findings.troubles(), 1);
        QCOMPARE(error_of(store_->traces().findings({9, 9})), std::string("trace.unknown"));
    }

    void areStaleUntilTheyAreKept() {
        QCOMPARE(stale(*store_, 5), std::size_t{3});
        keep(*store_, 5, kRefund, {found(kRefund, "loop", Severity::warning)});
        keep(*store_, 5, kWeather, {});
        QCOMPARE(stale(*store_, 5), std::size_t{1});
        QCOMPARE(stale(*store_, 6), std::size_t{3}); // other thresholds
    }

    void laterOnesReplaceEarlierOnes() {
        keep(*store_, 5, kRefund, {found(kRefund, "loop", Severity::warning)});
        keep(*store_, 6, kRefund, {found(kRefund, "idle_gap", Severity::info)});
        const auto stored = store_->traces().findings(kRefund);
        QCOMPARE(stored->findings.size(), std::size_t{1});
        QCOMPARE(stored->findings[0].rule, std::string("idle_gap"));
        QCOMPARE(matching(*store_, "finding:loop"), QString());
    }

    void whatChangedMeanwhileStaysStale() {
        const std::uint64_t before = generation_of(*store_, kRefund);
        import_spans(*store_, head("/more.jsonl"), {span(kRefund, 77, 1, 2000, 3000, "late")});
        const auto kept =
            store_->store_findings(5, {{kRefund, before, {found(kRefund, "loop", Severity::error)}}});
        QVERIFY(kept);
        QCOMPARE(store_->traces().findings(kRefund)->version, 0);
        QVERIFY(store_->traces().findings(kRefund)->findings.empty());
    }

    void aChangedTraceIsStale() {
        keep(*store_, 5, kRefund, {found(kRefund, "loop", Severity::error)});
        keep(*store_, 5, kWeather, {});
        import_spans(*store_, head("/more.jsonl"), {span(kRefund, 77, 1, 2000, 3000, "late")});
        QCOMPARE(store_->traces().findings(kRefund)->version, 0);
        QVERIFY(!store_->traces().trace(kRefund)->findings_current);
        QCOMPARE(store_->traces().findings(kWeather)->version, 5);
        const auto list = store_->traces().stale_findings(5, 100);
        QVERIFY(std::ranges::any_of(*list, [](const StaleTrace& one) { return one.id == kRefund; }));
    }

    void aLogRecordChangesItsTrace() {
        keep(*store_, 5, kRefund, {});
        LogRecord log;
        log.trace = kRefund;
        log.span = {1};
        log.time = 2000;
        log.name = "gen_ai.choice";
        log.event = "{}";
        import_spans(*store_, head("/logs.jsonl"), {}, {log});
        QCOMPARE(store_->traces().findings(kRefund)->version, 0);
    }

    void theSameFileAgainChangesNothing() {
        const Span again = span(kRefund, 77, 1, 2000, 3000, "late");
        import_spans(*store_, head("/more.jsonl"), {again});
        keep(*store_, 5, kWeather, {});
        import_spans(*store_, head("/more.jsonl"), {again});
        QCOMPARE(store_->traces().findings(kWeather)->version, 5);
    }

    void removalHidesThemAndUndoBringsTheTraceBack() {
        keep(*store_, 5, kRefund, {found(kRefund, "loop", Severity::error)});
        const auto removed = store_->remove_traces({kRefund}, false);
        QVERIFY(removed);
        QCOMPARE(matching(*store_, "finding:loop"), QString());
        QCOMPARE(error_of(store_->traces().findings(kRefund)), std::string("trace.unknown"));
        QVERIFY(store_->restore(*removed));
        QCOMPARE(matching(*store_, "finding:loop"), "refund request");
        QVERIFY(!store_->traces().findings(kRefund)->findings.empty());
        QVERIFY(stale(*store_, 5) >= 1); // its roll-up was made anew
    }

    void purgedTracesLeaveNothingBehind() {
        keep(*store_, 5, kRefund, {found(kRefund, "loop", Severity::error)});
        QVERIFY(store_->remove_traces({kRefund}, false));
        QVERIFY(store_->purge_removed());
        // The row of the next trace may have the number of the old one.
        import_spans(*store_, head("/next.jsonl"), {span({8, 8}, 1, 0, 1000, 2000, "next")});
        QVERIFY(store_->traces().findings({8, 8})->findings.empty());
        const auto counted = store_->traces().sql("SELECT count(*) FROM v_findings");
        QVERIFY(counted);
        QCOMPARE(counted->rows[0][0], std::string("0"));
    }

    void filters_data() {
        QTest::addColumn<QString>("filter");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* filter, const char* expected) {
            QTest::newRow(filter) << QString::fromUtf8(filter) << QString::fromUtf8(expected);
        };
        row("finding:loop", "refund request");
        row("finding:LOOP", "refund request");
        row("finding:idle*", "weather,refund request");
        row("finding:/^un/", "");
        row("finding:any", "weather,refund request");
        row("finding:none", "still there");
        row("finding:warning", "refund request");
        row("finding:error", "");
        row("finding:nothing_like_it", "");
        row("-finding:loop", "still there,weather");
        row("findings>1", "refund request");
        row("findings:0", "still there");
        row("finding:idle_gap findings<2", "weather");
    }
    void filters() {
        keep(*store_, 5, kRefund,
             {found(kRefund, "loop", Severity::warning), found(kRefund, "idle_gap", Severity::info)});
        keep(*store_, 5, kWeather, {found(kWeather, "idle_gap", Severity::info)});
        QFETCH(QString, filter);
        QTEST(matching(*store_, filter.toUtf8().constData()), "expected");
    }

    void aFilterSaysWhatNobodyHasLookedAt() {
        TraceQuery query;
        query.filter = "finding:loop";
        QCOMPARE(store_->traces().traces(query)->findings_missing, 3);
        keep(*store_, 5, kRefund, {});
        QCOMPARE(store_->traces().traces(query)->findings_missing, 2);
        query.filter = "tool:search";
        QCOMPARE(store_->traces().traces(query)->findings_missing, 0);
    }

    void rulesInUseAreOffered() {
        keep(*store_, 5, kRefund, {found(kRefund, "loop", Severity::warning)});
        const auto values = store_->traces().values_in_use("finding", "lo", 10);
        QVERIFY(values);
        QCOMPARE(values->size(), std::size_t{1});
        QCOMPARE(values->front().value, std::string("loop"));
    }

    void listenersHearOfThem() {
        std::atomic<bool> heard{false};
        const int listener = store_->subscribe([&](const Committed& committed) {
            if (committed.looked_at && committed.traces == std::vector<TraceId>{kRefund}) heard = true;
        });
        QTest::qWait(300); // the import's own notice
        keep(*store_, 5, kRefund, {found(kRefund, "loop", Severity::warning)});
        QTRY_VERIFY(heard);
        store_->unsubscribe(listener);
    }

    void peopleReadThemAsAView() {
        keep(*store_, 5, kRefund, {found(kRefund, "loop", Severity::warning, {{0xab}, {1}})});
        const auto rows = store_->traces().sql("SELECT rule, severity, span_id, spans, arguments, "
                                               "wasted_tokens, wasted_usd, current FROM v_findings");
        QVERIFY2(rows, error_of(rows).c_str());
        const std::vector<std::string> expected = {
            "loop", "warning", "00000000000000ab", "2", "[\"a “word”\",\"\\n2\"]", "7", "NULL", "1"};
        QVERIFY(rows->rows[0] == expected);
    }
};

QTEST_GUILESS_MAIN(TestStoredFindings)
#include "tst_stored_findings.moc"
