// How the Costs page is put together, and what of it leads where.

#include "views/costs/cache_chart.h"
#include "views/costs/chart_legend.h"
#include "views/costs/cost_chart.h"
#include "views/costs/cost_figures.h"
#include "views/costs/costs_page.h"
#include "views/costs/expensive_runs.h"
#include "views/costs/run_cost_chart.h"
#include "views/costs/segments.h"
#include "views/costs/usage_table.h"
#include "views/costs/usage_words.h"
#include "views/live/section.h"
#include "views/runs/message_card.h"
#include "views/runs/nothing_found.h"
#include "views/text.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>
#include <QScrollArea>
#include <QStackedWidget>

namespace clew::views {

namespace {

// Lets what lies below look out of date; takes no mouse.
class CostsVeil : public QWidget {
public:
    CostsVeil(const Theme& theme, QWidget* parent)
        : QWidget(parent)
        , m_theme(theme) {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        hide();
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        QColor veil = m_theme.colours().base;
        veil.setAlphaF(0.5F);
        painter.fillRect(rect(), veil);
    }

private:
    const Theme& m_theme;
};

// The chart's title, which opens a menu.
class ChartTitle : public QPushButton {
public:
    explicit ChartTitle(const Theme& theme)
        : m_theme(theme) {
        setAutoDefault(false);
        setFocusPolicy(Qt::TabFocus);
        setCursor(Qt::PointingHandCursor);
        setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    }
    [[nodiscard]] QSize sizeHint() const override {
        const QFontMetrics metrics(m_theme.font(Theme::Text::Strong));
        return {metrics.horizontalAdvance(text()) + m_theme.px(4 + 16), m_theme.px(26)};
    }
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        const Colours& c = m_theme.colours();
        painter.setFont(m_theme.font(Theme::Text::Strong));
        painter.setPen(c.text);
        painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter, text());
        const int side = m_theme.px(16);
        painter.drawPixmap(QPoint(width() - side, (height() - side) / 2 + 1),
                           m_theme.icon(QStringLiteral("chevron-down"), underMouse() ? c.text : c.text3, side,
                                        painter.device()->devicePixelRatioF()));
        if (!hasFocus()) return;
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(c.acc, 2));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
    }

private:
    const Theme& m_theme;
};

} // namespace

