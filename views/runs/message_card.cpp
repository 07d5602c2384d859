#include "views/runs/message_card.h"

#include "model/base/messages.h"
#include "views/runs/widgets.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace clew::views {

namespace {

class CardIcon : public QWidget {
public:
    CardIcon(const Theme& theme, const bool& error)
        : m_theme(theme)
        , m_error(error) {
        setFixedSize(theme.px(16), theme.px(16));
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        const Colours& c = m_theme.colours();
        painter.drawPixmap(
            0, 0,
            m_theme.icon(m_error ? QStringLiteral("status-error") : QStringLiteral("status-warning"),
                         m_error ? c.err : c.warn, m_theme.px(16), painter.device()->devicePixelRatioF()));
    }

private:
    const Theme& m_theme;
    const bool& m_error;
};

} // namespace

MessageCard::MessageCard(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_card(new Surface(theme, &Colours::errbg, Surface::Card, this))
    , m_icon(new CardIcon(theme, m_error))
    , m_what(new ThemedLabel(theme, Theme::Text::Strong, &Colours::text))
    , m_why(new ThemedLabel(theme, Theme::Text::Body, &Colours::text2))
    , m_count(new ThemedLabel(theme, Theme::Text::Small, &Colours::text2))
    , m_link(new LinkButton(theme, {}, Theme::Text::Body)) {
    auto* close = new IconButton(theme, QStringLiteral("close"), tr("Close this message"));
    connect(close, &QToolButton::clicked, this, &MessageCard::next);
    connect(m_link, &QPushButton::clicked, this, [this] {
        const auto action = m_messages.isEmpty() ? nullptr : m_messages.first().action;
        next();
        if (action) action();
    });
    m_what->setWordWrap(true);
    m_why->setWordWrap(true);
    m_what->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(2);
    texts->addWidget(m_what);
    texts->addWidget(m_why);
    auto* row = new QHBoxLayout(m_card);
    row->setContentsMargins(12, 8, 4, 8);
    row->setSpacing(8);
    row->addWidget(m_icon, 0, Qt::AlignTop);
    row->addLayout(texts, 1);
    row->addWidget(m_link, 0, Qt::AlignTop);
    row->addWidget(m_count, 0, Qt::AlignTop);
    row->addWidget(close, 0, Qt::AlignTop);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 8, 8, 8);
    layout->addWidget(m_card);
    hide();
}

void MessageCard::showError(const Error& error, const QString& link, std::function<void()> action) {
    std::string what = sentence(error.code, error.args);
    if (!error.where.empty()) what += " (" + error.where + ")";
    put({QString::fromStdString(what), QString::fromStdString(hint(error.code, error.args)), link,
         std::move(action), true});
}

void MessageCard::showWarning(const QString& what, const QString& why, const QString& link,
                              std::function<void()> action) {
    put({what, why, link, std::move(action), false});
}

void MessageCard::showTrouble(const QString& what, const QString& why) {
    put({what, why, {}, {}, true});
}

void MessageCard::put(Message message) {
    constexpr qsizetype kMost = 100; // of a folder with a thousand bad files, these are enough to see why
    if (isHidden()) clear();
    const auto same = [&message](const Message& other) { return other.what == message.what; };
    if (m_messages.size() >= kMost || std::any_of(m_messages.begin(), m_messages.end(), same)) return;
    m_messages.append(std::move(message));
    showFirst();
}

void MessageCard::clear() {
    m_messages.clear();
    m_shown = 0;
    hide();
}

void MessageCard::next() {
    if (m_messages.size() < 2) return clear();
    m_messages.removeFirst();
    ++m_shown;
    showFirst();
}

void MessageCard::showFirst() {
    const Message& message = m_messages.first();
    m_error = message.error;
    m_card->setFill(m_error ? &Colours::errbg : &Colours::warnbg);
    m_card->setBorder(m_error ? &Colours::err : &Colours::warn);
    m_what->setText(message.what);
    m_why->setText(message.why);
    m_why->setVisible(!message.why.isEmpty());
    m_link->setText(message.link);
    m_link->setVisible(!message.link.isEmpty());
    m_link->updateGeometry();
    m_count->setText(tr("%1 of %2").arg(m_shown + 1).arg(m_shown + m_messages.size()));
    m_count->setVisible(m_shown + m_messages.size() > 1);
    m_icon->update();
    show();
}

QString MessageCard::text() const {
    return isHidden() ? QString() : m_what->text();
}

} // namespace clew::views
