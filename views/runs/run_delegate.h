// Paints the rows of the runs list: two lines in a narrow pane, one line of columns in a wide one.
// GUI thread; the theme outlives them.
#pragma once

#include "model/store/trace_store.h"
#include "views/theme/theme.h"

#include <QStyledItemDelegate>

namespace clew::views {

// What both forms share: background, focus and the mark of the selected row.
class RunDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    RunDelegate(const Theme& theme, bool table, QObject* parent = nullptr);

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] int rowHeight() const { return m_theme.px(m_table ? 24 : 48); }

private:
    void paintBackground(QPainter& painter, const QStyleOptionViewItem& option, bool first) const;
    void paintTwoLines(QPainter& painter, const QRect& rect, const TraceRow& row, bool selected) const;
    void paintCell(QPainter& painter, const QRect& rect, const TraceRow& row, const QModelIndex& index,
                   bool selected) const;
    void paintName(QPainter& painter, const QRect& rect, const TraceRow& row, bool selected) const;
    // Right to left; returns the x at which they begin.
    int paintBadges(QPainter& painter, const QRect& line, const TraceRow& row) const;
    void paintIcon(QPainter& painter, const QRect& rect, const QString& name, const QColor& colour,
                   int size) const;

    const Theme& m_theme;
    bool m_table;
};

} // namespace clew::views
