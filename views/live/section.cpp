#include "views/live/section.h"

#include <QHBoxLayout>

namespace clew::views {

SectionHeader::SectionHeader(const Theme& theme, const QString& title, int sides, QWidget* parent)
    : Surface(theme, &Colours::base, sides, parent)
    , m_subtitle(new ElidedLabel(theme, Theme::Text::Small, &Colours::text3))
    , m_row(new QHBoxLayout(this)) {
    m_row->setContentsMargins(theme.px(16), 0, theme.px(16), 0);
    m_row->setSpacing(theme.px(8));
    auto* head = new ThemedLabel(theme, Theme::Text::Strong, &Colours::text, title);
    m_row->addWidget(head);
    m_row->addWidget(m_subtitle, 1);
    const auto size = [this, &theme] { setFixedHeight(theme.px(40)); };
    connect(&theme, &Theme::changed, this, size);
    size();
}

void SectionHeader::addRight(QWidget* widget) {
    m_row->addWidget(widget);
}

} // namespace clew::views
