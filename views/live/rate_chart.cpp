#include "views/live/rate_chart.h"

#include "model/base/numbers.h"
#include "views/text.h"
#include "views/theme/digits.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace clew::views {

RateChart::RateChart(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_seconds(kSeconds, 0) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Spans per second, last 2 minutes"));
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void RateChart::setSeconds(const std::vector<std::uint32_t>& seconds) {
    std::vector<std::uint32_t> padded(kSeconds, 0);
    const std::size_t count = std::min<std::size_t>(seconds.size(), kSeconds);
    std::copy(seconds.end() - static_cast<std::ptrdiff_t>(count), seconds.end(),
              padded.end() - static_cast<std::ptrdiff_t>(count));
    if (padded == m_seconds) return;
    const std::uint32_t before = highest();
    m_seconds = std::move(padded);
    if (highest() != before || accessibleDescription().isEmpty())
        setAccessibleDescription(tr("highest %1").arg(highest()));
    update();
}

void RateChart::setEmptyText(const QString& first, const QString& second) {
    if (m_emptyFirst == first && m_emptySecond == second) return;
    m_emptyFirst = first;
    m_emptySecond = second;
    update();
}

QSize RateChart::sizeHint() const {
    return {m_theme.px(480), m_theme.px(156)};
}

QSize RateChart::minimumSizeHint() const {
    return {m_theme.px(160), m_theme.px(156)};
}

std::uint32_t RateChart::highest() const {
    return *std::max_element(m_seconds.begin(), m_seconds.end());
}

std::vector<std::uint32_t> RateChart::ticks(std::uint32_t highest) {
    if (highest == 0) return {0, 1};
    std::uint64_t step = 1;
    for (std::uint64_t power = 1; highest / step > 3; power *= 10) {
        for (const std::uint64_t factor : {1U, 2U, 5U}) {
            step = power * factor;
            if (highest / step <= 3) break;
        }
    }
    std::vector<std::uint32_t> out;
    for (std::uint64_t tick = 0; tick <= highest; tick += step)
        out.push_back(static_cast<std::uint32_t>(tick));
    return out;
}

QRectF RateChart::plot() const {
    const auto labels = ticks(highest());
    const qreal label =
        digitsWidth(fromUtf8(format_short_count(labels.back())), m_theme.font(Theme::Text::Small));
    const qreal left = m_theme.px(16) + std::max<qreal>(m_theme.px(16), std::ceil(label)) + m_theme.px(8);
    return {left, double(m_theme.px(16)), width() - left - m_theme.px(16),
            double(height() - m_theme.px(16) - m_theme.px(28))};
}

bool RateChart::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const QRectF area = plot();
    if (!area.contains(help->pos())) return true;
    const int at = std::clamp(static_cast<int>((help->pos().x() - area.left()) * kSeconds / area.width()), 0,
                              kSeconds - 1);
    const int ago = kSeconds - 1 - at;
    const QString spans = fromUtf8(format_count(m_seconds[static_cast<std::size_t>(at)]));
    QToolTip::showText(help->globalPos(),
                       ago == 0 ? tr("this second: %1 spans so far").arg(spans)
                                : tr("%1\u00a0s ago: %2 spans").arg(ago).arg(spans),
                       this);
    return true;
}

void RateChart::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Colours& c = m_theme.colours();
    painter.fillRect(rect(), c.base);
    const QRectF area = plot();
    const std::uint32_t top = highest();
    const auto labels = ticks(top);
    // The highest bar keeps some air above it; a quiet chart does not blow single spans up to its full
    // height.
    const double scale = area.height() / std::max<double>({1.06 * top, double(labels.back()), 4.0});
    const auto y = [&](double value) { return std::round(area.bottom() - value * scale); };

    painter.setFont(m_theme.font(Theme::Text::Small));
    for (const std::uint32_t tick : labels) {
        if (top == 0 && tick > 0) break;
        painter.fillRect(QRectF(area.left(), y(tick), area.width(), 1), c.grid);
        painter.setPen(c.text3);
        drawDigits(painter, QRectF(0, y(tick) - m_theme.px(8), area.left() - m_theme.px(8), m_theme.px(16)),
                   fromUtf8(format_short_count(tick)));
    }
    const QRectF below(area.left(), area.bottom() + m_theme.px(6), area.width(), m_theme.px(16));
    painter.setPen(c.text3);
    painter.drawText(below, Qt::AlignLeft | Qt::AlignVCenter, tr("−2\u00a0min"));
    painter.drawText(below, Qt::AlignRight | Qt::AlignVCenter, tr("now"));

    const double pitch = area.width() / kSeconds;
    const double gap = pitch >= 3 ? 1 : 0;
    const QColor hue = m_theme.kind(Kind::llm);
    for (int i = 0; i < kSeconds; ++i) {
        const std::uint32_t value = m_seconds[static_cast<std::size_t>(i)];
        if (value == 0) continue;
        const double left = std::round(area.left() + i * pitch);
        const double right = std::round(area.left() + (i + 1) * pitch) - gap;
        const double height = std::max(2.0, area.bottom() - y(value));
        const QRectF bar(left, area.bottom() - height, std::max(1.0, right - left), height);
        if (i < kSeconds - 1) {
            painter.fillRect(bar, hue);
        } else {
            painter.setPen(QPen(hue, 1));
            painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5));
        }
    }
    if (top > 0 || m_emptyFirst.isEmpty()) return;
    painter.setFont(m_theme.font(Theme::Text::Strong));
    painter.setPen(c.text);
    const QRectF words = area.adjusted(0, m_theme.px(8), 0, 0);
    QRectF used;
    painter.drawText(words, Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, m_emptyFirst, &used);
    painter.setFont(m_theme.font(Theme::Text::Body));
    painter.setPen(c.text2);
    painter.drawText(words.adjusted(0, used.height() + m_theme.px(4), 0, 0),
                     Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, m_emptySecond);
}

void drawSparkline(QPainter& painter, const QRectF& rect, const std::vector<std::uint32_t>& values,
                   const Theme& theme) {
    const Colours& c = theme.colours();
    if (values.empty()) return;
    const double top = *std::max_element(values.begin(), values.end());
    const double pitch = std::max(2.0, std::floor(rect.width() / static_cast<double>(values.size())));
    double x = rect.left();
    for (const std::uint32_t value : values) {
        if (x + pitch > rect.right() + 0.5) break;
        const double height = value == 0 ? 1 : std::max(2.0, std::round(value / top * rect.height()));
        painter.fillRect(QRectF(x, rect.bottom() - height, pitch - 1, height), value == 0 ? c.line2 : c.ctl);
        x += pitch;
    }
}

} // namespace clew::views
