#include "views/runs/filter_popup.h"

#include "model/base/numbers.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace clew::views {

namespace {

QString behindSuggestion(const FilterSuggestion& item) {
    if (!item.about.empty()) return QString::fromStdString(item.about);
    return item.traces > 0 ? QString::fromStdString(format_count(item.traces)) : QString();
}

} // namespace

FilterPopup::FilterPopup(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme) {
    setFocusPolicy(Qt::NoFocus);
    setMouseTracking(true);
    setAccessibleName(tr("What could be typed next"));
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
    hide();
}

int FilterPopup::widthOf(const FilterSuggestion& item) const {
    const int text =
        QFontMetrics(m_theme.font(Theme::Text::Mono)).horizontalAdvance(QString::fromStdString(item.text));
    const int behind =
        QFontMetrics(m_theme.font(Theme::Text::Small)).horizontalAdvance(behindSuggestion(item));
    return text + behind + m_theme.px(48);
}

void FilterPopup::offer(const FilterCompletion& completion, QPoint at) {
    m_offered = completion;
    m_current = -1;
    m_first = 0;
    setVisible(!m_offered.items.empty());
    if (m_offered.items.empty()) return;
    int wanted = m_theme.px(220);
    for (const FilterSuggestion& item : m_offered.items)
        wanted = std::max(wanted, widthOf(item));
    const int room = parentWidget() ? parentWidget()->width() - 16 : wanted;
    resize(std::min({wanted, room, m_theme.px(640)}),
           std::min(rows(), kRowsShown) * rowHeight() + m_theme.px(8));
    const int right = parentWidget() ? parentWidget()->width() - width() - 8 : at.x();
    move(std::max(8, std::min(at.x(), right)), at.y());
    raise();
    update();
}

void FilterPopup::choose(int by) {
    const int count = rows();
    if (count == 0) return;
    m_current = m_current < 0 ? (by > 0 ? 0 : count - 1) : (m_current + by + count) % count;
    m_first = std::clamp(m_first, std::max(0, m_current - kRowsShown + 1), m_current);
    setAccessibleDescription(
        QString::fromStdString(m_offered.items[static_cast<std::size_t>(m_current)].text));
    update();
}

int FilterPopup::rowAt(const QPoint& at) const {
    const int row = m_first + (at.y() - m_theme.px(4)) / rowHeight();
    return rect().contains(at) && at.y() >= m_theme.px(4) && row < rows() ? row : -1;
}

void FilterPopup::mouseMoveEvent(QMouseEvent* event) {
    const int row = rowAt(event->pos());
    if (row < 0 || row == m_current) return;
    m_current = row;
    update();
}

void FilterPopup::mousePressEvent(QMouseEvent* event) {
    const int row = rowAt(event->pos());
    if (row >= 0 && event->button() == Qt::LeftButton) emit taken(row);
    event->accept();
}

void FilterPopup::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Colours& c = m_theme.colours();
    painter.fillRect(rect(), c.window);
    painter.setPen(QPen(c.line2, m_theme.lineWidth()));
    painter.setBrush(c.raised);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    const int pad = m_theme.px(12);
    const int last = std::min(rows(), m_first + kRowsShown);
    for (int row = m_first; row < last; ++row) {
        const FilterSuggestion& item = m_offered.items[static_cast<std::size_t>(row)];
        const QRect line(m_theme.px(4), m_theme.px(4) + (row - m_first) * rowHeight(),
                         width() - m_theme.px(8), rowHeight());
        const bool chosen = row == m_current;
        if (chosen) painter.fillRect(line, c.sel);
        const QFont mono = m_theme.font(Theme::Text::Mono);
        const QFont small = m_theme.font(Theme::Text::Small);
        const QString behind = behindSuggestion(item);
        const QRect inner = line.adjusted(pad - m_theme.px(4), 0, m_theme.px(4) - pad, 0);
        const QString text = QString::fromStdString(item.text);
        const int textWidth = std::min(QFontMetrics(mono).horizontalAdvance(text) + 1, inner.width());
        painter.setFont(mono);
        painter.setPen(item.about.empty() ? c.text : c.acc);
        painter.drawText(inner, Qt::AlignVCenter | Qt::AlignLeft,
                         QFontMetrics(mono).elidedText(text, Qt::ElideRight, inner.width()));
        const QRect rest = inner.adjusted(textWidth + pad, 0, 0, 0);
        painter.setFont(small);
        painter.setPen(chosen ? c.text2 : c.text3);
        painter.drawText(rest, Qt::AlignVCenter | Qt::AlignRight,
                         QFontMetrics(small).elidedText(behind, Qt::ElideRight, rest.width()));
    }
}

} // namespace clew::views
