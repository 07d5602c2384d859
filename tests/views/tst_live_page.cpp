// The Live page on a feed that the test speaks for: it fills, updates keep what one selected, what is copied
// is what a shell takes, what is pressed reaches the feed, everything has a name and nothing is cut.

#include "tests/support/fake_live_feed.h"
#include "tests/support/fake_running.h"
#include "views/live/client_table.h"
#include "views/live/durability_panel.h"
#include "views/live/endpoint_table.h"
#include "views/live/live_header.h"
#include "views/live/live_page.h"
#include "views/live/ports_dialog.h"
#include "views/live/rate_chart.h"
#include "views/live/running_list.h"
#include "views/live/sdk_panel.h"
#include "views/live/switch.h"
#include "views/runs/message_card.h"

#include <QAccessible>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QLineEdit>
#include <QRadioButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

using namespace clew;
using namespace clew::views;

namespace {

struct Fixture {
    explicit Fixture(bool filled = true) {
        if (filled) {
            feed.fill(now);
            runs.fillRunning(now);
        }
        theme.applyTo(*qApp);
        page = std::make_unique<LivePage>(context, feed);
        page->running()->setNow(now);
        page->resize(1280, 708);
        page->show();
        page->setFocus();
        ready = QTest::qWaitForWindowActive(page.get()) &&
                QTest::qWaitFor([this] { return page->running()->answered(); }, 10'000);
        QTest::qWait(50); // what it answered is laid out
    }
    ~Fixture() {
        page.reset();
        QApplication::setStyle(QStringLiteral("Fusion")); // ours draws with the theme, which ends here
    }

    TimeNs now = clew::now();
    test::FakeLiveFeed feed;
    test::FakeRunning runs;
    test::EmptyNoteBook notes;
    Theme theme;
    Selection selection;
    ViewContext context{runs, notes, theme, selection};
    std::unique_ptr<LivePage> page;
    bool ready = false;
};

QString clipboard() {
    return QApplication::clipboard()->text();
}

} // namespace

class TestLivePage : public QObject {
    Q_OBJECT

private slots:
    void fills() {
        Fixture f;
        QVERIFY(f.ready);
        QCOMPARE(f.page->header()->headline(), QStringLiteral("Listening on this machine only"));
        QCOMPARE(f.page->endpoints()->endpoints().rowCount(), 7);
        QCOMPARE(f.page->clients()->clients().rowCount(), 5);
        QCOMPARE(f.page->running()->rowCount(), 4);
        // Newest first; the source names no cost of this one.
        QCOMPARE(f.page->running()->row(0).trace.name, std::string("checkout-bot"));
        QCOMPARE(f.page->running()->row(0).marks.size(), std::size_t{2});
        QCOMPARE(f.page->running()->index(3, RunningModel::Cost).data().toString(),
                 QStringLiteral("unpriced"));
        const auto& endpoints = f.page->endpoints()->endpoints();
        QCOMPARE(endpoints.index(0, EndpointModel::Spans).data().toString(), QStringLiteral("2,452"));
        QCOMPARE(endpoints.index(3, EndpointModel::Rate).data().toString(), QStringLiteral("–"));
        QVERIFY(!f.page->startButton()->isVisible());
    }

    void updatesKeepSelectionAndRows() {
        Fixture f;
        QVERIFY(f.ready);
        ClientTable* clients = f.page->clients();
        QSignalSpy reset(&clients->clients(), &QAbstractItemModel::modelReset);
        QSignalSpy removed(&clients->clients(), &QAbstractItemModel::rowsRemoved);
        clients->setCurrentIndex(clients->clients().index(2, 0));
        const std::string chosen = clients->clients().row(2).client.name;
        for (int round = 0; round < 8; ++round) {
            std::rotate(f.feed.value.clients.begin(), f.feed.value.clients.begin() + 1,
                        f.feed.value.clients.end());
            f.feed.value.clients.front().spans += 5;
            f.feed.value.clients.push_back(
                test::FakeLiveFeed::client("new " + std::to_string(round), "service", 1, 0.1));
            f.feed.value.endpoints[0].spans += 10;
            emit f.feed.changed();
        }
        QCOMPARE(reset.count(), 0);
        QCOMPARE(removed.count(), 0);
        QCOMPARE(clients->clients().rowCount(), 13);
        QCOMPARE(clients->clients().row(clients->currentIndex().row()).client.name, chosen);
        QCOMPARE(clients->currentIndex().row(), 2); // rows stay where they are
        QCOMPARE(f.page->endpoints()->endpoints().row(0).endpoint.spans, std::uint64_t{2532});
        // The selected run keeps its selection while others come before it.
        RunningList* list = f.page->runningList();
        list->setCurrentIndex(f.page->running()->index(1, 0));
        const TraceId run = f.page->running()->row(1).trace.id;
        f.runs.putRunning(9, "newer", "", f.now - kSecond / 2, f.now, {{Kind::llm, 1}}, 1, {});
        f.page->refreshRunning();
        QTRY_COMPARE(f.page->running()->rowCount(), 5);
        QCOMPARE(f.page->running()->row(list->currentIndex().row()).trace.id, run);
        QCOMPARE(list->currentIndex().row(), 2);
    }

