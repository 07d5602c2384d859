// The runs pane and the filter bar: what is chosen, how it scrolls, what stands there when nothing is found.

#include "tests/support/fake_runs.h"
#include "views/items/trace_list_model.h"
#include "views/runs/filter_bar.h"
#include "views/runs/filter_popup.h"
#include "views/runs/first_run.h"
#include "views/runs/known_places.h"
#include "views/runs/nothing_found.h"
#include "views/runs/runs_pane.h"
#include "views/runs/runs_view.h"

#include <QApplication>
#include <QCheckBox>
#include <QDir>
#include <QFile>
#include <QHeaderView>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace clew;
using clew::test::FakeRuns;
using views::TraceListModel;

class TestRunsPane : public QObject {
    Q_OBJECT

    // The application draws with it to the end.
    static views::Theme& sharedTheme() {
        static views::Theme theme;
        return theme;
    }

    struct Fixture {
        explicit Fixture(int runs) {
            theme.applyTo(*qApp);
            store.fill(runs);
            model.refresh();
            pane.resize(240, 600);
            pane.show();
            QTRY_VERIFY(model.answered());
        }
        FakeRuns store;
        test::EmptyNoteBook notes;
        views::Theme& theme = sharedTheme();
        views::Selection selection;
        views::ViewContext context{store, notes, theme, selection};
        TraceListModel model{store};
        views::RunsPane pane{context, model};
    };

private slots:
    void arrowsChoose() {
        Fixture f(10);
        views::RunsView* view = f.pane.view();
        view->setFocus();
        QTest::keyClick(view, Qt::Key_Down);
        QCOMPARE(f.selection.trace(), f.model.traceRow(view->currentIndex().row()).id);
        const int at = view->currentIndex().row();
        QTest::keyClick(view, Qt::Key_J);
        QCOMPARE(view->currentIndex().row(), at + 1);
        QTest::keyClick(view, Qt::Key_K);
        QCOMPARE(view->currentIndex().row(), at);
        QCOMPARE(f.selection.trace(), f.model.traceRow(at).id);
        QSignalSpy activated(&f.pane, &views::RunsPane::activated);
        QTest::keyClick(view, Qt::Key_Return);
        QCOMPARE(activated.count(), 1);
    }

    // New runs push the list down, but not what is being read.
    void liveCommitsKeepScrollAndSelection() {
        Fixture f(200);
        views::RunsView* view = f.pane.view();
        f.selection.selectTrace(FakeRuns::id(100));
        QCOMPARE(view->currentIndex().row(), 99);
        view->verticalScrollBar()->setValue(view->visualRect(f.model.index(0, 0)).height() * 95 + 13);
        const int y = view->visualRect(f.model.index(f.model.find(FakeRuns::id(103)), 0)).y();
        for (int n = 200; n < 250; ++n)
            f.store.put(FakeRuns::make(n));
        f.store.remove(101);
        f.model.applyCommitted({});
        QTRY_COMPARE(f.model.rowCount(), 249);
        QCOMPARE(view->visualRect(f.model.index(f.model.find(FakeRuns::id(103)), 0)).y(), y);
        QCOMPARE(f.selection.trace(), FakeRuns::id(100));
        QCOMPARE(view->currentIndex().row(), f.model.find(FakeRuns::id(100)));
        // At its beginning the list shows what comes.
        view->verticalScrollBar()->setValue(0);
        f.store.put(FakeRuns::make(300));
        f.model.applyCommitted({});
        QTRY_COMPARE(f.model.rowCount(), 250);
        QCOMPARE(view->verticalScrollBar()->value(), 0);
    }

    // A run that is gone or filtered out is not replaced by its neighbour: what one looks at stays.
    void vanishedRunsChooseNothing() {
        Fixture f(20);
        f.selection.selectTrace(FakeRuns::id(10));
        QSignalSpy changed(&f.selection, &views::Selection::traceChanged);
        f.store.remove(10);
        f.model.applyCommitted({});
        QTRY_COMPARE(f.model.rowCount(), 19);
        QCOMPARE(changed.count(), 0);
        QVERIFY(!f.pane.view()->currentIndex().isValid());
        QCOMPARE(f.selection.trace(), FakeRuns::id(10));
    }

