#include "views/costs/cost_chart.h"

#include "views/costs/usage_words.h"
#include "views/text.h"

#include <QDateTime>

#include <algorithm>
#include <cmath>

namespace clew::views {

namespace {

constexpr int kStripHeight = 24, kTopAir = 18, kWidestPitch = 72;
int yearOf(TimeNs time) {
    return QDateTime::fromMSecsSinceEpoch(time / kMillisecond, Qt::UTC).date().year();
}

constexpr DurationNs kBudgetDay = 24LL * 3600 * kSecond;

} // namespace

CostChart::CostChart(const Theme& theme, QWidget* parent)
    : ThemedPlot(theme, tr("Cost over time"), parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    axisRect()->setAutoMargins(QCP::msNone);
    for (int at = 0; at <= UsageSeries::kLayers; ++at) {
        auto* bars = new QCPBars(xAxis, yAxis);
        bars->setStackingGap(1);
        bars->setSelectable(QCP::stNone);
        if (at > 0) bars->moveAbove(m_layers.back());
        m_layers.append(bars);
    }
    new PlotPainter(this, QStringLiteral("background"),
                    [this](QCPPainter& painter) { paintBehind(painter); });
    new PlotPainter(this, QStringLiteral("main"), [this](QCPPainter& painter) { paintStrip(painter); });
    new PlotPainter(this, QStringLiteral("overlay"), [this](QCPPainter& painter) { paintMarks(painter); });
    restyle();
}

QSize CostChart::sizeHint() const {
    return {m_theme.px(560), m_theme.px(240)};
}

QSize CostChart::minimumSizeHint() const {
    return {m_theme.px(240), m_theme.px(180)};
}

void CostChart::restyle() {
    styleAxis(xAxis, false);
    styleAxis(yAxis, true);
    fill();
    ThemedPlot::restyle();
}

double CostChart::shown(std::int64_t value) const {
    return m_series.metric == UsageMetric::Cost ? to_usd(value) : static_cast<double>(value);
}

void CostChart::setSeries(UsageSeries series, QStringList names) {
    const bool otherAxis = series.starts != m_series.starts;
    const TimeNs kept = m_current >= 0 && m_current < m_series.bars()
                            ? m_series.starts[static_cast<std::size_t>(m_current)]
                            : kNoTime;
    m_series = std::move(series);
    m_names = std::move(names);
    if (otherAxis) {
        m_current = kept == kNoTime ? -1 : m_series.barAt(kept);
        m_hovered = m_pressed = m_dragged = m_anchor = -1;
    }
    fill();
    setAccessibleName(m_series.metric == UsageMetric::Cost ? tr("Cost over time") : tr("Tokens over time"));
    sayCurrent();
    replot(rpQueuedReplot);
}

void CostChart::fill() {
    const int bars = m_series.bars();
    QVector<double> keys(bars);
    for (int at = 0; at < bars; ++at)
        keys[at] = at;
    for (int at = 0; at < m_layers.size(); ++at) {
        QCPBars* layer = m_layers[at];
        if (at >= static_cast<int>(m_series.layers.size())) {
            layer->setData(QVector<double>(), QVector<double>());
            continue;
        }
        const UsageLayer& wanted = m_series.layers[static_cast<std::size_t>(at)];
        QVector<double> values(bars);
        for (int bar = 0; bar < bars; ++bar)
            values[bar] = shown(wanted.values[static_cast<std::size_t>(bar)]);
        layer->setData(keys, values, true);
        layer->setPen(Qt::NoPen);
        layer->setBrush(seriesColour(m_theme, wanted.place));
    }
    m_mostUnpriced = 0;
    for (const UsageSums& sums : m_series.sums)
        m_mostUnpriced = std::max(m_mostUnpriced, sums.unpriced_calls);
    layOut();
}

bool CostChart::hasStrip() const {
    return m_series.metric == UsageMetric::Cost && m_mostUnpriced > 0;
}

void CostChart::layOut() {
    std::int64_t highest = 0;
    for (int bar = 0; bar < m_series.bars(); ++bar)
        highest = std::max(highest, m_series.height(bar));
    m_top = shown(highest);
    // A budget far above what was spent would press the bars flat.
    if (const auto budget = budgetOfBar(); budget && (shown(*budget) <= 3 * m_top || m_top == 0))
        m_top = std::max(m_top, shown(*budget));
    const auto ticks = niceTicks(m_top, std::clamp(height() / m_theme.px(56), 2, 5));
    m_tickStep = ticks.size() > 1 ? ticks[1] : 1;
    auto labels = QSharedPointer<QCPAxisTickerText>::create();
    const QFontMetrics metrics(m_theme.font(Theme::Text::Small));
    int widest = metrics.horizontalAdvance(tr("calls"));
    for (const double tick : ticks) {
        const QString text = tickText(tick, m_tickStep, m_series.metric);
        labels->addTick(tick, text);
        widest = std::max(widest, metrics.horizontalAdvance(text));
    }
    yAxis->setTicker(labels);
    yAxis->setRange(0, m_top > 0 ? m_top * 1.04 : 1);
    const int left = m_theme.px(16) + widest + m_theme.px(8);
    const int strip = hasStrip() ? m_theme.px(kStripHeight) : 0;
    axisRect()->setMargins(QMargins(left, m_theme.px(kTopAir), m_theme.px(16), strip + m_theme.px(26)));
    xAxis->setTickLabelPadding(strip + m_theme.px(6));
    const double room = std::max(1, width() - left - m_theme.px(16));
    // Few bars stay bars: they stand at the left, as wide as a bar is.
    const double visible = std::max<double>(m_series.bars(), room / m_theme.px(kWidestPitch));
    xAxis->setRange(-0.5, visible - 0.5);
    const double pitch = room / visible;
    for (QCPBars* layer : std::as_const(m_layers)) {
        layer->setWidthType(QCPBars::wtPlotCoords);
        layer->setWidth(pitch >= 6 ? 0.86 : pitch >= 3 ? 1 - 1 / pitch : 1);
        layer->setStackingGap(pitch >= 6 ? 1 : 0);
    }
    showTicks();
}

void CostChart::showTicks() {
    auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    const int bars = m_series.bars();
    const QFontMetrics metrics(m_theme.font(Theme::Text::Small));
    const double room = std::max(1, width() - axisRect()->margins().left() - axisRect()->margins().right());
    const double pitch = room / xAxis->range().size();
    const int wanted = metrics.horizontalAdvance(QStringLiteral("00 Nov 0000")) + m_theme.px(8);
    const int least = std::max(1, static_cast<int>(std::ceil(wanted / pitch)));
    const bool hours = m_series.step == UsageStep::hour && m_series.merged == 1;
    int stride = least;
    for (const int nice : {1, 2, 3, 5, 6, 7, 10, 12, 14, 24, 28, 48, 72, 96, 120, 168, 336}) {
        const bool fits = !hours || 24 % nice == 0 || nice % 24 == 0;
        if (nice >= least && fits) {
            stride = nice;
            break;
        }
    }
    // The year stands where it changes, and at the beginning where it does so at all.
    int year = bars == 0 || yearOf(m_series.starts.front()) != yearOf(m_series.starts.back())
                   ? -1
                   : yearOf(m_series.starts.front());
    int first = 0; // hours are counted from midnight
    if (hours && bars > 0) {
        const auto hour = static_cast<int>((m_series.starts[0] / stepLength(UsageStep::hour)) % 24);
        first = stride >= 24 ? (24 - hour) % 24 : (stride - hour % stride) % stride;
    }
    for (int bar = first; bar < bars; bar += stride) {
        const TimeNs start = m_series.starts[static_cast<std::size_t>(bar)];
        const QDateTime time = QDateTime::fromMSecsSinceEpoch(start / kMillisecond, Qt::UTC);
        const bool midnight = time.time() == QTime(0, 0);
        QString text = stepTitle(start, UsageStep::day, time.date().year() != year);
        if (m_series.step == UsageStep::hour && !midnight && bar != first)
            text = time.toString(QStringLiteral("HH:mm"));
        year = time.date().year();
        ticker->addTick(bar, text);
    }
    xAxis->setTicker(ticker);
}

void CostChart::resizeEvent(QResizeEvent* event) {
    layOut();
    ThemedPlot::resizeEvent(event);
}

void CostChart::setBudget(std::optional<PicoUsd> aDay) {
    if (m_budget == aDay) return;
    m_budget = aDay;
    layOut();
    replot(rpQueuedReplot);
}

std::optional<PicoUsd> CostChart::budgetOfBar() const {
    if (!m_budget || m_series.metric != UsageMetric::Cost) return {};
    const double days = static_cast<double>(stepLength(m_series.step)) / kBudgetDay * m_series.merged;
    return std::llround(static_cast<double>(*m_budget) * days);
}

int CostChart::crossed() const {
    const auto budget = budgetOfBar();
    if (!budget) return 0;
    return static_cast<int>(std::count_if(m_series.heights.begin(), m_series.heights.end(),
                                          [&](std::int64_t height) { return height > *budget; }));
}

QString CostChart::budgetText() const {
    const auto budget = budgetOfBar();
    if (!budget) return {};
    QString text = tr("Budget %1 a day").arg(roundCost(*m_budget));
    const QString step = stepWord(m_series.step, m_series.merged);
    const bool single = !step.at(0).isDigit(); // "6 hours" is more than one
    if (*budget != *m_budget)
        text += tr(" (%1 in %2)").arg(roundCost(*budget), single ? tr("a %1").arg(step) : step);
    const int times = crossed();
    const QString word = single ? step : tr("bar");
    return text + (times == 0
                       ? (m_mostUnpriced > 0 ? tr(", not crossed by known costs") : tr(", never crossed"))
                   : times == 1 ? tr(", crossed on 1 %1").arg(word)
                                : tr(", crossed on %1 %2s").arg(times).arg(word));
}

void CostChart::setSelected(std::optional<TimeRange> range) {
    if (m_selected == range) return;
    m_selected = range;
    replot(rpQueuedReplot);
}

TimeRange CostChart::timesOf(int first, int last) const {
    return {m_series.starts[static_cast<std::size_t>(first)], m_series.endOf(last)};
}

QString CostChart::describe(int bar) const {
    if (bar < 0 || bar >= m_series.bars()) return {};
    const auto at = static_cast<std::size_t>(bar);
    const UsageSums& sums = m_series.sums[at];
    QStringList lines;
    QString title = stepTitle(m_series.starts[at], m_series.step, true);
    if (m_series.merged > 1)
        title += tr(", %1").arg(stepWord(m_series.step, m_series.merged));
    else if (m_series.step == UsageStep::week)
        title = tr("Week of %1").arg(title);
    lines << title;
    if (m_series.metric == UsageMetric::Cost)
        lines << exactCosts(sums.costs());
    else
        lines << tr("%1 tokens in, %2 out")
                     .arg(fromUtf8(format_count(sums.input_tokens)),
                          fromUtf8(format_count(sums.output_tokens)));
    if (const auto budget = budgetOfBar(); budget && m_series.height(bar) > *budget)
        lines << tr("%1 over the budget").arg(exactCost(m_series.height(bar) - *budget));
    // As they stand: the highest segment first.
    for (int layer = static_cast<int>(m_series.layers.size()) - 1; layer >= 0; --layer) {
        const std::int64_t value = m_series.layers[static_cast<std::size_t>(layer)].values[at];
        if (value == 0) continue;
        lines << m_names.value(layer) + QStringLiteral(": ") +
                     (m_series.metric == UsageMetric::Cost ? exactCost(value)
                                                           : fromUtf8(format_count(value)));
    }
    lines << callsText(sums.calls);
    return lines.join(QLatin1Char('\n'));
}

void CostChart::sayCurrent() {
    QString said;
    if (m_current >= 0)
        said = describe(m_current).replace(QLatin1Char('\n'), QStringLiteral("; "));
    else if (m_series.bars() > 0)
        said = tr("%1 bars, from %2; arrow keys read each")
                   .arg(m_series.bars())
                   .arg(stepTitle(m_series.starts.front(), m_series.step, true));
    if (const QString budget = budgetText(); !budget.isEmpty() && m_current < 0)
        said += QStringLiteral("; ") + budget;
    setAccessibleDescription(said);
}

} // namespace clew::views
