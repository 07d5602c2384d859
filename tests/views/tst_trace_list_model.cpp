// The runs list as a model: merged answers keep selection and scroll; paging, order and filter come from the
// store.

#include "tests/support/fake_runs.h"
#include "views/items/trace_list_model.h"

#include <QAbstractItemModelTester>
#include <QItemSelectionModel>
#include <QSignalSpy>
#include <QTest>

using namespace clew;
using clew::test::FakeRuns;
using views::TraceListModel;

class TestTraceListModel : public QObject {
    Q_OBJECT

    static void settle(TraceListModel& model) {
        QSignalSpy merged(&model, &TraceListModel::merged);
        QVERIFY(merged.wait());
    }

private slots:
    void firstPage() {
        FakeRuns store;
        store.fill(3);
        TraceListModel model(store);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QVERIFY(!model.answered());
        model.refresh();
        settle(model);
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.matching(), 3);
        QCOMPARE(model.all(), 3);
        QCOMPARE(model.index(0, TraceListModel::Name).data().toString(),
                 QStringLiteral("run 2")); // newest first
        QCOMPARE(model.find(FakeRuns::id(0)), 2);
        for (int column = 0; column < TraceListModel::kColumns; ++column)
            QVERIFY(!model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString().isEmpty());
    }

    // What commits bring is inserted, changed, moved and removed by trace id; nothing is reset.
    void liveCommitsKeepTheSelection() {
        FakeRuns store;
        store.fill(20);
        TraceListModel model(store);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        model.refresh();
        settle(model);
        QItemSelectionModel selection(&model);
        const int before = model.find(FakeRuns::id(7));
        selection.setCurrentIndex(model.index(before, 0),
                                  QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);

        for (int n = 20; n < 30; ++n)
            store.put(FakeRuns::make(n));
        TraceRow late = FakeRuns::make(7);
        late.errors = 3;
        store.put(late);
        store.remove(12);
        TraceRow moved = FakeRuns::make(2);
        moved.start = (1'800'000'000) * kSecond;
        store.put(moved);
        model.applyCommitted({});
        settle(model);
        QCOMPARE(model.rowCount(), 29);
        QCOMPARE(model.find(FakeRuns::id(12)), -1);
        QCOMPARE(model.find(FakeRuns::id(2)), 0);
        const int after = model.find(FakeRuns::id(7));
        QVERIFY(after != before);
        QCOMPARE(selection.currentIndex().row(), after);
        QVERIFY(selection.isRowSelected(after));
        QCOMPARE(model.traceRow(after).errors, 3);
        QCOMPARE(resets.count(), 0);
    }

    // Any list can follow any other: the merge must end at what the store said.
    void anyListAfterAnyOther() {
        FakeRuns store;
        TraceListModel model(store);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        quint32 seed = 42;
        const auto random = [&seed](quint32 below) {
            seed = seed * 1664525U + 1013904223U;
            return static_cast<int>((seed >> 8) % below);
        };
        for (int round = 0; round < 60; ++round) {
            store.fill(0);
            const int count = random(40);
            for (int i = 0; i < count; ++i) {
                TraceRow row = FakeRuns::make(random(50));
                row.start += random(1000) * 60 * kSecond;
                row.errors = random(3);
                store.put(row);
            }
            model.refresh();
            settle(model);
            TraceQuery query;
            const auto wanted = store.traces(query, {});
            QCOMPARE(model.rowCount(), static_cast<int>(wanted->rows.size()));
            for (int row = 0; row < model.rowCount(); ++row) {
                const TraceRow& shown = model.traceRow(row);
                const TraceRow& said = wanted->rows[static_cast<std::size_t>(row)];
                QCOMPARE(to_hex(shown.id), to_hex(said.id));
                QCOMPARE(shown.errors, said.errors);
                QCOMPARE(model.find(shown.id), row);
            }
        }
    }

    void pages() {
        FakeRuns store;
        store.fill(2500);
        TraceListModel model(store);
        model.refresh();
        settle(model);
        QCOMPARE(model.rowCount(), TraceListModel::kPage);
        QCOMPARE(model.matching(), 2500);
        QVERIFY(model.canFetchMore({}));
        model.fetchMore({});
        model.fetchMore({}); // while the first is under way: nothing is asked twice
        settle(model);
        QCOMPARE(model.rowCount(), 2000);
        model.fetchMore({});
        settle(model);
        QCOMPARE(model.rowCount(), 2500);
        QVERIFY(!model.canFetchMore({}));
        QCOMPARE(model.index(2499, 0).data().toString(), QStringLiteral("run 0"));
        // A refresh keeps what was loaded.
        store.put(FakeRuns::make(2500));
        model.applyCommitted({});
        settle(model);
        QCOMPARE(model.rowCount(), 2501);
    }

    void orderAndFilter() {
        FakeRuns store;
        store.fill(30);
        TraceListModel model(store);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.refresh();
        settle(model);
        QItemSelectionModel selection(&model);
        selection.setCurrentIndex(model.index(model.find(FakeRuns::id(4)), 0),
                                  QItemSelectionModel::ClearAndSelect);
        model.setOrder(TraceOrder::start, false);
        settle(model);
        QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("run 0"));
        QCOMPARE(selection.currentIndex().row(), 4);
        model.setFilter(QStringLiteral("even"));
        settle(model);
        QCOMPARE(model.matching(), 15);
        QCOMPARE(model.all(), 30);
        QCOMPARE(selection.currentIndex().row(), model.find(FakeRuns::id(4)));
        // A filter that cannot be parsed leaves the list as it is.
        const int asked = store.questions();
        model.setFilter(QStringLiteral("nosuchkey:1"));
        QCOMPARE(model.filter(), QStringLiteral("even"));
        QCOMPARE(store.questions(), asked);
    }

    void errorsAreKept() {
        FakeRuns store;
        store.fail(Error{"store.busy", {}, {}});
        TraceListModel model(store);
        model.refresh();
        settle(model);
        QVERIFY(model.error());
        QCOMPARE(model.rowCount(), 0);
        store.fail({});
        store.fill(1);
        model.refresh();
        settle(model);
        QVERIFY(!model.error());
        QCOMPARE(model.rowCount(), 1);
    }

    void commitsWhileAsking() {
        FakeRuns store;
        store.fill(5);
        TraceListModel model(store);
        model.refresh();
        store.put(FakeRuns::make(5));
        for (int i = 0; i < 100; ++i)
            model.applyCommitted({});
        QTRY_COMPARE(model.rowCount(), 6);
        QTest::qWait(300);
        QVERIFY2(store.questions() <= 4, qPrintable(QString::number(store.questions())));
    }
};

QTEST_MAIN(TestTraceListModel)
#include "tst_trace_list_model.moc"
