// The bar under the menus: back and forward, the pages, “Go to anything”, Open. GUI thread.
#pragma once

#include "views/theme/theme.h"

#include <QAbstractButton>
#include <QWidget>

class QAction;

namespace clew::views {
class IconButton;
class ThemedButton;
} // namespace clew::views

namespace clew::app {

// One page's tab: icon, name, and a line of the accent under the current one.
class PageTab : public QAbstractButton {
    Q_OBJECT

public:
    PageTab(const views::Theme& theme, const QString& icon, const QString& title, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const views::Theme& m_theme;
    QString m_icon;
};

class PageBar : public QWidget {
    Q_OBJECT

public:
    PageBar(const views::Theme& theme, QAction* back, QAction* forward, QAction* anything, QAction* open,
            QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const views::Theme& m_theme;
};

} // namespace clew::app
