#include "app/gui/price_dialog.h"

#include "model/base/messages.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QVBoxLayout>

namespace clew::app {

using views::Colours;
using views::Theme;
using views::ThemedButton;
using views::ThemedLabel;

namespace {

std::optional<double> amountOf(const QLineEdit* field) {
    bool number = false;
    const double amount = field->text().trimmed().remove(QLatin1Char('$')).toDouble(&number);
    return number && amount >= 0 ? std::optional<double>(amount) : std::nullopt;
}

} // namespace

PriceDialog::PriceDialog(const Theme& theme, const QString& model, QWidget* parent)
    : QDialog(parent)
    , m_theme(theme)
    , m_trouble(new ThemedLabel(theme, Theme::Text::Body, &Colours::err))
    , m_save(new ThemedButton(theme, {}, tr("Add the price"))) {
    setWindowTitle(tr("Your own price"));
    setAccessibleName(tr("Your own price"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(theme.px(12));
    layout->addWidget(
        new ThemedLabel(theme, Theme::Text::Strong, &Colours::text, tr("What does this model cost?")));
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(theme.px(12));
    grid->setVerticalSpacing(theme.px(8));
    grid->setColumnStretch(1, 1);
    m_model = addField(*grid, tr("Model"), {});
    m_input = addField(*grid, tr("Input"), tr("$ per million tokens"));
    m_output = addField(*grid, tr("Output"), tr("$ per million tokens"));
    m_cacheRead = addField(*grid, tr("Read from cache"), tr("$ per million tokens, if it differs"));
    m_model->setText(model);
    layout->addLayout(grid);
    auto* what = new ThemedLabel(theme, Theme::Text::Small, &Colours::text3,
                                 tr("Your own prices go before the table's. All runs are computed again at "
                                    "once; what a source reports "
                                    "stays as it is. Tiers and more: “clew prices --override FILE”."));
    what->setWordWrap(true);
    layout->addWidget(what);
    m_trouble->setWordWrap(true);
    m_trouble->hide();
    layout->addWidget(m_trouble);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    auto* cancel = new ThemedButton(theme, {}, tr("Cancel"));
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_save);
    layout->addLayout(buttons);
    m_save->setPrimary(true);
    m_save->setDefault(true);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_save, &QPushButton::clicked, this, [this] { emit saveWanted(price()); });
    const auto check = [this] { m_save->setEnabled(complete()); };
    for (const QLineEdit* field : {m_model, m_input, m_output, m_cacheRead})
        connect(field, &QLineEdit::textChanged, this, check);
    check();
    (model.isEmpty() ? m_model : m_input)->setFocus();
    setMinimumWidth(theme.px(460));
}

QLineEdit* PriceDialog::addField(QGridLayout& grid, const QString& title, const QString& unit) {
    auto* field = new QLineEdit;
    field->setAccessibleName(unit.isEmpty() ? title : title + QStringLiteral(", ") + unit);
    const int row = grid.rowCount();
    grid.addWidget(new ThemedLabel(m_theme, Theme::Text::Body, &Colours::text2, title), row, 0);
    grid.addWidget(field, row, 1, 1, unit.isEmpty() ? 2 : 1);
    if (!unit.isEmpty())
        grid.addWidget(new ThemedLabel(m_theme, Theme::Text::Small, &Colours::text3, unit), row, 2);
    return field;
}

bool PriceDialog::complete() const {
    return !m_model->text().trimmed().isEmpty() && amountOf(m_input) && amountOf(m_output) &&
           (m_cacheRead->text().trimmed().isEmpty() || amountOf(m_cacheRead));
}

OwnPrice PriceDialog::price() const {
    return {m_model->text().trimmed().toStdString(), amountOf(m_input).value_or(0),
            amountOf(m_output).value_or(0), amountOf(m_cacheRead)};
}

void PriceDialog::showError(const Error& error) {
    m_trouble->setText(
        QString::fromStdString(sentence(error.code, error.args) + " " + hint(error.code, error.args))
            .trimmed());
    m_trouble->show();
}

} // namespace clew::app