    void manyClientsScrollStays() {
        Fixture f;
        QVERIFY(f.ready);
        for (int i = 0; i < 45; ++i)
            f.feed.value.clients.push_back(
                test::FakeLiveFeed::client("client " + std::to_string(i), "service", 10, 0.1));
        emit f.feed.changed();
        QTest::qWait(20);
        QScrollBar* bar = f.page->clients()->verticalScrollBar();
        QTRY_VERIFY(bar->maximum() > 200);
        bar->setValue(150);
        for (LiveClient& client : f.feed.value.clients)
            client.spans += 3;
        emit f.feed.changed();
        QTest::qWait(20);
        QCOMPARE(bar->value(), 150);
    }

    void copies_data() {
        QTest::addColumn<int>("shell");
        QTest::addColumn<int>("sdk");
        QTest::addColumn<QString>("line");
        const int bash = int(Shell::Bash), power = int(Shell::PowerShell), env = int(Shell::DotEnv);
        QTest::newRow("bash") << bash << 1 << "export PHOENIX_COLLECTOR_ENDPOINT=http://127.0.0.1:4318";
        QTest::newRow("bash, several")
            << bash << 2
            << "export LANGSMITH_ENDPOINT=http://127.0.0.1:4318 LANGSMITH_TRACING=true "
               "LANGSMITH_API_KEY=local";
        QTest::newRow("PowerShell") << power << 1
                                    << "$env:PHOENIX_COLLECTOR_ENDPOINT=\"http://127.0.0.1:4318\"";
        QTest::newRow("PowerShell, several")
            << power << 2
            << "$env:LANGSMITH_ENDPOINT=\"http://127.0.0.1:4318\"; $env:LANGSMITH_TRACING=\"true\"; "
               "$env:LANGSMITH_API_KEY=\"local\"";
        QTest::newRow(".env") << env << 2
                              << "LANGSMITH_ENDPOINT=http://127.0.0.1:4318\nLANGSMITH_TRACING=true\n"
                                 "LANGSMITH_API_KEY=local";
    }
    void copies() {
        QFETCH(int, shell);
        QFETCH(int, sdk);
        QFETCH(QString, line);
        Fixture f;
        QVERIFY(f.ready);
        f.page->sdk()->setShell(static_cast<Shell>(shell));
        QTest::keyClick(f.page.get(), static_cast<Qt::Key>(Qt::Key_1 + sdk));
        QCOMPARE(clipboard(), line);
        QCOMPARE(f.page->sdk()->copied(), sdk);
        QCOMPARE(f.page->sdk()->copyButton(sdk)->text(), QStringLiteral("Copied"));
        QCOMPARE(f.page->sdk()->copyButton(0)->text(), QStringLiteral("Copy"));
        QApplication::clipboard()->setText(QStringLiteral("of another program"));
        QTRY_COMPARE(f.page->sdk()->copied(), -1);
    }

    void everySdkNamesThePort() {
        Fixture f;
        QVERIFY(f.ready);
        f.feed.http = 14318;
        emit f.feed.changed();
        for (int sdk = 0; sdk < static_cast<int>(sdks().size()); ++sdk)
            QVERIFY(f.page->sdk()->line(sdk).contains(QLatin1String("http://127.0.0.1:14318")));
        QVERIFY(f.page->sdk()->line(4).contains(QLatin1String("CLAUDE_CODE_ENABLE_TELEMETRY=1")));
    }

