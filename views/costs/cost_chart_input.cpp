// What a person does with the chart, and what is drawn beside its bars.

#include "views/costs/cost_chart.h"
#include "views/costs/usage_words.h"
#include "views/text.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace clew::views {

namespace {

constexpr int kDragBegins = 5; // px

} // namespace

QRectF CostChart::columnOf(int bar) const {
    const double left = xAxis->coordToPixel(bar - 0.5), right = xAxis->coordToPixel(bar + 0.5);
    const QRect plot = axisRect()->rect();
    const qreal strip = hasStrip() ? m_theme.px(24) : 0;
    return {left, double(plot.top() - m_theme.px(10)), right - left,
            double(plot.height() + m_theme.px(10)) + strip};
}

int CostChart::nearestBar(qreal x) const {
    if (m_series.bars() == 0) return -1;
    return std::clamp(static_cast<int>(std::floor(xAxis->pixelToCoord(x) + 0.5)), 0, m_series.bars() - 1);
}

int CostChart::barAtX(qreal x) const {
    const double at = std::floor(xAxis->pixelToCoord(x) + 0.5);
    return at < 0 || at >= m_series.bars() ? -1 : static_cast<int>(at);
}

int CostChart::layerAt(int bar, qreal y) const {
    const double value = yAxis->pixelToCoord(y);
    double below = 0;
    if (value < 0) return -1;
    for (std::size_t at = 0; at < m_series.layers.size(); ++at) {
        below += shown(m_series.layers[at].values[static_cast<std::size_t>(bar)]);
        if (value < below) return static_cast<int>(at);
    }
    return -1;
}

QPointF CostChart::centreOf(int bar, int layer) const {
    double below = 0, height = shown(m_series.height(bar));
    if (layer >= 0) {
        for (int at = 0; at < layer; ++at)
            below +=
                shown(m_series.layers[static_cast<std::size_t>(at)].values[static_cast<std::size_t>(bar)]);
        height =
            shown(m_series.layers[static_cast<std::size_t>(layer)].values[static_cast<std::size_t>(bar)]);
    }
    return {xAxis->coordToPixel(bar), yAxis->coordToPixel(below + height / 2)};
}

bool CostChart::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return ThemedPlot::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int bar = barAtX(help->pos().x());
    if (bar >= 0) QToolTip::showText(help->globalPos(), describe(bar), this, columnOf(bar).toRect());
    return true;
}

void CostChart::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || m_series.bars() == 0) return ThemedPlot::mousePressEvent(event);
    m_pressedX = event->position().x();
    m_pressed = nearestBar(m_pressedX);
    m_dragged = -1;
    m_anchor = -1;
    event->accept();
}

void CostChart::mouseMoveEvent(QMouseEvent* event) {
    const qreal x = event->position().x();
    if (m_pressed >= 0 && (event->buttons() & Qt::LeftButton)) {
        if (m_dragged < 0 && std::abs(x - m_pressedX) < kDragBegins) return;
        const int bar = nearestBar(x);
        if (bar == m_dragged) return;
        m_dragged = bar;
        setCursor(Qt::SizeHorCursor);
        replot(rpQueuedReplot);
        return;
    }
    const int bar = barAtX(x);
    if (bar == m_hovered) return;
    m_hovered = bar;
    setCursor(bar >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (bar >= 0)
        QToolTip::showText(event->globalPosition().toPoint(), describe(bar), this, columnOf(bar).toRect());
    replot(rpQueuedReplot);
}

void CostChart::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || m_pressed < 0) return ThemedPlot::mouseReleaseEvent(event);
    const int pressed = std::exchange(m_pressed, -1), dragged = std::exchange(m_dragged, -1);
    unsetCursor();
    replot(rpQueuedReplot);
    if (dragged >= 0) {
        emit rangeChosen(timesOf(std::min(pressed, dragged), std::max(pressed, dragged)));
        return;
    }
    const int bar = barAtX(event->position().x());
    if (bar >= 0) emit barActivated(bar, layerAt(bar, event->position().y()));
}

