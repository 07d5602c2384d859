// The rows of the runs pane: a list of two lines, or a table of all columns, over one model, one selection,
// one scroll.
//
// Live commits never move what is read: the row at the top stays there, unless the view stands at its
// beginning, where new runs are to be seen. GUI thread.
#pragma once

#include "model/base/ids.h"

#include <QTreeView>

namespace clew::views {

class RunDelegate;
class Theme;
class TraceListModel;

class RunsView : public QTreeView {
    Q_OBJECT

public:
    RunsView(const Theme& theme, TraceListModel& model, QWidget* parent = nullptr);

    void setTable(bool table);
    [[nodiscard]] bool isTable() const { return m_isTable; }
    // Makes the run current without telling the world; an unknown one leaves nothing current.
    void showCurrent(TraceId trace);
    [[nodiscard]] QList<TraceId> selectedTraces() const;
    void keyboardSearch(const QString&) override {} // letters are commands here

signals:
    void chosen(clew::TraceId trace); // by hand: click, arrow keys

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void drawRow(QPainter* painter, const QStyleOptionViewItem& option,
                 const QModelIndex& index) const override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    void rememberTop();
    void restoreTop();
    void showSortIndicator();
    void sizeColumns();
    [[nodiscard]] int rowHeightNow() const;

    const Theme& m_theme;
    TraceListModel& m_model;
    RunDelegate* m_twoLines;
    RunDelegate* m_cells;
    bool m_isTable = false;
    bool m_quiet = false; // the current row changes, but not by hand
    TraceId m_top; // the run at the top edge before a merge; invalid = the view stands at its beginning
    int m_topOffset = 0;
    TraceId m_current; // before a merge
};

} // namespace clew::views
