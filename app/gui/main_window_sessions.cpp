// What the window has of sessions: the page, its tab, where its turns lead.

#include "app/gui/main_window.h"
#include "app/gui/page_bar.h"
#include "app/gui/trace_page.h"
#include "views/costs/costs_page.h"
#include "views/live/live_page.h"
#include "views/runs/filter_bar.h"
#include "views/sessions/sessions_page.h"

#include <QStackedWidget>

namespace clew::app {

void MainWindow::buildSessions() {
    m_sessionsPage = new views::SessionsPage(m_session.context());
    m_stack->addWidget(m_sessionsPage);
    m_pageBar->addPage(Page::Sessions, QStringLiteral("thread"), tr("Sessions"));
    m_sessionsPage->setFilter(m_session.runs().filter());
    connect(&m_session.runs(), &views::TraceListModel::filterChanged, m_sessionsPage,
            &views::SessionsPage::setFilter);
    connect(&m_session, &Session::committed, m_sessionsPage, &views::SessionsPage::applyCommitted);
    connect(m_sessionsPage, &views::SessionsPage::traceWanted, this, [this](TraceId trace, SpanId span) {
        showPage(Page::Traces);
        m_session.selection().selectTrace(trace, span);
    });
    connect(m_sessionsPage, &views::SessionsPage::runsWanted, this, [this](const QString& filter) {
        m_filter->setFilter(filter);
        showPage(Page::Traces);
    });
}

QWidget* MainWindow::pageWidget(Page page) const {
    switch (page) {
    case Page::Sessions: return m_sessionsPage;
    case Page::Costs: return m_costsPage;
    case Page::Live: return m_livePage;
    case Page::Traces: break;
    }
    return m_page;
}

} // namespace clew::app
