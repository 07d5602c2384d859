#include "views/trace/details/tab_strip.h"

#include <QFontMetrics>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace clew::views {

namespace {

constexpr int kTabInset = 12;
constexpr int kMaxGap = 20;
constexpr int kMinGap = 8;

} // namespace

TabStrip::TabStrip(Theme& theme, QWidget* parent)
    : QTabBar(parent)
    , m_theme(theme) {
    setDrawBase(false);
    setExpanding(false);
    setUsesScrollButtons(false);
    setElideMode(Qt::ElideNone);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    connect(&m_theme, &Theme::changed, this, [this] {
        updateGeometry();
        setIconSize(iconSize()); // lays the tabs out again
    });
}

int TabStrip::textWidth(int index) const {
    // As wide as the strong form, so that choosing a tab moves nothing.
    return QFontMetrics(m_theme.font(Theme::Text::Strong)).horizontalAdvance(tabText(index));
}

int TabStrip::gap() const {
    int sum = 0;
    int shown = 0;
    for (int i = 0; i < count(); ++i) {
        if (!isTabVisible(i)) continue;
        sum += textWidth(i);
        ++shown;
    }
    if (shown < 2) return m_theme.px(kMaxGap);
    const int room = width() - 2 * m_theme.px(kTabInset) - sum;
    return std::clamp(room / (shown - 1), m_theme.px(kMinGap), m_theme.px(kMaxGap));
}

QSize TabStrip::tabSizeHint(int index) const {
    int first = 0;
    int last = count() - 1;
    while (first < count() && !isTabVisible(first))
        ++first;
    while (last > 0 && !isTabVisible(last))
        --last;
    const int space = gap();
    const int left = index == first ? m_theme.px(kTabInset) : space / 2;
    const int right = index == last ? m_theme.px(kTabInset) : space - space / 2;
    return {textWidth(index) + left + right, m_theme.px(32)};
}

QSize TabStrip::minimumTabSizeHint(int index) const {
    return tabSizeHint(index);
}

QSize TabStrip::sizeHint() const {
    return {QTabBar::sizeHint().width(), m_theme.px(32)};
}

QSize TabStrip::minimumSizeHint() const {
    return {m_theme.px(120), m_theme.px(32)};
}

void TabStrip::resizeEvent(QResizeEvent* event) {
    QTabBar::resizeEvent(event);
    setIconSize(iconSize());
}

void TabStrip::mouseMoveEvent(QMouseEvent* event) {
    const int over = tabAt(event->pos());
    if (over != m_hovered) {
        m_hovered = over;
        update();
    }
    QTabBar::mouseMoveEvent(event);
}

void TabStrip::leaveEvent(QEvent* event) {
    m_hovered = -1;
    update();
    QTabBar::leaveEvent(event);
}

void TabStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Colours& c = m_theme.colours();
    painter.fillRect(rect(), c.base);
    painter.fillRect(0, height() - m_theme.lineWidth(), width(), m_theme.lineWidth(), c.line);
    bool first = true;
    const int space = gap();
    for (int i = 0; i < count(); ++i) {
        if (!isTabVisible(i)) continue;
        const QRect tab = tabRect(i);
        const int left = tab.left() + (first ? m_theme.px(kTabInset) : space / 2);
        first = false;
        const QRect text(left, tab.top(), textWidth(i), tab.height() - 2);
        const bool current = i == currentIndex();
        painter.setFont(m_theme.font(current ? Theme::Text::Strong : Theme::Text::Body));
        const bool hovered = i == m_hovered;
        painter.setPen(!isTabEnabled(i) ? c.dis : current || hovered ? c.text : c.text2);
        painter.drawText(text, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextDontClip, tabText(i));
        if (current) painter.fillRect(left, height() - 2, textWidth(i), 2, c.acc);
        if (current && hasFocus()) {
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(QPen(c.acc, 2));
            painter.drawRoundedRect(QRectF(text).adjusted(-4, 4, 4, -3), 4, 4);
            painter.setRenderHint(QPainter::Antialiasing, false);
        }
    }
}

} // namespace clew::views
