#include "views/trace/details/flow_view.h"

#include <QApplication>
#include <QClipboard>
#include <QMouseEvent>
#include <QScrollBar>
#include <QTextLine>
#include <QTimerEvent>

#include <algorithm>
#include <utility>

namespace clew::views {

namespace {

// What a clipboard of the selection kind takes without a noticeable wait.
constexpr qsizetype kPrimaryLimit = 1'000'000;

int cellSize(const FlowDocument& document, int block, int cell) {
    return static_cast<int>(
        document.blocks[static_cast<std::size_t>(block)].cells[static_cast<std::size_t>(cell)].text.size());
}

} // namespace

FlowPosition FlowView::positionAt(QPointF point) {
    if (m_document.blocks.empty()) return {};
    const qreal y = point.y() + verticalScrollBar()->value();
    int at = blockAt(std::clamp<qreal>(y, 0, std::max<qreal>(contentHeight() - 1, 0)));
    const QPointF within(point.x(), y - m_tops[static_cast<std::size_t>(at)]);
    const LaidBlock& shown = laid(at);
    int best = -1;
    for (std::size_t i = 0; i < shown.cells.size(); ++i) {
        if (!shown.cells[i].layout) continue;
        if (best < 0 || within.x() >= shown.cells[i].rect.left() - m_theme.px(8)) best = static_cast<int>(i);
    }
    if (best < 0) return {at, 0, 0};
    const LaidCell& cell = shown.cells[static_cast<std::size_t>(best)];
    const QPointF inCell = within - cell.rect.topLeft();
    FlowPosition out{at, best, 0};
    if (inCell.y() < 0) return out;
    out.offset = cellSize(m_document, at, best);
    for (int i = 0; i < cell.layout->lineCount(); ++i) {
        const QTextLine line = cell.layout->lineAt(i);
        const bool last = i + 1 == cell.layout->lineCount();
        if (inCell.y() < line.y() + m_layout.lineHeight() || (last && inCell.y() < cell.rect.height())) {
            out.offset = line.xToCursor(inCell.x());
            break;
        }
    }
    return out;
}

FlowView::Target FlowView::targetAt(QPointF point) {
    if (m_document.blocks.empty()) return {};
    const qreal y = point.y() + verticalScrollBar()->value();
    if (y < 0 || y >= contentHeight()) return {};
    const int at = blockAt(y);
    const FlowBlock& block = m_document.blocks[static_cast<std::size_t>(at)];
    const LaidBlock& shown = laid(at);
    const QPointF within(point.x(), y - m_tops[static_cast<std::size_t>(at)]);
    if (const int share = shown.bar.shareAt(within);
        share >= 0 && !block.shares[static_cast<std::size_t>(share)].action.isEmpty())
        return {at, false, share};
    if (!block.linkAction.isEmpty() && shown.link.adjusted(-4, -4, 4, 4).contains(within)) return {at, true};
    if (!block.action.isEmpty()) return {at, false};
    return {};
}

void FlowView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    event->accept();
    m_focusVisible = false;
    m_pressed = targetAt(event->position());
    m_focused = {};
    if (m_pressed.block < 0) {
        const FlowPosition at = positionAt(event->position());
        if (!(event->modifiers() & Qt::ShiftModifier) || m_anchor.block < 0) m_anchor = at;
        m_focus = at;
        m_dragging = true;
    }
    viewport()->update();
}

void FlowView::mouseMoveEvent(QMouseEvent* event) {
    event->accept();
    if (m_dragging) {
        dragTo(event->position());
        const bool outside = event->position().y() < 0 || event->position().y() > viewport()->height();
        if (outside && m_dragTimer == 0) m_dragTimer = startTimer(40);
        return;
    }
    const Target target = targetAt(event->position());
    if (target != m_hovered) {
        m_hovered = target;
        viewport()->update();
    }
    Qt::CursorShape shape = Qt::ArrowCursor;
    if (target.block >= 0) {
        shape = Qt::PointingHandCursor;
    } else if (!m_document.blocks.empty()) {
        const qreal y = event->position().y() + verticalScrollBar()->value();
        if (y < contentHeight()) {
            const int at = blockAt(y);
            const QPointF within(event->position().x(), y - m_tops[static_cast<std::size_t>(at)]);
            for (const LaidCell& cell : laid(at).cells)
                if (cell.layout && cell.rect.contains(within)) shape = Qt::IBeamCursor;
        }
    }
    viewport()->setCursor(shape);
}

