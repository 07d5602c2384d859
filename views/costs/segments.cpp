#include "views/costs/segments.h"

#include <QAbstractButton>
#include <QButtonGroup>
#include <QHBoxLayout>
#include <QPainter>

namespace clew::views {

namespace {

class Segment : public QAbstractButton {
public:
    Segment(const Theme& theme, const QString& title, bool first, bool last)
        : m_theme(theme)
        , m_first(first)
        , m_last(last) {
        setText(title);
        setAccessibleName(title);
        setCheckable(true);
        setFocusPolicy(Qt::TabFocus);
        setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
        connect(&theme, &Theme::changed, this, [this] {
            updateGeometry();
            update();
        });
    }
    [[nodiscard]] QSize sizeHint() const override {
        const QFontMetrics metrics(m_theme.font(Theme::Text::Body));
        return {metrics.horizontalAdvance(text()) + m_theme.px(20), m_theme.px(26)};
    }

protected:
    void enterEvent(QEnterEvent* event) override {
        QAbstractButton::enterEvent(event);
        update();
    }
    void leaveEvent(QEvent* event) override {
        QAbstractButton::leaveEvent(event);
        update();
    }
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Colours& c = m_theme.colours();
        const qreal line = m_theme.lineWidth(), radius = 4;
        // The outer edges are round: the others lie beyond the widget.
        const QRectF frame = QRectF(rect()).adjusted(m_first ? line / 2 : -line / 2, line / 2,
                                                     m_last ? -line / 2 : radius + line, -line / 2);
        painter.setBrush(isChecked() ? c.sel : underMouse() ? c.hover : c.base);
        painter.setPen(QPen(c.line2, line));
        if (m_first || m_last)
            painter.drawRoundedRect(m_first ? frame : frame.adjusted(-radius, 0, 0, 0), radius, radius);
        else
            painter.drawRect(frame);
        if (!m_first) painter.fillRect(QRectF(0, 0, line, height()), c.line2);
        if (isChecked()) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(c.acc, line));
            painter.drawRoundedRect(QRectF(rect()).adjusted(line / 2, line / 2, -line / 2, -line / 2),
                                    m_first || m_last ? radius : 0, m_first || m_last ? radius : 0);
        }
        painter.setFont(m_theme.font(Theme::Text::Body));
        painter.setPen(isEnabled() ? c.text : c.dis);
        painter.drawText(rect(), Qt::AlignCenter, text());
        if (!hasFocus()) return;
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(c.acc, 2));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), radius, radius);
    }

private:
    const Theme& m_theme;
    bool m_first, m_last;
};

} // namespace

Segments::Segments(const Theme& theme, const QString& name, const QStringList& titles, QWidget* parent)
    : QWidget(parent)
    , m_group(new QButtonGroup(this)) {
    setAccessibleName(name);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    for (int at = 0; at < titles.size(); ++at) {
        auto* segment = new Segment(theme, titles[at], at == 0, at == titles.size() - 1);
        segment->setAccessibleDescription(name);
        m_group->addButton(segment, at);
        row->addWidget(segment);
    }
    setCurrent(0);
    connect(m_group, &QButtonGroup::idToggled, this, [this](int at, bool on) {
        if (on && !signalsBlocked()) emit chosen(at);
    });
}

int Segments::current() const {
    return m_group->checkedId();
}

void Segments::setCurrent(int at) {
    const QSignalBlocker blocker(this);
    if (QAbstractButton* wanted = button(at)) wanted->setChecked(true);
}

QAbstractButton* Segments::button(int at) const {
    return m_group->button(at);
}

} // namespace clew::views
