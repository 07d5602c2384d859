#include "tests/support/sample_snapshot.h"
#include "views/trace/minimap_buckets.h"
#include "views/trace/span_rows.h"
#include "views/trace/trace_picture.h"

#include <QElapsedTimer>
#include <QTest>

using namespace clew;
using namespace clew::views;

class TestSpanRows : public QObject {
    Q_OBJECT

private slots:
    void all_spans_are_rows_at_first();
    void collapsed_spans_hide_what_is_below();
    void reveal_opens_the_way_only();
    void subtree_and_all();
    void newer_snapshot_keeps_what_is_collapsed();
    void empty_and_single();
    void a_million_is_rebuilt_in_little_time();
    void minimap_keeps_errors();
    void picture_knows_troubles_and_attempts();
    void clock_trouble();
};

void TestSpanRows::all_spans_are_rows_at_first() {
    SpanRows rows;
    rows.setSnapshot(test::sample_snapshot());
    QCOMPARE(rows.count(), static_cast<int>(rows.snapshot()->spans.size()));
    for (int row = 0; row < rows.count(); ++row) {
        QCOMPARE(rows.span(row), row);
        QCOMPARE(rows.row(row), row);
    }
    QCOMPARE(rows.row(kNoSpan), -1);
    QCOMPARE(rows.row(100'000), -1);
}

void TestSpanRows::collapsed_spans_hide_what_is_below() {
    SpanRows rows;
    rows.setSnapshot(test::sample_snapshot());
    const std::int32_t folded = rows.snapshot()->find({test::kSampleFolded});
    const int before = rows.count();
    QVERIFY(rows.setCollapsed(folded, true));
    QVERIFY(!rows.setCollapsed(folded, true)); // nothing new
    QCOMPARE(rows.count(), before - 6);
    QCOMPARE(rows.row(folded + 3), rows.row(folded)); // it stands for what it hides
    QVERIFY(!rows.isRow(folded + 3));
    QCOMPARE(rows.span(rows.row(folded) + 1), folded + 7);
    const std::int32_t leaf = rows.snapshot()->find({2});
    QVERIFY(!rows.setCollapsed(leaf, true)); // nothing to hide
    QVERIFY(rows.setCollapsed(0, true));
    QCOMPARE(rows.count(), 2); // root and orphan
    QVERIFY(rows.setCollapsed(0, false));
    QCOMPARE(rows.count(), before - 6); // the inner one stayed closed
}

void TestSpanRows::reveal_opens_the_way_only() {
    SpanRows rows;
    rows.setSnapshot(test::sample_snapshot());
    const std::int32_t folded = rows.snapshot()->find({test::kSampleFolded});
    const std::int32_t silent = rows.snapshot()->find({test::kSampleSilent});
    rows.setSubtreeCollapsed(0, true);
    QCOMPARE(rows.count(), 2);
    QVERIFY(rows.reveal(silent));
    QVERIFY(rows.isRow(silent));
    QVERIFY(rows.isCollapsed(folded));
    QVERIFY(!rows.reveal(silent));
}

void TestSpanRows::subtree_and_all() {
    SpanRows rows;
    rows.setSnapshot(test::sample_snapshot());
    const int all = rows.count();
    QVERIFY(rows.setSubtreeCollapsed(0, true));
    QVERIFY(rows.setCollapsed(0, false));
    QVERIFY(rows.isCollapsed(rows.snapshot()->find({test::kSampleSubagent})));
    QVERIFY(rows.expandAll());
    QCOMPARE(rows.count(), all);
    QVERIFY(!rows.expandAll());
}

void TestSpanRows::newer_snapshot_keeps_what_is_collapsed() {
    SpanRows rows;
    rows.setSnapshot(test::synthetic_snapshot(200));
    const std::int32_t third = rows.snapshot()->find({2});
    const SpanId id = rows.snapshot()->spans[static_cast<std::size_t>(third)].id;
    rows.setCollapsed(third, true);
    rows.setSnapshot(test::synthetic_snapshot(400));
    QVERIFY(rows.isCollapsed(rows.snapshot()->find(id)));
    rows.setSnapshot(test::synthetic_snapshot(1)); // it is gone
    QCOMPARE(rows.count(), 1);
    QVERIFY(!rows.isCollapsed(0));
}

void TestSpanRows::empty_and_single() {
    SpanRows rows;
    rows.setSnapshot(nullptr);
    QCOMPARE(rows.count(), 0);
    rows.setSnapshot(test::build_snapshot({}));
    QCOMPARE(rows.count(), 0);
    QVERIFY(!rows.expandAll());
    QVERIFY(!rows.reveal(kNoSpan));
    rows.setSnapshot(test::synthetic_snapshot(1));
    QCOMPARE(rows.count(), 1);
    QVERIFY(!rows.hasChildren(0));
}

void TestSpanRows::a_million_is_rebuilt_in_little_time() {
    SpanRows rows;
    rows.setSnapshot(test::synthetic_snapshot(200'000));
    QElapsedTimer timer;
    timer.start();
    rows.setCollapsed(0, true);
    rows.setCollapsed(0, false);
    qInfo("two rebuilds of 200,000 rows: %lld µs", static_cast<long long>(timer.nsecsElapsed() / 1000));
    QCOMPARE(rows.count(), 200'000);
}

void TestSpanRows::minimap_keeps_errors() {
    const auto trace = test::sample_snapshot();
    const MinimapBuckets buckets = makeMinimapBuckets(*trace);
    std::uint32_t errors = 0, silent = 0;
    for (const std::uint32_t count : buckets.errors)
        errors += count;
    for (const std::uint32_t count : buckets.silent)
        silent += count;
    QCOMPARE(errors, 1u);
    QCOMPARE(silent, 1u);
    QCOMPARE(buckets.lanes, static_cast<int>(trace->spans.size()) - 1); // the root is left out

    const MinimapBuckets many = makeMinimapBuckets(*test::synthetic_snapshot(20'000));
    QCOMPARE(many.lanes, MinimapBuckets::kLanes);
    const MinimapBuckets none = makeMinimapBuckets(*test::build_snapshot({}));
    QCOMPARE(none.lanes, 0);
}

void TestSpanRows::picture_knows_troubles_and_attempts() {
    const auto trace = test::sample_snapshot();
    const TracePicturePtr picture = makeTracePicture(trace);
    QCOMPARE(picture->troubles.size(), std::size_t{2});
    QVERIFY(picture->troubles[0] < picture->troubles[1]);
    const auto attempt = picture->attempts.find(trace->find({test::kSampleRetry}));
    QVERIFY(attempt != picture->attempts.end());
    QCOMPARE(attempt->second.number, 2);
    QCOMPARE(attempt->second.wait.value_or(0), 500 * kMillisecond);
    QVERIFY(picture->beside.empty());
    QVERIFY(picture->path.back().open); // it is running
    QCOMPARE(picture->totals.errors, 1u);
    QCOMPARE(picture->totals.input, std::int64_t{71'424});
    QVERIFY(makeTracePicture(nullptr)->path.empty());
    QVERIFY(makeTracePicture(test::build_snapshot({}))->path.empty());
}

void TestSpanRows::clock_trouble() {
    using test::PlannedSpan;
    const auto plan = [](std::uint64_t id, std::uint64_t parent, DurationNs start, DurationNs end) {
        PlannedSpan span;
        span.id = id;
        span.parent = parent;
        span.start = start * kMillisecond;
        span.end = end == kNoTime ? kNoTime : end * kMillisecond;
        return span;
    };
    const auto trace =
        test::build_snapshot({plan(1, 0, 100, 200), plan(2, 1, 50, 120), plan(3, 1, 120, 260),
                              plan(4, 1, 150, 140), plan(5, 1, 300, 310), plan(6, 1, 99, 101)});
    const auto trouble = [&](std::uint64_t id) {
        return clockTrouble(*trace, trace->spans[static_cast<std::size_t>(trace->find({id}))]);
    };
    QVERIFY(!trouble(1));
    QVERIFY(trouble(2));  // starts before its parent
    QVERIFY(!trouble(3)); // goes on after its parent: detached work
    QVERIFY(trouble(4));  // ends before it starts
    QVERIFY(trouble(5));  // starts after its parent's end
    QVERIFY(!trouble(6)); // a millisecond is rounding
}

QTEST_GUILESS_MAIN(TestSpanRows)
#include "tst_span_rows.moc"