void FlowView::dragTo(QPointF point) {
    if (m_anchor.block < 0) return;
    m_focus = positionAt(point);
    // Within one card the selection stays in the column it began in.
    if (sameColumnOnly() && m_focus.cell != m_anchor.cell) {
        const LaidBlock& shown = laid(m_focus.block);
        const auto column = static_cast<std::size_t>(m_anchor.cell);
        if (column < shown.cells.size()) {
            m_focus.cell = m_anchor.cell;
            m_focus.offset = m_focus.block > m_anchor.block || point.x() > shown.middle
                                 ? cellSize(m_document, m_focus.block, m_anchor.cell)
                                 : 0;
        }
    }
    viewport()->update();
}

void FlowView::timerEvent(QTimerEvent* event) {
    if (event->timerId() != m_dragTimer) {
        QAbstractScrollArea::timerEvent(event);
        return;
    }
    const QPoint at = viewport()->mapFromGlobal(QCursor::pos());
    if (!m_dragging || (at.y() >= 0 && at.y() <= viewport()->height())) {
        killTimer(m_dragTimer);
        m_dragTimer = 0;
        return;
    }
    const int by = at.y() < 0 ? at.y() : at.y() - viewport()->height();
    verticalScrollBar()->setValue(verticalScrollBar()->value() + std::clamp(by, -120, 120));
    dragTo(at);
}

void FlowView::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    event->accept();
    if (m_dragTimer != 0) {
        killTimer(m_dragTimer);
        m_dragTimer = 0;
    }
    if (m_pressed.block >= 0) {
        const Target pressed = std::exchange(m_pressed, {});
        if (targetAt(event->position()) == pressed) follow(pressed);
        return;
    }
    m_dragging = false;
    if (QGuiApplication::clipboard()->supportsSelection() && m_anchor != m_focus) {
        const QString text = selectedText();
        if (!text.isEmpty() && text.size() <= kPrimaryLimit)
            QGuiApplication::clipboard()->setText(text, QClipboard::Selection);
    }
}

void FlowView::mouseDoubleClickEvent(QMouseEvent* event) {
    event->accept();
    const Target target = targetAt(event->position());
    if (target.block >= 0) {
        m_pressed = target;
        return;
    }
    const FlowPosition at = positionAt(event->position());
    if (at.block < 0) return;
    const FlowBlock& block = m_document.blocks[static_cast<std::size_t>(at.block)];
    if (at.cell >= static_cast<int>(block.cells.size())) return;
    const QString& text = block.cells[static_cast<std::size_t>(at.cell)].text;
    const auto inWord = [&](int i) { return text[i].isLetterOrNumber() || text[i] == QLatin1Char('_'); };
    int from = std::min(at.offset, static_cast<int>(text.size()));
    int to = from;
    while (from > 0 && inWord(from - 1))
        --from;
    while (to < text.size() && inWord(to))
        ++to;
    m_anchor = {at.block, at.cell, from};
    m_focus = {at.block, at.cell, to};
    viewport()->update();
}

bool FlowView::sameColumnOnly() const {
    if (m_anchor.block < 0 || m_focus.block < 0) return false;
    const FlowBlock& a = m_document.blocks[static_cast<std::size_t>(m_anchor.block)];
    const FlowBlock& b = m_document.blocks[static_cast<std::size_t>(m_focus.block)];
    return a.card >= 0 && a.card == b.card && a.type == BlockType::Pair && b.type == BlockType::Pair;
}

std::pair<int, int> FlowView::selected(int block, int cell) const {
    if (m_anchor.block < 0 || m_anchor == m_focus) return {0, 0};
    const FlowPosition from = std::min(m_anchor, m_focus);
    const FlowPosition to = std::max(m_anchor, m_focus);
    if (block < from.block || block > to.block) return {0, 0};
    const FlowText& text =
        m_document.blocks[static_cast<std::size_t>(block)].cells[static_cast<std::size_t>(cell)];
    if (!text.selectable) return {0, 0};
    if (sameColumnOnly() && from.cell == to.cell && cell != from.cell) return {0, 0};
    const auto size = static_cast<int>(text.text.size());
    int start = 0;
    int end = size;
    if (block == from.block) {
        if (cell < from.cell) return {0, 0};
        if (cell == from.cell) start = std::min(from.offset, size);
    }
    if (block == to.block) {
        if (cell > to.cell) return {0, 0};
        if (cell == to.cell) end = std::min(to.offset, size);
    }
    return {start, std::max(0, end - start)};
}

