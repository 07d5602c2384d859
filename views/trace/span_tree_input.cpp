// SpanTreeView: keyboard, mouse, wheel, tool tips, menu.
#include "views/trace/span_row_painter.h"
#include "views/trace/span_text.h"
#include "views/trace/span_tree_view.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QMenu>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace clew::views {

namespace {
constexpr int kEdgeReach = 3;      // px left and right of the waterfall's edge
constexpr double kWheelZoom = 1.2; // per notch
constexpr int kWheelRows = 3;
} // namespace

bool SpanTreeView::overWaterfall(QPoint at) const {
    return m_columns.waterfall.shown() && at.x() >= m_columns.waterfall.x &&
           at.x() < m_columns.waterfall.right();
}

bool SpanTreeView::overEdge(QPoint at) const {
    return m_columns.waterfall.shown() && m_columns.span.shown() && at.y() < headerHeight() &&
           std::abs(at.x() - m_columns.waterfall.x) <= kEdgeReach;
}

bool SpanTreeView::overChevron(QPoint at, int row) const {
    if (row < 0 || !m_columns.span.shown()) return false;
    const std::int32_t index = m_rows.span(row);
    if (!m_rows.hasChildren(index)) return false;
    const int depth = m_picture->snapshot->spans[static_cast<std::size_t>(index)].depth;
    const NamePlace place = NamePlace::of(depth, m_columns.span, m_metrics, m_theme);
    return std::abs(at.x() - place.chevron) <= m_theme.px(9) && at.x() < m_columns.span.right();
}

void SpanTreeView::keyPressEvent(QKeyEvent* event) {
    const auto modifiers = event->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier);
    if (m_rows.count() == 0 || modifiers != Qt::NoModifier) {
        event->ignore();
        return;
    }
    if (!m_keyUsed) {
        m_keyUsed = true;
        updateRow(currentRow());
    }
    if (handleTreeKey(event) || handleTimeKey(event)) return;
    event->ignore();
}

bool SpanTreeView::handleTreeKey(QKeyEvent* event) {
    const int row = currentRow();
    const int page = std::max(1, rowsHeight() / m_metrics.height - 1);
    const std::int32_t index = currentIndex();
    const bool open = m_rows.hasChildren(index) && !m_rows.isCollapsed(index);
    switch (event->key()) {
    case Qt::Key_J:
    case Qt::Key_Down: goToRow(row + 1); return true;
    case Qt::Key_K:
    case Qt::Key_Up: goToRow(row - 1); return true;
    case Qt::Key_Home: goToRow(0); return true;
    case Qt::Key_End: goToRow(m_rows.count() - 1); return true;
    case Qt::Key_PageDown: goToRow(row + page); return true;
    case Qt::Key_PageUp: goToRow(row - page); return true;
    case Qt::Key_Left:
        if (open)
            setCurrentCollapsed(true);
        else if (index != kNoSpan)
            goToSpan(m_picture->snapshot->spans[static_cast<std::size_t>(index)].parent);
        return true;
    case Qt::Key_Right:
        if (m_rows.isCollapsed(index))
            setCurrentCollapsed(false);
        else if (open)
            goToRow(row + 1);
        return true;
    case Qt::Key_Space: setCurrentCollapsed(open); return true;
    case Qt::Key_Asterisk: expandAll(); return true;
    case Qt::Key_E: nextTrouble((event->modifiers() & Qt::ShiftModifier) != 0 ? -1 : 1); return true;
    case Qt::Key_Period: nextOfKind(1); return true;
    case Qt::Key_Comma: nextOfKind(-1); return true;
    default: return false;
    }
}

bool SpanTreeView::handleTimeKey(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_W: zoomIn(); return true;
    case Qt::Key_S: zoomOut(); return true;
    case Qt::Key_A: panLeft(); return true;
    case Qt::Key_D: panRight(); return true;
    case Qt::Key_F: fit(); return true;
    case Qt::Key_B: nextGap(); return true;
    case Qt::Key_P: setPathShown(!m_pathShown); return true;
    default: return false;
    }
}

