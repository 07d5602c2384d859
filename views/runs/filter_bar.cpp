#include "views/runs/filter_bar.h"

#include "model/base/messages.h"
#include "model/base/numbers.h"
#include "model/store/filter.h"
#include "views/items/trace_list_model.h"
#include "views/runs/widgets.h"

#include <QCoreApplication>
#include <QInputMethodEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QRegularExpression>
#include <QTextCharFormat>

namespace clew::views {

FilterField::FilterField(const Theme& theme, QWidget* parent)
    : QLineEdit(parent)
    , m_theme(theme) {
    setFrame(false);
    setAccessibleName(tr("Filter the runs"));
    setPlaceholderText(
        tr("Filter: words, \"a phrase\", status:error, model:gpt-4o, tool:search, feedback:down"));
    const auto restyle = [this] {
        setFont(m_theme.font(Theme::Text::Mono));
        colourWords();
    };
    connect(&theme, &Theme::changed, this, restyle);
    connect(this, &QLineEdit::textChanged, this, [this] {
        m_error = -1;
        colourWords();
    });
    restyle();
}

void FilterField::markError(int at) {
    m_error = at;
    colourWords();
}

int FilterField::xOf(int character) const {
    const QFontMetrics metrics(font());
    const int scrolled = cursorRect().center().x() - metrics.horizontalAdvance(text().left(cursorPosition()));
    return std::max(0, scrolled + metrics.horizontalAdvance(text().left(character)));
}

// QLineEdit takes formats only as those of an input method; nothing is composed, so that the text stays as it
// is.
void FilterField::colourWords() {
    if (m_colouring) return;
    m_colouring = true;
    QList<QInputMethodEvent::Attribute> formats;
    const Colours& c = m_theme.colours();
    const auto add = [&](qsizetype from, qsizetype length, const QTextCharFormat& format) {
        formats.append({QInputMethodEvent::TextFormat, static_cast<int>(from) - cursorPosition(),
                        static_cast<int>(length), format});
    };
    QTextCharFormat key;
    key.setForeground(c.acc);
    static const QRegularExpression kKey(QStringLiteral("(?:^|\\s)-?([A-Za-z_]+:)(?!//)"));
    for (auto it = kKey.globalMatch(text()); it.hasNext();) {
        const auto match = it.next();
        add(match.capturedStart(1), match.capturedLength(1), key);
    }
    if (m_error >= 0 && m_error < text().size()) {
        QTextCharFormat wrong;
        wrong.setForeground(c.err);
        wrong.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        wrong.setUnderlineColor(c.err);
        qsizetype end = text().indexOf(QLatin1Char(' '), m_error);
        if (end < 0) end = text().size();
        add(m_error, end - m_error, wrong);
    }
    QInputMethodEvent event(QString(), formats);
    QCoreApplication::sendEvent(this, &event);
    m_colouring = false;
}

void FilterField::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        if (text().isEmpty())
            emit left();
        else
            clear();
        event->accept();
        return;
    }
    if (event->key() == Qt::Key_Down) {
        emit left();
        event->accept();
        return;
    }
    QLineEdit::keyPressEvent(event);
}

void FilterField::focusInEvent(QFocusEvent* event) {
    QLineEdit::focusInEvent(event);
    emit focusChanged();
}

void FilterField::focusOutEvent(QFocusEvent* event) {
    QLineEdit::focusOutEvent(event);
    emit focusChanged();
}

