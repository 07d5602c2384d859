// What a day may cost: asked as an amount in dollars; none takes the line away. GUI thread.
#pragma once

#include "model/base/money.h"
#include "views/runs/widgets.h"

#include <QDialog>

#include <optional>

class QLineEdit;

namespace clew::views {

class BudgetDialog : public QDialog {
    Q_OBJECT

public:
    BudgetDialog(const Theme& theme, std::optional<PicoUsd> budget, QWidget* parent = nullptr);
    // What is written; nullopt where nothing is.
    [[nodiscard]] std::optional<PicoUsd> budget() const;
    [[nodiscard]] QLineEdit* field() const { return m_field; }

private:
    [[nodiscard]] bool readable() const;

    QLineEdit* m_field;
    ThemedButton* m_set;
};

} // namespace clew::views