void SpanTreeView::mousePressEvent(QMouseEvent* event) {
    const QPoint at = event->position().toPoint();
    if (m_keyUsed) {
        m_keyUsed = false;
        updateRow(currentRow());
    }
    if (event->button() != Qt::LeftButton && event->button() != Qt::RightButton) return;
    m_dragFrom = m_dragLast = at;
    const int row = rowAt(at.y());
    if (event->button() == Qt::RightButton) {
        if (row >= 0) goToRow(row);
        return;
    }
    if (overEdge(at)) {
        m_drag = Drag::Edge;
    } else if (at.y() < headerHeight()) {
        if (!overWaterfall(at) || m_rows.count() == 0) return;
        m_drag = Drag::Range;
        const TimeNs time = m_scale.timeAt(at.x() - m_columns.waterfall.x);
        m_range = {time, time};
    } else if (overChevron(at, row)) {
        const std::int32_t index = m_rows.span(row);
        const bool collapse = !m_rows.isCollapsed(index);
        keepRowsInPlace([&] {
            return (event->modifiers() & (Qt::ShiftModifier | Qt::AltModifier)) != 0
                       ? m_rows.setSubtreeCollapsed(index, collapse)
                       : m_rows.setCollapsed(index, collapse);
        });
    } else {
        if (row >= 0) goToRow(row);
        if (overWaterfall(at)) m_drag = Drag::Pending;
    }
}

void SpanTreeView::mouseMoveEvent(QMouseEvent* event) {
    const QPoint at = event->position().toPoint();
    if (m_drag == Drag::Pending && (at - m_dragFrom).manhattanLength() >= QApplication::startDragDistance()) {
        m_drag = Drag::Pan;
        viewport()->setCursor(Qt::ClosedHandCursor);
    }
    switch (m_drag) {
    case Drag::Pan: {
        m_scale.pan(m_dragLast.x() - at.x());
        QScrollBar* bar = verticalScrollBar();
        bar->setValue(bar->value() + m_dragLast.y() - at.y());
        m_dragLast = at;
        timesMoved();
        return;
    }
    case Drag::Range:
        m_range->second = m_scale.timeAt(
            std::clamp(static_cast<double>(at.x() - m_columns.waterfall.x), 0.0, m_scale.width()));
        viewport()->update();
        return;
    case Drag::Edge:
        m_edgeGain += at.x() - m_dragLast.x();
        m_dragLast = at;
        layoutColumns();
        m_edgeGain = std::clamp(m_edgeGain, -viewport()->width(), viewport()->width());
        timesMoved();
        return;
    case Drag::None:
    case Drag::Pending: break;
    }
    setHovered(rowAt(at.y()));
    const bool ruler = at.y() < headerHeight() && overWaterfall(at);
    viewport()->setCursor(overEdge(at) ? Qt::SplitHCursor : ruler ? Qt::IBeamCursor : Qt::ArrowCursor);
}

void SpanTreeView::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    if (m_drag == Drag::Range && m_range) {
        const auto range = *m_range;
        m_range.reset();
        const bool wide =
            std::abs(event->position().x() - m_dragFrom.x()) >= QApplication::startDragDistance();
        if (wide) m_scale.show(std::min(range.first, range.second), std::max(range.first, range.second));
        timesMoved();
    }
    m_drag = Drag::None;
    viewport()->unsetCursor();
}

void SpanTreeView::mouseDoubleClickEvent(QMouseEvent* event) {
    const QPoint at = event->position().toPoint();
    const int row = rowAt(at.y());
    if (overEdge(at)) {
        m_edgeGain = 0;
        layoutColumns();
        timesMoved();
    } else if (at.y() < headerHeight()) {
        m_scale.fit();
        timesMoved();
    } else if (overChevron(at, row)) {
        mousePressEvent(event);
    } else if (row >= 0 && overWaterfall(at)) {
        fit();
    } else if (row >= 0) {
        setCurrentCollapsed(!m_rows.isCollapsed(m_rows.span(row)));
    }
}

void SpanTreeView::wheelEvent(QWheelEvent* event) {
    const QPoint angle = event->angleDelta(), pixels = event->pixelDelta();
    if ((event->modifiers() & Qt::ControlModifier) != 0) {
        const int delta = angle.y() != 0 ? angle.y() : angle.x();
        const double x = event->position().x() - m_columns.waterfall.x;
        const double centre = x >= 0 && x < m_scale.width() ? x : zoomCentre();
        zoomAt(centre, std::pow(kWheelZoom, delta / 120.0));
    } else if ((event->modifiers() & (Qt::ShiftModifier | Qt::AltModifier)) != 0 ||
               std::abs(angle.x()) > std::abs(angle.y())) {
        const double moved = !pixels.isNull()
                                 ? (pixels.x() != 0 ? pixels.x() : pixels.y())
                                 : (angle.x() != 0 ? angle.x() : angle.y()) / 120.0 * m_scale.width() / 10;
        m_scale.pan(-moved);
        timesMoved();
    } else {
        QScrollBar* bar = verticalScrollBar();
        const int moved = !pixels.isNull() ? pixels.y() : angle.y() * kWheelRows * m_metrics.height / 120;
        bar->setValue(bar->value() - moved);
        setHovered(rowAt(event->position().toPoint().y()));
    }
    event->accept();
}