QString FlowView::textBetween(FlowPosition from, FlowPosition to) const {
    QString out;
    bool lineOpen = false; // the last piece goes on in the next block
    for (int i = from.block; i <= to.block && i < static_cast<int>(m_document.blocks.size()); ++i) {
        const FlowBlock& block = m_document.blocks[static_cast<std::size_t>(i)];
        const bool row = block.type == BlockType::Row || block.type == BlockType::PairHead;
        bool first = true;
        for (int cell = 0; cell < static_cast<int>(block.cells.size()); ++cell) {
            const auto [start, length] = selected(i, cell);
            if (length <= 0) continue;
            if (!out.isEmpty() && !lineOpen) out += row && !first ? QLatin1Char('\t') : QLatin1Char('\n');
            if (block.bullet && first) out += QStringLiteral("- ");
            const FlowText& text = block.cells[static_cast<std::size_t>(cell)];
            out += QStringView(text.text).mid(start, length);
            lineOpen = text.continues;
            first = false;
        }
    }
    return out;
}

QString FlowView::selectedText() const {
    if (m_anchor.block < 0 || m_anchor == m_focus) return {};
    return textBetween(std::min(m_anchor, m_focus), std::max(m_anchor, m_focus));
}

QString FlowView::plainText() const {
    QString out;
    bool lineOpen = false;
    for (const FlowBlock& block : m_document.blocks) {
        for (const FlowText& text : block.cells) {
            if (text.text.isEmpty()) continue;
            if (!out.isEmpty() && !lineOpen) out += QLatin1Char('\n');
            out += text.text;
            lineOpen = text.continues;
        }
    }
    return out;
}

void FlowView::copy() const {
    if (const QString text = selectedText(); !text.isEmpty()) QGuiApplication::clipboard()->setText(text);
}

void FlowView::selectAll() {
    if (m_document.blocks.empty()) return;
    m_anchor = {0, 0, 0};
    const int last = static_cast<int>(m_document.blocks.size()) - 1;
    const FlowBlock& block = m_document.blocks.back();
    const int cell = std::max(0, static_cast<int>(block.cells.size()) - 1);
    m_focus = {last, cell, block.cells.empty() ? 0 : cellSize(m_document, last, cell)};
    viewport()->update();
}

int FlowView::find(const QString& text) {
    m_needle = text;
    m_hits.clear();
    m_hit = -1;
    if (!text.isEmpty()) {
        for (int i = 0; i < static_cast<int>(m_document.blocks.size()); ++i) {
            const FlowBlock& block = m_document.blocks[static_cast<std::size_t>(i)];
            for (int cell = 0; cell < static_cast<int>(block.cells.size()); ++cell) {
                const FlowText& where = block.cells[static_cast<std::size_t>(cell)];
                if (!where.selectable) continue;
                qsizetype at = where.text.indexOf(text, 0, Qt::CaseInsensitive);
                while (at >= 0 && static_cast<int>(m_hits.size()) < kMaxHits) {
                    m_hits.push_back({i, cell, static_cast<int>(at)});
                    at = where.text.indexOf(text, at + text.size(), Qt::CaseInsensitive);
                }
            }
        }
        if (!m_hits.empty()) {
            const int top = blockAt(verticalScrollBar()->value());
            const auto nearest =
                std::ranges::find_if(m_hits, [top](const FlowPosition& hit) { return hit.block >= top; });
            showHit(nearest == m_hits.end() ? 0 : static_cast<int>(nearest - m_hits.begin()));
        }
    }
    viewport()->update();
    return static_cast<int>(m_hits.size());
}

void FlowView::showHit(int hit) {
    if (m_hits.empty()) return;
    const int count = static_cast<int>(m_hits.size());
    m_hit = ((hit % count) + count) % count;
    const FlowPosition& at = m_hits[static_cast<std::size_t>(m_hit)];
    qreal y = m_tops[static_cast<std::size_t>(at.block)];
    const LaidBlock& shown = laid(at.block);
    updateTops(0);
    y = m_tops[static_cast<std::size_t>(at.block)];
    const LaidCell& cell = shown.cells[static_cast<std::size_t>(at.cell)];
    qreal within = cell.rect.top();
    if (cell.layout) {
        const QTextLine line = cell.layout->lineForTextPosition(at.offset);
        if (line.isValid()) within += line.y();
    }
    const qreal seen = y + within - verticalScrollBar()->value();
    if (seen < 0 || seen + m_layout.lineHeight() > viewport()->height())
        scrollToBlock(at.block, viewport()->height() / 3.0 - within);
    viewport()->update();
}

} // namespace clew::views
