#include "views/runs/keys_page.h"

#include "views/runs/widgets.h"
#include "views/theme/keys.h"

#include <QCoreApplication>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QMap>
#include <QVBoxLayout>

namespace clew::views {

namespace {

constexpr int kColumns = 3;

QWidget* groupOf(const Theme& theme, const QString& title, const QList<const KeyEntry*>& entries) {
    auto* group = new QWidget;
    auto* grid = new QGridLayout(group);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(0, 1);
    auto* head = new ThemedLabel(theme, Theme::Text::Small, &Colours::text3, title);
    grid->addWidget(head, 0, 0, 1, 2);
    int row = 1;
    for (const KeyEntry* entry : entries) {
        grid->addWidget(new ThemedLabel(theme, Theme::Text::Body, &Colours::text,
                                        QCoreApplication::translate("Keys", entry->title)),
                        row, 0);
        grid->addWidget(new KeyCap(theme, keyHint(entry->command)), row, 1, Qt::AlignRight);
        ++row;
    }
    return group;
}

} // namespace

KeysPage::KeysPage(const Theme& theme, QWidget* parent)
    : QDialog(parent) {
    setWindowTitle(tr("Keys"));
    QStringList order;
    QMap<QString, QList<const KeyEntry*>> groups;
    for (const KeyEntry& entry : keyTable()) {
        const QString group = QCoreApplication::translate("Keys", entry.group);
        if (!groups.contains(group)) order << group;
        groups[group] << &entry;
    }
    auto* columns = new QHBoxLayout;
    columns->setSpacing(32);
    QList<QVBoxLayout*> stacks;
    QList<int> heights;
    for (int i = 0; i < kColumns; ++i) {
        auto* stack = new QVBoxLayout;
        stack->setSpacing(20);
        columns->addLayout(stack, 1);
        stacks << stack;
        heights << 0;
    }
    for (const QString& group : order) { // each into the shortest column
        int shortest = 0;
        for (int i = 1; i < kColumns; ++i) {
            if (heights[i] < heights[shortest]) shortest = i;
        }
        stacks[shortest]->addWidget(groupOf(theme, group, groups[group]));
        heights[shortest] += static_cast<int>(groups[group].size()) + 2;
    }
    for (QVBoxLayout* stack : stacks)
        stack->addStretch();

    auto* close = new ThemedButton(theme, {}, tr("Close"));
    close->setDefault(true);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 20, 24, 16);
    layout->setSpacing(16);
    layout->addWidget(new ThemedLabel(theme, Theme::Text::Figure, &Colours::text, tr("Keys")));
    layout->addLayout(columns);
    auto* foot = new QHBoxLayout;
    foot->addWidget(
        new ThemedLabel(theme, Theme::Text::Small, &Colours::text3,
                        tr("Single letters rest while you type. In the runs, J and K walk the runs.")));
    foot->addStretch();
    foot->addWidget(close);
    layout->addLayout(foot);
    resize(theme.px(820), sizeHint().height());
}

} // namespace clew::views
