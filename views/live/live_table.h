// What the tables of the Live page share: headings and cells with the page's padding, rows as high as they
// need, a height that fits its rows, keys that are the page's left to the page. GUI thread.
#pragma once

#include "views/theme/theme.h"

#include <QStyledItemDelegate>
#include <QTreeView>

#include <vector>

namespace clew::views {

// One column's place in a table.
struct LiveColumn {
    int width;  // px at text scale 1; 0 = the rest
    bool right; // numbers
};

class LiveDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    LiveDelegate(const Theme& theme, QObject* parent);
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    // What does not fit is in the tool tip, beside what the model says.
    bool helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option,
                   const QModelIndex& index) override;

protected:
    struct Cell {
        QPainter& painter;
        QRect rect; // with the table's padding taken off
        const QModelIndex& index;
        bool hovered; // the row
    };
    // Heights of rows without and with a second line.
    static constexpr int kOneLine = 32, kWithSecond = 40;
    // Where the cells of a row with a second line stand.
    [[nodiscard]] QRect firstLine(const QRect& cell, bool second) const;
    virtual void paintCell(const Cell& cell) const = 0;
    [[nodiscard]] virtual int rowHeight(const QModelIndex& index) const = 0; // px at text scale 1

    // Draws text elided; returns the x after it.
    int drawElided(QPainter& painter, const QRect& rect, const QString& text, const QFont& font,
                   const QColor& colour) const;
    // The first line in body, a second one in small where there is one, centred as a block.
    void drawTwoLines(QPainter& painter, const QRect& rect, const QString& first, const QString& second,
                      const QColor& firstColour, const QColor& secondColour) const;
    void drawNumber(QPainter& painter, const QRect& rect, const QString& text, const QColor& colour) const;
    void drawIcon(QPainter& painter, const QRect& rect, const QString& name, const QColor& colour,
                  int size = 16) const;

    const Theme& m_theme;
};

class LiveTable : public QTreeView {
    Q_OBJECT

public:
    LiveTable(const Theme& theme, const QString& name, std::vector<LiveColumn> columns,
              QWidget* parent = nullptr);
    void setModel(QAbstractItemModel* model) override;
    // Its height follows its rows, up to `rows` px of them at text scale 1 (0 = all).
    void setFitting(int rows);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

signals:
    void heightChanged();

protected:
    bool event(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void drawRow(QPainter* painter, const QStyleOptionViewItem& option,
                 const QModelIndex& index) const override;

    void setWidths(std::vector<LiveColumn> columns); // of the same columns
    // A sentence below a row's cells, over its whole width, where there is one: its way out stands at its
    // end.
    struct SecondLine {
        QString text;
        QColor colour;
        int left = 0; // px at text scale 1
    };
    [[nodiscard]] virtual SecondLine secondLine(const QModelIndex& index) const;

    const Theme& m_theme;

private:
    void sizeColumns();
    void fit();
    [[nodiscard]] int rowsHeight() const;

    std::vector<LiveColumn> m_columns;
    int m_most = 0;
    bool m_fitting = false;
    std::vector<int> m_lastHeights;
};

} // namespace clew::views
