#include "views/live/section.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace clew::views {

SectionHeader::SectionHeader(const Theme& theme, const QString& title, int sides, QWidget* parent)
    : Surface(theme, &Colours::base, sides, parent)
    , m_title(new ThemedLabel(theme, Theme::Text::Strong, &Colours::text, title))
    , m_subtitle(new ElidedLabel(theme, Theme::Text::Small, &Colours::text3))
    , m_row(new QHBoxLayout(this)) {
    m_row->setContentsMargins(theme.px(16), 0, theme.px(16), 0);
    m_row->setSpacing(theme.px(8));
    m_row->addWidget(m_title);
    m_row->addWidget(m_subtitle, 1);
    const auto size = [this, &theme] { setFixedHeight(theme.px(40)); };
    connect(&theme, &Theme::changed, this, size);
    size();
}

void SectionHeader::addRight(QWidget* widget) {
    m_row->addWidget(widget);
}

QWidget* emptyWords(const Theme& theme, const QString& first, const QString& second) {
    auto* words = new QWidget;
    auto* layout = new QVBoxLayout(words);
    layout->setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12));
    layout->setSpacing(theme.px(2));
    layout->addWidget(new ThemedLabel(theme, Theme::Text::Body, &Colours::text2, first));
    auto* why = new ThemedLabel(theme, Theme::Text::Small, &Colours::text3, second);
    why->setWordWrap(true);
    layout->addWidget(why);
    return words;
}

} // namespace clew::views
