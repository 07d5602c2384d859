#include "views/costs/budget_dialog.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QLocale>
#include <QVBoxLayout>

namespace clew::views {

BudgetDialog::BudgetDialog(const Theme& theme, std::optional<PicoUsd> budget, QWidget* parent)
    : QDialog(parent)
    , m_field(new QLineEdit)
    , m_set(new ThemedButton(theme, {}, tr("Set"))) {
    setWindowTitle(tr("Budget"));
    setAccessibleName(tr("Budget"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(theme.px(8));
    layout->addWidget(new ThemedLabel(theme, Theme::Text::Strong, &Colours::text, tr("What a day may cost")));
    auto* row = new QHBoxLayout;
    row->setSpacing(theme.px(6));
    row->addWidget(new ThemedLabel(theme, Theme::Text::Body, &Colours::text2, tr("$")));
    m_field->setAccessibleName(tr("Budget of a day in dollars"));
    m_field->setFixedWidth(theme.px(120));
    m_field->setPlaceholderText(tr("none"));
    if (budget) m_field->setText(QString::number(to_usd(*budget), 'g', 12));
    m_field->selectAll();
    row->addWidget(m_field);
    row->addWidget(new ThemedLabel(theme, Theme::Text::Body, &Colours::text2, tr("a day (UTC)")));
    row->addStretch();
    layout->addLayout(row);
    auto* what = new ThemedLabel(
        theme, Theme::Text::Small, &Colours::text3,
        tr("A line in the chart; steps above it are marked and counted. Only known costs are held against "
           "it: calls without a price add nothing."));
    what->setWordWrap(true);
    layout->addWidget(what);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    auto* none = new ThemedButton(theme, {}, tr("No budget"));
    none->setVisible(budget.has_value());
    auto* cancel = new ThemedButton(theme, {}, tr("Cancel"));
    buttons->addWidget(none);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_set);
    layout->addLayout(buttons);
    m_set->setPrimary(true);
    m_set->setDefault(true);
    const auto check = [this] { m_set->setEnabled(readable()); };
    connect(m_field, &QLineEdit::textChanged, this, check);
    connect(m_set, &QPushButton::clicked, this, &QDialog::accept);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(none, &QPushButton::clicked, this, [this] {
        m_field->clear();
        accept();
    });
    check();
    setMinimumWidth(theme.px(360));
}

std::optional<PicoUsd> BudgetDialog::budget() const {
    QString text = m_field->text().trimmed();
    if (text.startsWith(QLatin1Char('$'))) text.remove(0, 1);
    text.remove(QLatin1Char(','));
    bool number = false;
    const double dollars = text.trimmed().toDouble(&number);
    if (!number || dollars <= 0) return {};
    return from_usd(dollars);
}

bool BudgetDialog::readable() const {
    return m_field->text().trimmed().isEmpty() || budget().has_value();
}

} // namespace clew::views
