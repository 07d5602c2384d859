#include "views/runs/filter_bar.h"

#include "model/base/messages.h"
#include "model/base/numbers.h"
#include "model/store/filter.h"
#include "model/store/filter/complete.h"
#include "model/store/filter/keys.h"
#include "views/items/trace_list_model.h"
#include "views/runs/facet_bar.h"
#include "views/runs/filter_popup.h"
#include "views/runs/saved_filters.h"
#include "views/runs/widgets.h"

#include <QCoreApplication>
#include <QInputMethodEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QRegularExpression>
#include <QTextCharFormat>

namespace clew::views {

namespace {

// Characters of the field for bytes of its UTF-8.
int characterOf(const std::string& text, std::size_t byte) {
    return static_cast<int>(QString::fromUtf8(text.data(), static_cast<qsizetype>(byte)).size());
}

// Whether a character stands in quotation marks.
bool isQuoted(const QString& text, qsizetype at) {
    bool quoted = false;
    for (qsizetype i = 0; i < at; ++i) {
        if (quoted && text[i] == QLatin1Char('\\'))
            ++i;
        else if (text[i] == QLatin1Char('"'))
            quoted = !quoted;
    }
    return quoted;
}

} // namespace

FilterField::FilterField(const Theme& theme, QWidget* parent)
    : QLineEdit(parent)
    , m_theme(theme) {
    setFrame(false);
    setAccessibleName(tr("Filter the runs"));
    setPlaceholderText(tr(
        "Filter: words, \"a phrase\", status:error, model:gpt-4o, cost>0.05, has(tool:search status:error)"));
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

void FilterField::markError(int at, int length) {
    m_error = at;
    m_errorLength = length;
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
    static const QRegularExpression kKey(QStringLiteral(
        "(?:^|[\\s(,:])-?(?:(([A-Za-z_]+)(?:\\.[^\\s:<>=!()\"]*)?\\s*(?::(?!//)|!=|[<>]=?|=))|"
        "((?:and|or|not|AND|OR|NOT)(?=[\\s()]|$)|(?:has|seq|child|parent|ancestor|descendant)(?=\\()))"));
    static const QStringList kRelatives{QStringLiteral("child"), QStringLiteral("parent"),
                                        QStringLiteral("ancestor"), QStringLiteral("descendant")};
    for (auto match = kKey.match(text()); match.hasMatch();) {
        const int group = match.capturedStart(1) >= 0 ? 1 : 3;
        const QString word = match.captured(2).toLower();
        const bool known = group == 3 || kRelatives.contains(word) || find_filter_key(word.toStdString());
        if (known && !isQuoted(text(), match.capturedStart(group)))
            add(match.capturedStart(group), match.capturedLength(group), key);
        // A colon or a parenthesis may begin the next one.
        match = kKey.match(text(), std::max(match.capturedEnd(group) - 1, match.capturedStart() + 1));
    }
    if (m_error >= 0 && m_error < text().size()) {
        QTextCharFormat wrong;
        wrong.setForeground(c.err);
        wrong.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        wrong.setUnderlineColor(c.err);
        add(m_error, std::min<qsizetype>(m_errorLength, text().size() - m_error), wrong);
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
    , m_saved(new SavedFilters(theme, this))
    , m_facets(new FacetBar(theme, this))
    , m_error(new ElidedLabel(theme, Theme::Text::Small, &Colours::err, Qt::ElideRight, this)) {
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
    m_field->installEventFilter(this);
    connect(m_field, &QLineEdit::textEdited, this, [this] { suggest(false); });
    connect(m_field, &QLineEdit::returnPressed, this, &FilterBar::apply);
    connect(m_field, &FilterField::left, this, &FilterBar::left);
    connect(m_field, &FilterField::focusChanged, this, qOverload<>(&QWidget::update));
    connect(m_clear, &QToolButton::clicked, this, [this] { setFilter({}); });
    connect(&model, &TraceListModel::merged, this, &FilterBar::showCount);
    connect(&model, &TraceListModel::countChanged, this, &FilterBar::showCount);
    connect(&theme, &Theme::changed, this, &FilterBar::layOut);
    connect(m_facets, &FacetBar::filterWanted, this, &FilterBar::setFilter);
    connect(m_facets, &FacetBar::typingWanted, this, [this](const QString& filter) {
        m_field->setText(filter);
        m_field->setFocus(Qt::OtherFocusReason);
        suggest(true);
    });
    connect(m_saved, &SavedFilters::filterWanted, this, &FilterBar::setFilter);
    connect(m_saved, &SavedFilters::changed, this, &FilterBar::layOut);
    connect(m_saved, &SavedFilters::failed, this, [this](const Error& error) {
        m_errorAt = 0;
        m_error->setFullText(QString::fromStdString(sentence(error)));
        m_error->show();
        layOut();
    });
    showCount();
    layOut();
}

void FilterBar::completeFrom(TraceStore& store) {
    m_store = &store;
    m_facets->choicesFrom(store);
}

void FilterBar::keepIn(NoteBook& book) {
    m_saved->keepIn(book);
}

void FilterBar::setFilter(const QString& filter) {
    m_field->setText(filter);
    apply();
}

QString FilterBar::errorText() const {
    return m_error->isHidden() ? QString() : m_error->fullText();
}

void FilterBar::apply() {
    m_rest.stop();
    const QString text = m_field->text();
    const std::string typed = text.toStdString();
    const auto reading = read_filter(typed);
    if (!reading.error) {
        m_field->markError(-1);
        m_error->hide();
        m_model.setFilter(text);
        m_facets->showFilter(text);
    } else {
        const Error& error = reading.error->error;
        m_errorAt = characterOf(typed, reading.error->place.offset);
        int end = characterOf(typed, reading.error->place.end());
        // Where something is missing, the word before it is marked.
        if (end == m_errorAt) m_errorAt = text.lastIndexOf(QLatin1Char(' '), std::max(0, end - 2)) + 1;
        m_field->markError(m_errorAt, end - m_errorAt);
        m_error->setFullText(
            QString::fromStdString(sentence(error.code, error.args) + " " + hint(error.code, error.args))
                .trimmed());
        m_error->show();
    }
    m_saved->showFilter(text, !reading.error);
    layOut();
}

void FilterBar::suggest(bool asked) {
    if (!m_store || !m_field->hasFocus()) return;
    const QString text = m_field->text();
    const std::string typed = text.toStdString();
    const auto cursor = static_cast<std::size_t>(text.left(m_field->cursorPosition()).toUtf8().size());
    const FilterSpot spot = filter_spot(typed, cursor);
    if (!asked && spot.key.empty() && spot.typed.empty()) {
        m_asker.cancel();
        if (m_popup) m_popup->hide();
        return;
    }
    m_asker.ask([store = m_store, typed, cursor](
                    std::stop_token stop) { return complete_filter(typed, cursor, *store, std::move(stop)); },
                [this, typed, written = spot.typed](Result<FilterCompletion> found) {
                    if (!found || m_field->text().toStdString() != typed || !m_field->hasFocus()) return;
                    // What stands there already is no news.
                    std::erase_if(found->items,
                                  [&](const FilterSuggestion& item) { return item.text == written; });
                    if (!m_popup) {
                        m_popup = new FilterPopup(m_theme, window());
                        connect(m_popup, &FilterPopup::taken, this, &FilterBar::take);
                    }
                    const int x = m_field->x() + m_field->xOf(characterOf(typed, found->place.offset));
                    m_popup->offer(*found, mapTo(window(), QPoint(x, popupTop())));
                });
}

// Below the sentence, where there is one.
int FilterBar::popupTop() const {
    return m_error->isHidden() ? m_frame.bottom() + 3 : m_facets->y();
}

void FilterBar::take(int row) {
    const FilterCompletion offered = m_popup->offered();
    if (row < 0 || row >= static_cast<int>(offered.items.size())) return;
    m_popup->hide();
    const std::string typed = m_field->text().toStdString();
    if (offered.place.end() > typed.size()) return;
    const FilterSuggestion& item = offered.items[static_cast<std::size_t>(row)];
    std::size_t cursor = 0;
    const std::string completed = with_suggestion(typed, offered.place, item, cursor);
    // Put in as typing does, so that Undo takes it back.
    m_field->selectAll();
    m_field->insert(QString::fromStdString(completed));
    m_field->setCursorPosition(characterOf(completed, cursor));
    if (item.goes_on) suggest(true);
}

// Whether the list took the key.
bool FilterBar::popupKey(int key) {
    switch (key) {
    case Qt::Key_Down: m_popup->choose(1); return true;
    case Qt::Key_Up: m_popup->choose(-1); return true;
    case Qt::Key_Tab: take(std::max(0, m_popup->current())); return true;
    case Qt::Key_Escape: m_popup->hide(); return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_popup->current() < 0) {
            m_popup->hide();
            return false;
        }
        take(m_popup->current());
        return true;
    default: return false;
    }
}

bool FilterBar::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_field && event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Space && key->modifiers() == Qt::ControlModifier) {
            suggest(true);
            return true;
        }
        const auto modifiers = key->modifiers() & ~Qt::KeypadModifier;
        if (m_popup && m_popup->isVisible() && !modifiers && popupKey(key->key())) return true;
    }
    if (watched == m_field && event->type() == QEvent::FocusOut) {
        m_asker.cancel();
        if (m_popup) m_popup->hide();
    }
    return QWidget::eventFilter(watched, event);
}

