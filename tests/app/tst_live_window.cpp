// The Live page in the window: the page bar, switching with the selection kept, back and forward, the status
// bar, and following the newest run until the person looks at something else. And a run that grows while it
// is looked at.

#include "app/gui/follow_newest.h"
#include "app/gui/page_bar.h"
#include "app/gui/render.h"
#include "app/gui/session.h"
#include "tests/app/window_fixture.h"
#include "tests/support/fake_live_feed.h"
#include "tests/support/store_fixture.h"
#include "views/live/live_header.h"
#include "views/live/live_page.h"
#include "views/live/running_list.h"
#include "views/live/switch.h"
#include "views/runs/status_bar.h"

#include <QAction>
#include <QLineEdit>
#include <QScrollBar>
#include <QWheelEvent>

using namespace clew;
using namespace clew::app;

namespace {

TraceId runId(int n) {
    return {0x77, static_cast<std::uint64_t>(n)};
}

// Run `n`: an agent and `calls` calls one after the other; neither the agent nor the last call has an end
// yet.
void grow(Store& store, int n, int calls, TimeNs start) {
    std::vector<Span> spans;
    const auto root = static_cast<std::uint64_t>(n) * 1000 + 1;
    for (int at = 0; at <= calls; ++at) {
        const TimeNs begin = start + at * kSecond;
        const bool open = at == 0 || at == calls;
        Span span = test::span(runId(n), root + static_cast<std::uint64_t>(at), at == 0 ? 0 : root, begin,
                               open ? kNoTime : begin + kSecond, at == 0 ? "agent" : "call");
        span.kind = at == 0 ? Kind::agent : Kind::llm;
        spans.push_back(std::move(span));
    }
    (void)test::import_spans(store, test::head("run-" + std::to_string(n) + "-" + std::to_string(calls)),
                             std::move(spans));
}

// A window with a Live page, on a store of its own.
struct LiveWindow {
    LiveWindow()
        : application(test::WindowFixture::options())
        , store(test::temporary_store())
        , session(*store, application.theme(), application.rules(), true) {
        feed.http = 4318;
        feed.grpc = 4317;
        feed.value.listening = true;
        feed.value.spans_per_second = 38;
        grow(*store, 1, 40, now - 100 * kSecond);
        window = std::make_unique<MainWindow>(application, session, &feed);
        window->resize(1280, 800);
        window->show();
        ready = QTest::qWaitForWindowActive(window.get()) && shows(1);
    }
    // The window shows this run, whole.
    bool shows(int n) {
        return QTest::qWaitFor(
            [this, n] {
                const auto shown = window->tracePage()->trace()->snapshot();
                return session.selection().trace() == runId(n) && shown && shown->id == runId(n) &&
                       session.selection().span().valid();
            },
            20'000);
    }
    bool knows(int runs) {
        return QTest::qWaitFor([this, runs] { return session.runs().rowCount() == runs; }, 20'000);
    }

    TimeNs now = clew::now();
    Application application;
    std::unique_ptr<Store> store;
    test::FakeLiveFeed feed;
    Session session;
    std::unique_ptr<MainWindow> window;
    bool ready = false;
};

} // namespace

class TestLiveWindow : public QObject {
    Q_OBJECT

private slots:
    void doesNotListenUnasked() {
        test::WindowFixture f;
        QVERIFY(f.window->livePage());
        QVERIFY(f.window->pageBar()->tab(Page::Live));
        QCOMPARE(f.window->status()->liveText(), QString());
    }

    void switchesAndKeepsTheSelection() {
        LiveWindow f;
        QVERIFY(f.ready);
        const SpanId span = f.session.selection().span();
        f.window->pageBar()->tab(Page::Live)->click();
        QVERIFY(f.window->livePage()->isVisible());
        QVERIFY(!f.window->tracePage()->isVisible());
        QVERIFY(!f.window->filterBar()->isVisible());
        QVERIFY(f.window->action("go.back")->isEnabled());
        f.window->action("go.back")->trigger();
        QCOMPARE(f.window->page(), Page::Traces);
        QVERIFY(f.window->tracePage()->isVisible());
        QVERIFY(f.window->pageBar()->tab(Page::Traces)->isChecked());
        QVERIFY(f.window->filterBar()->isVisible());
        f.window->action("go.forward")->trigger();
        QCOMPARE(f.window->page(), Page::Live);
        QCOMPARE(f.session.selection().trace(), runId(1));
        QCOMPARE(f.session.selection().span(), span);
        // A run that goes on is opened from here.
        QTRY_COMPARE(f.window->livePage()->running()->rowCount(), 1);
        emit f.window->livePage()->traceWanted(runId(1));
        QCOMPARE(f.window->page(), Page::Traces);
    }

    void keysRestWhileTypingAndElsewhere() {
        LiveWindow f;
        QVERIFY(f.ready);
        QTest::keyClick(f.window->tracePage()->trace()->tree(), Qt::Key_End);
        QTest::keyClick(f.window->filterBar()->field(), Qt::Key_Space);
        QTest::keyClick(f.window->filterBar()->field(), Qt::Key_1);
        QCOMPARE(f.feed.asked, QStringList());
        QCOMPARE(f.window->filterBar()->field()->text(), QStringLiteral(" 1"));
        f.window->showPage(Page::Live);
        QVERIFY(f.window->livePage()->hasFocus());
        QTest::keyClick(f.window->livePage(), Qt::Key_Space);
        QCOMPARE(f.feed.asked, QStringList{QStringLiteral("pause")});
    }