void CostChart::leaveEvent(QEvent* event) {
    ThemedPlot::leaveEvent(event);
    if (m_hovered < 0) return;
    m_hovered = -1;
    replot(rpQueuedReplot);
}

void CostChart::focusInEvent(QFocusEvent* event) {
    ThemedPlot::focusInEvent(event);
    const bool byKey = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    if (m_current < 0 && byKey && m_series.bars() > 0) setCurrentBar(m_series.bars() - 1);
}

void CostChart::setCurrentBar(int bar) {
    if (bar < -1 || bar >= m_series.bars() || bar == m_current) return;
    m_current = bar;
    sayCurrent();
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
    if (hasFocus() && isVisible() && bar >= 0)
        QToolTip::showText(mapToGlobal(columnOf(bar).topRight().toPoint()), describe(bar), this);
    replot(rpQueuedReplot);
}

void CostChart::keyPressEvent(QKeyEvent* event) {
    const int last = m_series.bars() - 1;
    const auto modifiers = event->modifiers() & ~Qt::KeypadModifier;
    const bool extends = modifiers == Qt::ShiftModifier;
    if (last < 0 || (modifiers != Qt::NoModifier && !extends)) return QWidget::keyPressEvent(event);
    int to = -1;
    switch (event->key()) {
    case Qt::Key_Left: to = m_current < 0 ? last : std::max(0, m_current - 1); break;
    case Qt::Key_Right: to = std::min(last, m_current + 1); break;
    case Qt::Key_Home: to = 0; break;
    case Qt::Key_End: to = last; break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_current < 0) return;
        if (const int anchor = std::exchange(m_anchor, -1); anchor >= 0)
            emit rangeChosen(timesOf(std::min(anchor, m_current), std::max(anchor, m_current)));
        else
            emit barActivated(m_current, -1);
        return;
    case Qt::Key_Escape:
        if (std::exchange(m_anchor, -1) >= 0)
            replot(rpQueuedReplot);
        else if (m_selected)
            emit rangeDropped();
        else
            QWidget::keyPressEvent(event);
        return;
    default: QWidget::keyPressEvent(event); return;
    }
    if (extends && m_anchor < 0) m_anchor = std::max(0, m_current);
    if (!extends) m_anchor = -1;
    setCurrentBar(to);
    replot(rpQueuedReplot);
}

void CostChart::paintRange(QCPPainter& painter, int first, int last) const {
    const QRectF band(columnOf(first).topLeft(), columnOf(last).bottomRight());
    QColor fill = m_theme.colours().sel;
    fill.setAlphaF(0.65F);
    painter.fillRect(band, fill);
    painter.fillRect(QRectF(band.left(), band.top(), m_theme.lineWidth(), band.height()),
                     m_theme.colours().acc);
    painter.fillRect(
        QRectF(band.right() - m_theme.lineWidth(), band.top(), m_theme.lineWidth(), band.height()),
        m_theme.colours().acc);
}

void CostChart::paintBehind(QCPPainter& painter) const {
    if (m_series.bars() == 0) return;
    painter.setAntialiasing(false);
    if (m_dragged >= 0) {
        paintRange(painter, std::min(m_pressed, m_dragged), std::max(m_pressed, m_dragged));
    } else if (m_anchor >= 0 && m_current >= 0) {
        paintRange(painter, std::min(m_anchor, m_current), std::max(m_anchor, m_current));
    } else if (m_selected) {
        // What of it lies in the chart.
        const int first = m_series.barAt(std::max(m_selected->from, m_series.starts.front()));
        const int last = m_series.barAt(std::min(m_selected->to, m_series.end) - 1);
        if (first >= 0 && last >= first) paintRange(painter, first, last);
    }
    if (m_hovered >= 0) painter.fillRect(columnOf(m_hovered), m_theme.colours().hover);
}

