#include "views/costs/chart_legend.h"

#include "views/costs/chart_theme.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace clew::views {

namespace {

constexpr int kLegendLine = 20, kSwatch = 10, kSwatchGap = 6, kEntryGap = 20, kLongestEntry = 220;

} // namespace

ChartLegend::ChartLegend(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme) {
    setAccessibleName(tr("Legend"));
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void ChartLegend::setEntries(std::vector<Entry> entries) {
    if (entries == m_entries) return;
    m_entries = std::move(entries);
    QStringList names;
    for (const Entry& entry : m_entries)
        names << entry.text;
    setAccessibleDescription(names.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

std::vector<ChartLegend::Place> ChartLegend::places(int width) const {
    std::vector<Place> out;
    const QFontMetrics metrics(m_theme.font(Theme::Text::Small));
    const int line = m_theme.px(kLegendLine), before = m_theme.px(kSwatch + kSwatchGap);
    int x = 0, y = 0;
    for (const Entry& entry : m_entries) {
        const int most =
            std::max(m_theme.px(40),
                     std::min(width - before, m_theme.px(entry.hatched ? 2 * kLongestEntry : kLongestEntry)));
        const QString text = metrics.elidedText(entry.text, Qt::ElideMiddle, most);
        const int wide = before + metrics.horizontalAdvance(text) + 1;
        if (x > 0 && x + wide > width) {
            x = 0;
            y += line;
        }
        out.push_back({QRect(x, y, wide, line), text});
        x += wide + m_theme.px(kEntryGap);
    }
    return out;
}

int ChartLegend::heightForWidth(int width) const {
    const auto all = places(width);
    return all.empty() ? 0 : all.back().rect.bottom() + 1;
}

bool ChartLegend::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto all = places(width());
    for (std::size_t at = 0; at < all.size(); ++at) {
        if (all[at].rect.contains(help->pos()) && all[at].text != m_entries[at].text)
            QToolTip::showText(help->globalPos(), m_entries[at].text, this, all[at].rect);
    }
    return true;
}

void ChartLegend::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (event->oldSize().width() != event->size().width()) updateGeometry();
}

void ChartLegend::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(m_theme.font(Theme::Text::Small));
    const auto all = places(width());
    const int side = m_theme.px(kSwatch);
    for (std::size_t at = 0; at < all.size(); ++at) {
        const QRect& rect = all[at].rect;
        const QRect swatch(rect.left(), rect.top() + (rect.height() - side) / 2, side, side);
        if (m_entries[at].hatched)
            drawHatched(painter, swatch, m_theme);
        else
            painter.fillRect(swatch, seriesColour(m_theme, m_entries[at].place));
        painter.setPen(m_theme.colours().text2);
        painter.drawText(rect.adjusted(m_theme.px(kSwatch + kSwatchGap), 0, 0, 0),
                         Qt::AlignLeft | Qt::AlignVCenter, all[at].text);
    }
}

} // namespace clew::views
