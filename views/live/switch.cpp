#include "views/live/switch.h"

#include "views/theme/style.h"

#include <QFontMetricsF>
#include <QPainter>

#include <cmath>

namespace clew::views {

namespace {
constexpr int kTrackWidth = 28, kTrackHeight = 16, kKnob = 12, kSwitchGap = 8;
}

Switch::Switch(const Theme& theme, const QString& text, const QString& key, QWidget* parent)
    : QAbstractButton(parent)
    , m_theme(theme)
    , m_key(key) {
    setText(text);
    setAccessibleName(text);
    setCheckable(true);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

QSize Switch::sizeHint() const {
    const QFontMetricsF metrics(m_theme.font(Theme::Text::Small));
    qreal width = m_theme.px(4 + kTrackWidth + 6 + 4) + metrics.horizontalAdvance(text());
    if (!m_key.isEmpty()) width += m_theme.px(kSwitchGap) + keyCapWidth(m_key, m_theme);
    return {static_cast<int>(std::ceil(width)), m_theme.px(28)};
}

void Switch::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Colours& c = m_theme.colours();
    const QRectF track(m_theme.px(4), (height() - m_theme.px(kTrackHeight)) / 2.0, m_theme.px(kTrackWidth),
                       m_theme.px(kTrackHeight));
    const qreal radius = track.height() / 2;
    const bool on = isChecked();
    painter.setPen(QPen(!isEnabled() ? c.line : on ? c.acc : c.ctl, m_theme.lineWidth()));
    painter.setBrush(on && isEnabled() ? c.acc : c.base);
    painter.drawRoundedRect(track.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    const qreal knob = m_theme.px(kKnob), inset = (track.height() - knob) / 2;
    painter.setPen(Qt::NoPen);
    painter.setBrush(!isEnabled() ? c.dis : on ? c.onacc : c.ctl);
    painter.drawEllipse(
        QRectF(on ? track.right() - inset - knob : track.left() + inset, track.top() + inset, knob, knob));

    painter.setFont(m_theme.font(Theme::Text::Small));
    painter.setPen(isEnabled() ? c.text : c.dis);
    const QFontMetricsF metrics(painter.font());
    const qreal left = track.right() + m_theme.px(6);
    painter.drawText(QRectF(left, 0, metrics.horizontalAdvance(text()) + 2, height()),
                     Qt::AlignVCenter | Qt::AlignLeft, text());
    if (!m_key.isEmpty())
        drawKeyCap(painter,
                   {std::round(left + metrics.horizontalAdvance(text()) + m_theme.px(kSwitchGap)),
                    (height() - m_theme.px(18)) / 2.0},
                   m_key, m_theme);
    if (hasFocus()) {
        painter.setPen(QPen(c.acc, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
    }
}

} // namespace clew::views
