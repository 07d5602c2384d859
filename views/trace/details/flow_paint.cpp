#include "views/theme/digits.h"
#include "views/trace/details/flow_view.h"

#include <QPaintEvent>
#include <QPainter>
#include <QPainterPath>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace clew::views {

namespace {

void drawIcon(QPainter& painter, const Theme& theme, const QString& name, const QColor& colour,
              const QRectF& rect) {
    if (name.isEmpty() || rect.isEmpty()) return;
    const QPixmap pixmap =
        theme.icon(name, colour, static_cast<int>(rect.width()), painter.device()->devicePixelRatioF());
    painter.drawPixmap(rect.topLeft(), pixmap);
}

bool isTrouble(CardStyle style) {
    return style == CardStyle::Error || style == CardStyle::Silent || style == CardStyle::Notice ||
           style == CardStyle::SilentNotice;
}

} // namespace

void FlowView::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    const Colours& c = m_theme.colours();
    painter.fillRect(viewport()->rect(), c.base);
    if (m_document.blocks.empty()) return;
    const qreal y = verticalScrollBar()->value();
    const int first = blockAt(y);
    int last = first;
    const int count = static_cast<int>(m_document.blocks.size());
    while (last + 1 < count && m_tops[static_cast<std::size_t>(last + 1)] < y + viewport()->height())
        ++last;
    for (int i = first; i <= last; ++i)
        (void)laid(i);
    // Hover goes below the frames' lines, frames below the text.
    if (m_hovered.block >= first && m_hovered.block <= last && !m_hovered.link) {
        const FlowBlock& block = m_document.blocks[static_cast<std::size_t>(m_hovered.block)];
        if (block.card < 0 && block.rule)
            painter.fillRect(QRectF(0, m_tops[static_cast<std::size_t>(m_hovered.block)] - y,
                                    m_layout.width(), m_heights[static_cast<std::size_t>(m_hovered.block)]),
                             c.hover);
    }
    paintFrames(painter, first, last);
    for (int i = first; i <= last; ++i)
        paintBlock(painter, i, m_tops[static_cast<std::size_t>(i)] - y);
    if (m_focusVisible && hasFocus() && m_focused.block < 0) {
        painter.setPen(QPen(c.acc, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(viewport()->rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

void FlowView::paintFrames(QPainter& painter, int first, int last) {
    const qreal y = verticalScrollBar()->value();
    const int count = static_cast<int>(m_document.blocks.size());
    for (int i = first; i <= last;) {
        const FlowBlock& block = m_document.blocks[static_cast<std::size_t>(i)];
        if (block.card < 0) {
            ++i;
            continue;
        }
        int begin = i;
        while (begin > 0 && m_document.blocks[static_cast<std::size_t>(begin - 1)].card == block.card &&
               i - begin < 2)
            --begin;
        int end = i;
        while (end + 1 < count && end <= last &&
               m_document.blocks[static_cast<std::size_t>(end + 1)].card == block.card)
            ++end;
        const bool cutAbove =
            begin > 0 && m_document.blocks[static_cast<std::size_t>(begin - 1)].card == block.card;
        const bool cutBelow =
            end + 1 < count && m_document.blocks[static_cast<std::size_t>(end + 1)].card == block.card;
        const LaidBlock& shown = laid(i);
        qreal top = m_tops[static_cast<std::size_t>(begin)] - y;
        qreal bottom = m_tops[static_cast<std::size_t>(end + 1)] - y;
        if (cutAbove) top = std::min<qreal>(top, -20);
        if (cutBelow) bottom = std::max<qreal>(bottom, viewport()->height() + 20);
        paintFrame(painter, QRectF(shown.frame.left(), top, shown.frame.width(), bottom - top), block,
                   shown.middle);
        i = end + 1;
    }
}

void FlowView::paintFrame(QPainter& painter, const QRectF& frame, const FlowBlock& block, qreal middle) {
    const Colours& c = m_theme.colours();
    const bool columns = block.type == BlockType::Pair || block.type == BlockType::PairHead;
    const qreal width = m_theme.lineWidth();
    const QRectF line = frame.adjusted(width / 2, width / 2, -width / 2, -width / 2);
    QColor fill = c.base;
    if (block.cardStyle == CardStyle::Notice || block.cardStyle == CardStyle::SilentNotice) fill = c.errbg;
    if (block.cardStyle == CardStyle::WarnNotice) fill = c.warnbg;
    if (block.cardStyle == CardStyle::Code) fill = c.raised;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath path;
    path.addRoundedRect(line, 4, 4);
    painter.fillPath(path, fill);
    if (columns) {
        painter.save();
        painter.setClipRect(QRectF(middle, frame.top(), frame.right() - middle, frame.height()));
        painter.fillPath(path, c.raised);
        painter.restore();
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.fillRect(QRectF(middle, frame.top() + 1, m_theme.lineWidth(), frame.height() - 2), c.line);
        painter.setRenderHint(QPainter::Antialiasing, true);
    }
    const bool warns = block.cardStyle == CardStyle::WarnNotice;
    QPen pen(isTrouble(block.cardStyle) ? c.err : warns ? c.warn : c.line, width);
    if (block.cardStyle == CardStyle::Silent) {
        pen.setDashPattern({4.0 / width, 3.0 / width});
        pen.setCapStyle(Qt::FlatCap);
    }
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(path);
    painter.restore();
}

void FlowView::paintCell(QPainter& painter, int block, int cell, const LaidCell& laidCell, QPointF at) {
    const Colours& c = m_theme.colours();
    const FlowText& text =
        m_document.blocks[static_cast<std::size_t>(block)].cells[static_cast<std::size_t>(cell)];
    const auto [start, length] = selected(block, cell);
    const QPointF origin = at + laidCell.rect.topLeft();
    if (!laidCell.layout) {
        const QRectF rect = laidCell.rect.translated(at);
        const bool hit =
            !m_needle.isEmpty() && text.selectable && text.text.contains(m_needle, Qt::CaseInsensitive);
        if (hit) painter.fillRect(rect, c.warnbg);
        if (length > 0) painter.fillRect(rect, c.sel);
        painter.setFont(m_layout.font(text.face));
        painter.setPen(m_layout.colour(text.tone));
        const bool right = cell == 2;
        if (right)
            drawDigits(painter, rect, laidCell.shown);
        else
            painter.drawText(rect, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, laidCell.shown);
        return;
    }
    QList<QTextLayout::FormatRange> over;
    if (length > 0) {
        QTextCharFormat format;
        format.setBackground(hasFocus() ? c.sel : c.sel0);
        over.push_back({start, length, format});
    }
    if (!m_hits.empty()) {
        const auto range = std::ranges::equal_range(m_hits, block, {}, &FlowPosition::block);
        for (const FlowPosition& hit : range) {
            if (hit.cell != cell) continue;
            const bool current = &hit == &m_hits[static_cast<std::size_t>(std::max(m_hit, 0))];
            QTextCharFormat format;
            format.setBackground(current ? c.warn : c.warnbg);
            format.setForeground(current ? c.base : c.warn);
            over.push_back({hit.offset, static_cast<int>(m_needle.size()), format});
        }
    }
    painter.setPen(m_layout.colour(text.tone));
    const QRectF clip = QRectF(viewport()->rect()).adjusted(0, -20, 0, 20);
    laidCell.layout->draw(&painter, origin, over, clip);
}

void FlowView::paintBlock(QPainter& painter, int index, qreal y) {
    const FlowBlock& block = m_document.blocks[static_cast<std::size_t>(index)];
    const LaidBlock& shown = laid(index);
    const Colours& c = m_theme.colours();
    const QPointF at(0, y);
    // The first one would double the line under the tabs.
    if (block.rule && index > 0)
        painter.fillRect(QRectF(0, std::round(y), m_layout.width(), m_theme.lineWidth()), c.line);
    if (block.thisCall) painter.fillRect(QRectF(0, y, 2, shown.height), c.acc);
    const QColor icon = block.kindIcon >= 0 ? m_theme.kind(static_cast<Kind>(block.kindIcon))
                                            : m_layout.colour(block.iconTone);
    drawIcon(painter, m_theme, block.icon, icon, shown.icon.translated(at));
    drawIcon(painter, m_theme, block.icon2, m_layout.colour(block.iconTone2), shown.icon2.translated(at));
    if (block.bullet && !shown.cells.empty()) {
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(c.text2);
        painter.drawEllipse(QPointF(shown.cells[0].rect.left() - m_theme.px(8),
                                    y + shown.cells[0].rect.top() + m_layout.lineHeight() / 2),
                            1.75, 1.75);
        painter.restore();
    }
    if (block.type == BlockType::Composition) {
        const int hovered = m_hovered.block == index ? m_hovered.share : -1;
        const bool focused = m_focusVisible && hasFocus() && m_focused.block == index;
        paintPromptBar(painter, m_theme, block, shown.bar, at,
                       hovered < 0 && focused ? m_focused.share : hovered);
    }
    if (!shown.image.isEmpty()) {
        painter.save();
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        painter.drawImage(shown.image.translated(at), block.image);
        painter.setPen(QPen(c.line, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(shown.image.translated(at).adjusted(-0.5, -0.5, 0.5, 0.5));
        painter.restore();
    }
    for (std::size_t i = 0; i < shown.cells.size(); ++i) {
        const LaidCell& cell = shown.cells[i];
        if (cell.layout || !cell.shown.isEmpty()) paintCell(painter, index, static_cast<int>(i), cell, at);
    }
    const bool hoveredLink = m_hovered.block == index && m_hovered.link;
    const bool hoveredText = m_hovered.block == index && !m_hovered.link && !block.rule &&
                             !shown.cells.empty() && !block.cells.empty() &&
                             block.cells[0].tone == Tone::Accent;
    if (!block.linkText.isEmpty()) {
        QFont font = m_layout.font(Face::Small);
        font.setUnderline(hoveredLink);
        painter.setFont(font);
        painter.setPen(c.acc);
        painter.drawText(shown.link.translated(at), Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip,
                         block.linkText);
    }
    if (hoveredText) {
        const QRectF rect = shown.cells[0].rect.translated(at);
        painter.fillRect(QRectF(rect.left(), rect.bottom() - 2, rect.width(), 1), c.acc);
    }
    if (m_focusVisible && hasFocus() && m_focused.block == index) {
        const QRectF ring =
            m_focused.share >= 0 ? shown.bar.shareRect(m_focused.share).translated(at).adjusted(-3, 0, 3, 0)
            : m_focused.link
                ? shown.link.translated(at).adjusted(-3, -1, 3, 1)
                : QRectF(m_theme.px(4), y + 1, m_layout.width() - m_theme.px(8), shown.height - 2);
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(c.acc, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(ring, 4, 4);
        painter.restore();
    }
}

} // namespace clew::views
