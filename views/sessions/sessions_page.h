// The page “Sessions”: the sessions of the runs that the filter leaves, and the chosen one as a thread of
// turns, each of which opens in its run. GUI thread; the context outlives the page.
#pragma once

#include "views/sessions/session_list.h"
#include "views/sessions/session_thread.h"
#include "views/view_context.h"

#include <QWidget>

class QStackedWidget;

namespace clew::views {

class ElidedLabel;
class FlowPage;
class OrderButton;
class ThemedLabel;

class SessionsPage : public QWidget {
    Q_OBJECT

public:
    explicit SessionsPage(ViewContext& context, QWidget* parent = nullptr);

    void setFilter(const QString& filter);
    void showSession(const QString& session);
    [[nodiscard]] QString session() const { return m_session; }
    [[nodiscard]] SessionModel* model() const { return m_model; }
    [[nodiscard]] SessionList* list() const { return m_list; }
    [[nodiscard]] FlowPage* thread() const { return m_thread; }
    [[nodiscard]] QString figures() const;

public slots:
    void applyCommitted(); // something was committed

signals:
    void traceWanted(clew::TraceId trace, clew::SpanId span);
    void runsWanted(const QString& filter);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeList();
    QWidget* makeThread();
    void fillOrders();
    void showList();
    void readSession();
    void showThread(Result<SessionThread> thread);

    ViewContext& m_context;
    SessionModel* m_model;
    SessionList* m_list;
    ElidedLabel* m_count = nullptr;
    OrderButton* m_order = nullptr;
    QStackedWidget* m_stack = nullptr; // nothing, words, the thread
    ThemedLabel* m_words = nullptr;
    ThemedLabel* m_why = nullptr;
    ElidedLabel* m_title = nullptr;
    ElidedLabel* m_figures = nullptr;
    FlowPage* m_thread = nullptr;
    std::shared_ptr<const SessionThread> m_shown;
    QString m_session;
    QString m_filter;
    Asker m_asker;
    bool m_stale = false; // commits came while the page was hidden or a thread was being read
};

} // namespace clew::views
