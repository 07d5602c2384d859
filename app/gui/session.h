// Everything that one window shows of one open store, and what it does with it: opening, removing, undoing.
// Built after the store and destroyed before it. GUI thread.
#pragma once

#include "app/findings_pass.h"
#include "app/gui/background.h"
#include "app/gui/history.h"
#include "app/gui/import_jobs.h"
#include "app/gui/trail.h"
#include "model/store/store.h"
#include "views/ask.h"
#include "views/findings/finding_rules.h"
#include "views/items/trace_list_model.h"
#include "views/view_context.h"

#include <QElapsedTimer>
#include <QObject>
#include <QStringList>
#include <QTimer>

namespace clew::app {

class Session : public QObject {
    Q_OBJECT

public:
    // Store, theme and rules outlive the session.
    Session(Store& store, views::Theme& theme, views::FindingRules& rules, bool temporary,
            QObject* parent = nullptr);
    ~Session() override;

    [[nodiscard]] Store& store() { return m_store; }
    [[nodiscard]] views::ViewContext& context() { return m_context; }
    [[nodiscard]] views::Selection& selection() { return m_selection; }
    [[nodiscard]] views::TraceListModel& runs() { return m_runs; }
    [[nodiscard]] ImportJobs& imports() { return m_imports; }
    [[nodiscard]] FindingsPass& findings() { return m_findings; }
    [[nodiscard]] History& history() { return m_history; }
    [[nodiscard]] Trail& trail() { return m_trail; }
    [[nodiscard]] bool temporary() const { return m_temporary; }
    [[nodiscard]] const StoreInfo& info() const { return m_info; }
    [[nodiscard]] qint64 noteWarnings() const { return m_warnings; }
    [[nodiscard]] qint64 noteErrors() const { return m_errors; }

    // Imports the paths and shows what the first of them brings, unless the person chooses something else
    // meanwhile.
    void open(const QStringList& paths);
    void remove(const QList<TraceId>& traces, bool withJudgements);
    void removeSource(SourceId source, const QString& path, bool withJudgements);
    // Computes all costs again by the prices that hold now, of which that of `model` is new.
    void followPrices(const QString& model);
    // Size, counts and notes of the store: asked off the GUI thread; infoChanged() follows.
    void refreshInfo();

signals:
    void committed(const clew::Committed& committed);
    void infoChanged();
    void opened(const QString& path); // something of it could be read
    void said(const QString& sentence);
    void failed(const clew::Error& error);
    void unknownFormat(const QString& path, const clew::Error& error);

private:
    void receive(const Committed& committed);
    void showOpened();
    [[nodiscard]] TraceId firstInList(const std::vector<TraceId>& traces) const;
    void showFirstOf(const QString& path);
    void leave(const QList<TraceId>& removed);
    void finishRemoval(Removal removal, const Result<RemovedHandle>& handle);

    Store& m_store;
    views::Selection m_selection;
    views::ViewContext m_context;
    views::TraceListModel m_runs;
    FindingsPass m_findings;
    Background m_background;
    ImportJobs m_imports;
    History m_history;
    Trail m_trail;
    views::Asker m_askInfo, m_askFirst;
    QTimer m_infoTimer;
    StoreInfo m_info;
    qint64 m_warnings = 0, m_errors = 0;
    int m_listener = 0;
    bool m_temporary = false;
    bool m_showOpened = false; // the first run that arrives is to be shown
    QElapsedTimer m_openedAt;
    bool m_selecting = false;       // the selection changes by us
    std::vector<TraceId> m_arrived; // of the opened file: one is selected as soon as the list has it
};

} // namespace clew::app