    void widePaneIsATable() {
        Fixture f(20);
        views::RunsView* view = f.pane.view();
        f.selection.selectTrace(FakeRuns::id(3));
        QVERIFY(view->isHeaderHidden());
        f.pane.resize(900, 600);
        QTRY_VERIFY(view->isTable());
        QVERIFY(!view->isHeaderHidden());
        for (int column = 0; column < TraceListModel::kColumns; ++column)
            QVERIFY(!view->isColumnHidden(column));
        QCOMPARE(view->currentIndex().row(), f.model.find(FakeRuns::id(3)));
        // A click on a header sorts; a second one turns the order round.
        QHeaderView* header = view->header();
        const QPoint at(header->sectionViewportPosition(TraceListModel::Errors) + 10, 10);
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, at);
        QCOMPARE(f.model.order(), TraceOrder::errors);
        QVERIFY(f.model.descending());
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, at);
        QVERIFY(!f.model.descending());
        f.pane.resize(240, 600);
        QTRY_VERIFY(!view->isTable());
    }

    void everyOrderIsOffered() {
        Fixture f(3);
        QList<int> orders;
        for (const QAction* action : f.pane.sortMenu()->actions()) {
            if (action->data().isValid()) orders << action->data().toInt();
        }
        std::sort(orders.begin(), orders.end());
        QList<int> all;
        for (int order = 0; order <= static_cast<int>(TraceOrder::tool_calls); ++order)
            all << order;
        QCOMPARE(orders, all);
    }

    void filterRestsThenActs() {
        Fixture f(30);
        views::FilterBar bar(f.theme, f.model);
        bar.resize(900, 40);
        bar.show();
        const int asked = f.store.questions();
        QTest::keyClicks(bar.field(), QStringLiteral("even"));
        QCOMPARE(f.store.questions(), asked); // still resting
        QTRY_COMPARE(f.model.matching(), 15);
        QCOMPARE(f.store.questions(), asked + 1);
        // What cannot be read is said, and the list stays as it was.
        bar.setFilter(QStringLiteral("even colour:red"));
        QVERIFY(bar.errorText().contains(QStringLiteral("colour")));
        QCOMPARE(f.model.filter(), QStringLiteral("even"));
        QTest::keyClick(bar.field(), Qt::Key_Escape);
        QTRY_COMPARE(f.model.matching(), 30);
        QVERIFY(bar.errorText().isEmpty());
        QSignalSpy left(&bar, &views::FilterBar::left);
        QTest::keyClick(bar.field(), Qt::Key_Escape);
        QCOMPARE(left.count(), 1);
    }

    void completesWhileOneTypes() {
        Fixture f(30);
        QWidget window;
        window.resize(900, 400);
        auto* bar = new views::FilterBar(f.theme, f.model, &window);
        bar->resize(900, 40);
        bar->completeFrom(f.store);
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        views::FilterField* field = bar->field();
        field->setFocus();
        QTest::keyClicks(field, QStringLiteral("stat"));
        QTRY_VERIFY(bar->popup() && bar->popup()->isVisible());
        QTest::keyClick(field, Qt::Key_Tab);
        QCOMPARE(field->text(), QStringLiteral("status:"));
        QTRY_COMPARE(bar->popup()->offered().items.size(), std::size_t{2});
        QTest::keyClick(field, Qt::Key_Down);
        QTest::keyClick(field, Qt::Key_Down);
        QTest::keyClick(field, Qt::Key_Up);
        QCOMPARE(bar->popup()->current(), 0);
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(field->text(), QStringLiteral("status:error "));
        QVERIFY(!bar->popup()->isVisible());
        // Esc closes the list first; the text stays, and Undo takes a completion back.
        QTest::keyClicks(field, QStringLiteral("ki"));
        QTRY_VERIFY(bar->popup()->isVisible());
        QTest::keyClick(field, Qt::Key_Escape);
        QVERIFY(!bar->popup()->isVisible());
        QCOMPARE(field->text(), QStringLiteral("status:error ki"));
        // Without a choice in the list Enter is the filter's.
        QTest::keyClicks(field, QStringLiteral("n"));
        QTRY_VERIFY(bar->popup()->isVisible());
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(field->text(), QStringLiteral("status:error kin"));
        QVERIFY(!bar->popup()->isVisible());
    }

    void nothingFoundOffersToDropATerm() {
        Fixture f(30);
        f.model.setFilter(QStringLiteral("even zebra"));
        auto* nothing = f.pane.findChild<views::NothingFound*>();
        QVERIFY(nothing);
        QTRY_VERIFY(nothing->isVisible());
        QPushButton* drop = nullptr;
        QTRY_VERIFY([&] {
            for (auto* button : nothing->findChildren<QPushButton*>()) {
                if (button->isVisible() && button->text() == QStringLiteral("Drop zebra")) drop = button;
            }
            return drop != nullptr;
        }());
        QSignalSpy wanted(&f.pane, &views::RunsPane::filterWanted);
        drop->click();
        QCOMPARE(wanted.first().first().toString(), QStringLiteral("even"));
    }

    void foundPlacesAreImported() {
        views::PlacesFound found;
        found.looked = 13;
        found.places.append({QStringLiteral("Claude Code"), QStringLiteral("/home/x/.claude/projects"), 2, 6,
                             QDateTime::currentDateTime()});
        views::FirstRun page(sharedTheme());
        page.showPlaces(found, QStringLiteral("/home/x"));
        QSignalSpy wanted(&page, &views::FirstRun::pathsWanted);
        QPushButton* import = nullptr;
        for (auto* button : page.findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("Import 1 source, 2 runs")) import = button;
        }
        QVERIFY(import);
        import->click();
        QCOMPARE(wanted.first().first().toStringList(), QStringList{found.places[0].folder});
        for (auto* box : page.findChildren<QCheckBox*>()) {
            if (box->accessibleName() == QStringLiteral("Import Claude Code")) box->setChecked(false);
        }
        QVERIFY(!import->isEnabled());
    }
};

QTEST_MAIN(TestRunsPane)
#include "tst_runs_pane.moc"
