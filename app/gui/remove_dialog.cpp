#include "app/gui/remove_dialog.h"

#include "views/runs/widgets.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace clew::app {

using views::Colours;
using views::Theme;

RemoveDialog::RemoveDialog(const Theme& theme, const QString& what, QWidget* parent)
    : QDialog(parent)
    , m_judgements(new QCheckBox(tr("Also its judgements"))) {
    setWindowTitle(tr("Remove"));
    setMinimumWidth(theme.px(420));
    auto* title =
        new views::ThemedLabel(theme, Theme::Text::Strong, &Colours::text, tr("Remove %1?").arg(what));
    title->setWordWrap(true);
    auto* why = new views::ThemedLabel(
        theme, Theme::Text::Body, &Colours::text2,
        tr("It goes from this store, not from the disk. Undo brings it back until the window closes."));
    why->setWordWrap(true);
    m_judgements->setToolTip(
        tr("Otherwise thumbs, labels, scores and notes stay, and are there again when the file "
           "is opened again"));
    auto* keep = new views::ThemedButton(theme, {}, tr("Keep"));
    auto* remove = new views::ThemedButton(theme, {}, tr("Remove"));
    remove->setPrimary(true);
    remove->setDefault(true);
    connect(keep, &QPushButton::clicked, this, &QDialog::reject);
    connect(remove, &QPushButton::clicked, this, &QDialog::accept);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_judgements);
    buttons->addStretch();
    buttons->addWidget(keep);
    buttons->addWidget(remove);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(8);
    layout->addWidget(title);
    layout->addWidget(why);
    layout->addSpacing(8);
    layout->addLayout(buttons);
    remove->setFocus();
}

bool RemoveDialog::withJudgements() const {
    return m_judgements->isChecked();
}

} // namespace clew::app