CostsPage::CostsPage(ViewContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_figures(new CostFigures(context.theme))
    , m_message(new MessageCard(context.theme))
    , m_stack(new QStackedWidget)
    , m_scroll(new QScrollArea)
    , m_veil(new CostsVeil(context.theme, this))
    , m_usage(new UsageModel(this)) {
    setAccessibleName(tr("Costs"));
    setFocusPolicy(Qt::ClickFocus);
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    auto* content = new QWidget;
    content->setBackgroundRole(QPalette::Base);
    content->setAutoFillBackground(true);
    m_columns = new QBoxLayout(QBoxLayout::LeftToRight, content);
    m_columns->setContentsMargins(0, 0, 0, 0);
    m_columns->setSpacing(0);
    m_columns->addWidget(makeLeft(), 68);
    m_columns->addWidget(makeRight(), 32);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setWidget(content);
    m_loading =
        new ThemedLabel(context.theme, Theme::Text::Body, &Colours::text2, tr("Adding up the usage…"));
    m_loading->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_loading->setContentsMargins(16, 16, 16, 16);
    m_stack->addWidget(m_loading);
    m_stack->addWidget(makeEmpty());
    m_stack->addWidget(m_scroll);
    m_nothing = new NothingFound(context);
    m_stack->addWidget(m_nothing);
    m_loading->setVisible(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_message);
    layout->addWidget(m_figures);
    layout->addWidget(m_stack, 1);
    m_again.setSingleShot(true);
    m_patience.setSingleShot(true);
    m_patience.setInterval(kPatienceMs);
    connectParts();
    showHead();
}

QWidget* CostsPage::makeEmpty() {
    const Theme& theme = m_context.theme;
    auto* empty = new QWidget;
    auto* layout = new QVBoxLayout(empty);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(theme.px(4));
    m_emptyTitle = new ThemedLabel(theme, Theme::Text::Strong, &Colours::text);
    m_emptyWhy = new ThemedLabel(theme, Theme::Text::Body, &Colours::text2);
    m_emptyWhy->setWordWrap(true);
    m_emptyButton = new ThemedButton(theme, QStringLiteral("close"), tr("Empty the filter"));
    layout->addWidget(m_emptyTitle);
    layout->addWidget(m_emptyWhy);
    layout->addSpacing(theme.px(8));
    layout->addWidget(m_emptyButton, 0, Qt::AlignLeft);
    layout->addStretch();
    return empty;
}

QWidget* CostsPage::makeChartHead() {
    const Theme& theme = m_context.theme;
    auto* head = new QWidget;
    auto* rows = new QVBoxLayout(head);
    rows->setContentsMargins(theme.px(16), theme.px(8), theme.px(16), theme.px(4));
    rows->setSpacing(0);
    auto* row = new QHBoxLayout;
    row->setSpacing(theme.px(8));
    m_headRow = row;
    m_headBelow = new QHBoxLayout;
    rows->addLayout(row);
    rows->addLayout(m_headBelow);
    m_headBelow->addStretch();
    auto* title = new ChartTitle(theme);
    title->setToolTip(tr("How wide a step is"));
    m_title = title;
    auto* steps = new QMenu(title);
    const std::pair<QString, UsageStep> choices[] = {{tr("As the time fits"), UsageStep::fitting},
                                                     {tr("Hours"), UsageStep::hour},
                                                     {tr("Days"), UsageStep::day},
                                                     {tr("Weeks"), UsageStep::week}};
    for (const auto& choice : choices)
        steps->addAction(choice.first, this, [this, step = choice.second] { setStep(step); });
    connect(title, &QPushButton::clicked, steps,
            [title, steps] { steps->popup(title->mapToGlobal(QPoint(0, title->height() + 2))); });
    m_metric = new Segments(theme, tr("What is shown"), {tr("Cost"), tr("Tokens")});
    m_stackedBy = new ThemedLabel(theme, Theme::Text::Small, &Colours::text3, tr("stacked by"));
    m_by = new Segments(theme, tr("Stacked by"),
                        {tr("Model"), tr("Agent"), tr("Tool"), tr("Prompt"), tr("Session")});
    m_budgetLink = new LinkButton(theme, tr("Budget…"), Theme::Text::Small);
    m_budgetLink->setToolTip(tr("A line at what a day may cost"));
    m_selectedLink = new LinkButton(theme, {}, Theme::Text::Small);
    m_selectedLink->setToolTip(tr("Take the chosen steps out of the filter (Esc)"));
    m_selectedLink->hide();
    m_zoomLink = new LinkButton(theme, tr("Zoom in"), Theme::Text::Small);
    m_zoomLink->setToolTip(tr("Show the chosen steps alone, in finer steps where they fit"));
    m_zoomLink->hide();
    row->addWidget(m_title);
    row->addWidget(m_metric);
    row->addSpacing(theme.px(4));
    row->addWidget(m_stackedBy);
    row->addWidget(m_by);
    row->addStretch();
    row->addWidget(m_selectedLink);
    row->addWidget(m_zoomLink);
    row->addWidget(m_budgetLink);
    return head;
}

QWidget* CostsPage::makeLeft() {
    const Theme& theme = m_context.theme;
    m_left = new Surface(theme, &Colours::base, Surface::Right);
    m_left->setMinimumWidth(0);
    auto* layout = new QVBoxLayout(m_left);
    layout->setContentsMargins(0, 0, 1, 0);
    layout->setSpacing(0);
    m_chart = new CostChart(theme);
    m_legend = new ChartLegend(theme);
    auto* legend = new QWidget;
    auto* inset = new QHBoxLayout(legend);
    inset->setContentsMargins(theme.px(16), 0, theme.px(16), theme.px(8));
    inset->addWidget(m_legend);
    m_tableHead = new SectionHeader(theme, {}, Surface::Top);
    auto* never = new ThemedLabel(theme, Theme::Text::Small, &Colours::text3,
                                  tr("Reported, computed and unpriced never mix"));
    m_tableHead->addRight(never);
    m_table = new UsageTable(theme, *m_usage);
    m_total = new UsageTotal(theme, *m_table, *m_usage);
    layout->addWidget(makeChartHead());
    layout->addWidget(m_chart, 5);
    layout->addWidget(legend);
    layout->addWidget(m_tableHead);
    layout->addWidget(m_table, 5);
    layout->addWidget(m_total);
    return m_left;
}

QWidget* CostsPage::makeRight() {
    const Theme& theme = m_context.theme;
    m_right = new Surface(theme, &Colours::base, Surface::NoSide);
    auto* layout = new QVBoxLayout(m_right);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    m_runCostHead = new SectionHeader(theme, tr("Cost per run"), Surface::NoSide);
    m_runCosts = new RunCostChart(theme);
    m_cacheHead = new SectionHeader(theme, tr("Cache share of input"), Surface::Top);
    m_cache = new CacheChart(theme);
    m_expensiveHead = new SectionHeader(theme, tr("Most expensive runs"), Surface::Top);
    m_openAll = new LinkButton(theme, tr("Open all by cost"), Theme::Text::Small);
    m_openAll->setToolTip(tr("The runs, sorted by cost"));
    m_expensiveHead->addRight(m_openAll);
    m_expensive = new ExpensiveRuns(theme);
    layout->addWidget(m_runCostHead);
    layout->addWidget(m_runCosts);
    layout->addWidget(m_cacheHead);
    layout->addWidget(m_cache);
    layout->addWidget(m_expensiveHead);
    layout->addWidget(m_expensive, 1);
    return m_right;
}

void CostsPage::connectParts() {
    connect(&m_again, &QTimer::timeout, this, &CostsPage::ask);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        if (!m_asker.busy()) return;
        if (m_answered)
            setDimmed(true);
        else
            m_loading->setVisible(true);
    });
    connect(m_chart, &CostChart::rangeChosen, this, &CostsPage::chooseRange);
    connect(m_chart, &CostChart::rangeDropped, this, &CostsPage::dropRange);
    connect(m_chart, &CostChart::barActivated, this, &CostsPage::openBar);
    connect(m_selectedLink, &QPushButton::clicked, this, &CostsPage::dropRange);
    connect(m_zoomLink, &QPushButton::clicked, this, &CostsPage::zoomToRange);
    connect(m_budgetLink, &QPushButton::clicked, this, &CostsPage::askBudget);
    connect(m_nothing, &NothingFound::filterWanted, this, &CostsPage::filterWanted);
    connect(m_emptyButton, &QPushButton::clicked, this, [this] { emit filterWanted({}); });
    connect(m_metric, &Segments::chosen, this, &CostsPage::showChart);
    connect(m_by, &Segments::chosen, this, [this](int by) {
        m_asksBy = static_cast<UsageBy>(by);
        ask();
    });
    connect(m_table, &UsageTable::runsWanted, this, [this](const QString& term) {
        emit runsWanted(term.isEmpty() ? m_filter : filterWith(m_filter, term));
    });
    connect(m_table, &UsageTable::copied, this,
            [this](int rows) { emit said(tr("Copied %1").arg(plural(rows, tr("row"), tr("rows")))); });
    connect(m_runCosts, &RunCostChart::binActivated, this, [this](PicoUsd from, PicoUsd to) {
        QString filter = m_filter;
        for (const QString& condition : costConditions(from, to))
            filter = filterWith(filter, condition);
        emit runsWanted(filter);
    });
    connect(m_expensive, &ExpensiveRuns::traceWanted, this, &CostsPage::traceWanted);
    connect(m_openAll, &QPushButton::clicked, this, &CostsPage::mostExpensiveWanted);
    connect(m_figures, &CostFigures::priceWanted, this, [this] {
        const auto& models = shownAnswer().unpriced_models;
        emit priceWanted(models.empty() ? QString() : fromUtf8(models.front().first));
    });
    connect(m_figures->whatIf(), &QPushButton::clicked, this, &CostsPage::openWhatIf);
    auto* exports = new QMenu(m_figures->exportButton());
    exports->addAction(tr("Picture of the page (PNG)…"), this, [this] { exportTo(QStringLiteral(".png")); });
    exports->addAction(tr("Picture of the page (SVG)…"), this, [this] { exportTo(QStringLiteral(".svg")); });
    exports->addSeparator();
    exports->addAction(tr("The table (CSV)…"), this, [this] { exportTo(QStringLiteral(".csv")); });
    exports->addAction(tr("Every step of the chart (CSV)…"), this,
                       [this] { exportTo(QStringLiteral(".csv"), true); });
    connect(m_figures->exportButton(), &QPushButton::clicked, exports, [this, exports] {
        const ThemedButton* button = m_figures->exportButton();
        exports->popup(
            button->mapToGlobal(QPoint(button->width() - exports->sizeHint().width(), button->height() + 2)));
    });
    connect(&m_context.theme, &Theme::changed, this, &CostsPage::arrange);
}

