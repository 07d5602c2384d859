#include "views/trace/details/flow_view.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <utility>

namespace clew::views {

namespace {

constexpr int kKeepScreens = 3;
constexpr qsizetype kSpokenCharacters = 2000;

} // namespace

FlowView::FlowView(Theme& theme, QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_theme(theme)
    , m_layout(theme, 100) {
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    connect(&m_theme, &Theme::changed, this, [this] { relayout(); });
}

FlowView::~FlowView() = default;

void FlowView::setDocument(FlowDocument document) {
    const qreal y = verticalScrollBar()->value();
    const bool atEnd = y > 0 && y >= verticalScrollBar()->maximum();
    QString anchorKey;
    qreal anchorOffset = 0;
    if (!m_document.blocks.empty() && y > 0) {
        // The first block with a key that is on the screen holds the scroll.
        for (int i = blockAt(y); i < static_cast<int>(m_document.blocks.size()); ++i) {
            if (m_document.blocks[static_cast<std::size_t>(i)].key.isEmpty()) continue;
            anchorKey = m_document.blocks[static_cast<std::size_t>(i)].key;
            anchorOffset = y - m_tops[static_cast<std::size_t>(i)];
            break;
        }
    }
    const QString focusedAction = actionOf(m_focused);
    m_document = std::move(document);
    // The beginning is what a screen reader says when the pane gets the focus.
    QString spoken;
    for (const FlowBlock& block : m_document.blocks) {
        if (block.type == BlockType::Composition) spoken += block.tip + QLatin1Char('\n');
        for (const FlowText& text : block.cells)
            if (spoken.size() < kSpokenCharacters && !text.text.isEmpty())
                spoken += text.text.left(kSpokenCharacters) + QLatin1Char('\n');
    }
    m_spoken = spoken;
    setAccessibleDescription(spoken);
    m_anchor = m_focus = {};
    m_focused = m_hovered = m_pressed = {};
    if (!focusedAction.isEmpty())
        for (const Target& target : targets())
            if (actionOf(target) == focusedAction) m_focused = target;
    m_hits.clear();
    m_hit = -1;
    const auto count = m_document.blocks.size();
    m_laid.clear();
    m_laid.resize(count);
    m_heights.resize(count);
    m_layout = FlowLayout(m_theme, viewport()->width());
    for (std::size_t i = 0; i < count; ++i)
        m_heights[i] = m_layout.estimate(m_document.blocks[i]);
    updateTops(0);
    int anchor = -1;
    if (!anchorKey.isEmpty()) {
        const auto same = [&](const FlowBlock& block) { return block.key == anchorKey; };
        const auto at = std::ranges::find_if(m_document.blocks, same);
        if (at != m_document.blocks.end()) anchor = static_cast<int>(at - m_document.blocks.begin());
    }
    if (anchor >= 0)
        setTop(anchor, anchorOffset);
    else
        verticalScrollBar()->setValue(atEnd ? verticalScrollBar()->maximum() : static_cast<int>(y));
    layVisible();
    viewport()->update();
}

void FlowView::relayout() {
    const qreal y = verticalScrollBar()->value();
    const int top = m_document.blocks.empty() ? -1 : blockAt(y);
    const qreal within = top < 0 ? 0 : y - m_tops[static_cast<std::size_t>(top)];
    const qreal before = top < 0 ? 1 : std::max<qreal>(m_heights[static_cast<std::size_t>(top)], 1);
    m_layout = FlowLayout(m_theme, viewport()->width());
    for (std::size_t i = 0; i < m_document.blocks.size(); ++i) {
        m_laid[i].reset();
        m_heights[i] = m_layout.estimate(m_document.blocks[i]);
    }
    updateTops(0);
    if (top >= 0) {
        (void)laid(top);
        updateTops(0);
        setTop(top, within / before * m_heights[static_cast<std::size_t>(top)]);
    }
    layVisible();
    viewport()->update();
}

void FlowView::updateTops(int from) {
    const std::size_t count = m_heights.size();
    m_tops.resize(count + 1);
    m_tops[0] = 0;
    for (auto i = static_cast<std::size_t>(from); i < count; ++i)
        m_tops[i + 1] = m_tops[i] + m_heights[i];
    const int page = viewport()->height();
    verticalScrollBar()->setPageStep(page);
    verticalScrollBar()->setSingleStep(m_theme.px(24));
    verticalScrollBar()->setRange(0, std::max(0, static_cast<int>(std::ceil(contentHeight())) - page));
}

void FlowView::setTop(int block, qreal offset) {
    verticalScrollBar()->setValue(
        static_cast<int>(std::round(m_tops[static_cast<std::size_t>(block)] + offset)));
}

int FlowView::blockAt(qreal y) const {
    const auto at = std::upper_bound(m_tops.begin(), m_tops.end(), y);
    const auto index = static_cast<int>(at - m_tops.begin()) - 1;
    return std::clamp(index, 0, std::max(0, static_cast<int>(m_document.blocks.size()) - 1));
}

const LaidBlock& FlowView::laid(int block) {
    auto& slot = m_laid[static_cast<std::size_t>(block)];
    if (!slot) {
        slot = std::make_unique<LaidBlock>(m_layout.lay(m_document.blocks[static_cast<std::size_t>(block)]));
        m_heights[static_cast<std::size_t>(block)] = slot->height;
    }
    return *slot;
}

// Lays out what the viewport shows. Measured heights replace estimates; the block on top stays where it is.
void FlowView::layVisible() {
    if (m_laying || m_document.blocks.empty()) return;
    m_laying = true;
    const int count = static_cast<int>(m_document.blocks.size());
    for (int round = 0; round < 8; ++round) {
        const qreal y = verticalScrollBar()->value();
        const int first = blockAt(y);
        const qreal within = y - m_tops[static_cast<std::size_t>(first)];
        bool changed = false;
        qreal filled = -within;
        int last = first;
        for (; last < count && filled < viewport()->height(); ++last) {
            const qreal before = m_heights[static_cast<std::size_t>(last)];
            (void)laid(last);
            changed = changed || before != m_heights[static_cast<std::size_t>(last)];
            filled += m_heights[static_cast<std::size_t>(last)];
        }
        if (!changed) break;
        const bool atEnd = verticalScrollBar()->value() == verticalScrollBar()->maximum() && y > 0;
        updateTops(0);
        if (atEnd && last == count)
            verticalScrollBar()->setValue(verticalScrollBar()->maximum());
        else
            setTop(first, std::min(within, m_heights[static_cast<std::size_t>(first)]));
    }
    // Far away layouts are dropped; their heights stay.
    if (laidBlocks() > 600) {
        const qreal page = viewport()->height();
        const int from = blockAt(verticalScrollBar()->value() - kKeepScreens * page);
        const int to = blockAt(verticalScrollBar()->value() + (kKeepScreens + 1) * page);
        for (int i = 0; i < count; ++i)
            if (i < from || i > to) m_laid[static_cast<std::size_t>(i)].reset();
    }
    m_laying = false;
}

int FlowView::laidBlocks() const {
    return static_cast<int>(std::ranges::count_if(m_laid, [](const auto& slot) { return slot != nullptr; }));
}

QRectF FlowView::visibleRect(const QString& action) const {
    for (std::size_t i = 0; i < m_document.blocks.size(); ++i) {
        const FlowBlock& block = m_document.blocks[i];
        const bool link = block.linkAction == action && !action.isEmpty();
        const auto share = std::ranges::find(block.shares, action, &Share::action);
        if (share != block.shares.end() && !action.isEmpty() && m_laid[i])
            return m_laid[i]->bar.parts[static_cast<std::size_t>(share - block.shares.begin())].translated(
                0, m_tops[i] - verticalScrollBar()->value());
        if ((block.action != action && !link) || !m_laid[i]) continue;
        const qreal y = m_tops[i] - verticalScrollBar()->value();
        if (link) return m_laid[i]->link.translated(0, y);
        return {0, y, m_layout.width(), m_laid[i]->height};
    }
    return {};
}

void FlowView::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    if (m_layout.width() != viewport()->width()) {
        relayout();
    } else {
        updateTops(0);
        layVisible();
    }
}

void FlowView::scrollContentsBy(int, int) {
    layVisible();
    viewport()->update();
}

bool FlowView::scrollToKey(const QString& key) {
    const auto same = [&](const FlowBlock& block) { return block.key == key; };
    const auto at = std::ranges::find_if(m_document.blocks, same);
    if (at == m_document.blocks.end()) return false;
    scrollToBlock(static_cast<int>(at - m_document.blocks.begin()), 0);
    return true;
}

void FlowView::scrollToBlock(int block, qreal margin) {
    setTop(block, -margin);
    layVisible();
    setTop(block, -margin);
    layVisible();
    viewport()->update();
}

std::vector<FlowView::Target> FlowView::targets() const {
    std::vector<Target> out;
    for (int i = 0; i < static_cast<int>(m_document.blocks.size()); ++i) {
        const FlowBlock& block = m_document.blocks[static_cast<std::size_t>(i)];
        for (std::size_t s = 0; s < block.shares.size(); ++s)
            if (!block.shares[s].action.isEmpty()) out.push_back({i, false, static_cast<int>(s)});
        if (!block.action.isEmpty()) out.push_back({i, false});
        if (!block.linkAction.isEmpty()) out.push_back({i, true});
    }
    return out;
}

QString FlowView::actionOf(const Target& target) const {
    if (target.block < 0 || target.block >= static_cast<int>(m_document.blocks.size())) return {};
    const FlowBlock& block = m_document.blocks[static_cast<std::size_t>(target.block)];
    if (target.share >= 0) return block.shares[static_cast<std::size_t>(target.share)].action;
    return target.link ? block.linkAction : block.action;
}

void FlowView::follow(const Target& target) {
    if (const QString action = actionOf(target); !action.isEmpty()) emit activated(action);
}

bool FlowView::focusNextPrevChild(bool next) {
    const std::vector<Target> all = targets();
    if (!all.empty() && hasFocus()) {
        const auto at = std::ranges::find(all, m_focused);
        int to = -1;
        if (at != all.end())
            to = static_cast<int>(at - all.begin()) + (next ? 1 : -1);
        else
            to = next ? 0 : static_cast<int>(all.size()) - 1;
        if (to >= 0 && to < static_cast<int>(all.size())) {
            m_focused = all[static_cast<std::size_t>(to)];
            m_focusVisible = true;
            const qreal y = m_tops[static_cast<std::size_t>(m_focused.block)] - verticalScrollBar()->value();
            if (y < 0 || y + m_theme.px(32) > viewport()->height())
                scrollToBlock(m_focused.block, viewport()->height() / 3.0);
            announceFocus();
            viewport()->update();
            return true;
        }
    }
    m_focused = {};
    announceFocus();
    viewport()->update();
    return QAbstractScrollArea::focusNextPrevChild(next);
}

// The exact figures of a part of the bar, said and shown while it has the focus.
void FlowView::announceFocus() {
    if (m_focused.share < 0) {
        if (accessibleDescription() != m_spoken) {
            setAccessibleDescription(m_spoken);
            QToolTip::hideText();
        }
        return;
    }
    const auto block = static_cast<std::size_t>(m_focused.block);
    const Share& share = m_document.blocks[block].shares[static_cast<std::size_t>(m_focused.share)];
    setAccessibleDescription(share.tip);
    const QRectF rect = laid(m_focused.block).bar.shareRect(m_focused.share);
    const qreal y = m_tops[block] - verticalScrollBar()->value();
    QToolTip::showText(viewport()->mapToGlobal(rect.translated(0, y).bottomLeft().toPoint()), share.tip,
                       viewport());
}

void FlowView::focusInEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusInEvent(event);
    const bool byKey = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    m_focusVisible = byKey;
    viewport()->update();
}

