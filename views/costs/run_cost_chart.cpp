#include "views/costs/run_cost_chart.h"

#include "model/base/numbers.h"
#include "views/costs/usage_series.h"
#include "views/costs/usage_words.h"
#include "views/text.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace clew::views {

RunCostChart::RunCostChart(const Theme& theme, QWidget* parent)
    : ThemedPlot(theme, tr("Cost per run"), parent)
    , m_bars(new QCPBars(xAxis, yAxis))
    , m_marked(new QCPBars(xAxis, yAxis)) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    axisRect()->setAutoMargins(QCP::msNone);
    for (QCPBars* bars : {m_bars, m_marked}) {
        bars->setSelectable(QCP::stNone);
        bars->setPen(Qt::NoPen);
        bars->setWidth(0.9);
    }
    new PlotPainter(this, QStringLiteral("overlay"), [this](QCPPainter& painter) { paintMarks(painter); });
    restyle();
}

QSize RunCostChart::sizeHint() const {
    return {m_theme.px(320), m_theme.px(170)};
}

QSize RunCostChart::minimumSizeHint() const {
    return {m_theme.px(200), m_theme.px(170)};
}

void RunCostChart::restyle() {
    styleAxis(xAxis, false);
    styleAxis(yAxis, false);
    yAxis->setTickLabels(false);
    m_bars->setBrush(m_theme.colours().ctl);
    m_marked->setBrush(m_theme.colours().acc);
    layOut();
    ThemedPlot::restyle();
}

void RunCostChart::setBins(std::vector<CostBin> bins, std::optional<PicoUsd> p50,
                           std::optional<PicoUsd> p95) {
    m_bins = std::move(bins);
    m_p50 = p50;
    m_p95 = p95;
    if (m_current >= static_cast<int>(m_bins.size())) m_current = -1;
    m_hovered = -1;
    layOut();
    sayCurrent();
    replot(rpQueuedReplot);
}

void RunCostChart::layOut() {
    axisRect()->setMargins(QMargins(m_theme.px(24), m_theme.px(22), m_theme.px(16), m_theme.px(24)));
    const int bins = static_cast<int>(m_bins.size());
    QVector<double> keys, values;
    std::int64_t most = 1;
    for (int at = 0; at < bins; ++at) {
        keys << at;
        values << static_cast<double>(m_bins[static_cast<std::size_t>(at)].runs);
        most = std::max(most, m_bins[static_cast<std::size_t>(at)].runs);
    }
    m_bars->setData(keys, values, true);
    const int marked = m_hovered >= 0 ? m_hovered : hasFocus() ? m_current : -1;
    if (marked >= 0)
        m_marked->setData({double(marked)}, {values[marked]}, true);
    else
        m_marked->setData(QVector<double>(), QVector<double>());
    // A few bins are not blown up to the whole width.
    xAxis->setRange(-0.5, std::max(bins, 12) - 0.5);
    yAxis->setRange(0, static_cast<double>(most) * 1.02);
    auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    const QFontMetrics metrics(m_theme.font(Theme::Text::Small));
    const double pitch = std::max(1.0, (width() - m_theme.px(40)) / xAxis->range().size());
    const auto isDecade = [this](int at) {
        const PicoUsd from = m_bins[static_cast<std::size_t>(at)].from;
        const double decades = from > 0 ? std::log10(static_cast<double>(from)) : 0.5;
        return std::abs(decades - std::round(decades)) < 1e-3;
    };
    int decades = 0;
    for (int at = 0; at < bins; ++at)
        decades += isDecade(at) ? 1 : 0;
    double free = -1e9;
    for (int at = 0; at < bins; ++at) {
        // Where hardly a decade begins, every fourth bin says where it is.
        if (decades >= 2 ? !isDecade(at) : at % 4 != 0) continue;
        const PicoUsd from = m_bins[static_cast<std::size_t>(at)].from;
        const QString text =
            isDecade(at) ? tickText(to_usd(from), to_usd(from), UsageMetric::Cost) : roundCost(from);
        const double half = metrics.horizontalAdvance(text) / 2.0 + m_theme.px(6);
        const double x = (at - 0.5) * pitch;
        if (x - half < free) continue;
        free = x + half;
        ticker->addTick(at - 0.5, text);
    }
    xAxis->setTicker(ticker);
}

void RunCostChart::resizeEvent(QResizeEvent* event) {
    layOut();
    ThemedPlot::resizeEvent(event);
}

double RunCostChart::placeOf(PicoUsd cost) const {
    for (std::size_t at = 0; at < m_bins.size(); ++at) {
        const CostBin& bin = m_bins[at];
        if (cost >= bin.to && at + 1 < m_bins.size()) continue;
        const double low = std::log10(std::max<double>(1, static_cast<double>(bin.from)));
        const double high = std::log10(std::max<double>(2, static_cast<double>(bin.to)));
        const double here = std::log10(std::max<double>(1, static_cast<double>(cost)));
        return static_cast<double>(at) - 0.5 +
               std::clamp((here - low) / std::max(1e-9, high - low), 0.0, 1.0);
    }
    return 0;
}

