// The page “Costs”: what the runs that the filter lets through cost, when, and on whose behalf.
//
// Steps that are chosen in the chart narrow the filter of all pages; the chart itself goes on showing the
// time around them. Asks the store while it is visible only, at most once a second; what was shown stays,
// dimmed, until the new answer is there. GUI thread; the context outlives the page.
#pragma once

#include "views/ask.h"
#include "views/costs/usage_series.h"
#include "views/runs/filter_text.h"
#include "views/runs/widgets.h"
#include "views/view_context.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

#include <optional>

class QBoxLayout;
class QLabel;
class QMenu;
class QScrollArea;
class QStackedWidget;

namespace clew::views {

class CacheChart;
class ChartLegend;
class CostChart;
class ExpensiveRuns;
class CostFigures;
class MessageCard;
class NothingFound;
class RunCostChart;
class SectionHeader;
class Segments;
class UsageModel;
class UsageTable;
class UsageTotal;
class WhatIfDialog;

class CostsPage : public QWidget {
    Q_OBJECT

public:
    static constexpr int kBeside = 980;     // narrower than this, the right column stands below
    static constexpr int kPauseMs = 1000;   // between two questions that commits cause
    static constexpr int kPatienceMs = 150; // an answer that comes sooner dims nothing

    explicit CostsPage(ViewContext& context, QWidget* parent = nullptr);
    ~CostsPage() override;

    void setFilter(const QString& filter); // of all pages
    [[nodiscard]] QString filter() const { return m_filter; }
    void setBudget(std::optional<PicoUsd> aDay);
    void setPriceTable(const QString& words); // "price table of 14 Nov 2026"
    void setKnownModels(const QStringList& models) { m_knownModels = models; }
    // The answer to what is asked now is shown, or why there is none.
    [[nodiscard]] bool settled() const;
    [[nodiscard]] bool dimmed() const;

    [[nodiscard]] CostFigures* figures() const { return m_figures; }
    [[nodiscard]] CostChart* chart() const { return m_chart; }
    [[nodiscard]] ChartLegend* legend() const { return m_legend; }
    [[nodiscard]] UsageTable* table() const { return m_table; }
    [[nodiscard]] UsageModel* usage() const { return m_usage; }
    [[nodiscard]] RunCostChart* runCosts() const { return m_runCosts; }
    [[nodiscard]] CacheChart* cache() const { return m_cache; }
    [[nodiscard]] ExpensiveRuns* expensive() const { return m_expensive; }
    [[nodiscard]] MessageCard* message() const { return m_message; }
    [[nodiscard]] Segments* metricChoice() const { return m_metric; }
    [[nodiscard]] Segments* dimensionChoice() const { return m_by; }
    [[nodiscard]] LinkButton* selectedLink() const { return m_selectedLink; }
    [[nodiscard]] LinkButton* zoomLink() const { return m_zoomLink; }
    [[nodiscard]] LinkButton* budgetLink() const { return m_budgetLink; }
    [[nodiscard]] ThemedButton* emptyButton() const { return m_emptyButton; }
    [[nodiscard]] QString emptyText() const; // "" while there is something to show
    [[nodiscard]] NothingFound* nothingFound() const { return m_nothing; } // shown where no run matches
    [[nodiscard]] bool beside() const;

public slots:
    void refresh(); // something was committed
    void setStep(clew::UsageStep step);
    WhatIfDialog* openWhatIf();
    void askBudget();
    // suffix: ".png", ".svg", ".csv"; steps: of a CSV, a line for each step. The path is asked for.
    void exportTo(const QString& suffix, bool steps = false);
    [[nodiscard]] QByteArray exported(const QString& suffix, bool steps = false);

signals:
    void filterWanted(const QString& filter); // the page stays
    void runsWanted(const QString& filter);   // the runs are to be looked at
    void traceWanted(clew::TraceId trace);
    void mostExpensiveWanted(); // all of them, by cost
    void budgetChosen(std::optional<clew::PicoUsd> aDay);
    void priceWanted(const QString& model);
    void said(const QString& sentence);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    struct Answer {
        Result<UsageAnswer> whole;                 // what the chart shows
        std::optional<Result<UsageAnswer>> chosen; // of the chosen steps
        std::optional<PicoUsd> before;             // known cost of as long a time before
        QString days;                              // how that time is called; "" without a range
        UsageBy by;
    };
    QWidget* makeEmpty();
    QWidget* makeLeft();
    QWidget* makeChartHead();
    QWidget* makeRight();
    void connectParts();
    void arrange();
    void arrangeHead(int room);
    void ask();
    void askSoon();
    void receive(Answer answer);
    void fail(const Error& error);
    void showAnswer();
    void showChart();
    void showHead();
    void showState();
    void setDimmed(bool dimmed);
    void chooseRange(const TimeRange& range);
    void dropRange();
    void zoomToRange();
    void openBar(int bar, int layer);
    [[nodiscard]] QString wholeFilter() const; // without the chosen steps
    [[nodiscard]] const UsageAnswer& shownAnswer() const { return m_chosen ? *m_chosen : m_whole; }

    ViewContext& m_context;
    Asker m_asker;
    QTimer m_again, m_patience;
    QElapsedTimer m_asked;
    bool m_stale = true;  // asks when it is shown
    bool m_dirty = false; // something was committed while a question was running
    bool m_answered = false;
    bool m_failed = false;

    QString m_filter;
    std::optional<TimeRange> m_range; // chosen in the chart, and in the filter
    UsageStep m_step = UsageStep::fitting;
    UsageBy m_asksBy = UsageBy::model, m_shownBy = UsageBy::model;
    QString m_priceTable;
    QStringList m_knownModels;
    std::optional<PicoUsd> m_budget;
    UsageAnswer m_whole;
    std::optional<UsageAnswer> m_chosen;
    std::optional<PicoUsd> m_before;
    QString m_days;
    SeriesPlaces m_places;

    CostFigures* m_figures;
    MessageCard* m_message;
    QStackedWidget* m_stack;
    QScrollArea* m_scroll;
    QWidget* m_veil;
    ThemedLabel* m_emptyTitle = nullptr;
    ThemedLabel* m_emptyWhy = nullptr;
    ThemedButton* m_emptyButton = nullptr;
    ThemedLabel* m_loading = nullptr;
    NothingFound* m_nothing = nullptr;
    QBoxLayout* m_columns = nullptr;
    QBoxLayout* m_headRow = nullptr;
    QBoxLayout* m_headBelow = nullptr;
    Surface* m_left = nullptr;
    QWidget* m_right = nullptr;
    QPushButton* m_title = nullptr;
    Segments* m_metric = nullptr;
    Segments* m_by = nullptr;
    ThemedLabel* m_stackedBy = nullptr;
    LinkButton* m_budgetLink = nullptr;
    LinkButton* m_selectedLink = nullptr;
    LinkButton* m_zoomLink = nullptr;
    CostChart* m_chart = nullptr;
    ChartLegend* m_legend = nullptr;
    SectionHeader* m_tableHead = nullptr;
    UsageModel* m_usage;
    UsageTable* m_table = nullptr;
    UsageTotal* m_total = nullptr;
    SectionHeader* m_runCostHead = nullptr;
    RunCostChart* m_runCosts = nullptr;
    SectionHeader* m_cacheHead = nullptr;
    CacheChart* m_cache = nullptr;
    SectionHeader* m_expensiveHead = nullptr;
    LinkButton* m_openAll = nullptr;
    ExpensiveRuns* m_expensive = nullptr;
};

} // namespace clew::views
