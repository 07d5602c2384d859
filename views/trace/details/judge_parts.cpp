#include "views/trace/details/judge_parts.h"

#include "views/theme/keys.h"

#include <QFontMetrics>
#include <QIcon>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace clew::views {

KeyButton::KeyButton(Theme& theme, const QString& icon, const QString& text, const char* command,
                     QWidget* parent)
    : QPushButton(text, parent)
    , m_theme(theme)
    , m_icon(icon) {
    setProperty("keyHint", keyHint(command));
    setAccessibleName(
        QStringLiteral("%1 (%2)").arg(QLatin1String(keyEntry(command).title), keyHint(command)));
    setToolTip(accessibleName());
    setFocusPolicy(Qt::TabFocus);
    dress();
    connect(&m_theme, &Theme::changed, this, [this] { dress(); });
}

void KeyButton::dress() {
    const Colours& c = m_theme.colours();
    const int size = m_theme.px(16);
    QIcon icon;
    icon.addPixmap(m_theme.icon(m_icon, c.text, size, devicePixelRatioF()), QIcon::Normal, QIcon::Off);
    icon.addPixmap(m_theme.icon(m_icon, c.base, size, devicePixelRatioF()), QIcon::Normal, QIcon::On);
    icon.addPixmap(m_theme.icon(m_icon, c.dis, size, devicePixelRatioF()), QIcon::Disabled, QIcon::Off);
    setIcon(icon);
    setIconSize({size, size});
    updateGeometry();
}

QSize KeyButton::sizeHint() const {
    const QSize standard = QPushButton::sizeHint();
    return {standard.width() - m_theme.px(8), standard.height()};
}

Chip::Chip(Theme& theme, const QString& text, QWidget* parent)
    : QAbstractButton(parent)
    , m_theme(theme) {
    setText(text);
    setToolTip(text);
    setAccessibleName(tr("%1, Delete takes it away").arg(text));
    setFocusPolicy(Qt::TabFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_Hover);
}

QSize Chip::sizeHint() const {
    const QFontMetrics metrics(m_theme.font(Theme::Text::Small));
    return {std::min(metrics.horizontalAdvance(text()), m_theme.px(180)) + m_theme.px(28), m_theme.px(20)};
}

QRect Chip::cross() const {
    return {width() - m_theme.px(19), 0, m_theme.px(19), height()};
}

void Chip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Colours& c = m_theme.colours();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(underMouse() ? c.ctl : c.line2, m_theme.lineWidth()));
    painter.setBrush(c.base);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 1.5, -0.5, -1.5), 3, 3);
    if (hasFocus()) {
        painter.setPen(QPen(c.acc, 2));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 3, 3);
    }
    painter.setFont(m_theme.font(Theme::Text::Small));
    painter.setPen(c.text);
    const QRect room = rect().adjusted(m_theme.px(7), 0, -m_theme.px(20), 0);
    const QFontMetrics metrics(painter.font());
    painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(text(), Qt::ElideRight, room.width() + 1));
    const int size = m_theme.px(10);
    const QRect at = cross();
    painter.drawPixmap(QPointF(at.left() + m_theme.px(3), (height() - size) / 2.0),
                       m_theme.icon(QStringLiteral("close"), c.text2, size, devicePixelRatioF()));
}

void Chip::mouseReleaseEvent(QMouseEvent* event) {
    const bool onCross = event->button() == Qt::LeftButton && cross().contains(event->pos());
    QAbstractButton::mouseReleaseEvent(event);
    if (onCross) emit removeRequested();
}

void Chip::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Delete || event->key() == Qt::Key_Backspace)
        emit removeRequested();
    else
        QAbstractButton::keyPressEvent(event);
}

} // namespace clew::views
