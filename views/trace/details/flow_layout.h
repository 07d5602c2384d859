// Lays out and measures single blocks of a FlowDocument at a width. GUI thread.
#pragma once

#include "views/theme/theme.h"
#include "views/trace/details/flow_document.h"
#include "views/trace/details/prompt_bar.h"

#include <QRectF>
#include <QTextLayout>

#include <memory>
#include <vector>

namespace clew::views {

struct LaidCell {
    QRectF rect;                         // from the block's top left
    std::unique_ptr<QTextLayout> layout; // null where the text is one elided line
    QString shown;
    bool elided = false;
};

struct LaidBlock {
    qreal height = 0;
    std::vector<LaidCell> cells;
    QRectF icon, icon2, image;
    QRectF link;
    PromptBar bar;    // of a composition
    QRectF frame;     // the card's, as wide as the card and as high as the block
    qreal middle = 0; // x of the line between the columns of a pair
};

class FlowLayout {
public:
    FlowLayout(const Theme& theme, qreal width)
        : m_theme(&theme)
        , m_width(width) {}

    [[nodiscard]] LaidBlock lay(const FlowBlock& block) const;
    // Near enough for a scroll bar, without laying out.
    [[nodiscard]] qreal estimate(const FlowBlock& block) const;
    [[nodiscard]] qreal width() const { return m_width; }

    [[nodiscard]] QFont font(Face face) const;
    [[nodiscard]] QColor colour(Tone tone) const;
    [[nodiscard]] qreal lineHeight() const { return m_theme->px(16); }
    [[nodiscard]] int inset() const { return m_theme->px(12); }

private:
    [[nodiscard]] LaidCell wrapped(const FlowText& text, qreal x, qreal y, qreal width) const;
    void layRow(const FlowBlock& block, LaidBlock& out, qreal left, qreal right, qreal top) const;
    void layPairHead(const FlowBlock& block, LaidBlock& out, qreal top) const;
    [[nodiscard]] LaidCell single(const FlowText& text, qreal x, qreal y, qreal width) const;

    const Theme* m_theme; // never null; a pointer, so that layouts can be assigned
    qreal m_width;
};

} // namespace clew::views