    void copiesAnAddress() {
        Fixture f;
        QVERIFY(f.ready);
        EndpointTable* table = f.page->endpoints();
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->copyRect(2).center());
        QCOMPARE(clipboard(), QStringLiteral("http://127.0.0.1:4318/api/public"));
        table->setCurrentIndex(table->endpoints().index(1, 0));
        table->setFocus();
        QTest::keyClick(table, Qt::Key_Return);
        QCOMPARE(clipboard(), QStringLiteral("127.0.0.1:4317"));
        table->setCurrentIndex(table->endpoints().index(6, 0));
        QTest::keyClick(table, Qt::Key_Delete);
        QCOMPARE(f.feed.asked.last(), QStringLiteral("unfollow /home/me/.claude/projects"));
    }

    void keysAndButtonsReachTheFeed() {
        Fixture f;
        QVERIFY(f.ready);
        QTest::keyClick(f.page.get(), Qt::Key_Space);
        QCOMPARE(f.feed.asked.last(), QStringLiteral("pause"));
        QCOMPARE(f.page->header()->headline(), QStringLiteral("Paused"));
        QCOMPARE(f.page->header()->pauseButton()->text(), QStringLiteral("Resume"));
        f.page->header()->pauseButton()->click();
        QCOMPARE(f.feed.asked.last(), QStringLiteral("resume"));
        f.page->header()->clearButton()->click();
        QCOMPARE(f.feed.clears, 1);
        f.page->durability()->choice(Durability::critical)->click();
        QCOMPARE(f.feed.asked.last(), QStringLiteral("durability 2"));
        QSignalSpy follow(f.page.get(), &LivePage::followChanged);
        QTest::keyClick(f.page.get(), Qt::Key_End);
        QCOMPARE(follow.count(), 1);
        QVERIFY(f.page->header()->followSwitch()->isChecked());
        // In a table the keys are still the page's; on a button Space presses the button.
        f.page->clients()->setFocus();
        QTest::keyClick(f.page->clients(), Qt::Key_End);
        QCOMPARE(follow.count(), 2);
        QTest::keyClick(f.page->clients(), Qt::Key_Space);
        QCOMPARE(f.feed.asked.last(), QStringLiteral("pause"));
        f.page->header()->clearButton()->setFocus();
        QTest::keyClick(f.page->header()->clearButton(), Qt::Key_Space);
        QCOMPARE(f.feed.clears, 2);
        QVERIFY(f.feed.value.paused);
        f.page->follow(QStringLiteral("/runs"));
        QCOMPARE(f.feed.asked.last(), QStringLiteral("follow /runs"));
    }

    void opensATrace() {
        Fixture f;
        QVERIFY(f.ready);
        QSignalSpy wanted(f.page.get(), &LivePage::traceWanted);
        f.page->runningList()->setFocus();
        f.page->runningList()->setCurrentIndex(f.page->running()->index(1, 0));
        QTest::keyClick(f.page->runningList(), Qt::Key_Return);
        QCOMPARE(wanted.count(), 1);
        QCOMPARE(wanted.first().first().value<TraceId>(), f.page->running()->row(1).trace.id);
    }

    void startsListening() {
        Fixture f(false);
        QVERIFY(f.ready);
        QCOMPARE(f.page->header()->headline(), QStringLiteral("Not listening"));
        QVERIFY(f.page->startButton()->isVisible());
        QVERIFY(!f.page->header()->pauseButton()->isEnabled());
        // A busy port: said, with the way out.
        f.feed.refusal = Error{"file.not_found", {"4318"}, "4320"};
        f.page->startButton()->click();
        QCOMPARE(f.feed.asked.last(), QStringLiteral("listen 4318 4317"));
        QVERIFY(f.page->message()->isVisible());
        auto* link = f.page->message()->findChild<LinkButton*>();
        QVERIFY(link);
        QCOMPARE(link->text(), QStringLiteral("Listen on 4320 instead"));
        link->click();
        QCOMPARE(f.feed.asked.last(), QStringLiteral("listen 4320 4317"));
        QVERIFY(!f.page->startButton()->isVisible());
        QVERIFY(!f.page->message()->isVisible());
    }

