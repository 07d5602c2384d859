#include "app/gui/trace_page.h"

#include "views/findings/findings_panel.h"
#include "views/items/trace_list_model.h"
#include "views/runs/runs_pane.h"
#include "views/runs/runs_view.h"
#include "views/trace/details/details_pane.h"
#include "views/trace/span_tree_view.h"
#include "views/trace/trace_pane.h"

#include <QResizeEvent>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>

namespace clew::app {

namespace {

constexpr int kRunsWidth = 240;
constexpr int kDetailsWidth = 456;
constexpr int kTableWidth = 760;

QSplitter* splitter(Qt::Orientation orientation, QWidget* first, QWidget* second, int stretched) {
    auto* split = new QSplitter(orientation);
    split->setHandleWidth(1);
    split->setChildrenCollapsible(false);
    split->addWidget(first);
    split->addWidget(second);
    split->setStretchFactor(stretched, 1);
    return split;
}

} // namespace

TracePage::TracePage(views::ViewContext& context, views::TraceListModel& runs, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_runs(new views::RunsPane(context, runs))
    , m_trace(new views::TracePane(context))
    , m_details(new views::DetailsPane(context)) {
    m_inner = splitter(Qt::Horizontal, m_trace, m_details, 0);
    m_outer = splitter(Qt::Horizontal, m_runs, m_inner, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_outer);

    connect(m_trace, &views::TracePane::loaded, this,
            [this] { m_details->setSnapshot(m_trace->snapshot()); });
    connect(m_trace->findings(), &views::TraceFindings::changed, this,
            [this] { m_details->setFindings(m_trace->findings()->findings()); });
    connect(m_details, &views::DetailsPane::findingsWanted, m_trace, [this] {
        if (!m_trace->findingsPanel()->isVisible()) m_trace->toggleFindings();
    });
    connect(&context.selection, &views::Selection::spanChanged, m_details,
            [this](TraceId trace, SpanId span) { m_details->showSpan(trace, span); });
    connect(m_runs, &views::RunsPane::activated, m_trace, &views::TracePane::focusTree);
    connect(&context.theme, &views::Theme::changed, this, &TracePage::arrange);
    arrange();
}

void TracePage::arrange() {
    const views::Theme& theme = m_context.theme;
    const bool below = width() < theme.px(kDetailsBelow);
    const auto orientation = below ? Qt::Vertical : Qt::Horizontal;
    // A window narrower than the three minimums still shows all three: the minimums give way.
    const int room = width() - 2;
    const int trace = std::min(theme.px(480), below ? room - theme.px(200) : room);
    m_runs->setMinimumWidth(std::min(theme.px(200), room / 3));
    m_trace->setMinimumWidth(std::max(120, trace));
    m_trace->setMinimumHeight(theme.px(160));
    m_details->setMinimumWidth(below ? 0 : theme.px(360));
    m_details->setMinimumHeight(theme.px(140));
    if (m_inner->orientation() == orientation && m_arranged) return;
    m_inner->setOrientation(orientation);
    const int inner = room - m_outer->sizes().value(0);
    if (below)
        m_inner->setSizes({height() * 11 / 20, height() * 9 / 20});
    else
        m_inner->setSizes({inner - theme.px(kDetailsWidth), theme.px(kDetailsWidth)});
}

void TracePage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
    if (m_arranged || width() < 100) return;
    m_arranged = true;
    const views::Theme& theme = m_context.theme;
    m_outer->setSizes({theme.px(kRunsWidth), width() - theme.px(kRunsWidth)});
    if (m_inner->orientation() == Qt::Horizontal) {
        const int inner = width() - theme.px(kRunsWidth) - 1;
        m_inner->setSizes({inner - theme.px(kDetailsWidth), theme.px(kDetailsWidth)});
    }
}

void TracePage::toggleRunsTable() {
    const int all = m_outer->width();
    const int now = m_outer->sizes().value(0);
    const int limit = m_context.theme.px(views::RunsPane::kTableWidth);
    if (now < limit) {
        m_listWidth = now;
        m_outer->setSizes({m_context.theme.px(kTableWidth), all - m_context.theme.px(kTableWidth)});
    } else {
        const int list = m_listWidth > 0 ? m_listWidth : m_context.theme.px(kRunsWidth);
        m_outer->setSizes({list, all - list});
    }
}

void TracePage::nextPane() {
    const auto within = [](const QWidget* pane) {
        const QWidget* focus = pane->window()->focusWidget();
        return focus && (focus == pane || pane->isAncestorOf(focus));
    };
    if (within(m_runs))
        m_trace->focusTree();
    else if (within(m_trace))
        m_details->setFocus(Qt::TabFocusReason);
    else
        m_runs->view()->setFocus(Qt::TabFocusReason);
}

void TracePage::applyCommitted(const Committed& committed) {
    const TraceId shown = m_context.selection.trace();
    if (!shown.valid()) return;
    const bool touched = committed.many || std::find(committed.traces.begin(), committed.traces.end(),
                                                     shown) != committed.traces.end();
    if (committed.judged) {
        m_trace->refreshJudgements();
        m_details->reloadJudgements();
    }
    if (touched) {
        m_trace->refresh();
        m_details->reload();
    }
}

void TracePage::save(QSettings& settings) const {
    settings.setValue(QStringLiteral("panes/outer"), m_outer->saveState());
    settings.setValue(m_inner->orientation() == Qt::Horizontal ? QStringLiteral("panes/beside")
                                                               : QStringLiteral("panes/below"),
                      m_inner->saveState());
}

void TracePage::restore(const QSettings& settings) {
    if (const auto outer = settings.value(QStringLiteral("panes/outer")).toByteArray(); !outer.isEmpty()) {
        m_arranged = m_outer->restoreState(outer);
        m_outer->setHandleWidth(1);
        m_outer->setChildrenCollapsible(false);
    }
    const auto inner = settings.value(QStringLiteral("panes/beside")).toByteArray();
    if (!inner.isEmpty() && m_inner->restoreState(inner)) {
        m_inner->setHandleWidth(1);
        m_inner->setChildrenCollapsible(false);
    }
}

} // namespace clew::app