void FlowView::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    m_focusVisible = false;
    QToolTip::hideText();
    viewport()->update();
}

void FlowView::keyPressEvent(QKeyEvent* event) {
    QScrollBar* bar = verticalScrollBar();
    if (event->matches(QKeySequence::Copy)) {
        copy();
    } else if (event->matches(QKeySequence::SelectAll)) {
        selectAll();
    } else if (event->matches(QKeySequence::MoveToStartOfDocument) || event->key() == Qt::Key_Home) {
        bar->setValue(0);
    } else if (event->matches(QKeySequence::MoveToEndOfDocument) || event->key() == Qt::Key_End) {
        bar->setValue(bar->maximum());
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter ||
                event->key() == Qt::Key_Space) &&
               m_focused.block >= 0) {
        follow(m_focused);
    } else if (event->key() == Qt::Key_Escape && m_anchor.block >= 0) {
        m_anchor = m_focus = {};
        viewport()->update();
    } else {
        QAbstractScrollArea::keyPressEvent(event);
    }
}

void FlowView::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu(this);
    QAction* copyAction = menu.addAction(tr("Copy"), QKeySequence::Copy, this, [this] { copy(); });
    copyAction->setEnabled(m_anchor != m_focus);
    menu.addAction(tr("Select all"), QKeySequence::SelectAll, this, [this] { selectAll(); });
    menu.exec(event->globalPos());
}

bool FlowView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const Target target = targetAt(help->pos());
        const qreal y = help->pos().y() + verticalScrollBar()->value();
        QString tip;
        if (!m_document.blocks.empty() && y < contentHeight()) {
            const int at = blockAt(y);
            const FlowBlock& block = m_document.blocks[static_cast<std::size_t>(at)];
            tip = block.tip;
            const LaidBlock& shown = laid(at);
            const QPointF point(help->pos().x(), y - m_tops[static_cast<std::size_t>(at)]);
            if (const int share = shown.bar.shareAt(point); share >= 0)
                tip = block.shares[static_cast<std::size_t>(share)].tip;
            for (std::size_t i = 0; tip.isEmpty() && i < shown.cells.size(); ++i)
                if (shown.cells[i].elided && shown.cells[i].rect.contains(point) && !target.link)
                    tip = block.cells[i].text.left(1000);
        }
        QToolTip::showText(help->globalPos(), tip, viewport());
        return true;
    }
    if (event->type() == QEvent::Leave && m_hovered.block >= 0) {
        m_hovered = {};
        viewport()->update();
    }
    return QAbstractScrollArea::viewportEvent(event);
}

} // namespace clew::views