    void ports() {
        Fixture f;
        QVERIFY(f.ready);
        PortsDialog dialog(f.theme, f.feed, 4318, 4317);
        dialog.setPorts(8318, 0);
        f.feed.refusal = Error{"file.not_found", {"8318"}, "8319"};
        dialog.apply();
        QCOMPARE(f.feed.asked.last(), QStringLiteral("listen 8318 0"));
        QVERIFY(dialog.troubleText().contains(QLatin1String("Port 8319 is free.")));
        dialog.setPorts(8319, 0);
        dialog.apply();
        QCOMPARE(f.feed.http, quint16{8319});
        QCOMPARE(dialog.result(), int(QDialog::Accepted));
    }

    void axis() {
        QCOMPARE(RateChart::ticks(0), (std::vector<std::uint32_t>{0, 1}));
        QCOMPARE(RateChart::ticks(3), (std::vector<std::uint32_t>{0, 1, 2, 3}));
        QCOMPARE(RateChart::ticks(68), (std::vector<std::uint32_t>{0, 20, 40, 60}));
        QCOMPARE(RateChart::ticks(4'000'000'000U).back(), 4'000'000'000U);
    }

    void everythingHasAName() {
        for (const bool filled : {true, false}) {
            Fixture f(filled);
            QVERIFY(f.ready);
            for (QWidget* widget : f.page->findChildren<QWidget*>()) {
                if (!widget->isVisibleTo(f.page.get()) || widget->focusPolicy() == Qt::NoFocus ||
                    widget->focusProxy() || qobject_cast<QScrollBar*>(widget))
                    continue;
                const QAccessibleInterface* face = QAccessible::queryAccessibleInterface(widget);
                QVERIFY2(face && !face->text(QAccessible::Name).trimmed().isEmpty(),
                         widget->metaObject()->className());
            }
            if (filled) {
                const auto& endpoints = f.page->endpoints()->endpoints();
                QVERIFY(endpoints.index(0, 0)
                            .data(Qt::AccessibleTextRole)
                            .toString()
                            .startsWith(QLatin1String("OTLP over HTTP, http://127.0.0.1:4318, receiving")));
            }
        }
    }

    // At 1280 × 800 every label, button and figure has the room that its text takes.
    void nothingIsCut() {
        for (const bool filled : {true, false}) {
            Fixture f(filled);
            QVERIFY(f.ready);
            for (QLabel* label : f.page->findChildren<QLabel*>()) {
                if (!label->isVisible() || label->text().isEmpty()) continue;
                if (label->wordWrap())
                    QVERIFY2(label->heightForWidth(label->width()) <= label->height(),
                             qPrintable(label->text()));
                else
                    QVERIFY2(label->fontMetrics().horizontalAdvance(label->text()) <= label->width() + 1,
                             qPrintable(label->text()));
                QVERIFY2(!label->text().endsWith(QChar(0x2026)), qPrintable(label->text()));
            }
            for (QAbstractButton* button : f.page->findChildren<QAbstractButton*>()) {
                if (button->isVisible() && !button->text().isEmpty())
                    QVERIFY2(button->width() >= button->sizeHint().width(), qPrintable(button->text()));
            }
            // Neither column is wider than its room, nor needs a scroll bar.
            for (const QScrollBar* bar : f.page->findChildren<QScrollBar*>()) {
                if (bar->isVisible() && bar->maximum() > 0)
                    QFAIL(qPrintable(
                        QLatin1String(bar->parentWidget()->parentWidget()->metaObject()->className()) +
                        QString::number(bar->orientation())));
            }
        }
    }

    void narrow() {
        Fixture f;
        QVERIFY(f.ready);
        QVERIFY(f.page->beside());
        const int width = f.page->sdk()->findChild<SdkLine*>()->width();
        f.page->resize(1000, 708);
        QVERIFY(!f.page->beside());
        f.page->resize(1280, 708);
        QVERIFY(f.page->beside());
        QTRY_COMPARE(f.page->sdk()->findChild<SdkLine*>()->width(), width);
    }
};

QTEST_MAIN(TestLivePage)
#include "tst_live_page.moc"