void FilterBar::showCount() {
    const auto number = [](qint64 count) { return QString::fromStdString(format_count(count)); };
    if (!m_model.answered())
        m_count->clear();
    else if (m_model.filter().isEmpty())
        m_count->setText(m_model.all() == 1 ? tr("1 run") : tr("%1 runs").arg(number(m_model.all())));
    else
        m_count->setText((m_model.counted() ? tr("%1 of %2 runs") : tr("%1+ of %2 runs"))
                             .arg(number(m_model.matching()), number(m_model.all())));
    layOut();
}

void FilterBar::layOut() {
    const int bar = m_theme.px(40);
    const bool wrong = !m_error->isHidden();
    const int sentence = wrong ? m_theme.px(20) : 0;
    setFixedHeight(bar + sentence + m_facets->height());
    m_facets->setGeometry(0, bar + sentence, width(), m_facets->height());
    const int inset = 8;
    const QSize key = m_key->sizeHint();
    const int height = m_theme.px(28);
    const int top = (bar - height) / 2;
    m_key->setGeometry(width() - inset - key.width(), (bar - key.height()) / 2, key.width(), key.height());
    const int savedWidth = m_saved->sizeHint().width();
    m_saved->setGeometry(m_key->x() - inset - savedWidth, top, savedWidth, height);
    m_frame = QRect(inset, top, m_saved->x() - inset - inset, height);
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
    if (m_popup && m_popup->isVisible())
        m_popup->move(m_popup->x(), mapTo(window(), QPoint(0, popupTop())).y());
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
