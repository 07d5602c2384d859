#include "views/live/durability_panel.h"

#include "views/live/live_words.h"
#include "views/live/section.h"

#include <QCoreApplication>
#include <QGridLayout>
#include <QMouseEvent>
#include <QRadioButton>
#include <QVBoxLayout>

namespace clew::views {

namespace {

// The sentence belongs to its choice: a click on it chooses as well.
class ChoiceWords : public ThemedLabel {
public:
    ChoiceWords(const Theme& theme, const QString& text, QRadioButton* choice)
        : ThemedLabel(theme, Theme::Text::Small, &Colours::text2, text)
        , m_choice(choice) {
        setWordWrap(true);
        setAlignment(Qt::AlignTop | Qt::AlignLeft);
        setBuddy(choice);
    }

protected:
    void mousePressEvent(QMouseEvent* event) override {
        if (event->button() == Qt::LeftButton) m_choice->click();
    }

private:
    QRadioButton* m_choice;
};

} // namespace

DurabilityPanel::DurabilityPanel(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* head = new SectionHeader(theme, tr("What “received” means"), Surface::Top | Surface::Bottom);
    head->setSubtitle(tr("when a client is told that its spans are here"));
    layout->addWidget(head);
    auto* grid = new QGridLayout;
    grid->setContentsMargins(theme.px(16), theme.px(8), theme.px(16), theme.px(8));
    grid->setHorizontalSpacing(theme.px(24));
    grid->setVerticalSpacing(theme.px(2));
    int column = 0;
    for (const DurabilityWords& words : kDurabilities) {
        auto* choice = new QRadioButton(QCoreApplication::translate("Live", words.title));
        const QString sentence = QCoreApplication::translate("Live", words.sentence);
        choice->setAccessibleName(choice->text());
        choice->setAccessibleDescription(sentence);
        m_choices[static_cast<std::size_t>(words.durability)] = choice;
        grid->addWidget(choice, 0, column);
        auto* text = new ChoiceWords(theme, sentence, choice);
        text->setContentsMargins(theme.px(20), 0, 0, 0);
        grid->addWidget(text, 1, column, Qt::AlignTop);
        grid->setColumnStretch(column++, 1);
        connect(choice, &QRadioButton::clicked, this, [this, durability = words.durability] {
            restyle();
            emit durabilityChosen(durability);
        });
    }
    layout->addLayout(grid);
    connect(&theme, &Theme::changed, this, &DurabilityPanel::restyle);
    setDurability(Durability::complete);
}

void DurabilityPanel::setDurability(Durability durability) {
    if (choice(durability)->isChecked()) return;
    choice(durability)->setChecked(true);
    restyle();
}

void DurabilityPanel::restyle() {
    for (QRadioButton* choice : m_choices)
        choice->setFont(m_theme.font(choice->isChecked() ? Theme::Text::Strong : Theme::Text::Body));
}

} // namespace clew::views
