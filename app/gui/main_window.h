// The window: menus, page bar, filter, the page, status bar. It connects; what is done is done by the
// session, the panes and the dialogs. GUI thread.
#pragma once

#include "app/gui/session.h"
#include "views/ask.h"

#include <QHash>
#include <QMainWindow>

#include <functional>
#include <string>

class QAction;
class QMenu;
class QStackedWidget;

namespace clew::views {
class CostsPage;
class SessionsPage;
class FilterBar;
class FirstRun;
class LiveFeed;
class LivePage;
class MessageCard;
class SourcesDialog;
class StatusBar;
} // namespace clew::views

namespace clew::app {

class Application;
class CommandPalette;
class FollowNewest;
class PageBar;
class TracePage;
enum class Page;

class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    // All outlive the window. Without a feed there is no Live page.
    MainWindow(Application& application, Session& session, views::LiveFeed* live = nullptr,
               QWidget* parent = nullptr);
    ~MainWindow() override;

    [[nodiscard]] Session& session() { return m_session; }
    [[nodiscard]] TracePage* tracePage() const { return m_page; }
    [[nodiscard]] views::LivePage* livePage() const { return m_livePage; }
    [[nodiscard]] views::SessionsPage* sessionsPage() const { return m_sessionsPage; }
    [[nodiscard]] views::CostsPage* costsPage() const { return m_costsPage; }
    [[nodiscard]] QWidget* pageWidget(Page page) const;
    [[nodiscard]] PageBar* pageBar() const { return m_pageBar; }
    [[nodiscard]] Page page() const { return m_pageShown; }
    // The selection stays as it is.
    void showPage(Page page);
    [[nodiscard]] FollowNewest* followNewest() const { return m_follow; }
    [[nodiscard]] views::FilterBar* filterBar() const { return m_filter; }
    [[nodiscard]] views::FirstRun* firstRun() const { return m_firstRun; }
    [[nodiscard]] views::StatusBar* status() const { return m_status; }
    [[nodiscard]] views::MessageCard* message() const { return m_message; }
    [[nodiscard]] QAction* action(const char* command) const {
        return m_actions.value(QLatin1String(command));
    }
    [[nodiscard]] CommandPalette* commandPalette() const { return m_palette; }

    // Opens what the person named: kept in the recent files.
    void openPaths(const QStringList& paths);

public slots:
    void chooseFiles();
    void chooseFolder();
    void chooseWithoutKeeping();
    void openSample();
    void exportRuns();
    void removeRuns();
    void copyIds();
    void showPalette();
    void showKeys();
    void showSources();
    void showRules();
    void showAbout();

signals:
    void closed();

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QAction* add(QMenu* menu, const char* command, std::function<void()> does);
    void buildMenus();
    void buildFileMenu(QMenu* menu);
    void buildEditMenu(QMenu* menu);
    void buildViewMenu(QMenu* menu);
    void buildGoMenu(QMenu* menu);
    void buildHelpMenu(QMenu* menu);
    void buildBody();
    void buildSessions();
    void buildCosts();
    void buildLive();
    void connectFindings();
    void turnRuleOff(const QString& rule);
    void connectPanes();
    void showLive();
    void readPrices();
    void addPrice(const QString& model);
    void lookAt(TraceId trace);
    void connectSession();
    void fillRecent();
    void showContent();
    void showInfo();
    void showHistory();
    void askRemoval(const QString& what, qint64 runs, const std::function<void(bool)>& remove);
    void askAuthor();
    void meetUnknownFormat(const QString& path, const Error& error);
    void mapFields(const QString& path, std::string head);

    Application& m_application;
    Session& m_session;
    views::LiveFeed* m_live;
    QHash<QString, QAction*> m_actions;
    QMenu* m_recent = nullptr;
    QStackedWidget* m_stack = nullptr;
    views::FirstRun* m_firstRun = nullptr;
    TracePage* m_page = nullptr;
    views::SessionsPage* m_sessionsPage = nullptr;
    views::CostsPage* m_costsPage = nullptr;
    views::LivePage* m_livePage = nullptr;
    PageBar* m_pageBar = nullptr;
    FollowNewest* m_follow = nullptr;
    Page m_pageShown{};
    views::FilterBar* m_filter = nullptr;
    views::StatusBar* m_status = nullptr;
    views::MessageCard* m_message = nullptr;
    views::SourcesDialog* m_sources = nullptr;
    CommandPalette* m_palette = nullptr;
    views::Asker m_askPrices;
};

} // namespace clew::app
