#include "tests/support/sample_snapshot.h"
#include "views/items/span_tree_model.h"

#include <QAbstractItemModelTester>
#include <QItemSelectionModel>
#include <QSignalSpy>
#include <QTest>

#include <random>

using namespace clew;
using namespace clew::views;
using test::PlannedSpan;

class TestSpanTreeModel : public QObject {
    Q_OBJECT

private slots:
    void shows_a_snapshot();
    void grows_without_a_reset();
    void orphan_finds_its_parent();
    void spans_go_away();
    void changes_are_told();
    void any_change_ends_right();
    void a_deep_chain();

private:
    static PlannedSpan span(std::uint64_t id, std::uint64_t parent, DurationNs start);
    static void compare(const SpanTreeModel& model, const TraceSnapshot& trace);
};

PlannedSpan TestSpanTreeModel::span(std::uint64_t id, std::uint64_t parent, DurationNs start) {
    PlannedSpan out;
    out.id = id;
    out.parent = parent;
    out.name = "span " + std::to_string(id);
    out.start = start;
    out.end = start + 5;
    return out;
}

// The model says what the snapshot says, in its order.
void TestSpanTreeModel::compare(const SpanTreeModel& model, const TraceSnapshot& trace) {
    for (std::size_t i = 0; i < trace.spans.size(); ++i) {
        const SnapshotSpan& expected = trace.spans[i];
        const QModelIndex index = model.indexOf(expected.id);
        QVERIFY(index.isValid());
        QCOMPARE(index.data(SpanTreeModel::SpanIndexRole).toInt(), static_cast<int>(i));
        QCOMPARE(index.data().toString(), QString::fromUtf8(std::string(trace.text(expected.name)).c_str()));
        const QModelIndex parent =
            expected.parent == kNoSpan
                ? QModelIndex()
                : model.indexOf(trace.spans[static_cast<std::size_t>(expected.parent)].id);
        QCOMPARE(index.parent(), parent);
        QCOMPARE(model.index(index.row(), 0, parent), index);
        if (expected.next_sibling != kNoSpan)
            QCOMPARE(model.indexOf(trace.spans[static_cast<std::size_t>(expected.next_sibling)].id).row(),
                     index.row() + 1);
        int children = 0;
        for (std::int32_t c = expected.first_child; c != kNoSpan;
             c = trace.spans[static_cast<std::size_t>(c)].next_sibling)
            ++children;
        QCOMPARE(model.rowCount(index), children);
    }
    int top = 0;
    for (std::int32_t c = trace.spans.empty() ? kNoSpan : 0; c != kNoSpan;
         c = trace.spans[static_cast<std::size_t>(c)].next_sibling)
        ++top;
    QCOMPARE(model.rowCount(), top);
}

void TestSpanTreeModel::shows_a_snapshot() {
    SpanTreeModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(model.rowCount(), 0);
    const auto trace = test::sample_snapshot();
    model.setSnapshot(trace);
    compare(model, *trace);
    const QModelIndex failed = model.indexOf({test::kSampleError});
    QCOMPARE(failed.data(SpanTreeModel::StatusRole).toString(), QStringLiteral("error"));
    QCOMPARE(failed.data(SpanTreeModel::StatusMessageRole).toString(),
             QStringLiteral("504 upstream timeout"));
    QCOMPARE(failed.siblingAtColumn(SpanTreeModel::DurationColumn).data().toString(),
             QStringLiteral("5.00\u00a0s"));
    QVERIFY(!failed.data(SpanTreeModel::CostRole).isValid()); // not said is not 0
    QVERIFY(model.indexOf({test::kSampleRoot}).data(SpanTreeModel::RunningRole).toBool());
    QVERIFY(model.indexOf({test::kSampleOrphan}).data(SpanTreeModel::OrphanRole).toBool());
    QCOMPARE(model.roleNames().value(SpanTreeModel::KindRole), QByteArray("kind"));
    model.setSnapshot(nullptr);
    QCOMPARE(model.rowCount(), 0);
}

