// The page “Traces”: runs, trace and details side by side; in a narrow window the details lie below the
// trace. GUI thread.
#pragma once

#include "model/store/store.h"
#include "views/view_context.h"

#include <QSettings>
#include <QWidget>

class QSplitter;

namespace clew::views {
class DetailsPane;
class RunsPane;
class TraceListModel;
class TracePane;
} // namespace clew::views

namespace clew::app {

class TracePage : public QWidget {
    Q_OBJECT

public:
    static constexpr int kDetailsBelow = 1100; // narrower than this, the details go below the trace

    TracePage(views::ViewContext& context, views::TraceListModel& runs, QWidget* parent = nullptr);

    [[nodiscard]] views::RunsPane* runs() const { return m_runs; }
    [[nodiscard]] views::TracePane* trace() const { return m_trace; }
    [[nodiscard]] views::DetailsPane* details() const { return m_details; }

    void toggleRunsTable();
    void nextPane(); // runs, tree, details, round and round
    void save(QSettings& settings) const;
    void restore(const QSettings& settings);

public slots:
    void applyCommitted(const clew::Committed& committed);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void arrange();

    views::ViewContext& m_context;
    QSplitter* m_outer;
    QSplitter* m_inner;
    views::RunsPane* m_runs;
    views::TracePane* m_trace;
    views::DetailsPane* m_details;
    bool m_arranged = false;
    int m_listWidth = 0; // of the runs, before they became a table
};

} // namespace clew::app
