#include "views/runs/facet_chip.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace clew::views {

namespace {

constexpr int kPadding = 9, kIcon = 12, kGap = 4, kLongestValue = 160;

} // namespace

FacetChip::FacetChip(const Theme& theme, const QString& title, QWidget* parent)
    : QAbstractButton(parent)
    , m_theme(theme)
    , m_title(title) {
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(tr("%1: any").arg(title));
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void FacetChip::setValue(const QString& value) {
    if (value == m_value) return;
    m_value = value;
    setAccessibleName(value.isEmpty() ? tr("%1: any").arg(m_title) : tr("%1: %2").arg(m_title, value));
    setToolTip(value.isEmpty() ? QString() : tr("%1 %2").arg(m_title, value));
    updateGeometry();
    update();
}

QSize FacetChip::sizeHint() const {
    int width = 2 * m_theme.px(kPadding) + m_theme.px(kGap + kIcon) +
                QFontMetrics(m_theme.font(Theme::Text::Small)).horizontalAdvance(m_title);
    if (!m_value.isEmpty()) {
        const QFontMetrics strong(m_theme.font(Theme::Text::SmallStrong));
        width += m_theme.px(kGap) + std::min(m_theme.px(kLongestValue), strong.horizontalAdvance(m_value));
    }
    return {width, m_theme.px(22)};
}

QRect FacetChip::cross() const {
    const int side = m_theme.px(kIcon + 2 * kGap);
    return {width() - side - m_theme.px(kGap), 0, side + m_theme.px(kGap), height()};
}

void FacetChip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Colours& c = m_theme.colours();
    const bool on = !m_value.isEmpty();
    const qreal line = hasFocus() ? 2 : m_theme.lineWidth();
    painter.setPen(QPen(on || hasFocus() ? c.acc : underMouse() ? c.ctl : c.line2, line));
    painter.setBrush(on ? c.sel : c.base);
    const QRectF frame = QRectF(rect()).adjusted(line / 2, line / 2, -line / 2, -line / 2);
    painter.drawRoundedRect(frame, frame.height() / 2, frame.height() / 2);

    int x = m_theme.px(kPadding);
    painter.setFont(m_theme.font(Theme::Text::Small));
    painter.setPen(on ? c.text : c.text2);
    painter.drawText(QRect(x, 0, width(), height()), Qt::AlignVCenter | Qt::AlignLeft, m_title);
    if (on) {
        x += painter.fontMetrics().horizontalAdvance(m_title) + m_theme.px(kGap);
        painter.setFont(m_theme.font(Theme::Text::SmallStrong));
        const int room = width() - m_theme.px(kPadding + kIcon + kGap) - x;
        painter.drawText(QRect(x, 0, room, height()), Qt::AlignVCenter | Qt::AlignLeft,
                         painter.fontMetrics().elidedText(m_value, Qt::ElideRight, room));
    }
    const int side = m_theme.px(kIcon);
    painter.drawPixmap(QPoint(width() - m_theme.px(kPadding) - side + 2, (height() - side) / 2),
                       m_theme.icon(on ? QStringLiteral("close") : QStringLiteral("chevron-down"), c.text3,
                                    side, painter.device()->devicePixelRatioF()));
}

void FacetChip::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    if (!m_value.isEmpty() && cross().contains(event->pos()))
        emit removed();
    else
        emit clicked(); // at the press, as menus open
}

void FacetChip::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
        if (!m_value.isEmpty()) emit removed();
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Down:
    case Qt::Key_Space: emit clicked(); return;
    default: QAbstractButton::keyPressEvent(event);
    }
}

void FacetChip::enterEvent(QEnterEvent* event) {
    QAbstractButton::enterEvent(event);
    update();
}

void FacetChip::leaveEvent(QEvent* event) {
    QAbstractButton::leaveEvent(event);
    update();
}

} // namespace clew::views
