// What a model costs, said by the person: one entry of the file of their own prices. GUI thread.
#pragma once

#include "app/prices.h"
#include "views/runs/widgets.h"

#include <QDialog>

class QGridLayout;
class QLineEdit;

namespace clew::app {

class PriceDialog : public QDialog {
    Q_OBJECT

public:
    PriceDialog(const views::Theme& theme, const QString& model, QWidget* parent = nullptr);
    [[nodiscard]] OwnPrice price() const;
    // Whether a name and both prices stand there, and all that stands there are amounts.
    [[nodiscard]] bool complete() const;
    void showError(const Error& error);

    [[nodiscard]] QLineEdit* model() const { return m_model; }
    [[nodiscard]] QLineEdit* input() const { return m_input; }
    [[nodiscard]] QLineEdit* output() const { return m_output; }
    [[nodiscard]] QLineEdit* cacheRead() const { return m_cacheRead; }

signals:
    void saveWanted(const clew::app::OwnPrice& price);

private:
    QLineEdit* addField(QGridLayout& grid, const QString& title, const QString& unit);

    const views::Theme& m_theme;
    QLineEdit* m_model;
    QLineEdit* m_input;
    QLineEdit* m_output;
    QLineEdit* m_cacheRead;
    views::ThemedLabel* m_trouble;
    views::ThemedButton* m_save;
};

} // namespace clew::app
