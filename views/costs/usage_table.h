// The table “By model” (agent, tool …): sortable, with a total below that stays where it is. Enter or a click
// opens a group's runs; Ctrl+C copies rows as text. GUI thread.
#pragma once

#include "views/costs/usage_model.h"
#include "views/live/live_table.h"

class QMenu;

namespace clew::views {

class UsageTable : public LiveTable {
    Q_OBJECT

public:
    UsageTable(const Theme& theme, UsageModel& model, QWidget* parent = nullptr);
    // Descending first; again, the other way.
    void sortBy(int column);
    // Columns as wide as their numbers are now, rows as far as there are any.
    void fitContents();
    // As text on the clipboard: the selected rows, all where none is.
    void copyRows();
    // What the Menu key and the right button show; the caller deletes it.
    [[nodiscard]] QMenu* makeMenu();

signals:
    void runsWanted(const QString& term); // a filter's term
    void copied(int rows);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    void chooseColumns();
    void measure();
    void open(const QModelIndex& index);

    UsageModel& m_usage;
    std::vector<int> m_widths; // px, as wide as what stands in them; of the name as little as it bears
};

// The line under the table: its cells stand below the table's columns.
class UsageTotal : public QWidget {
    Q_OBJECT

public:
    UsageTotal(const Theme& theme, const UsageTable& table, const UsageModel& model,
               QWidget* parent = nullptr);
    void refresh();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    const UsageTable& m_table;
    const UsageModel& m_model;
};

} // namespace clew::views
