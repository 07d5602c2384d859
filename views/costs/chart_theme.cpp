#include "views/costs/chart_theme.h"

#include <QPaintEngine>

namespace clew::views {

ThemedPlot::ThemedPlot(const Theme& theme, const QString& name, QWidget* parent)
    : QCustomPlot(parent)
    , m_theme(theme) {
    setAccessibleName(name);
    setNotAntialiasedElements(QCP::aeAll);
    setNoAntialiasingOnDrag(false);
    setAutoAddPlottableToLegend(false);
    plotLayout()->setRowSpacing(0);
    connect(&theme, &Theme::changed, this, [this] { restyle(); });
}

void ThemedPlot::restyle() {
    setBackground(QBrush(m_theme.colours().base));
    replot(rpQueuedReplot);
}

void ThemedPlot::styleAxis(QCPAxis* axis, bool grid) const {
    const Colours& c = m_theme.colours();
    axis->setTickLabelFont(m_theme.font(Theme::Text::Small));
    axis->setTickLabelColor(c.text3);
    axis->setBasePen(Qt::NoPen);
    axis->setTickPen(Qt::NoPen);
    axis->setSubTickPen(Qt::NoPen);
    axis->setTickLength(0, 0);
    axis->setTickLabelPadding(m_theme.px(8));
    axis->setLabel({});
    axis->grid()->setVisible(grid);
    axis->grid()->setPen(QPen(c.grid, m_theme.lineWidth()));
    axis->grid()->setZeroLinePen(QPen(c.grid, m_theme.lineWidth()));
}

void ThemedPlot::paintEvent(QPaintEvent* event) {
    {
        QCPPainter painter(this);
        const bool vectors = painter.paintEngine()->type() == QPaintEngine::SVG ||
                             painter.paintEngine()->type() == QPaintEngine::Pdf ||
                             !qFuzzyCompare(painter.device()->devicePixelRatioF(), bufferDevicePixelRatio());
        if (vectors) {
            painter.setMode(QCPPainter::pmVectorized);
            painter.setMode(QCPPainter::pmNoCaching);
            painter.fillRect(rect(), m_theme.colours().base);
            draw(&painter);
            return;
        }
    }
    QCustomPlot::paintEvent(event);
    if (!hasFocus() || !window()->testAttribute(Qt::WA_KeyboardFocusChange)) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_theme.colours().acc, 2));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
}

void ThemedPlot::focusInEvent(QFocusEvent* event) {
    QCustomPlot::focusInEvent(event);
    replot(rpQueuedReplot);
}

void ThemedPlot::focusOutEvent(QFocusEvent* event) {
    QCustomPlot::focusOutEvent(event);
    replot(rpQueuedReplot);
}

PlotPainter::PlotPainter(QCustomPlot* plot, const QString& layer, std::function<void(QCPPainter&)> paint)
    : QCPAbstractItem(plot)
    , m_paint(std::move(paint)) {
    setLayer(layer);
    setClipToAxisRect(false);
}

QRect PlotPainter::clipRect() const {
    return mParentPlot->viewport();
}

void PlotPainter::draw(QCPPainter* painter) {
    painter->save();
    m_paint(*painter);
    painter->restore();
}

QColor seriesColour(const Theme& theme, int place) {
    static constexpr Kind kOrder[] = {Kind::llm,       Kind::agent,     Kind::tool,      Kind::retriever,
                                      Kind::guardrail, Kind::evaluator, Kind::embedding, Kind::memory};
    if (place < 0 || place >= static_cast<int>(std::size(kOrder))) return theme.colours().ctl;
    return theme.kind(kOrder[place]);
}

void drawHatched(QPainter& painter, const QRectF& rect, const Theme& theme) {
    painter.save();
    painter.setClipRect(rect, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.kind(Kind::generic), 1.5));
    constexpr qreal kPitch = 5;
    for (qreal x = rect.left() - rect.height(); x < rect.right(); x += kPitch)
        painter.drawLine(QPointF(x, rect.bottom()), QPointF(x + rect.height(), rect.top()));
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.kind(Kind::generic), 1));
    painter.drawRect(rect.adjusted(0, 0, -1, -1));
    painter.restore();
}

void drawLineLabel(QPainter& painter, qreal x, qreal top, qreal right, const QString& text,
                   const Theme& theme) {
    painter.setFont(theme.font(Theme::Text::Small));
    painter.setPen(theme.colours().text);
    const qreal width = painter.fontMetrics().horizontalAdvance(text);
    const qreal gap = theme.px(4);
    const qreal left = x + gap + width <= right ? x + gap : x - gap - width;
    painter.drawText(QRectF(left, top, width + 1, theme.px(16)), Qt::AlignLeft | Qt::AlignVCenter, text);
}

} // namespace clew::views