bool SpanTreeView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::Leave && m_drag == Drag::None) setHovered(-1);
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int row = rowAt(help->pos().y());
        if (row < 0) {
            QToolTip::hideText();
            const bool ruler =
                help->pos().y() < headerHeight() && overWaterfall(help->pos()) && m_rows.count() > 0;
            if (ruler)
                QToolTip::showText(help->globalPos(), tr("Drag to zoom to a range; double-click to fit all"),
                                   viewport());
            return true;
        }
        const std::int32_t index = m_rows.span(row);
        QString tip = spanToolTip(*m_picture, index, m_now);
        const SpanId id = m_picture->snapshot->spans[static_cast<std::size_t>(index)].id;
        if (const auto mark = m_marks.find(id); mark != m_marks.end())
            tip += QStringLiteral("<br>") + tr("Findings: %1").arg(mark->second.words.toHtmlEscaped());
        QToolTip::showText(help->globalPos(), tip, viewport(), rowRect(row));
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

bool SpanTreeView::event(QEvent* event) {
    // Bare keys are ours while the tree has the focus, whatever the window has bound them to.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        static constexpr int kOwn[] = {
            Qt::Key_J, Qt::Key_K, Qt::Key_W,      Qt::Key_A,     Qt::Key_S,     Qt::Key_D,       Qt::Key_F,
            Qt::Key_P, Qt::Key_E, Qt::Key_Period, Qt::Key_Comma, Qt::Key_Space, Qt::Key_Asterisk};
        const bool bare = (key->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier)) == Qt::NoModifier;
        if (bare && std::ranges::find(kOwn, key->key()) != std::end(kOwn)) {
            event->accept();
            return true;
        }
    }
    return QAbstractScrollArea::event(event);
}

void SpanTreeView::contextMenuEvent(QContextMenuEvent* event) {
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const int row = byKey ? currentRow() : rowAt(event->pos().y());
    if (row < 0) return;
    const std::int32_t index = m_rows.span(row);
    const SnapshotSpan& span = m_picture->snapshot->spans[static_cast<std::size_t>(index)];
    const TraceId trace = m_picture->snapshot->id;
    const SpanId id = span.id;
    const QString name = fromUtf8(m_picture->snapshot->text(span.name));

    QMenu menu(this);
    menu.addAction(tr("Copy the span's id"), this,
                   [this, id] { copyText(QString::fromStdString(to_hex(id))); });
    menu.addAction(tr("Copy the trace's id"), this,
                   [this, trace] { copyText(QString::fromStdString(to_hex(trace))); });
    menu.addAction(tr("Copy the name"), this, [this, name] { copyText(name); });
    menu.addSeparator();
    const auto subtree = [this, id](bool collapsed) {
        keepRowsInPlace([&] { return m_rows.setSubtreeCollapsed(m_picture->snapshot->find(id), collapsed); });
    };
    QAction* expand = menu.addAction(tr("Expand all below"), this, [subtree] { subtree(false); });
    QAction* collapse = menu.addAction(tr("Collapse all below"), this, [subtree] { subtree(true); });
    expand->setEnabled(span.subtree > 1);
    collapse->setEnabled(span.subtree > 1);
    menu.addSeparator();
    menu.addAction(tr("Fit\tF"), this, &SpanTreeView::fit);
    QAction* path = menu.addAction(tr("Critical path\tP"), this, [this] { setPathShown(!m_pathShown); });
    path->setCheckable(true);
    path->setChecked(m_pathShown);
    menu.exec(byKey ? viewport()->mapToGlobal(rowRect(row).bottomLeft() + QPoint(m_theme.px(40), 0))
                    : event->globalPos());
}

void SpanTreeView::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    layoutColumns();
}

void SpanTreeView::focusInEvent(QFocusEvent* event) {
    if (event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason) m_keyUsed = true;
    QAbstractScrollArea::focusInEvent(event);
    updateRow(currentRow());
    announceCurrent();
}

void SpanTreeView::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    updateRow(currentRow());
}

void SpanTreeView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::ActivationChange || event->type() == QEvent::PaletteChange)
        viewport()->update();
    QAbstractScrollArea::changeEvent(event);
}

} // namespace clew::views
