#include "views/runs/order_button.h"

#include <QPainter>

namespace clew::views {

OrderButton::OrderButton(const Theme& theme, QWidget* parent)
    : QToolButton(parent)
    , m_theme(theme) {
    setProperty("flatIcon", true);
    setToolButtonStyle(Qt::ToolButtonTextOnly);
    setPopupMode(QToolButton::InstantPopup);
    setFocusPolicy(Qt::TabFocus);
}

QSize OrderButton::sizeHint() const {
    const QFontMetrics metrics(m_theme.font(Theme::Text::Small));
    return {metrics.horizontalAdvance(text()) + m_theme.px(6 + 4 + 12 + 6), m_theme.px(24)};
}

void OrderButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Colours& c = m_theme.colours();
    painter.setRenderHint(QPainter::Antialiasing);
    if (underMouse() || isDown()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(c.hover);
        painter.drawRoundedRect(rect(), 4, 4);
    }
    if (hasFocus()) {
        painter.setPen(QPen(c.acc, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
    }
    painter.setFont(m_theme.font(Theme::Text::Small));
    painter.setPen(c.text2);
    const int chevron = m_theme.px(12);
    painter.drawText(rect().adjusted(m_theme.px(6), 0, -chevron, 0), Qt::AlignVCenter | Qt::AlignLeft,
                     text());
    painter.drawPixmap(QPoint(width() - m_theme.px(6) - chevron, (height() - chevron) / 2 + 1),
                       m_theme.icon(QStringLiteral("chevron-down"), c.text2, chevron,
                                    painter.device()->devicePixelRatioF()));
}

} // namespace clew::views
