// The left pane: how many runs, in which order, and the runs themselves; what to do where there are none. GUI
// thread.
#pragma once

#include "views/view_context.h"

#include <QList>
#include <QWidget>

class QMenu;
class QStackedLayout;
class QToolButton;

namespace clew::views {

class ElidedLabel;
class NothingFound;
class RunsView;
class ThemedLabel;
class TraceListModel;

class RunsPane : public QWidget {
    Q_OBJECT

public:
    static constexpr int kTableWidth = 420; // from this width on the pane is a table

    RunsPane(ViewContext& context, TraceListModel& model, QWidget* parent = nullptr);

    [[nodiscard]] RunsView* view() const { return m_view; }
    // The runs that commands act on: what is selected, else the current one.
    [[nodiscard]] QList<TraceId> selectedTraces() const;
    [[nodiscard]] QMenu* sortMenu() const { return m_sortMenu; }

signals:
    void filterWanted(const QString& filter);
    void removeWanted(const QList<clew::TraceId>& traces);
    void exportWanted();
    void copyIdWanted();
    void tableToggled(); // the person asks for the other form
    void activated(clew::TraceId trace);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void buildSortMenu();
    void showState();
    void showOrder();
    void contextMenu(const QPoint& at);

    ViewContext& m_context;
    TraceListModel& m_model;
    ThemedLabel* m_count;
    QToolButton* m_sort;
    QMenu* m_sortMenu;
    RunsView* m_view;
    NothingFound* m_nothing;
    QWidget* m_empty;
    QWidget* m_failed;
    ElidedLabel* m_unindexed;
    ThemedLabel* m_failure;
    QStackedLayout* m_stack;
};

} // namespace clew::views
