// Every widget that takes the focus says what it is, on every page and in every dialog of the window.

#include "app/gui/command_palette.h"
#include "app/gui/export_dialog.h"
#include "app/gui/mapping_dialog.h"
#include "app/gui/mapping_preview.h"
#include "app/gui/page_bar.h"
#include "app/gui/price_dialog.h"
#include "app/gui/remove_dialog.h"
#include "tests/app/window_fixture.h"
#include "views/costs/budget_dialog.h"
#include "views/costs/costs_page.h"
#include "views/costs/what_if_dialog.h"
#include "views/runs/first_run.h"
#include "views/runs/keys_page.h"
#include "views/runs/sources_dialog.h"

#include <QAccessible>
#include <QScrollBar>

using namespace clew;
using namespace clew::app;
using clew::test::WindowFixture;

class TestAccessibility : public QObject {
    Q_OBJECT

    static QStringList nameless(const QWidget* top) {
        QStringList out;
        for (QWidget* widget : top->findChildren<QWidget*>()) {
            if (!widget->isVisibleTo(top) || widget->focusPolicy() == Qt::NoFocus || widget->focusProxy())
                continue;
            if (qobject_cast<QScrollBar*>(widget)) continue;
            const QAccessibleInterface* face = QAccessible::queryAccessibleInterface(widget);
            if (!face || face->text(QAccessible::Name).trimmed().isEmpty())
                out << QLatin1String(widget->metaObject()->className()) + QLatin1Char(' ') +
                           widget->objectName() + QLatin1String(" in ") +
                           QLatin1String(widget->parentWidget()
                                             ? widget->parentWidget()->metaObject()->className()
                                             : "nothing");
        }
        return out;
    }

private slots:
    void window() {
        WindowFixture f;
        QTRY_VERIFY(f.window->firstRun()->isVisible());
        QCOMPARE(nameless(f.window), QStringList());
        QVERIFY(f.openAndWait("agent_telemetry/basic.jsonl"));
        QTRY_VERIFY(f.window->tracePage()->details()->settled());
        for (int tab = 0; tab <= static_cast<int>(views::DetailsPane::Tab::Raw); ++tab) {
            f.window->tracePage()->details()->setTab(static_cast<views::DetailsPane::Tab>(tab));
            QTest::qWait(20);
            QCOMPARE(nameless(f.window), QStringList());
        }
        f.window->showPage(Page::Costs);
        QTRY_VERIFY(f.window->costsPage()->settled());
        QCOMPARE(nameless(f.window), QStringList());
        f.window->showPage(Page::Traces);
        f.window->tracePage()->toggleRunsTable();
        QTest::qWait(20);
        QCOMPARE(nameless(f.window), QStringList());
    }

    void dialogs() {
        WindowFixture f;
        QVERIFY(f.openAndWait("agent_telemetry/basic.jsonl"));
        f.window->showKeys();
        QCOMPARE(nameless(f.window->findChild<views::KeysPage*>()), QStringList());
        f.window->showSources();
        QCOMPARE(nameless(f.window->findChild<views::SourcesDialog*>()), QStringList());
        f.window->exportRuns();
        QCOMPARE(nameless(f.window->findChild<ExportDialog*>()), QStringList());
        f.window->removeRuns();
        QCOMPARE(nameless(f.window->findChild<RemoveDialog*>()), QStringList());
        const QString unknown = WindowFixture::data("mapped_jsonl/inside.txt");
        MappingDialog mapping(f.application.theme(), unknown, head_of_file(unknown.toStdString()), f.window);
        mapping.show();
        QCOMPARE(nameless(&mapping), QStringList());
        PriceDialog price(f.application.theme(), QStringLiteral("my-model"), f.window);
        price.show();
        QCOMPARE(nameless(&price), QStringList());
        f.window->showPage(Page::Costs);
        f.window->costsPage()->askBudget();
        QCOMPARE(nameless(f.window->findChild<views::BudgetDialog*>()), QStringList());
        QCOMPARE(nameless(f.window->costsPage()->openWhatIf()), QStringList());
        f.window->showPalette();
        QCOMPARE(nameless(f.window->commandPalette()), QStringList());
    }

    // A row of the runs is read as a sentence.
    void rows() {
        WindowFixture f;
        QVERIFY(f.openAndWait("agent_telemetry/basic.jsonl"));
        const QString said = f.runs().index(0, 0).data(Qt::AccessibleTextRole).toString();
        QVERIFY(said.startsWith(views::runName(f.runs().traceRow(0))));
        QVERIFY(said.contains(QLatin1Char(',')));
    }
};

QTEST_MAIN(TestAccessibility)
#include "tst_accessibility.moc"
