// The window from end to end, offscreen, on a real temporary store: open, select, judge by key, undo, filter,
// remove, bring back, export.

#include "app/gui/command_palette.h"
#include "app/gui/export_dialog.h"
#include "app/gui/remove_dialog.h"
#include "tests/app/window_fixture.h"
#include "views/runs/first_run.h"
#include "views/runs/message_card.h"
#include "views/runs/sources_dialog.h"
#include "views/runs/status_bar.h"

#include <QAction>
#include <QDir>
#include <QDropEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTreeWidget>

using namespace clew;
using namespace clew::app;
using clew::test::WindowFixture;

class TestMainWindow : public QObject {
    Q_OBJECT

private slots:
    void firstRunUntilSomethingIsOpened() {
        WindowFixture f;
        QTRY_VERIFY(f.window->firstRun()->isVisible());
        QVERIFY(!f.window->filterBar()->isVisible());
        QVERIFY(f.openAndWait("agent_telemetry/basic.jsonl"));
        QVERIFY(!f.window->firstRun()->isVisible());
        QVERIFY(f.window->tracePage()->isVisible());
        QVERIFY(f.window->filterBar()->isVisible());
        QCOMPARE(f.runs().matching(), 1);
        QVERIFY(f.session().selection().trace().valid());
        QTRY_COMPARE(f.window->tracePage()->details()->trace(), f.session().selection().trace());
    }

    void selectAndGoBack() {
        WindowFixture f;
        QVERIFY(f.openAndWait("agent_telemetry/interleaved.jsonl"));
        QVERIFY(f.runs().rowCount() >= 2);
        const TraceId first = f.session().selection().trace();
        views::RunsView* runs = f.window->tracePage()->runs()->view();
        runs->setFocus();
        QTest::keyClick(runs, f.runs().find(first) == 0 ? Qt::Key_Down : Qt::Key_Up);
        const TraceId second = f.session().selection().trace();
        QVERIFY(!(first == second));
        QTRY_VERIFY(f.window->tracePage()->trace()->snapshot() &&
                    f.window->tracePage()->trace()->snapshot()->id == second);
        QVERIFY(f.window->action("go.back")->isEnabled());
        f.window->action("go.back")->trigger();
        QCOMPARE(f.session().selection().trace(), first);
        f.window->action("go.forward")->trigger();
        QCOMPARE(f.session().selection().trace(), second);
    }

