// SpanTreeView: painting.
#include "views/theme/digits.h"
#include "views/trace/span_row_painter.h"
#include "views/trace/span_tree_view.h"

#include <QFontMetricsF>
#include <QPaintEvent>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace clew::views {

void SpanTreeView::paintEvent(QPaintEvent* event) {
    QPainter painter(viewport());
    painter.fillRect(event->rect(), m_theme.colours().base);
    if (m_rows.count() == 0) {
        paintEmpty(painter);
        return;
    }
    RowPaint paint{painter,   m_theme, *m_picture,
                   m_rows,    m_scale, m_columns,
                   m_metrics, m_now,   viewport()->devicePixelRatioF(),
                   m_thumbs,  m_marks};
    const QRect area(0, headerHeight(), viewport()->width(), rowsHeight());
    const QRect dirty = event->rect() & area;
    if (!dirty.isEmpty()) {
        painter.save();
        painter.setClipRect(dirty);
        paintRows(paint, dirty);
        painter.restore();
    }
    if (event->rect().top() < headerHeight()) paintHeader(painter);
}

void SpanTreeView::paintEmpty(QPainter& painter) {
    if (!m_picture || !m_picture->snapshot) return;
    paintHeader(painter);
    const int x = m_theme.px(16), top = headerHeight() + m_theme.px(16);
    painter.setFont(m_theme.font(Theme::Text::Strong));
    painter.setPen(m_theme.colours().text);
    painter.drawText(QPointF(x, baselineIn(painter.font(), top, m_theme.px(16))),
                     tr("This run holds no spans"));
    painter.setFont(m_theme.font(Theme::Text::Body));
    painter.setPen(m_theme.colours().text2);
    painter.drawText(QPointF(x, baselineIn(painter.font(), top + m_theme.px(20), m_theme.px(16))),
                     tr("They may still be on their way, or were removed from the store."));
}

void SpanTreeView::paintRows(RowPaint& paint, const QRect& dirty) {
    const Colours& c = m_theme.colours();
    QPainter& painter = paint.painter;
    const int firstTop = headerHeight() - verticalScrollBar()->value();
    const int first = std::max(0, (dirty.top() - firstTop) / m_metrics.height);
    const int last = std::min(m_rows.count() - 1, (dirty.bottom() - firstTop) / m_metrics.height);
    const int current = currentRow();
    const QRect bars(m_columns.waterfall.x, headerHeight(), m_columns.waterfall.width, rowsHeight());
    const bool waterfall = m_columns.waterfall.shown();

    if (waterfall) {
        painter.fillRect(QRect(bars.left(), bars.top(), 1, bars.height()), c.grid);
        for (const std::size_t i : m_picture->longGaps) {
            const Gap& gap = m_picture->gaps.list[i];
            const double from = std::max<double>(paint.x(gap.from), bars.left());
            const double to = std::min<double>(paint.x(gap.to), bars.right() + 1);
            if (to - from >= 3) painter.fillRect(QRectF(from, bars.top(), to - from, bars.height()), c.grid);
        }
        for (const Tick& tick : m_scale.ticks())
            painter.fillRect(
                QRect(static_cast<int>(std::round(paint.x(tick.time))), bars.top(), 1, bars.height()),
                c.grid);
        if (m_range) {
            QColor colour = c.sel;
            colour.setAlphaF(0.65F);
            const double from = paint.x(m_range->first), to = paint.x(m_range->second);
            painter.fillRect(QRectF(std::min(from, to), bars.top(), std::abs(to - from), bars.height()),
                             colour);
        }
    }
    for (int row = first; row <= last; ++row) {
        const QRect rect = rowRect(row);
        if (row == current)
            painter.fillRect(rect, hasFocus() ? c.sel : c.sel0);
        else if (row == m_hovered)
            painter.fillRect(rect, c.hover);
        paintRowText(paint, row, rect.top());
        if (!waterfall) continue;
        painter.save();
        painter.setClipRect(bars, Qt::IntersectClip);
        m_waterfall.paintBar(paint, row, rect.top());
        painter.restore();
    }
    if (waterfall) {
        painter.save();
        painter.setClipRect(bars, Qt::IntersectClip);
        QPolygonF line;
        if (m_pathShown) {
            if (m_threadVersion != m_rows.version()) m_thread.setRows(*m_picture, m_rows);
            m_threadVersion = m_rows.version();
            line = m_thread.line(paint, firstTop, viewport()->height());
        }
        painter.setClipRect(dirty &
                            bars.adjusted(-2, 0, 0, 0)); // the first step stands left of the first bar
        ThreadPainter::paint(paint, line);
        painter.setClipRect(dirty & bars);
        const bool running = paint.trace().running;
        const double now = std::round(paint.x(m_now)) + 0.5;
        for (int row = first; row <= last; ++row) {
            if (m_columns.duration.shown() && row != current && row != m_hovered) continue;
            const int top = rowRect(row).top();
            auto taken = ThreadPainter::marks(line, top + m_metrics.barTop,
                                              top + m_metrics.barTop + m_metrics.barHeight);
            if (running) taken.emplace_back(now - 1, now + 1);
            m_waterfall.paintLabel(paint, row, top, row == current, taken);
        }
        if (running) {
            QPen pen(c.acc, 1, Qt::CustomDashLine, Qt::FlatCap);
            pen.setDashPattern({2, 3});
            painter.setPen(pen);
            const int bottom = std::min(rowRect(m_rows.count() - 1).bottom() + 1, viewport()->height());
            painter.drawLine(QPointF(now, bars.top() + 1), QPointF(now, bottom));
        }
        painter.restore();
    }
    if (current >= first && current <= last) {
        const QRect rect = rowRect(current);
        const bool ring = hasFocus() && m_keyUsed;
        if (ring || (m_theme.isHighContrast() && hasFocus())) {
            painter.setPen(QPen(c.acc, 1));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(rect.adjusted(0, 0, -1, -1));
        }
    }
}

