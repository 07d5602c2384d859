// The tabs of the details: 32 px, the chosen one strong with a 2 px underline. GUI thread.
#pragma once

#include "views/theme/theme.h"

#include <QTabBar>

namespace clew::views {

class TabStrip : public QTabBar {
    Q_OBJECT

public:
    explicit TabStrip(Theme& theme, QWidget* parent = nullptr);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    [[nodiscard]] QSize tabSizeHint(int index) const override;
    [[nodiscard]] QSize minimumTabSizeHint(int index) const override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    [[nodiscard]] int textWidth(int index) const;
    [[nodiscard]] int gap() const;

    Theme& m_theme;
    int m_hovered = -1;
};

} // namespace clew::views
