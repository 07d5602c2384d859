// The Costs page as a person uses it: what is asked, what is shown, where a click leads, what is written to
// files, and what it says while there is no answer.

#include "tests/support/fake_usage.h"
#include "views/costs/budget_dialog.h"
#include "views/costs/chart_legend.h"
#include "views/costs/cost_chart.h"
#include "views/costs/cost_figures.h"
#include "views/costs/costs_page.h"
#include "views/costs/expensive_runs.h"
#include "views/costs/run_cost_chart.h"
#include "views/costs/segments.h"
#include "views/costs/usage_table.h"
#include "views/costs/what_if_dialog.h"
#include "views/runs/message_card.h"
#include "views/runs/nothing_found.h"

#include <QAbstractButton>
#include <QApplication>
#include <QClipboard>
#include <QImage>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace clew;
using namespace clew::views;
using clew::test::FakeUsage;

namespace {

struct CostsFixture {
    CostsFixture()
        : context{usage, notes, theme, selection}
        , page(context) {
        page.resize(1280, 660);
    }
    bool show(const QString& filter = {}) {
        page.show();
        page.setFilter(filter);
        return settle();
    }
    bool settle() {
        return QTest::qWaitFor([this] { return page.settled(); }, 10'000) && (QTest::qWait(30), true);
    }
    void drag(int from, int to) {
        CostChart* chart = page.chart();
        const QPoint begin = chart->centreOf(from).toPoint(), end = chart->centreOf(to).toPoint();
        QTest::mousePress(chart, Qt::LeftButton, {}, begin);
        QTest::mouseMove(chart, (begin + end) / 2);
        moveHeld(chart, (begin + end) / 2);
        moveHeld(chart, end);
        QTest::mouseRelease(chart, Qt::LeftButton, {}, end);
    }
    static void moveHeld(QWidget* widget, QPoint to) {
        QMouseEvent move(QEvent::MouseMove, QPointF(to), widget->mapToGlobal(QPointF(to)), Qt::NoButton,
                         Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(widget, &move);
    }

    FakeUsage usage;
    test::EmptyNoteBook notes;
    Theme theme;
    Selection selection;
    ViewContext context;
    CostsPage page;
};

} // namespace

class TestCostsPage : public QObject {
    Q_OBJECT

private slots:
    void filtersAsText() {
        const TimeRange range{FakeUsage::kStart, FakeUsage::kStart + 2 * FakeUsage::kDay};
        const QStringList conditions = startConditions(range);
        QCOMPARE(conditions, (QStringList{"start>=2025-10-21", "start<2025-10-23"}));
        QString filter = QStringLiteral("model:a or agent:b");
        for (const QString& condition : conditions)
            filter = filterWith(filter, condition);
        QCOMPARE(filter, QStringLiteral("(model:a or agent:b) and start>=2025-10-21 and start<2025-10-23"));
        QCOMPARE(startRange(filter, clew::now()).value(), range);
        QCOMPARE(filterWithout(filter, conditions), QStringLiteral("(model:a or agent:b)"));
        QCOMPARE(filterOver(QStringLiteral("start>=2025-10-21 not agent:x"), range),
                 QStringLiteral("not agent:x and start>=2025-10-21 and start<2025-10-23"));
        QVERIFY(!startRange(QStringLiteral("model:x"), clew::now()));
        QCOMPARE(filterTerm("model", QStringLiteral("a \"b\" \\c")),
                 QStringLiteral("model:\"a \\\"b\\\" \\\\c\""));
        // Moments that are no whole minutes and amounts of any size are read as what they are.
        const TimeRange odd{FakeUsage::kStart + 1, FakeUsage::kStart + 90 * kSecond};
        QString odds;
        for (const QString& condition : startConditions(odd))
            odds = filterWith(odds, condition);
        QCOMPARE(startRange(odds, clew::now()).value(), odd);
        QCOMPARE(costConditions(13'335'214'322, 5 * kUsd), (QStringList{"cost>=0.013335214322", "cost<5"}));
    }

    void ticks() {
        QCOMPARE(niceTicks(0, 4), std::vector<double>{0});
        QCOMPARE(niceTicks(31, 4).back(), 30.0);
        QCOMPARE(tickText(30, 10, UsageMetric::Cost), QStringLiteral("$30"));
        QCOMPARE(tickText(0.000002, 0.000001, UsageMetric::Cost), QStringLiteral("$0.000002"));
        QCOMPARE(tickText(1e6, 5e5, UsageMetric::Cost), QStringLiteral("$1M"));
    }

    void figures() {
        CostsFixture f;
        f.page.setPriceTable(QStringLiteral("price table of 14 Nov 2025"));
        QVERIFY(f.show(QStringLiteral("start>=2025-10-21 and start<2025-11-21")));
        CostFigures* figures = f.page.figures();
        QVERIFY(figures->figure(CostFigures::Known)->value().startsWith(QStringLiteral("≥")));
        // The store answers the same for the month before.
        QCOMPARE(figures->figure(CostFigures::Known)->note(),
                 QStringLiteral("as much as in the 31 days before"));
        QCOMPARE(changeText(12, 10, QStringLiteral("the day")),
                 QStringLiteral("+20\u00a0% on the day before"));
        QCOMPARE(changeText(99, 100, QStringLiteral("the day")),
                 QStringLiteral("−1.0\u00a0% on the day before"));
        QCOMPARE(changeText(1, 0, QStringLiteral("the day")), QString());
        QCOMPARE(figures->figure(CostFigures::Computed)->note(),
                 QStringLiteral("price table of 14 Nov 2025"));
        QVERIFY(figures->figure(CostFigures::Unpriced)->value().contains(QStringLiteral("calls")));
        QSignalSpy price(&f.page, &CostsPage::priceWanted);
        QTest::mouseClick(figures->figure(CostFigures::Unpriced)->link(), Qt::LeftButton);
        QCOMPARE(price.size(), 1);
        QCOMPARE(price[0][0].toString(), QStringLiteral("qwen3-coder-480b"));
        const auto asked = f.usage.asked();
        QVERIFY(std::any_of(asked.begin(), asked.end(), [](const UsageQuery& query) {
            return query.filter == "start>=2025-09-20 and start<2025-10-21";
        }));
    }

    void dragChoosesARange() {
        CostsFixture f;
        QVERIFY(f.show(QStringLiteral("not agent:eval-bot")));
        QSignalSpy filters(&f.page, &CostsPage::filterWanted);
        f.drag(22, 27);
        QCOMPARE(filters.size(), 1);
        const QString filter = filters[0][0].toString();
        QCOMPARE(filter, QStringLiteral("not agent:eval-bot and start>=2025-11-12 and start<2025-11-18"));
        f.page.setFilter(filter);
        QVERIFY(f.settle());
        // The chart goes on showing the time around it; the figures are of what was chosen.
        QVERIFY(f.page.chart()->selected().has_value());
        const auto asked = f.usage.asked();
        QVERIFY(std::any_of(asked.begin(), asked.end(),
                            [](const UsageQuery& query) { return query.filter == "not agent:eval-bot"; }));
        QVERIFY(f.page.selectedLink()->isVisible());
        QVERIFY(f.page.selectedLink()->text().startsWith(QStringLiteral("12–17 Nov selected")));
        QVERIFY(f.page.zoomLink()->isVisible());
        QTest::mouseClick(f.page.selectedLink(), Qt::LeftButton);
        QCOMPARE(filters.last()[0].toString(), QStringLiteral("not agent:eval-bot"));
        // What is typed over it takes it off as well.
        f.page.setFilter(QStringLiteral("not agent:eval-bot"));
        f.drag(3, 1);
        QCOMPARE(filters.last()[0].toString(),
                 QStringLiteral("not agent:eval-bot and start>=2025-10-22 and start<2025-10-25"));
        f.page.setFilter(filters.last()[0].toString());
        f.page.setFilter(QStringLiteral("model:x"));
        QVERIFY(f.settle());
        QVERIFY(!f.page.chart()->selected());
        QVERIFY(!f.page.selectedLink()->isVisible());
    }

    // The chosen steps become all that there is, and the filter stays.
    void zoomsIn() {
        CostsFixture f;
        QVERIFY(f.show());
        connect(&f.page, &CostsPage::filterWanted, &f.page, &CostsPage::setFilter);
        f.drag(2, 4);
        QVERIFY(f.settle());
        f.page.zoomLink()->click();
        QVERIFY(f.settle());
        QVERIFY(!f.page.chart()->selected());
        QCOMPARE(f.page.filter(), QStringLiteral("start>=2025-10-23 and start<2025-10-26"));
        QCOMPARE(QString::fromStdString(f.usage.asked()[f.usage.asked().size() - 2].filter), f.page.filter());
        QVERIFY(!f.page.zoomLink()->isVisible());
    }

    void clickOpensRuns() {
        CostsFixture f;
        QVERIFY(f.show());
        QSignalSpy runs(&f.page, &CostsPage::runsWanted);
        QTest::mouseClick(f.page.chart(), Qt::LeftButton, {}, f.page.chart()->centreOf(2, 0).toPoint());
        QCOMPARE(runs.size(), 1);
        QCOMPARE(runs[0][0].toString(), QStringLiteral("start>=2025-10-23 and start<2025-10-24 and "
                                                       "model:\"claude-sonnet-4-5\""));
        // Above the stack it is the whole step.
        QTest::mouseClick(f.page.chart(), Qt::LeftButton, {},
                          QPoint(f.page.chart()->centreOf(5).toPoint().x(), 22));
        QCOMPARE(runs.last()[0].toString(), QStringLiteral("start>=2025-10-26 and start<2025-10-27"));
        RunCostChart* costs = f.page.runCosts();
        QTest::mouseClick(costs, Qt::LeftButton, {}, costs->centreOf(8).toPoint());
        QCOMPARE(runs.last()[0].toString(), QStringLiteral("cost>=0.1 and cost<0.133352143216"));
        QSignalSpy trace(&f.page, &CostsPage::traceWanted);
        ExpensiveRuns* expensive = f.page.expensive();
        QTest::mouseClick(expensive->viewport(), Qt::LeftButton, {},
                          expensive->visualRect(expensive->model()->index(1, 0)).center());
        QCOMPARE(trace.size(), 1);
        QCOMPARE(trace[0][0].value<TraceId>(), (TraceId{0x2000, 2}));
    }

    void keys() {
        CostsFixture f;
        QVERIFY(f.show());
        CostChart* chart = f.page.chart();
        QApplication::setActiveWindow(&f.page);
        chart->setFocus(Qt::TabFocusReason);
        QTRY_COMPARE(chart->currentBar(), chart->series().bars() - 1);
        QTest::keyClick(chart, Qt::Key_Home);
        QTest::keyClick(chart, Qt::Key_Right);
        QCOMPARE(chart->currentBar(), 1);
        QVERIFY(chart->accessibleDescription().startsWith(QStringLiteral("22 Oct 2025; $")));
        QVERIFY(chart->accessibleDescription().contains(QStringLiteral("claude-opus-4-1: $")));
        QSignalSpy runs(&f.page, &CostsPage::runsWanted);
        QTest::keyClick(chart, Qt::Key_Return);
        QCOMPARE(runs.last()[0].toString(), QStringLiteral("start>=2025-10-22 and start<2025-10-23"));
        QSignalSpy filters(&f.page, &CostsPage::filterWanted);
        QTest::keyClick(chart, Qt::Key_Right, Qt::ShiftModifier);
        QTest::keyClick(chart, Qt::Key_Right, Qt::ShiftModifier);
        QTest::keyClick(chart, Qt::Key_Return);
        QCOMPARE(filters.last()[0].toString(), QStringLiteral("start>=2025-10-22 and start<2025-10-25"));
        f.page.setFilter(filters.last()[0].toString());
        QVERIFY(f.settle());
        QTest::keyClick(chart, Qt::Key_Escape);
        QCOMPARE(filters.last()[0].toString(), QString());
        UsageTable* table = f.page.table();
        table->setFocus();
        QTest::keyClick(table, Qt::Key_Down);
        QTest::keyClick(table, Qt::Key_Return);
        QVERIFY(runs.last()[0].toString().endsWith(QStringLiteral("model:\"claude-opus-4-1\"")));
    }

    void tableSortsAndCopies() {
        CostsFixture f;
        QVERIFY(f.show());
        UsageTable* table = f.page.table();
        UsageModel* model = f.page.usage();
        QCOMPARE(model->rowCount(), 6);
        table->setCurrentIndex(model->index(1, 0));
        QSignalSpy resets(model, &QAbstractItemModel::modelReset);
        table->sortBy(UsageModel::Unpriced);
        QCOMPARE(model->index(0, 0).data().toString(), QStringLiteral("qwen3-coder-480b"));
        table->sortBy(UsageModel::Name);
        QCOMPARE(model->index(0, 0).data().toString(), QStringLiteral("claude-opus-4-1"));
        table->sortBy(UsageModel::Name);
        QCOMPARE(model->index(0, 0).data().toString(), QStringLiteral("text-embedding-3-small"));
        QCOMPARE(table->currentIndex().data().toString(), QStringLiteral("claude-opus-4-1"));
        QCOMPARE(resets.size(), 0);
        table->selectionModel()->select(model->index(0, 0),
                                        QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        table->copyRows();
        const QStringList lines =
            QApplication::clipboard()->text().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 2);
        QVERIFY(lines[0].startsWith(QStringLiteral("Model\tRuns\tCalls\t")));
        QVERIFY(lines[1].startsWith(QStringLiteral("text-embedding-3-small\t")));
        const std::unique_ptr<QMenu> menu(table->makeMenu());
        QCOMPARE(menu->actions().size(), 4); // open, copy, a line, sort by
        // Unknown is not 0: what has no price has no cost.
        table->sortBy(UsageModel::Unpriced);
        QCOMPARE(model->index(0, UsageModel::Reported).data().toString(), QStringLiteral("–"));
        QCOMPARE(model->index(0, UsageModel::Computed).data().toString(), QStringLiteral("–"));
    }

    void dimensionsAndTokens() {
        CostsFixture f;
        QVERIFY(f.show());
        QVERIFY(f.page.legend()->entries().back().hatched);
        f.page.metricChoice()->button(1)->click();
        QCOMPARE(f.page.chart()->series().metric, UsageMetric::Tokens);
        QVERIFY(!f.page.legend()->entries().back().hatched);
        f.page.dimensionChoice()->button(static_cast<int>(UsageBy::session))->click();
        QVERIFY(f.settle());
        QCOMPARE(f.usage.asked().back().by, UsageBy::session);
        QCOMPARE(f.page.usage()->headerData(0, Qt::Horizontal, Qt::DisplayRole).toString(),
                 QStringLiteral("Session"));
        f.page.setStep(UsageStep::week);
        QVERIFY(f.settle());
        QCOMPARE(f.usage.asked().back().step, UsageStep::week);
    }

    void manyGroups() {
        CostsFixture f;
        std::vector<FakeUsage::Model> models;
        for (int n = 0; n < 1200; ++n)
            models.push_back({"m-" + std::to_string(n), 1200.0 - n, 0, 10});
        f.usage.set(FakeUsage::make(models, 12));
        QVERIFY(f.show());
        const UsageSeries& series = f.page.chart()->series();
        QCOMPARE(static_cast<int>(series.layers.size()), UsageSeries::kLayers + 1);
        QCOMPARE(series.layers.back().groups, 1200 - UsageSeries::kLayers);
        QCOMPARE(f.page.usage()->rowCount(), UsageModel::kMostRows);
        QCOMPARE(f.page.usage()->groups(), 1200);
        QSet<int> places;
        std::int64_t sum = 0;
        for (const UsageLayer& layer : series.layers) {
            places.insert(layer.place);
            sum += layer.values[3];
        }
        QCOMPARE(places.size(), UsageSeries::kLayers + 1); // no two look alike
        QCOMPARE(sum, series.height(3));
        QCOMPARE(f.page.exported(QStringLiteral(".csv")).count('\n'), 1201);
    }

    void aYearOfHours() {
        CostsFixture f;
        f.usage.set(FakeUsage::make(FakeUsage::models(), 8760, UsageStep::hour));
        QVERIFY(f.show());
        const UsageSeries& series = f.page.chart()->series();
        QVERIFY(series.bars() <= UsageSeries::kMostBars);
        QCOMPARE(series.end, FakeUsage::kStart + 365 * FakeUsage::kDay);
        QSignalSpy filters(&f.page, &CostsPage::filterWanted);
        f.drag(0, 0 + series.bars() - 1);
        QCOMPARE(filters.last()[0].toString(), QStringLiteral("start>=2025-10-21 and start<2026-10-21"));
    }

    void budget() {
        CostsFixture f;
        QVERIFY(f.show());
        QSignalSpy chosen(&f.page, &CostsPage::budgetChosen);
        f.page.askBudget();
        auto* dialog = f.page.findChild<BudgetDialog*>();
        QVERIFY(dialog);
        dialog->field()->setText(QStringLiteral("$18.50"));
        QCOMPARE(dialog->budget(), std::optional<PicoUsd>(185 * kUsd / 10));
        dialog->accept();
        QCOMPARE(chosen.size(), 1);
        const CostChart* chart = f.page.chart();
        const auto& heights = chart->series().heights;
        const auto above = std::count_if(heights.begin(), heights.end(),
                                         [](std::int64_t cost) { return cost > 185 * kUsd / 10; });
        QVERIFY(above > 1);
        QCOMPARE(chart->crossed(), static_cast<int>(above));
        QCOMPARE(chart->budgetText(), QStringLiteral("Budget $18.50 a day, crossed on %1 days").arg(above));
        f.page.metricChoice()->button(1)->click(); // tokens have no budget
        QCOMPARE(chart->budgetText(), QString());
    }

    void exports() {
        CostsFixture f;
        UsageAnswer answer = FakeUsage::make(FakeUsage::models(), 3);
        answer.groups[0].key = "=cmd|' /C calc'!A0";
        answer.groups[1].key = "a, \"b\"";
        f.usage.set(answer);
        QVERIFY(f.show());
        const QByteArray csv = f.page.exported(QStringLiteral(".csv"));
        QVERIFY(csv.startsWith("model,runs,calls,errors,input_tokens,cache_read_tokens,cache_write_tokens,"
                               "output_tokens,cost_reported_usd,cost_computed_usd,unpriced_calls,"
                               "latency_p50_ns,latency_p95_ns\r\n\"'=cmd|' /C calc'!A0\","));
        QVERIFY(csv.contains("\"a, \"\"b\"\"\","));
        const QByteArray steps = f.page.exported(QStringLiteral(".csv"), true);
        QVERIFY(steps.startsWith("start,model,calls,"));
        QVERIFY(steps.contains("\r\n2025-10-22T00:00:00.000000000Z,gpt-4.1-mini,"));
        const QImage picture = QImage::fromData(f.page.exported(QStringLiteral(".png")), "PNG");
        QCOMPARE(picture.size(), f.page.size() * 2);
        const QByteArray svg = f.page.exported(QStringLiteral(".svg"));
        QVERIFY(svg.contains("<svg"));
        QVERIFY(svg.contains(">By model<"));
    }

    void emptyAndErrors() {
        CostsFixture f;
        f.usage.set({});
        QVERIFY(f.show(QStringLiteral("model:none")));
        QVERIFY(f.page.nothingFound()->isVisible());
        QSignalSpy filters(&f.page, &CostsPage::filterWanted);
        f.page.nothingFound()->findChild<LinkButton*>()->click();
        QCOMPARE(filters.last()[0].toString(), QString());
        UsageAnswer noCalls;
        noCalls.runs = noCalls.all_runs = 3;
        f.usage.set(noCalls);
        f.page.setFilter({});
        QVERIFY(f.settle());
        QVERIFY(f.page.emptyText().contains(QStringLiteral("no model calls")));
        f.usage.set(FakeUsage::make(FakeUsage::models(), 1));
        f.page.setFilter(QStringLiteral("one"));
        QVERIFY(f.settle());
        QCOMPARE(f.page.emptyText(), QString());
        QCOMPARE(f.page.chart()->series().bars(), 1);
        f.usage.failUsage(Error{"store.io", {"/x", "disk I/O error"}, {}});
        f.page.setFilter(QStringLiteral("two"));
        QVERIFY(f.settle());
        QVERIFY(!f.page.message()->text().isEmpty());
        QVERIFY(f.page.dimmed()); // what is seen is not what was asked for
        QCOMPARE(f.page.usage()->rowCount(), 6);
        f.usage.failUsage({});
        auto* again = f.page.message()->findChild<LinkButton*>();
        QVERIFY(again);
        again->click();
        QVERIFY(f.settle());
        QCOMPARE(f.page.message()->text(), QString());
        QVERIFY(!f.page.dimmed());
    }

    void keepsTheOldAnswerUntilTheNewOne() {
        CostsFixture f;
        QVERIFY(f.show());
        f.usage.hold(true);
        f.page.setFilter(QStringLiteral("slow"));
        QVERIFY(!f.page.dimmed()); // a quick answer dims nothing
        QTRY_VERIFY(f.page.dimmed());
        QCOMPARE(f.page.usage()->rowCount(), 6);
        f.usage.hold(false);
        QVERIFY(f.settle());
        QVERIFY(!f.page.dimmed());
    }

    void followsCommitsWhileVisible() {
        CostsFixture f;
        QVERIFY(f.show());
        const auto before = f.usage.asked().size();
        for (int n = 0; n < 20; ++n)
            f.page.refresh();
        QTest::qWait(300);
        QVERIFY(f.usage.asked().size() <= before); // the last question is less than a second old
        QTRY_COMPARE(f.usage.asked().size(), before + 1);
        QVERIFY(f.settle());
        f.page.hide();
        f.page.refresh();
        QTest::qWait(1200);
        QCOMPARE(f.usage.asked().size(), before + 1);
        f.page.show();
        QTRY_COMPARE(f.usage.asked().size(), before + 2);
    }

    void whatIf() {
        CostsFixture f;
        QVERIFY(f.show());
        WhatIfDialog* dialog = f.page.openWhatIf();
        dialog->setModel(QStringLiteral("small-model"));
        QTRY_VERIFY(!dialog->busy());
        QCOMPARE(dialog->rows().rowCount(), 3);
        QVERIFY2(dialog->sentence().startsWith(
                     QStringLiteral("$1.50 on small-model, instead of $3.00 reported, $3.00 computed")),
                 qPrintable(dialog->sentence()));
        dialog->setModel(QStringLiteral("no-such-model"));
        QTRY_VERIFY(dialog->sentence().contains(QStringLiteral("No price is known")));
        QCOMPARE(dialog->rows().rowCount(), 0);
    }

    void everythingHasAName() {
        CostsFixture f;
        QVERIFY(f.show());
        for (QWidget* widget : f.page.findChildren<QWidget*>()) {
            if (!widget->isVisibleTo(&f.page) || widget->focusPolicy() == Qt::NoFocus) continue;
            const auto* button = qobject_cast<QAbstractButton*>(widget);
            const QString name =
                widget->accessibleName().isEmpty() && button ? button->text() : widget->accessibleName();
            if (qstrcmp(widget->metaObject()->className(), "QScrollBar") == 0) continue;
            QVERIFY2(!name.isEmpty(), widget->metaObject()->className());
        }
        QVERIFY(f.page.chart()->accessibleDescription().contains(QStringLiteral("31 bars")));
        QVERIFY(f.page.usage()
                    ->index(0, 0)
                    .data(Qt::AccessibleTextRole)
                    .toString()
                    .contains(QStringLiteral("reported")));
    }

    void narrow() {
        CostsFixture f;
        QVERIFY(f.show());
        QVERIFY(f.page.beside());
        f.page.resize(700, 600);
        QTest::qWait(20);
        QVERIFY(!f.page.beside());
        QVERIFY(f.page.table()->isColumnHidden(UsageModel::Share));
        QVERIFY(!f.page.table()->isColumnHidden(UsageModel::Unpriced));
    }
};

QTEST_MAIN(TestCostsPage)
#include "tst_costs_page.moc"