void CostChart::paintStrip(QCPPainter& painter) const {
    const Colours& c = m_theme.colours();
    const QRect plot = axisRect()->rect();
    painter.setAntialiasing(false);
    if (!hasStrip()) {
        painter.fillRect(QRect(plot.left(), plot.bottom(), plot.width(), 1), c.line2);
        return;
    }
    const qreal bottom = plot.bottom() + m_theme.px(24);
    const qreal most = m_theme.px(18);
    painter.setFont(m_theme.font(Theme::Text::Small));
    painter.setPen(c.text3);
    painter.drawText(QRectF(0, bottom - most, plot.left() - m_theme.px(8), most),
                     Qt::AlignRight | Qt::AlignVCenter, tr("calls"));
    painter.fillRect(QRectF(plot.left(), bottom, plot.width(), 1), c.line2);
    const bool dense = columnOf(0).width() < 5;
    for (int bar = 0; bar < m_series.bars(); ++bar) {
        const std::int64_t calls = m_series.sums[static_cast<std::size_t>(bar)].unpriced_calls;
        if (calls == 0) continue;
        const qreal height =
            std::max(2.0, most * static_cast<double>(calls) / static_cast<double>(m_mostUnpriced));
        const qreal left = std::round(xAxis->coordToPixel(bar - 0.43)),
                    right = std::round(xAxis->coordToPixel(bar + 0.43));
        const QRectF rect(left, std::round(bottom - height), std::max(1.0, right - left), std::round(height));
        if (dense)
            painter.fillRect(rect, m_theme.kind(Kind::generic));
        else
            drawHatched(painter, rect, m_theme);
    }
}

void CostChart::paintBudget(QCPPainter& painter, PicoUsd budget) const {
    const Colours& c = m_theme.colours();
    const QRect plot = axisRect()->rect();
    const double value = shown(budget);
    const bool inside = value <= yAxis->range().upper;
    const qreal y = inside ? std::round(yAxis->coordToPixel(value)) : plot.top();
    const QString text = inside ? budgetText() : tr("%1; the line lies above the chart").arg(budgetText());
    painter.setFont(m_theme.font(Theme::Text::Small));
    if (inside) {
        painter.setPen(QPen(c.text, m_theme.lineWidth(), Qt::DashLine));
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
    }
    const QFontMetrics metrics(painter.font());
    const QRectF words(plot.left() + m_theme.px(8), y - m_theme.px(17), metrics.horizontalAdvance(text) + 2,
                       m_theme.px(16));
    // Over bars the words keep a ground of their own.
    QColor ground = c.base;
    ground.setAlphaF(0.85F);
    painter.fillRect(words.adjusted(-3, 0, 3, 0), ground);
    painter.setPen(c.text);
    painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter, text);
    const double pitch = columnOf(0).width();
    const qreal side = m_theme.px(12);
    if (!inside) return;
    for (int bar = 0; bar < m_series.bars(); ++bar) {
        if (m_series.height(bar) <= budget) continue;
        const qreal top = yAxis->coordToPixel(shown(m_series.height(bar)));
        if (pitch < side) { // no room for a sign beside its neighbour's
            painter.fillRect(QRectF(columnOf(bar).left(), top - 4, std::max(1.0, pitch - 1), 2), c.warn);
            continue;
        }
        painter.drawPixmap(
            QPointF(xAxis->coordToPixel(bar) - side / 2, std::max(0.0, top - side - m_theme.px(3))),
            m_theme.icon(QStringLiteral("status-warning"), c.warn, static_cast<int>(side),
                         bufferDevicePixelRatio()));
    }
}

void CostChart::paintMarks(QCPPainter& painter) const {
    const Colours& c = m_theme.colours();
    painter.setAntialiasing(false);
    if (m_series.bars() == 0) {
        painter.setFont(m_theme.font(Theme::Text::Body));
        painter.setPen(c.text2);
        painter.drawText(axisRect()->rect().adjusted(m_theme.px(8), m_theme.px(8), 0, 0),
                         Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, m_empty);
        return;
    }
    if (const auto budget = budgetOfBar()) paintBudget(painter, *budget);
    if (m_current >= 0 && hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(c.acc, m_theme.lineWidth()));
        painter.drawRect(columnOf(m_current).adjusted(0, 0, -1, -1));
    }
}

} // namespace clew::views
