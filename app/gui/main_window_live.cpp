// What the window has of live sources: the page, its tab, the status bar's words, following the newest run.

#include "app/gui/application.h"
#include "app/gui/follow_newest.h"
#include "app/gui/main_window.h"
#include "app/gui/page_bar.h"
#include "app/gui/trace_page.h"
#include "views/live/live_feed.h"
#include "views/live/live_page.h"
#include "views/live/live_words.h"
#include "views/live/sdk_panel.h"
#include "views/runs/runs_pane.h"
#include "views/runs/runs_view.h"
#include "views/runs/status_bar.h"
#include "views/theme/keys.h"
#include "views/trace/span_tree_view.h"
#include "views/trace/trace_pane.h"

#include <QAction>
#include <QSettings>
#include <QStackedWidget>

namespace clew::app {

void MainWindow::buildLive() {
    if (!m_live) return;
    m_livePage = new views::LivePage(m_session.context(), *m_live);
    m_stack->addWidget(m_livePage);
    m_pageBar->addPage(Page::Live, QStringLiteral("live"), tr("Live"));
    m_follow = new FollowNewest(m_session, this);
    m_follow->watch(m_page->runs()->view());
    m_follow->watch(m_page->trace()->tree());
    connect(m_follow, &FollowNewest::changed, m_livePage, &views::LivePage::setFollowing);
    connect(m_follow, &FollowNewest::changed, this, &MainWindow::showLive);
    connect(m_follow, &FollowNewest::said, m_status, &views::StatusBar::say);
    connect(m_livePage, &views::LivePage::followChanged, m_follow, &FollowNewest::setOn);
    connect(m_livePage, &views::LivePage::said, m_status, &views::StatusBar::say);
    connect(m_livePage, &views::LivePage::traceWanted, this, &MainWindow::lookAt);
    connect(m_livePage, &views::LivePage::allRunsWanted, this, [this] { showPage(Page::Traces); });
    connect(&m_session, &Session::committed, m_livePage, &views::LivePage::refreshRunning);
    connect(m_status, &views::StatusBar::liveWanted, this, [this] { showPage(Page::Live); });
    connect(m_live, &views::LiveFeed::changed, this, &MainWindow::showLive);
    // Commands without shortcuts: their keys are the page's own, and rest elsewhere.
    const auto command = [this](const char* name, void (views::LivePage::*does)()) {
        auto* action = new QAction(QCoreApplication::translate("Keys", views::keyEntry(name).title), this);
        action->setProperty("keys", views::keyHint(name));
        connect(action, &QAction::triggered, m_livePage, does);
        m_actions.insert(QLatin1String(name), action);
    };
    command("live.pause", &views::LivePage::togglePaused);
    command("live.follow", &views::LivePage::toggleFollowing);
    views::SdkPanel* sdk = m_livePage->sdk();
    sdk->setShell(static_cast<views::Shell>(
        qBound(0, m_application.settings().value(QStringLiteral("live/shell")).toInt(), 2)));
    connect(sdk, &views::SdkPanel::shellChanged, this,
            [this](int shell) { m_application.settings().setValue(QStringLiteral("live/shell"), shell); });
    m_follow->setOn(true);
    showLive();
}

void MainWindow::showLive() {
    const LiveStatus& status = m_live->status();
    const bool receiving = status.listening && !status.paused;
    m_follow->setReceiving(status.listening || !status.endpoints.empty()); // a followed folder needs no port
    QString text = views::liveStatusText(status, m_live->httpPort(), m_live->grpcPort());
    if (!text.isEmpty() && m_follow->on()) text += tr(" · following the newest run");
    m_status->showLive(text, views::liveHeadline(status), receiving);
    m_pageBar->tab(Page::Live)->setDot(receiving, views::liveHeadline(status));
}

} // namespace clew::app