    void judgeByKeyAndUndo() {
        WindowFixture f;
        QVERIFY(f.openAndWait("agent_telemetry/basic.jsonl"));
        QTRY_VERIFY(f.window->tracePage()->details()->settled());
        f.window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(f.window));
        views::RunsView* runs = f.window->tracePage()->runs()->view();
        runs->setFocus();
        QTest::keyClick(runs, Qt::Key_N);
        QTRY_COMPARE(f.judgements().size(), std::size_t{1});
        QCOMPARE(f.judgements().front().thumb, Thumb::down);
        QCOMPARE(f.judgements().front().target.trace, f.session().selection().trace());
        QTRY_VERIFY(f.window->action("edit.undo")->isEnabled());
        f.window->action("edit.undo")->trigger();
        QTRY_COMPARE(f.judgements().size(), std::size_t{0});
        QTRY_VERIFY(f.window->action("edit.redo")->isEnabled());
        f.window->action("edit.redo")->trigger();
        QTRY_COMPARE(f.judgements().size(), std::size_t{1});
        // Bare keys rest while typing.
        QTest::keyClick(runs, Qt::Key_Slash);
        QVERIFY(f.window->filterBar()->field()->hasFocus());
        QTest::keyClick(f.window->filterBar()->field(), Qt::Key_Y);
        QCOMPARE(f.window->filterBar()->field()->text(), QStringLiteral("y"));
        QTest::qWait(100);
        QCOMPARE(f.judgements().front().thumb, Thumb::down);
    }

    void filter() {
        WindowFixture f;
        QVERIFY(f.openAndWait("agent_telemetry/interleaved.jsonl"));
        const qint64 all = f.runs().all();
        const TraceId shown = f.session().selection().trace();
        f.window->filterBar()->setFilter(QStringLiteral("zebracrossing"));
        QTRY_COMPARE(f.runs().matching(), 0);
        QCOMPARE(f.runs().all(), all);
        QCOMPARE(f.session().selection().trace(), shown); // what one looks at stays
        f.window->filterBar()->setFilter({});
        QTRY_COMPARE(f.runs().matching(), all);
    }

    void removeAndBringBack() {
        WindowFixture f;
        QVERIFY(f.openAndWait("agent_telemetry/interleaved.jsonl"));
        const qint64 all = f.runs().all();
        const TraceId shown = f.session().selection().trace();
        f.window->action("edit.remove")->trigger();
        auto* dialog = f.window->findChild<RemoveDialog*>();
        QVERIFY(dialog);
        QTRY_VERIFY(dialog->isVisible());
        QVERIFY(!dialog->withJudgements());
        dialog->accept();
        QTRY_COMPARE(f.runs().all(), all - 1);
        QCOMPARE(f.runs().find(shown), -1);
        QVERIFY(!(f.session().selection().trace() == shown));
        QTRY_VERIFY(f.window->action("edit.undo")->isEnabled());
        f.window->action("edit.undo")->trigger();
        QTRY_COMPARE(f.runs().all(), all);
        QVERIFY(f.runs().find(shown) >= 0);
        QTRY_VERIFY(f.window->action("edit.redo")->isEnabled());
        f.window->action("edit.redo")->trigger();
        QTRY_COMPARE(f.runs().all(), all - 1);
    }

    void removeASource() {
        WindowFixture f;
        QVERIFY(f.openAndWait("agent_telemetry/interleaved.jsonl"));
        const qint64 all = f.runs().all();
        f.window->showSources();
        auto* sources = f.window->findChild<views::SourcesDialog*>();
        QVERIFY(sources);
        QTRY_COMPARE(sources->sources()->topLevelItemCount(), 1);
        const SourceId id = sources->sources()->topLevelItem(0)->data(0, Qt::UserRole).toLongLong();
        f.session().removeSource(id, sources->sources()->topLevelItem(0)->text(0), false);
        QTRY_COMPARE(f.runs().all(), 0);
        QTRY_VERIFY(f.window->firstRun()->isVisible());
        f.window->action("edit.undo")->trigger();
        QTRY_COMPARE(f.runs().all(), all);
    }

    void exportWhatIsSelected() {
        WindowFixture f;
        QVERIFY(f.openAndWait("agent_telemetry/basic.jsonl"));
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("out.csv"));
        f.window->exportRuns();
        auto* dialog = f.window->findChild<ExportDialog*>();
        QVERIFY(dialog);
        dialog->setFormat(QStringLiteral("csv"));
        dialog->setScope(ExportDialog::Scope::Selected);
        dialog->setPath(path);
        QSignalSpy exported(dialog, &ExportDialog::exported);
        QSignalSpy failed(dialog, &ExportDialog::failed);
        dialog->start();
        QVERIFY2(QTest::qWaitFor([&] { return exported.count() + failed.count() > 0; }, 10000), "no answer");
        QVERIFY2(exported.count() == 1, qPrintable(dialog->resultText()));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().contains(to_hex(f.session().selection().trace()).c_str()));
        // A place that cannot be written to is a sentence, not a silence.
        dialog->setPath(QStringLiteral("/nowhere/at/all.csv"));
        dialog->start();
        QTRY_COMPARE(failed.count(), 1);
        QVERIFY(!dialog->resultText().isEmpty());
    }

    void aFileThatCannotBeReadIsSaid() {
        WindowFixture f;
        QTRY_VERIFY(f.runs().answered());
        f.window->openPaths({WindowFixture::data("junk/noise.bin")});
        QTRY_VERIFY(f.window->message()->isVisible());
        QVERIFY(f.window->message()->text().contains(QStringLiteral("noise.bin")));
        f.window->openPaths({QStringLiteral("/nowhere/run.jsonl")});
        QTRY_VERIFY(f.window->message()->text().contains(QStringLiteral("run.jsonl")));
    }

    void dropped() {
        WindowFixture f;
        QTRY_VERIFY(f.runs().answered());
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(WindowFixture::data("agent_telemetry/basic.jsonl"))});
        QDragEnterEvent enter(QPoint(100, 100), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(f.window, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(100, 100), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(f.window, &drop);
        QTRY_COMPARE(f.runs().matching(), 1);
    }

    void goToAnything() {
        WindowFixture f;
        QVERIFY(f.openAndWait("agent_telemetry/interleaved.jsonl"));
        f.window->showPalette();
        CommandPalette* palette = f.window->commandPalette();
        QVERIFY(palette);
        QTRY_VERIFY(palette->list()->count() > 2);
        QTest::keyClicks(palette->field(), QStringLiteral("dark"));
        QTRY_VERIFY(palette->list()->count() >= 1);
        QCOMPARE(palette->list()->item(0)->text(), QStringLiteral("Dark"));
        QTest::keyClick(palette->field(), Qt::Key_Return);
        QCOMPARE(f.application.theme().name(), views::ThemeName::Dark);
        // An id goes to its run.
        const TraceId other = f.runs().traceRow(f.runs().rowCount() - 1).id;
        f.window->showPalette();
        palette = f.window->commandPalette();
        palette->field()->setText(QString::fromStdString(to_hex(other)));
        QTRY_VERIFY(palette->list()->count() > 0);
        QTest::keyClick(palette->field(), Qt::Key_Return);
        QTRY_COMPARE(f.session().selection().trace(), other);
    }

    void withoutKeeping() {
        WindowFixture f;
        QTRY_VERIFY(f.runs().answered());
        const auto opened =
            f.application.openWithoutKeeping({WindowFixture::data("agent_telemetry/basic.jsonl")});
        QVERIFY(opened.ok());
        QTRY_COMPARE(QApplication::topLevelWidgets().contains(f.window), true);
        int windows = 0;
        MainWindow* second = nullptr;
        for (QWidget* widget : QApplication::topLevelWidgets()) {
            if (auto* window = qobject_cast<MainWindow*>(widget)) {
                ++windows;
                if (window != f.window) second = window;
            }
        }
        QCOMPARE(windows, 2);
        QTRY_COMPARE(second->session().runs().matching(), 1);
        QCOMPARE(f.runs().all(), 0);
        second->close();
        QTest::qWait(50);
    }

    void panesGoBelowInANarrowWindow() {
        WindowFixture f;
        QVERIFY(f.openAndWait("agent_telemetry/basic.jsonl"));
        const app::TracePage* page = f.window->tracePage();
        const auto below = [page] {
            return page->details()->mapTo(page, QPoint()).y() > page->trace()->mapTo(page, QPoint()).y();
        };
        QVERIFY(!below());
        f.window->resize(1000, 800);
        QTRY_VERIFY(below());
        f.window->resize(1400, 800);
        QTRY_VERIFY(!below());
    }
};

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