void RunCostChart::paintMarks(QCPPainter& painter) const {
    const Colours& c = m_theme.colours();
    const QRect plot = axisRect()->rect();
    painter.setAntialiasing(false);
    painter.fillRect(QRect(plot.left(), plot.bottom(), plot.width(), 1), c.line2);
    if (m_bins.empty()) return;
    const auto mark = [&](const std::optional<PicoUsd>& cost, const QString& name) {
        if (!cost) return;
        const qreal x = std::round(xAxis->coordToPixel(placeOf(*cost)));
        // On a ground of its own: in high contrast the bars have the line's colour.
        painter.fillRect(
            QRectF(x - m_theme.lineWidth(), plot.top(), 1 + 2 * m_theme.lineWidth(), plot.height()), c.base);
        painter.setPen(QPen(c.text, m_theme.lineWidth(), Qt::DashLine));
        const int top = plot.top() - m_theme.px(18);
        painter.drawLine(QPointF(x, top), QPointF(x, plot.bottom()));
        drawLineLabel(painter, x, top - m_theme.px(2), width(),
                      name + QLatin1Char(' ') + fromUtf8(format_cost(cost)), m_theme);
    };
    // Where both words have no room beside each other, the median keeps its own.
    mark(m_p50, tr("p50"));
    if (!m_p50 || !m_p95) return mark(m_p95, tr("p95"));
    const QFontMetrics metrics(m_theme.font(Theme::Text::Small));
    const auto widthOf = [&](const QString& name, PicoUsd cost) {
        return metrics.horizontalAdvance(name + QLatin1Char(' ') + fromUtf8(format_cost(cost))) +
               m_theme.px(10);
    };
    const double right = xAxis->coordToPixel(placeOf(*m_p95));
    const double apart = right - xAxis->coordToPixel(placeOf(*m_p50));
    const int behind = widthOf(tr("p95"), *m_p95);
    // At the right edge it stands before its line, where the median's word ends.
    const int taken = widthOf(tr("p50"), *m_p50) + (right + behind > width() ? behind : 0);
    if (apart > taken) mark(m_p95, tr("p95"));
}

QPointF RunCostChart::centreOf(int bin) const {
    return {xAxis->coordToPixel(bin),
            yAxis->coordToPixel(static_cast<double>(m_bins[static_cast<std::size_t>(bin)].runs) / 2)};
}

int RunCostChart::binAtX(qreal x) const {
    const double at = std::floor(xAxis->pixelToCoord(x) + 0.5);
    return at < 0 || at >= static_cast<double>(m_bins.size()) ? -1 : static_cast<int>(at);
}

QString RunCostChart::describe(int bin) const {
    if (bin < 0 || bin >= static_cast<int>(m_bins.size())) return {};
    const CostBin& at = m_bins[static_cast<std::size_t>(bin)];
    return tr("%1 from %2 to %3")
        .arg(plural(at.runs, tr("run"), tr("runs")), fromUtf8(format_cost(at.from)),
             fromUtf8(format_cost(at.to)));
}

void RunCostChart::sayCurrent() {
    setAccessibleDescription(m_current >= 0 ? describe(m_current)
                             : m_p50        ? tr("median %1, p95 %2; arrow keys read each bar")
                                           .arg(fromUtf8(format_cost(m_p50)), fromUtf8(format_cost(m_p95)))
                                     : QString());
}

void RunCostChart::setCurrent(int bin) {
    if (bin == m_current) return;
    m_current = bin;
    sayCurrent();
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
    layOut();
    replot(rpQueuedReplot);
    if (isVisible() && bin >= 0)
        QToolTip::showText(mapToGlobal(centreOf(bin).toPoint()), describe(bin), this);
}

void RunCostChart::activate(int bin) {
    if (bin < 0) return;
    const CostBin& at = m_bins[static_cast<std::size_t>(bin)];
    if (at.runs > 0) emit binActivated(at.from, at.to);
}

bool RunCostChart::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int bin = binAtX(help->pos().x());
        if (bin >= 0) QToolTip::showText(help->globalPos(), describe(bin), this);
        return true;
    }
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) {
        const bool handled = ThemedPlot::event(event);
        layOut();
        return handled;
    }
    return ThemedPlot::event(event);
}

void RunCostChart::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) activate(binAtX(event->position().x()));
}

void RunCostChart::mouseMoveEvent(QMouseEvent* event) {
    const int bin = binAtX(event->position().x());
    if (bin == m_hovered) return;
    m_hovered = bin;
    setCursor(bin >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (bin >= 0) QToolTip::showText(event->globalPosition().toPoint(), describe(bin), this);
    layOut();
    replot(rpQueuedReplot);
}

void RunCostChart::leaveEvent(QEvent* event) {
    ThemedPlot::leaveEvent(event);
    m_hovered = -1;
    layOut();
    replot(rpQueuedReplot);
}

void RunCostChart::keyPressEvent(QKeyEvent* event) {
    const int last = static_cast<int>(m_bins.size()) - 1;
    if (last < 0 || (event->modifiers() & ~Qt::KeypadModifier)) return QWidget::keyPressEvent(event);
    switch (event->key()) {
    case Qt::Key_Left: return setCurrent(m_current < 0 ? last : std::max(0, m_current - 1));
    case Qt::Key_Right: return setCurrent(std::min(last, m_current + 1));
    case Qt::Key_Home: return setCurrent(0);
    case Qt::Key_End: return setCurrent(last);
    case Qt::Key_Return:
    case Qt::Key_Enter: return activate(m_current);
    default: QWidget::keyPressEvent(event);
    }
}

} // namespace clew::views
