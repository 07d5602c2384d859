#include "views/runs/widgets.h"

#include "views/theme/style.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QResizeEvent>
#include <QStyleOption>

#include <cmath>

namespace clew::views {

QIcon themedIcon(const Theme& theme, const QString& name, const QColor& colour, int size) {
    QIcon icon;
    for (const qreal ratio : {1.0, 2.0}) {
        icon.addPixmap(theme.icon(name, colour, theme.px(size), ratio), QIcon::Normal);
        icon.addPixmap(theme.icon(name, theme.colours().dis, theme.px(size), ratio), QIcon::Disabled);
    }
    return icon;
}

ThemedLabel::ThemedLabel(const Theme& theme, Theme::Text role, Colour colour, const QString& text,
                         QWidget* parent)
    : QLabel(text, parent)
    , m_theme(theme)
    , m_role(role)
    , m_colour(colour) {
    setTextFormat(Qt::PlainText);
    setForegroundRole(QPalette::WindowText); // whatever the background of the pane that it is in
    connect(&theme, &Theme::changed, this, &ThemedLabel::restyle);
    restyle();
}

void ThemedLabel::setColour(Colour colour) {
    m_colour = colour;
    restyle();
}

void ThemedLabel::restyle() {
    setFont(m_theme.font(m_role));
    QPalette colours = palette();
    colours.setColor(QPalette::WindowText, m_theme.colours().*m_colour);
    setPalette(colours);
    updateGeometry();
}

ElidedLabel::ElidedLabel(const Theme& theme, Theme::Text role, Colour colour, Qt::TextElideMode mode,
                         QWidget* parent)
    : ThemedLabel(theme, role, colour, {}, parent)
    , m_mode(mode) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void ElidedLabel::setFullText(const QString& text) {
    if (text == m_full) return;
    m_full = text;
    updateGeometry();
    elide();
}

QSize ElidedLabel::sizeHint() const {
    return {fontMetrics().horizontalAdvance(m_full) + 2, QLabel::sizeHint().height()};
}

QSize ElidedLabel::minimumSizeHint() const {
    return {0, QLabel::minimumSizeHint().height()};
}

void ElidedLabel::resizeEvent(QResizeEvent* event) {
    ThemedLabel::resizeEvent(event);
    elide();
}

void ElidedLabel::elide() {
    const QString cut = fontMetrics().elidedText(m_full, m_mode, width());
    setText(cut);
    setToolTip(cut == m_full ? QString() : m_full);
}

ThemedButton::ThemedButton(const Theme& theme, const QString& icon, const QString& text, QWidget* parent)
    : QPushButton(text, parent)
    , m_theme(theme)
    , m_icon(icon) {
    setAutoDefault(false);
    connect(&theme, &Theme::changed, this, &ThemedButton::restyle);
    restyle();
}

void ThemedButton::setPrimary(bool primary) {
    setProperty("primary", primary);
    restyle();
}

void ThemedButton::setIconName(const QString& icon) {
    m_icon = icon;
    restyle();
}

void ThemedButton::restyle() {
    if (m_icon.isEmpty()) return;
    const Colours& c = m_theme.colours();
    setIcon(themedIcon(m_theme, m_icon, property("primary").toBool() ? c.onacc : c.text));
    setIconSize({m_theme.px(16), m_theme.px(16)});
}

IconButton::IconButton(const Theme& theme, const QString& icon, const QString& name, QWidget* parent)
    : QToolButton(parent)
    , m_theme(theme)
    , m_icon(icon) {
    setProperty("flatIcon", true);
    setToolTip(name);
    setAccessibleName(name);
    setFocusPolicy(Qt::TabFocus);
    connect(&theme, &Theme::changed, this, &IconButton::restyle);
    restyle();
}

void IconButton::restyle() {
    setIcon(themedIcon(m_theme, m_icon, m_theme.colours().text2));
    setIconSize({m_theme.px(16), m_theme.px(16)});
}

LinkButton::LinkButton(const Theme& theme, const QString& text, Theme::Text role, QWidget* parent)
    : QPushButton(text, parent)
    , m_theme(theme)
    , m_role(role) {
    setCursor(Qt::PointingHandCursor);
    setAutoDefault(false);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void LinkButton::setColour(Colour colour) {
    m_colour = colour;
    update();
}

void LinkButton::setIconName(const QString& icon) {
    m_iconName = icon;
    updateGeometry();
}

QSize LinkButton::sizeHint() const {
    const QFontMetrics metrics(m_theme.font(m_role));
    const int icon = m_iconName.isEmpty() ? 0 : m_theme.px(14 + 4);
    return {metrics.horizontalAdvance(text()) + icon + 4, std::max(metrics.height() + 4, m_theme.px(18))};
}

void LinkButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Colours& c = m_theme.colours();
    QFont font = m_theme.font(m_role);
    font.setUnderline(underMouse() && isEnabled());
    painter.setFont(font);
    const QColor colour = isEnabled() ? c.*m_colour : c.dis;
    QRect area = rect().adjusted(2, 0, -2, 0);
    if (!m_iconName.isEmpty()) {
        const int size = m_theme.px(14);
        painter.drawPixmap(area.left(), area.center().y() - size / 2 + 1,
                           m_theme.icon(m_iconName, colour, size, painter.device()->devicePixelRatioF()));
        area.setLeft(area.left() + size + m_theme.px(4));
    }
    painter.setPen(colour);
    painter.drawText(area, Qt::AlignVCenter | Qt::AlignLeft, text());
    if (hasFocus()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(c.acc, 1));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    }
}

Surface::Surface(const Theme& theme, Colour fill, int sides, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_fill(fill)
    , m_sides(sides) {
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void Surface::setFill(Colour fill) {
    m_fill = fill;
    update();
}

void Surface::setBorder(Colour border) {
    m_border = border;
    update();
}

void Surface::setSides(int sides) {
    m_sides = sides;
    update();
}

void Surface::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Colours& c = m_theme.colours();
    const int line = m_theme.lineWidth();
    if (m_sides & Card) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(c.*m_border, line));
        painter.setBrush(c.*m_fill);
        const qreal inset = line / 2.0;
        painter.drawRoundedRect(QRectF(rect()).adjusted(inset, inset, -inset, -inset), 4, 4);
        return;
    }
    painter.fillRect(rect(), c.*m_fill);
    const QColor border = c.*m_border;
    if (m_sides & Top) painter.fillRect(0, 0, width(), line, border);
    if (m_sides & Bottom) painter.fillRect(0, height() - line, width(), line, border);
    if (m_sides & Left) painter.fillRect(0, 0, line, height(), border);
    if (m_sides & Right) painter.fillRect(width() - line, 0, line, height(), border);
}

KeyCap::KeyCap(const Theme& theme, const QString& keys, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_keys(keys) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

QSize KeyCap::sizeHint() const {
    return {static_cast<int>(std::ceil(keyCapWidth(m_keys, m_theme))), m_theme.px(18)};
}

void KeyCap::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    drawKeyCap(painter, {0, (height() - m_theme.px(18)) / 2.0}, m_keys, m_theme);
}

} // namespace clew::views
