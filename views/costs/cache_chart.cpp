#include "views/costs/cache_chart.h"

#include "model/base/numbers.h"
#include "views/costs/usage_words.h"
#include "views/text.h"

#include <QHelpEvent>
#include <QToolTip>

#include <cmath>
#include <limits>

namespace clew::views {

namespace {

constexpr DurationNs kLongTime = 300LL * 24 * 3600 * kSecond; // days alone are not unique
constexpr double kWorthAWord = 0.10;                          // of the share, from one step to the next

} // namespace

CacheChart::CacheChart(const Theme& theme, QWidget* parent)
    : ThemedPlot(theme, tr("Cache share of input"), parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    axisRect()->setAutoMargins(QCP::msNone);
    addGraph();
    graph()->setSelectable(QCP::stNone);
    graph()->setAntialiased(true);
    setNotAntialiasedElements(QCP::AntialiasedElements());
    new PlotPainter(this, QStringLiteral("overlay"), [this](QCPPainter& painter) { paintFall(painter); });
    restyle();
}

void CacheChart::restyle() {
    styleAxis(xAxis, false);
    styleAxis(yAxis, true);
    xAxis->grid()->setAntialiased(false);
    yAxis->grid()->setAntialiased(false);
    graph()->setPen(QPen(seriesColour(m_theme, 0), m_theme.isHighContrast() ? 3 : 2));
    layOut();
    ThemedPlot::restyle();
}

void CacheChart::setSeries(const UsageSeries& series) {
    m_shares.clear();
    m_input.clear();
    m_cached.clear();
    m_starts = series.starts;
    m_step = series.step;
    for (const UsageSums& sums : series.sums) {
        m_input.push_back(sums.input_tokens);
        m_cached.push_back(sums.cache_read_tokens);
        m_shares.push_back(sums.input_tokens > 0 ? static_cast<double>(sums.cache_read_tokens) /
                                                       static_cast<double>(sums.input_tokens)
                                                 : std::numeric_limits<double>::quiet_NaN());
    }
    summarize();
    layOut();
    replot(rpQueuedReplot);
}

void CacheChart::summarize() {
    std::int64_t input = 0, cached = 0;
    double deepest = kWorthAWord, last = std::numeric_limits<double>::quiet_NaN();
    m_fell = -1;
    for (std::size_t at = 0; at < m_shares.size(); ++at) {
        input += m_input[at];
        cached += m_cached[at];
        if (std::isnan(m_shares[at])) continue;
        if (last - m_shares[at] >= deepest) {
            deepest = last - m_shares[at];
            m_fell = static_cast<int>(at);
        }
        last = m_shares[at];
    }
    m_summary.clear();
    if (input > 0) {
        m_summary =
            tr("%1 overall").arg(percentText(static_cast<double>(cached) / static_cast<double>(input)));
        if (m_fell >= 0)
            m_summary += tr(", fell by %1\u00a0pt on %2")
                             .arg(std::lround(deepest * 100))
                             .arg(stepTitle(m_starts[static_cast<std::size_t>(m_fell)], m_step,
                                            m_starts.back() - m_starts.front() > kLongTime));
    }
    setAccessibleDescription(m_summary);
}

void CacheChart::layOut() {
    QVector<double> keys, values;
    for (std::size_t at = 0; at < m_shares.size(); ++at) {
        keys << static_cast<double>(at);
        values << m_shares[at] * 100;
    }
    graph()->setData(keys, values, true);
    // A step between two gaps has no line: it is a dot.
    bool dots = false;
    for (std::size_t at = 0; at < m_shares.size(); ++at) {
        const bool before = at > 0 && !std::isnan(m_shares[at - 1]);
        const bool behind = at + 1 < m_shares.size() && !std::isnan(m_shares[at + 1]);
        dots = dots || (!std::isnan(m_shares[at]) && !before && !behind);
    }
    graph()->setScatterStyle(
        dots ? QCPScatterStyle(QCPScatterStyle::ssDisc, m_theme.px(m_shares.size() < 3 ? 7 : 4))
             : QCPScatterStyle());
    auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    const QFontMetrics metrics(m_theme.font(Theme::Text::Small));
    for (const int tick : {0, 25, 50, 75, 100})
        ticker->addTick(tick, QStringLiteral("%1\u00a0%").arg(tick));
    yAxis->setTicker(ticker);
    yAxis->setRange(-1, 104);
    const int left = m_theme.px(16) + metrics.horizontalAdvance(QStringLiteral("100\u00a0%")) + m_theme.px(8);
    axisRect()->setMargins(QMargins(left, m_theme.px(8), m_theme.px(16), m_theme.px(24)));
    const int bars = static_cast<int>(m_shares.size());
    xAxis->setRange(-0.5, std::max(bars, 2) - 0.5);
    auto times = QSharedPointer<QCPAxisTickerText>::create();
    if (bars > 0) {
        const double room = std::max(1, width() - left - m_theme.px(16));
        const bool years = m_starts.back() - m_starts.front() > kLongTime;
        const double wanted = metrics.horizontalAdvance(QStringLiteral("00 Nov 00:00")) + m_theme.px(16);
        const int stride = std::max(1, static_cast<int>(std::ceil(wanted / (room / xAxis->range().size()))));
        for (int at = 0; at < bars; at += stride) {
            // The first stands right of the axis' beginning by half of its width: none is cut off.
            const double x = (at + 0.5) * room / xAxis->range().size();
            const QString text = stepTitle(m_starts[static_cast<std::size_t>(at)], m_step, years);
            if (x + metrics.horizontalAdvance(text) / 2.0 <= room + m_theme.px(14)) times->addTick(at, text);
        }
    }
    xAxis->setTicker(times);
    xAxis->setTickLabelPadding(m_theme.px(4));
}

void CacheChart::paintFall(QCPPainter& painter) const {
    if (m_fell < 0) return;
    const QRect plot = axisRect()->rect();
    const qreal x = std::round(xAxis->coordToPixel(m_fell));
    painter.setAntialiasing(false);
    painter.setPen(QPen(m_theme.colours().text, m_theme.lineWidth(), Qt::DashLine));
    painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
}

void CacheChart::resizeEvent(QResizeEvent* event) {
    layOut();
    ThemedPlot::resizeEvent(event);
}

bool CacheChart::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return ThemedPlot::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const double place = std::floor(xAxis->pixelToCoord(help->pos().x()) + 0.5);
    if (place >= 0 && place < static_cast<double>(m_shares.size())) {
        const auto at = static_cast<std::size_t>(place);
        const QString title = stepTitle(m_starts[at], m_step, true);
        QToolTip::showText(help->globalPos(),
                           std::isnan(m_shares[at]) ? tr("%1: no input").arg(title)
                                                    : tr("%1: %2, %3 of %4 input tokens")
                                                          .arg(title, percentText(m_shares[at]),
                                                               fromUtf8(format_count(m_cached[at])),
                                                               fromUtf8(format_count(m_input[at]))),
                           this);
    }
    return true;
}

} // namespace clew::views
