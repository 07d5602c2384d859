// The span tree and its waterfall: one scroll area that paints both in one pass, so that rows never drift.
//
// Draws from an immutable TracePicture. A newer picture of the same trace keeps selection, expansion, scroll
// and zoom, by span id. Only visible rows are painted. GUI thread.
#pragma once

#include "views/trace/row_paint.h"
#include "views/trace/thread_painter.h"
#include "views/trace/waterfall_painter.h"

#include <QAbstractScrollArea>
#include <QBasicTimer>
#include <QPointer>

#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

class QAbstractItemModel;

namespace clew::views {

class SpanTreeModel;

class SpanTreeView : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit SpanTreeView(const Theme& theme, QWidget* parent = nullptr);
    ~SpanTreeView() override;

    void setPicture(TracePicturePtr picture);
    [[nodiscard]] const TracePicturePtr& picture() const { return m_picture; }
    void setJudgements(const std::vector<Judgement>& judgements);
    void setMarks(SpanMarks marks);
    // Where running spans end; a later one only repaints.
    void setNow(TimeNs now);
    [[nodiscard]] TimeNs now() const { return m_now; }

    [[nodiscard]] const SpanRows& rows() const { return m_rows; }
    [[nodiscard]] const TimeScale& scale() const { return m_scale; }
    [[nodiscard]] TreeColumns columns() const { return m_columns; }
    // Row rectangle in the viewport; may lie outside it.
    [[nodiscard]] QRect rowRect(int row) const;
    [[nodiscard]] int rowAt(int y) const; // -1 = none
    // Bits of TreeColumn; hidden ones give their room to the others.
    void setWantedColumns(std::uint8_t columns);
    void setCompact(bool compact);

    // The span of the current row; invalid = none.
    [[nodiscard]] SpanId currentSpan() const { return m_current; }
    [[nodiscard]] int currentRow() const;
    // Opens collapsed ancestors and scrolls it into view; unknown ids are kept until a picture has them.
    void setCurrentSpan(SpanId span);

    void showTimes(TimeNs begin, TimeNs end);
    void setPathShown(bool shown);
    [[nodiscard]] bool pathShown() const { return m_pathShown; }

    // Model of the same spans for accessibility and tests; made when first asked for.
    QAbstractItemModel* model();
    [[nodiscard]] QString rowDescription(int row) const; // what a screen reader says

public slots:
    void fit(); // the current span, or, where that is in place, everything
    void zoomIn();
    void zoomOut();
    void panLeft();
    void panRight();
    void nextTrouble(int direction = 1);
    void nextGap(); // time in which nothing ran: the longest, then the next longest …
    void nextOfKind(int direction = 1);
    void expandAll();
    void setCurrentCollapsed(bool collapsed);

signals:
    void currentSpanChanged(clew::SpanId span); // by the user
    void timesChanged();
    void rowsChanged(); // opened, closed, or a new picture
    void pathShownChanged(bool shown);
    void statusMessage(const QString& text);

protected:
    bool event(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    enum class Drag { None, Pending, Pan, Range, Edge };

    void paintHeader(QPainter& painter);
    void paintRows(RowPaint& paint, const QRect& dirty);
    void paintEmpty(QPainter& painter);

    void layoutColumns();
    [[nodiscard]] std::uint8_t usefulColumns() const; // wanted, without those that hold nothing in this run
    void updateScrollBar();
    void updateBounds();
    void keepRowsInPlace(const std::function<bool()>& change);
    void goToRow(int row);
    void goToSpan(std::int32_t span);
    void setHovered(int row);
    void updateRow(int row);
    void timesMoved();
    void zoomAt(double x, double factor);
    [[nodiscard]] double zoomCentre() const;
    [[nodiscard]] int headerHeight() const;
    [[nodiscard]] int rowsHeight() const;
    [[nodiscard]] std::int32_t currentIndex() const;
    [[nodiscard]] bool overWaterfall(QPoint at) const;
    [[nodiscard]] bool overChevron(QPoint at, int row) const;
    [[nodiscard]] bool overEdge(QPoint at) const;
    bool handleTreeKey(QKeyEvent* event);
    bool handleTimeKey(QKeyEvent* event);
    void announceCurrent();
    void copyText(const QString& text);

    const Theme& m_theme;
    TracePicturePtr m_picture;
    SpanRows m_rows;
    TimeScale m_scale;
    TreeColumns m_columns;
    RowMetrics m_metrics{};
    WaterfallPainter m_waterfall;
    ThreadPainter m_thread;
    std::uint64_t m_threadVersion = 0; // of the rows that it was made from
    std::unordered_map<SpanId, Thumb> m_thumbs;
    SpanMarks m_marks;
    TimeNs m_now = 0;
    SpanId m_current;
    std::size_t m_gapsSeen = 0; // gaps that nextGap() has led to, of this trace
    int m_hovered = -1;
    std::uint8_t m_wanted = kAllColumns;
    int m_edgeGain = 0; // the user moved the waterfall's left edge
    bool m_compact = false;
    bool m_pathShown = true;
    bool m_keyUsed = false; // the focus ring shows after a key, not after a click
    Drag m_drag = Drag::None;
    QPoint m_dragFrom, m_dragLast;
    std::optional<std::pair<TimeNs, TimeNs>> m_range; // while it is dragged
    std::unique_ptr<SpanTreeModel> m_model;
};

} // namespace clew::views