void TestSpanTreeModel::grows_without_a_reset() {
    SpanTreeModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setSnapshot(test::synthetic_snapshot(50));
    QItemSelectionModel selection(&model);
    const QPersistentModelIndex kept = model.indexOf({7});
    selection.select(kept, QItemSelectionModel::Select);
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    QSignalSpy inserts(&model, &QAbstractItemModel::rowsInserted);
    for (const std::size_t count : {std::size_t{51}, std::size_t{80}, std::size_t{300}}) {
        const auto trace = test::synthetic_snapshot(count);
        model.setSnapshot(trace);
        compare(model, *trace);
    }
    QCOMPARE(resets.count(), 0);
    QVERIFY(inserts.count() > 0);
    QVERIFY(kept.isValid());
    QCOMPARE(kept.data(SpanTreeModel::IdRole).toString(), QStringLiteral("0000000000000007"));
    QVERIFY(selection.isSelected(kept));
}

void TestSpanTreeModel::orphan_finds_its_parent() {
    SpanTreeModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setSnapshot(test::build_snapshot({span(1, 0, 0), span(3, 2, 20), span(4, 3, 21)}));
    const QPersistentModelIndex child = model.indexOf({4}), orphan = model.indexOf({3});
    QVERIFY(!orphan.parent().isValid());
    const auto whole = test::build_snapshot({span(1, 0, 0), span(2, 1, 10), span(3, 2, 20), span(4, 3, 21)});
    model.setSnapshot(whole);
    compare(model, *whole);
    QVERIFY(child.isValid() && orphan.isValid());
    QCOMPARE(QModelIndex(orphan.parent()), model.indexOf({2}));
}

void TestSpanTreeModel::spans_go_away() {
    SpanTreeModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setSnapshot(test::build_snapshot({span(1, 0, 0), span(2, 1, 10), span(3, 2, 20), span(4, 1, 30)}));
    const QPersistentModelIndex stays = model.indexOf({4});
    const auto less =
        test::build_snapshot({span(1, 0, 0), span(3, 2, 20), span(4, 1, 30)}); // 3 is an orphan now
    model.setSnapshot(less);
    compare(model, *less);
    QVERIFY(stays.isValid());
    const auto none = test::build_snapshot({});
    model.setSnapshot(none);
    QCOMPARE(model.rowCount(), 0);
}

void TestSpanTreeModel::changes_are_told() {
    SpanTreeModel model;
    std::vector<PlannedSpan> plan = {span(1, 0, 0), span(2, 1, 10), span(3, 1, 20)};
    plan[1].end = kNoTime;
    model.setSnapshot(test::build_snapshot(plan));
    QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
    plan[1].end = 40;
    plan[1].detail = "done";
    model.setSnapshot(test::build_snapshot(plan));
    QCOMPARE(changes.count(), 1);
    QCOMPARE(changes[0][0].toModelIndex(), model.indexOf({2}));
    QCOMPARE(model.indexOf({2}).data(SpanTreeModel::DetailRole).toString(), QStringLiteral("done"));
}

// Random trees that turn into one another: parents change, spans come and go.
void TestSpanTreeModel::any_change_ends_right() {
    std::mt19937 random(7);
    SpanTreeModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    for (int round = 0; round < 60; ++round) {
        std::vector<PlannedSpan> plan;
        for (std::uint64_t id = 1; id <= 24; ++id) {
            if (random() % 4 == 0) continue;
            // Parents have lower or higher numbers by round, so that who is above whom turns round.
            const std::uint64_t other = round % 2 == 0 ? (id == 1 ? 0 : 1 + random() % (id - 1))
                                                       : (id == 24 ? 0 : id + 1 + random() % (24 - id));
            plan.push_back(span(id, other, static_cast<DurationNs>(random() % 100)));
        }
        const auto trace = test::build_snapshot(plan);
        model.setSnapshot(trace);
        compare(model, *trace);
        if (QTest::currentTestFailed()) return;
    }
}

void TestSpanTreeModel::a_deep_chain() {
    std::vector<PlannedSpan> plan;
    for (std::uint64_t id = 1; id <= 10'000; ++id)
        plan.push_back(span(id, id - 1, static_cast<DurationNs>(id)));
    SpanTreeModel model;
    const auto trace = test::build_snapshot(plan);
    model.setSnapshot(trace);
    QVERIFY(model.indexOf({10'000}).isValid());
    plan.push_back(span(20'000, 10'000, 20'000));
    model.setSnapshot(test::build_snapshot(plan));
    QCOMPARE(model.indexOf({20'000}).parent(), model.indexOf({10'000}));
}

QTEST_GUILESS_MAIN(TestSpanTreeModel)
#include "tst_span_tree_model.moc"