    void saysThatItListens() {
        LiveWindow f;
        QVERIFY(f.ready);
        QVERIFY(f.window->status()->liveText().startsWith(
            QStringLiteral("Listening 127.0.0.1:4318 · gRPC 4317 · 38 spans/s")));
        QVERIFY(f.window->pageBar()->tab(Page::Live)->hasDot());
        f.feed.setPaused(true);
        QVERIFY(!f.window->pageBar()->tab(Page::Live)->hasDot());
        QVERIFY(f.window->status()->liveText().startsWith(QLatin1String("Paused")));
        f.feed.stop();
        QCOMPARE(f.window->status()->liveText(), QString());
    }

    void followsTheNewest() {
        LiveWindow f;
        QVERIFY(f.ready);
        QVERIFY(f.window->followNewest()->on());
        QVERIFY(f.window->livePage()->header()->followSwitch()->isChecked());
        QTest::qWait(100); // the newest so far is known
        grow(*f.store, 2, 2, f.now - 10 * kSecond);
        QVERIFY(f.shows(2));
        grow(*f.store, 3, 2, f.now - 5 * kSecond);
        QVERIFY(f.shows(3));
        QVERIFY(f.window->followNewest()->on());
        // On another page nothing is selected.
        f.window->showPage(Page::Live);
        grow(*f.store, 4, 2, f.now - 4 * kSecond);
        QVERIFY(f.knows(4));
        QTest::qWait(100);
        QCOMPARE(f.session.selection().trace(), runId(3));
        f.window->showPage(Page::Traces);
        // The person chooses: it switches itself off, and says so.
        f.session.selection().selectTrace(runId(1));
        QVERIFY(!f.window->followNewest()->on());
        QVERIFY(!f.window->livePage()->header()->followSwitch()->isChecked());
        QVERIFY(f.shows(1));
        grow(*f.store, 5, 2, f.now - 2 * kSecond);
        QVERIFY(f.knows(5));
        QTest::qWait(100);
        QCOMPARE(f.session.selection().trace(), runId(1));
    }

    void scrollingIsReading() {
        LiveWindow f;
        QVERIFY(f.ready);
        QVERIFY(f.window->followNewest()->on());
        QWidget* tree = f.window->tracePage()->trace()->tree()->viewport();
        const QPointF at(40, 60);
        QWheelEvent wheel(at, tree->mapToGlobal(at), {0, -120}, {0, -120}, Qt::NoButton, Qt::NoModifier,
                          Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(tree, &wheel);
        QVERIFY(!f.window->followNewest()->on());
    }

    // What grows stays where it is: selection, scroll and what is folded; its open bars end now, which moves.
    void aRunGrows() {
        LiveWindow f;
        QVERIFY(f.ready);
        views::SpanTreeView* tree = f.window->tracePage()->trace()->tree();
        f.session.selection().selectSpan(SpanId{1021});
        QTRY_COMPARE(tree->currentSpan(), SpanId{1021});
        tree->verticalScrollBar()->setValue(tree->verticalScrollBar()->minimum() + 150);
        const int scroll = tree->verticalScrollBar()->value();
        QVERIFY(scroll > 0);
        const std::size_t before = f.window->tracePage()->trace()->snapshot()->spans.size();
        grow(*f.store, 1, 45, f.now - 100 * kSecond);
        QTRY_COMPARE(f.window->tracePage()->trace()->snapshot()->spans.size(), before + 5);
        QCOMPARE(tree->currentSpan(), SpanId{1021});
        QCOMPARE(tree->verticalScrollBar()->value(), scroll);
        // Folded stays folded.
        f.session.selection().selectSpan(SpanId{1001});
        tree->setCurrentCollapsed(true);
        QCOMPARE(tree->rows().count(), 1);
        grow(*f.store, 1, 46, f.now - 100 * kSecond);
        QTRY_COMPARE(f.window->tracePage()->trace()->snapshot()->spans.size(), before + 6);
        QCOMPARE(tree->rows().count(), 1);
        const TimeNs then = tree->now();
        QVERIFY(then >= f.now); // the clock, not the last span
        QTRY_VERIFY(tree->now() - then >= kSecond);
    }

    void picture() {
        LiveWindow f;
        QVERIFY(f.ready);
        RenderOptions options;
        options.view = *renderViewFromName("live");
        const auto idle = renderImage(*f.store, options);
        QVERIFY(idle.ok());
        options.live = &f.feed;
        f.feed.fill(f.now);
        const auto busy = renderImage(*f.store, options);
        QVERIFY(busy.ok());
        QVERIFY(*idle != *busy);
        // For looking at: CLEW_PICTURES=folder.
        const QString folder = qEnvironmentVariable("CLEW_PICTURES");
        if (folder.isEmpty()) return;
        for (const auto& [name, theme] :
             {std::pair("light", views::ThemeName::Light), std::pair("dark", views::ThemeName::Dark),
              std::pair("hc", views::ThemeName::HighContrast)}) {
            options.theme = theme;
            options.size = QSize(1440, 900);
            const auto image = renderImage(*f.store, options);
            QVERIFY(image.ok());
            image->save(QStringLiteral("%1/window-%2.png").arg(folder, QLatin1String(name)));
        }
    }
};

QTEST_MAIN(TestLiveWindow)
#include "tst_live_window.moc"
