// Shows a FlowDocument: scrolls, selects, copies and finds. Only what is visible is laid out, so that a
// thousand messages and texts of megabytes cost what one screen costs.
//
// Keyboard: Tab goes to the next thing that can be opened or followed, Enter does it; arrows and Page keys
// scroll. GUI thread.
#pragma once

#include "views/theme/theme.h"
#include "views/trace/details/flow_document.h"
#include "views/trace/details/flow_layout.h"

#include <QAbstractScrollArea>

#include <compare>
#include <memory>
#include <vector>

namespace clew::views {

struct FlowPosition {
    int block = -1;
    int cell = 0;
    int offset = 0;
    auto operator<=>(const FlowPosition&) const = default;
};

class FlowView : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit FlowView(Theme& theme, QWidget* parent = nullptr);
    ~FlowView() override;

    // Keeps the selection only within the same document; keeps the scroll at the block that stood on top,
    // where the new document has its key.
    void setDocument(FlowDocument document);
    [[nodiscard]] const FlowDocument& document() const { return m_document; }

    [[nodiscard]] QString selectedText() const;
    [[nodiscard]] QString plainText() const; // everything, as it would be copied
    void copy() const;
    void selectAll();

    // Case folded; gives the number of hits (at most kMaxHits) and shows the one nearest to what is visible.
    int find(const QString& text);
    void showHit(int hit);
    [[nodiscard]] int currentHit() const { return m_hit; }
    static constexpr int kMaxHits = 10'000;

    // The block with this key at the top, or as near as it goes; false where there is none.
    bool scrollToKey(const QString& key);
    // Blocks laid out at present: a measure for tests.
    [[nodiscard]] int laidBlocks() const;
    // Where a block stands in the viewport; null where it is not visible. For tests.
    [[nodiscard]] QRectF visibleRect(const QString& action) const;

signals:
    void activated(const QString& action);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void timerEvent(QTimerEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    bool focusNextPrevChild(bool next) override;

private:
    // What can be done at a point: the block's own action, its link's, or that of a part of its bar.
    struct Target {
        int block = -1;
        bool link = false;
        int share = -1;
        auto operator<=>(const Target&) const = default;
    };

    void relayout();
    void layVisible();
    void setTop(int block, qreal offset);
    [[nodiscard]] int blockAt(qreal y) const;
    [[nodiscard]] qreal contentHeight() const { return m_tops.empty() ? 0 : m_tops.back(); }
    [[nodiscard]] const LaidBlock& laid(int block);
    void updateTops(int from);
    [[nodiscard]] FlowPosition positionAt(QPointF point);
    [[nodiscard]] Target targetAt(QPointF point);
    [[nodiscard]] std::vector<Target> targets() const;
    [[nodiscard]] QString actionOf(const Target& target) const;
    void announceFocus();
    void follow(const Target& target);
    void scrollToBlock(int block, qreal margin);
    void dragTo(QPointF point);
    // Selected characters of one cell: start and length.
    [[nodiscard]] std::pair<int, int> selected(int block, int cell) const;
    [[nodiscard]] QString textBetween(FlowPosition from, FlowPosition to) const;
    [[nodiscard]] bool sameColumnOnly() const;

    void paintBlock(QPainter& painter, int block, qreal y);
    void paintFrames(QPainter& painter, int first, int last);
    void paintFrame(QPainter& painter, const QRectF& frame, const FlowBlock& block, qreal middle);
    void paintCell(QPainter& painter, int block, int cell, const LaidCell& laidCell, QPointF at);

    Theme& m_theme;
    FlowDocument m_document;
    FlowLayout m_layout;
    std::vector<std::unique_ptr<LaidBlock>> m_laid;
    std::vector<qreal> m_heights;
    std::vector<qreal> m_tops; // one more than blocks
    FlowPosition m_anchor, m_focus;
    bool m_dragging = false;
    Target m_pressed, m_hovered, m_focused;
    bool m_focusVisible = false;
    std::vector<FlowPosition> m_hits;
    QString m_needle;
    QString m_spoken; // what a screen reader says of the whole
    int m_hit = -1;
    int m_dragTimer = 0;
    bool m_laying = false;
};

} // namespace clew::views