FilterBar::FilterBar(const Theme& theme, TraceListModel& model, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_model(model)
    , m_field(new FilterField(theme, this))
    , m_count(new ThemedLabel(theme, Theme::Text::Small, &Colours::text3, {}, this))
    , m_clear(new IconButton(theme, QStringLiteral("close"), tr("Empty the filter"), this))
    , m_key(new KeyCap(theme, QStringLiteral("/"), this))
    , m_error(new ThemedLabel(theme, Theme::Text::Small, &Colours::err, {}, this)) {
    m_rest.setSingleShot(true);
    m_rest.setInterval(kDebounceMs);
    m_key->setToolTip(tr("Press / to filter"));
    m_error->hide();
    m_clear->hide();
    connect(&m_rest, &QTimer::timeout, this, &FilterBar::apply);
    connect(m_field, &QLineEdit::textChanged, this, [this] {
        m_clear->setVisible(!m_field->text().isEmpty());
        m_rest.start();
        layOut();
    });
    connect(m_field, &QLineEdit::returnPressed, this, &FilterBar::apply);
    connect(m_field, &FilterField::left, this, &FilterBar::left);
    connect(m_field, &FilterField::focusChanged, this, qOverload<>(&QWidget::update));
    connect(m_clear, &QToolButton::clicked, this, [this] { setFilter({}); });
    connect(&model, &TraceListModel::merged, this, &FilterBar::showCount);
    connect(&theme, &Theme::changed, this, &FilterBar::layOut);
    showCount();
    layOut();
}

void FilterBar::setFilter(const QString& filter) {
    m_field->setText(filter);
    apply();
}

QString FilterBar::errorText() const {
    return m_error->isHidden() ? QString() : m_error->text();
}

void FilterBar::apply() {
    m_rest.stop();
    const QString text = m_field->text();
    const auto parsed = parse_filter(text.toStdString());
    if (parsed) {
        m_field->markError(-1);
        m_error->hide();
        m_model.setFilter(text);
    } else {
        const Error& error = parsed.error();
        static const QRegularExpression kNumber(QStringLiteral("(\\d+)\\s*$"));
        const auto match = kNumber.match(QString::fromStdString(error.where));
        m_errorAt = match.hasMatch() ? match.captured(1).toInt() - 1 : 0;
        m_field->markError(m_errorAt);
        m_error->setText(
            QString::fromStdString(sentence(error.code, error.args) + " " + hint(error.code, error.args))
                .trimmed());
        m_error->show();
    }
    layOut();
}

void FilterBar::showCount() {
    const auto number = [](qint64 count) { return QString::fromStdString(format_count(count)); };
    if (!m_model.answered())
        m_count->clear();
    else if (m_model.filter().isEmpty())
        m_count->setText(m_model.all() == 1 ? tr("1 run") : tr("%1 runs").arg(number(m_model.all())));
    else
        m_count->setText(tr("%1 of %2 runs").arg(number(m_model.matching()), number(m_model.all())));
    layOut();
}

void FilterBar::layOut() {
    const int bar = m_theme.px(40);
    const bool wrong = !m_error->isHidden();
    setFixedHeight(bar + (wrong ? m_theme.px(20) : 0));
    const int inset = 8;
    const QSize key = m_key->sizeHint();
    const int height = m_theme.px(28);
    const int top = (bar - height) / 2;
    m_key->setGeometry(width() - inset - key.width(), (bar - key.height()) / 2, key.width(), key.height());
    m_frame = QRect(inset, top, m_key->x() - inset - inset, height);
    int right = m_frame.right() - m_theme.px(6);
    if (!m_clear->isHidden()) {
        const int side = m_theme.px(22);
        m_clear->setGeometry(right - side, top + (height - side) / 2, side, side);
        right = m_clear->x() - m_theme.px(6);
    }
    const int countWidth = m_count->sizeHint().width();
    m_count->setGeometry(right - countWidth, top, countWidth, height);
    const int left = m_frame.left() + m_theme.px(30);
    m_field->setGeometry(left, top + 2, std::max(40, right - countWidth - m_theme.px(8) - left), height - 4);
    if (wrong) {
        const int wanted = m_error->sizeHint().width();
        const int x = std::min(left + m_field->xOf(m_errorAt), std::max(inset, width() - inset - wanted));
        m_error->setGeometry(x, bar - 4, std::min(wanted, width() - 2 * inset), m_theme.px(20));
    }
    update();
}

void FilterBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layOut();
}

void FilterBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Colours& c = m_theme.colours();
    painter.fillRect(rect(), c.window);
    painter.fillRect(0, height() - 1, width(), m_theme.lineWidth(), c.line);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool active = m_field->hasFocus();
    const bool wrong = !m_error->isHidden();
    const qreal line = active ? 2 : m_theme.lineWidth();
    painter.setPen(QPen(wrong ? c.err : active ? c.acc : c.ctl, line));
    painter.setBrush(c.base);
    painter.drawRoundedRect(QRectF(m_frame).adjusted(line / 2, line / 2, -line / 2, -line / 2), 4, 4);
    const int side = m_theme.px(16);
    painter.drawPixmap(
        QPointF(m_frame.left() + m_theme.px(8), m_frame.center().y() - side / 2 + 1),
        m_theme.icon(QStringLiteral("filter"), c.text2, side, painter.device()->devicePixelRatioF()));
}

} // namespace clew::views