void SpanTreeView::paintHeader(QPainter& painter) {
    const Colours& c = m_theme.colours();
    const int height = headerHeight();
    const QFont font = m_theme.font(Theme::Text::Small);
    const qreal baseline = baselineIn(font, 0, height - 1);
    painter.fillRect(QRect(0, 0, viewport()->width(), height), c.base);
    painter.setFont(font);
    painter.setPen(c.text3);
    const auto title = [&](const ColumnPlace& column, const QString& text, bool right) {
        if (!column.shown()) return;
        const double x = right ? column.right() - m_theme.px(8) - QFontMetricsF(font).horizontalAdvance(text)
                               : column.x + m_theme.px(8);
        painter.drawText(QPointF(x, baseline), text);
    };
    title(m_columns.span, tr("Span"), false);
    title(m_columns.tokens, tr("Tokens"), true);
    title(m_columns.cost, tr("Cost"), true);
    title(m_columns.duration, tr("Duration"), true);

    if (m_columns.waterfall.shown() && m_rows.count() > 0) {
        painter.save();
        const QRect ruler(m_columns.waterfall.x, 0, m_columns.waterfall.width, height - 1);
        painter.setClipRect(ruler);
        painter.fillRect(QRect(ruler.left(), 0, 1, height), c.line);
        const std::vector<Tick> ticks = m_scale.ticks();
        for (std::size_t i = 0; i < ticks.size(); ++i) {
            const double x = std::round(m_columns.waterfall.x + m_scale.x(ticks[i].time));
            painter.fillRect(QRectF(x, 0, 1, height), c.line);
            // The text must end before the next tick and the edge.
            const double next = i + 1 < ticks.size()
                                    ? std::round(m_columns.waterfall.x + m_scale.x(ticks[i + 1].time)) - 2
                                    : m_columns.waterfall.right() - 2.0;
            const double left = x + m_theme.px(4);
            const double width = digitsWidth(ticks[i].label, font);
            if (left + width > next) continue;
            painter.setPen(c.text3);
            drawDigits(painter, QRectF(left, 0, width + 1, height - 1), ticks[i].label, true);
        }
        if (m_range) {
            QColor colour = c.acc;
            const double from = m_columns.waterfall.x + m_scale.x(m_range->first);
            const double to = m_columns.waterfall.x + m_scale.x(m_range->second);
            painter.fillRect(QRectF(std::min(from, to), height - 3, std::abs(to - from), 2), colour);
        }
        painter.restore();
    }
    painter.fillRect(QRect(0, height - 1, viewport()->width(), 1), c.line);
}

} // namespace clew::views
