// A chip: one facet of the filter, off with its title, on with what it says and a cross that takes it off.
// Click, Space or Enter opens its choices, Delete takes it off. GUI thread; the theme outlives it.
#pragma once

#include "views/theme/theme.h"

#include <QAbstractButton>

namespace clew::views {

class FacetChip : public QAbstractButton {
    Q_OBJECT

public:
    FacetChip(const Theme& theme, const QString& title, QWidget* parent = nullptr);

    // "" = off.
    void setValue(const QString& value);
    [[nodiscard]] QString value() const { return m_value; }
    [[nodiscard]] QString title() const { return m_title; }
    [[nodiscard]] QSize sizeHint() const override;

signals:
    void removed();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    [[nodiscard]] QRect cross() const;

    const Theme& m_theme;
    QString m_title;
    QString m_value;
};

} // namespace clew::views
