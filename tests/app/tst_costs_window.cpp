// The Costs page in the window: one filter and one selection with the other pages, back and forward, where
// clicks lead, what is kept, and a price that the person adds.

#include "app/gui/page_bar.h"
#include "app/gui/price_dialog.h"
#include "app/gui/render.h"
#include "app/gui/session.h"
#include "app/prices.h"
#include "tests/app/window_fixture.h"
#include "tests/support/store_fixture.h"
#include "views/costs/cost_chart.h"
#include "views/costs/cost_figures.h"
#include "views/costs/costs_page.h"
#include "views/costs/expensive_runs.h"
#include "views/costs/usage_table.h"

#include <QAction>
#include <QLineEdit>
#include <QTemporaryDir>

using namespace clew;
using namespace clew::app;

namespace {

constexpr TimeNs kFirstDay = 1'761'004'800LL * kSecond, kOneDay = 24LL * 3600 * kSecond;

TraceId costRun(int n) {
    return {0x88, static_cast<std::uint64_t>(n) + 1};
}

// Five days with a run each: its one call costs as many dollars as the day's number; the last has no price.
void fillCosts(Store& store) {
    std::vector<Span> spans;
    for (int n = 0; n < 5; ++n) {
        Span span = test::span(costRun(n), static_cast<std::uint64_t>(n) * 10 + 1, 0, kFirstDay + n * kOneDay,
                               kFirstDay + n * kOneDay + kSecond, "call");
        span.kind = Kind::llm;
        span.model = n == 4 ? "my-own-model" : n % 2 ? "model-odd" : "model-even";
        span.usage.input = 1'000'000;
        span.usage.output = 1'000;
        if (n < 4) span.reported_cost = (n + 1) * kUsd;
        spans.push_back(std::move(span));
    }
    (void)test::import_spans(store, test::head("costs"), std::move(spans));
}

struct CostsWindow {
    CostsWindow()
        : application(test::WindowFixture::options()) {
        StoreOptions options;
        options.temporary = true;
        options.prices = user_prices();
        store = std::move(*Store::open(options));
        session = std::make_unique<Session>(*store, application.theme(), application.rules(), true);
        fillCosts(*store);
        window = std::make_unique<MainWindow>(application, *session);
        window->resize(1280, 800);
        window->show();
        ready = QTest::qWaitForWindowActive(window.get()) &&
                QTest::qWaitFor([this] { return session->runs().rowCount() == 5; }, 20'000);
    }
    bool settled() {
        return QTest::qWaitFor([this] { return window->costsPage()->settled(); }, 20'000);
    }
    bool shows(int runs) {
        return QTest::qWaitFor([this, runs] { return session->runs().rowCount() == runs; }, 20'000);
    }

    Application application;
    std::unique_ptr<Store> store;
    std::unique_ptr<Session> session;
    std::unique_ptr<MainWindow> window;
    bool ready = false;
};

} // namespace

class TestCostsWindow : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

private slots:
    void initTestCase() {
        QVERIFY(m_folder.isValid());
        qputenv("XDG_DATA_HOME", m_folder.path().toUtf8()); // the user's own prices
    }

    void pagesShareFilterAndSelection() {
        CostsWindow f;
        QVERIFY(f.ready);
        f.session->selection().selectTrace(costRun(2));
        f.window->action("go.costs")->trigger();
        QCOMPARE(f.window->page(), Page::Costs);
        QVERIFY(f.window->costsPage()->isVisible());
        QVERIFY(f.window->filterBar()->isVisible());
        QVERIFY(f.settled());
        QCOMPARE(f.window->costsPage()->chart()->series().bars(), 5);
        QCOMPARE(f.window->costsPage()->chart()->series().height(2), 3 * kUsd);
        f.window->filterBar()->setFilter(QStringLiteral("model:model-odd"));
        QTRY_COMPARE(f.window->costsPage()->usage()->rowCount(), 1);
        f.window->action("go.back")->trigger();
        QCOMPARE(f.window->page(), Page::Traces);
        QCOMPARE(f.session->runs().filter(), QStringLiteral("model:model-odd"));
        QCOMPARE(f.session->selection().trace(), costRun(2));
        f.window->action("go.forward")->trigger();
        QCOMPARE(f.window->page(), Page::Costs);
        QVERIFY(f.window->pageBar()->tab(Page::Costs)->isChecked());
    }

    void chosenStepsFilterEveryPage() {
        CostsWindow f;
        QVERIFY(f.ready);
        f.window->showPage(Page::Costs);
        QVERIFY(f.settled());
        const views::UsageSeries& series = f.window->costsPage()->chart()->series();
        emit f.window->costsPage()->chart()->rangeChosen({series.starts[1], series.endOf(2)});
        QCOMPARE(f.window->filterBar()->field()->text(),
                 QStringLiteral("start>=2025-10-22 and start<2025-10-24"));
        QVERIFY(f.shows(2));
        QVERIFY(f.settled());
        // The chart still shows all five days; the figures are of the two.
        QCOMPARE(series.bars(), 5);
        QCOMPARE(f.window->costsPage()->usage()->total().group.sums.reported,
                 std::optional<PicoUsd>(5 * kUsd));
        f.window->costsPage()->selectedLink()->click();
        QCOMPARE(f.window->filterBar()->field()->text(), QString());
        QVERIFY(f.shows(5));
    }

    void clicksLeadToRuns() {
        CostsWindow f;
        QVERIFY(f.ready);
        f.window->showPage(Page::Costs);
        QVERIFY(f.settled());
        emit f.window->costsPage()->chart()->barActivated(3, -1);
        QCOMPARE(f.window->page(), Page::Traces);
        QVERIFY(f.shows(1));
        QCOMPARE(f.session->runs().traceRow(0).id, costRun(3));
        f.window->filterBar()->setFilter({});
        f.window->showPage(Page::Costs);
        QVERIFY(f.settled());
        emit f.window->costsPage()->mostExpensiveWanted();
        QCOMPARE(f.session->runs().order(), TraceOrder::cost);
        QTRY_COMPARE(f.session->runs().traceRow(0).id, costRun(3));
        f.window->showPage(Page::Costs);
        emit f.window->costsPage()->expensive()->traceWanted(costRun(1));
        QCOMPARE(f.window->page(), Page::Traces);
        QCOMPARE(f.session->selection().trace(), costRun(1));
    }

    void anOwnPrice() {
        CostsWindow f;
        QVERIFY(f.ready);
        f.window->showPage(Page::Costs);
        QVERIFY(f.settled());
        const auto* unpriced = f.window->costsPage()->figures()->figure(views::CostFigures::Unpriced);
        QVERIFY(unpriced->link()->accessibleName().startsWith(QStringLiteral("my-own-model")));
        unpriced->link()->click();
        auto* dialog = f.window->findChild<PriceDialog*>();
        QVERIFY(dialog);
        QCOMPARE(dialog->model()->text(), QStringLiteral("my-own-model"));
        QVERIFY(!dialog->complete());
        dialog->input()->setText(QStringLiteral("2.50"));
        dialog->output()->setText(QStringLiteral("10"));
        QVERIFY(dialog->complete());
        emit dialog->saveWanted(dialog->price());
        // All of it is computed again, and the page says so.
        QTRY_COMPARE_WITH_TIMEOUT(unpriced->value(), QStringLiteral("none"), 20'000);
        QCOMPARE(f.window->costsPage()->usage()->total().group.sums.computed,
                 std::optional<PicoUsd>(2'510'000'000'000));
    }

    void picture() {
        CostsWindow f;
        QVERIFY(f.ready);
        RenderOptions options;
        options.view = *renderViewFromName("costs");
        const auto all = renderImage(*f.store, options);
        QVERIFY(all.ok());
        options.filter = "model:model-odd";
        const auto some = renderImage(*f.store, options);
        QVERIFY(some.ok());
        QVERIFY(*all != *some);
    }
};

QTEST_MAIN(TestCostsWindow)
#include "tst_costs_window.moc"