bool CostsPage::beside() const {
    return m_columns->direction() == QBoxLayout::LeftToRight;
}

void CostsPage::arrange() {
    const Theme& theme = m_context.theme;
    const bool wide = width() >= theme.px(kBeside);
    m_columns->setDirection(wide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    const int right = qBound(theme.px(340), width() * 32 / 100, theme.px(620));
    m_right->setMinimumWidth(wide ? right : 0);
    m_right->setMaximumWidth(wide ? right : QWIDGETSIZE_MAX);
    m_left->setSides(wide ? Surface::Right : Surface::Bottom);
    const int line = theme.lineWidth();
    m_left->layout()->setContentsMargins(0, 0, wide ? line : 0, wide ? 0 : line);
    arrangeHead(width() - (wide ? right : 0));
    // Below the left column its lists show some rows before they scroll.
    m_table->setMinimumHeight(theme.px(wide ? 24 + 84 : 24 + 6 * 28));
    m_expensive->setMinimumHeight(theme.px(wide ? 48 : 8 * 24));
    m_veil->setGeometry(m_stack->geometry().united(m_figures->geometry()));
    m_veil->raise();
}

// What is chosen gets a line of its own where the first one is full.
void CostsPage::arrangeHead(int room) {
    const Theme& theme = m_context.theme;
    const bool selected = m_range.has_value();
    const bool below = room < theme.px(960);
    m_stackedBy->setVisible(room >= theme.px(selected && !below ? 1040 : 760));
    QBoxLayout* wanted = below ? m_headBelow : m_headRow;
    QBoxLayout* other = below ? m_headRow : m_headBelow;
    if (wanted->indexOf(m_selectedLink) >= 0) return;
    for (LinkButton* link : {m_selectedLink, m_zoomLink}) {
        other->removeWidget(link);
        // The first row ends with the budget.
        wanted->insertWidget(below ? wanted->count() : wanted->count() - 1, link);
    }
}

void CostsPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

void CostsPage::setDimmed(bool dimmed) {
    m_veil->setVisible(dimmed);
    if (!dimmed) return;
    m_veil->setGeometry(m_stack->geometry().united(m_figures->geometry()));
    m_veil->raise();
}

bool CostsPage::dimmed() const {
    return !m_veil->isHidden();
}

} // namespace clew::views
