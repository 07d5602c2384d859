#include "views/runs/runs_pane.h"

#include "model/base/messages.h"
#include "model/base/numbers.h"
#include "views/items/trace_list_model.h"
#include "views/runs/nothing_found.h"
#include "views/runs/order_button.h"
#include "views/runs/runs_view.h"
#include "views/runs/widgets.h"
#include "views/theme/keys.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QResizeEvent>
#include <QStackedLayout>
#include <QToolButton>
#include <QVBoxLayout>

namespace clew::views {

namespace {

struct OrderEntry {
    TraceOrder order;
    const char* down; // what comes first when it is descending
    const char* up;
};

constexpr OrderEntry kOrders[] = {
    {TraceOrder::start, QT_TRANSLATE_NOOP("Runs", "Newest"), QT_TRANSLATE_NOOP("Runs", "Oldest")},
    {TraceOrder::name, QT_TRANSLATE_NOOP("Runs", "Name, Z to A"), QT_TRANSLATE_NOOP("Runs", "Name")},
    {TraceOrder::duration, QT_TRANSLATE_NOOP("Runs", "Longest"), QT_TRANSLATE_NOOP("Runs", "Shortest")},
    {TraceOrder::spans, QT_TRANSLATE_NOOP("Runs", "Most spans"), QT_TRANSLATE_NOOP("Runs", "Fewest spans")},
    {TraceOrder::errors, QT_TRANSLATE_NOOP("Runs", "Most errors"),
     QT_TRANSLATE_NOOP("Runs", "Fewest errors")},
    {TraceOrder::tokens, QT_TRANSLATE_NOOP("Runs", "Most tokens"),
     QT_TRANSLATE_NOOP("Runs", "Fewest tokens")},
    {TraceOrder::cost, QT_TRANSLATE_NOOP("Runs", "Highest cost"), QT_TRANSLATE_NOOP("Runs", "Lowest cost")},
    {TraceOrder::llm_calls, QT_TRANSLATE_NOOP("Runs", "Most LLM calls"),
     QT_TRANSLATE_NOOP("Runs", "Fewest LLM calls")},
    {TraceOrder::tool_calls, QT_TRANSLATE_NOOP("Runs", "Most tool calls"),
     QT_TRANSLATE_NOOP("Runs", "Fewest tool calls")},
};

QString orderTitle(TraceOrder order, bool descending) {
    for (const auto& entry : kOrders) {
        if (entry.order == order)
            return QCoreApplication::translate("Runs", descending ? entry.down : entry.up);
    }
    return {};
}

QWidget* page(std::initializer_list<QWidget*> widgets) {
    auto* holder = new QWidget;
    auto* layout = new QVBoxLayout(holder);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(4);
    for (QWidget* widget : widgets)
        layout->addWidget(widget);
    layout->addStretch();
    return holder;
}

} // namespace

RunsPane::RunsPane(ViewContext& context, TraceListModel& model, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(model) {
    const Theme& theme = context.theme;
    setAccessibleName(tr("Runs"));
    auto* head = new Surface(theme, &Colours::base, Surface::Bottom);
    head->setFixedHeight(theme.px(32));
    connect(&theme, &Theme::changed, head, [head, &theme] { head->setFixedHeight(theme.px(32)); });
    auto* title = new ThemedLabel(theme, Theme::Text::Strong, &Colours::text, tr("Runs"));
    m_count = new ThemedLabel(theme, Theme::Text::Small, &Colours::text3);
    m_sort = new OrderButton(theme);
    m_sortMenu = new QMenu(this);
    m_sort->setMenu(m_sortMenu);
    m_sort->setToolTip(tr("The order of the runs"));

    auto* headRow = new QHBoxLayout(head);
    headRow->setContentsMargins(8, 0, 2, 0);
    headRow->setSpacing(8);
    headRow->addWidget(title);
    headRow->addWidget(m_count, 1);
    headRow->addWidget(m_sort);

    m_view = new RunsView(theme, model, this);
    m_nothing = new NothingFound(context, this);
    auto* emptyTitle = new ThemedLabel(theme, Theme::Text::Strong, &Colours::text, tr("No runs yet"));
    auto* emptyText = new ThemedLabel(theme, Theme::Text::Body, &Colours::text2,
                                      tr("Open run files, or drop them in this window."));
    emptyText->setWordWrap(true);
    m_empty = page({emptyTitle, emptyText});
    auto* failedTitle =
        new ThemedLabel(theme, Theme::Text::Strong, &Colours::err, tr("The runs could not be listed"));
    m_failure = new ThemedLabel(theme, Theme::Text::Body, &Colours::text2);
    m_failure->setWordWrap(true);
    m_failed = page({failedTitle, m_failure});
    m_unindexed = new ElidedLabel(theme, Theme::Text::Small, &Colours::warn, Qt::ElideRight);
    m_unindexed->setFullText(tr("The text index is not complete; new runs were searched word by word."));
    m_unindexed->setContentsMargins(8, 2, 8, 2);
    m_unindexed->hide();

    auto* stack = new QWidget;
    m_stack = new QStackedLayout(stack);
    for (QWidget* widget :
         {static_cast<QWidget*>(m_view), static_cast<QWidget*>(m_nothing), m_empty, m_failed})
        m_stack->addWidget(widget);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(head);
    layout->addWidget(m_unindexed);
    layout->addWidget(stack, 1);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);

    buildSortMenu();
    showOrder();
    showState();
    connect(&model, &TraceListModel::orderChanged, this, &RunsPane::showOrder);
    connect(&model, &TraceListModel::merged, this, [this] {
        showState();
        m_view->showCurrent(m_context.selection.trace());
    });
    connect(m_nothing, &NothingFound::filterWanted, this, &RunsPane::filterWanted);
    connect(m_view, &RunsView::chosen, &context.selection, [&selection = context.selection](TraceId trace) {
        if (!(trace == selection.trace())) selection.selectTrace(trace);
    });
    connect(&context.selection, &Selection::traceChanged, this, [this](TraceId trace) {
        m_view->showCurrent(trace);
        if (const QModelIndex index = m_view->currentIndex(); index.isValid()) m_view->scrollTo(index);
    });
    connect(m_view, &QTreeView::activated, this,
            [this](const QModelIndex& index) { emit activated(m_model.traceRow(index.row()).id); });
    connect(m_view, &QWidget::customContextMenuRequested, this, &RunsPane::contextMenu);
}

QList<TraceId> RunsPane::selectedTraces() const {
    QList<TraceId> traces = m_view->selectedTraces();
    if (traces.isEmpty() && m_context.selection.trace().valid()) traces << m_context.selection.trace();
    return traces;
}

void RunsPane::buildSortMenu() {
    auto* group = new QActionGroup(this);
    for (const auto& entry : kOrders) {
        const bool descending = entry.order != TraceOrder::name;
        QAction* action = m_sortMenu->addAction(orderTitle(entry.order, descending));
        action->setCheckable(true);
        action->setData(static_cast<int>(entry.order));
        group->addAction(action);
        connect(action, &QAction::triggered, this,
                [this, order = entry.order, descending] { m_model.setOrder(order, descending); });
    }
    m_sortMenu->addSeparator();
    QAction* reverse = m_sortMenu->addAction(tr("The other way round"));
    connect(reverse, &QAction::triggered, this,
            [this] { m_model.setOrder(m_model.order(), !m_model.descending()); });
    m_sortMenu->addSeparator();
    QAction* table = m_sortMenu->addAction(tr("As a table of all columns"));
    table->setCheckable(true);
    connect(table, &QAction::triggered, this, &RunsPane::tableToggled);
    connect(m_sortMenu, &QMenu::aboutToShow, this, [this, table] {
        table->setChecked(m_view->isTable());
        for (QAction* action : m_sortMenu->actions()) {
            if (action->data().isValid())
                action->setChecked(action->data().toInt() == static_cast<int>(m_model.order()));
        }
    });
}

void RunsPane::showOrder() {
    const QString title = orderTitle(m_model.order(), m_model.descending());
    m_sort->setText(title);
    m_sort->setAccessibleName(tr("Order of the runs: %1").arg(title));
    m_sort->updateGeometry();
}

void RunsPane::showState() {
    const QString matching = QString::fromStdString(format_count(m_model.matching()));
    m_count->setText(!m_model.answered() ? QString()
                     : m_model.counted() ? matching
                                         : tr("%1+").arg(matching));
    m_unindexed->setVisible(m_model.unindexed());
    if (m_model.error()) {
        m_failure->setText(QString::fromStdString(sentence(*m_model.error())));
        m_stack->setCurrentWidget(m_failed);
    } else if (!m_model.answered() || m_model.rowCount() > 0) {
        m_stack->setCurrentWidget(m_view);
    } else if (!m_model.filter().isEmpty()) {
        m_nothing->showFilter(m_model.filter());
        m_stack->setCurrentWidget(m_nothing);
    } else {
        m_stack->setCurrentWidget(m_empty);
    }
}

void RunsPane::contextMenu(const QPoint& at) {
    const QList<TraceId> traces = m_view->selectedTraces();
    if (traces.isEmpty()) return;
    const int count = static_cast<int>(traces.size());
    QMenu menu(this);
    QAction* copy = menu.addAction(count == 1 ? tr("Copy the trace id") : tr("Copy %1 trace ids").arg(count));
    QAction* save = menu.addAction(tr("Export…"));
    menu.addSeparator();
    QAction* remove = menu.addAction(count == 1 ? tr("Remove run…") : tr("Remove %1 runs…").arg(count));
    const QAction* chosen = menu.exec(m_view->viewport()->mapToGlobal(at));
    if (chosen == copy) emit copyIdWanted();
    if (chosen == save) emit exportWanted();
    if (chosen == remove) emit removeWanted(traces);
}

void RunsPane::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const bool table = width() >= m_context.theme.px(kTableWidth);
    if (table != m_view->isTable()) m_view->setTable(table);
}

} // namespace clew::views
