// The name of a list's order with a chevron behind it: what it opens is a menu. GUI thread; the theme
// outlives it.
#pragma once

#include "views/theme/theme.h"

#include <QToolButton>

namespace clew::views {

class OrderButton : public QToolButton {
    Q_OBJECT

public:
    explicit OrderButton(const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
};

} // namespace clew::views
