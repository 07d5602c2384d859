// The bar under the menus: back and forward, the pages, “Go to anything”, Open. GUI thread.
#pragma once

#include "views/theme/theme.h"

#include <QAbstractButton>
#include <QHash>
#include <QWidget>

class QAction;
class QHBoxLayout;

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
    // A green dot behind the name: something is going on there.
    void setDot(bool dot, const QString& what = {});
    [[nodiscard]] bool hasDot() const { return m_dot; }
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const views::Theme& m_theme;
    QString m_icon;
    bool m_dot = false;
};

// The pages of the window that there are so far; kept in the trail of what was looked at.
enum class Page { Traces, Sessions, Costs, Live };

class PageBar : public QWidget {
    Q_OBJECT

public:
    PageBar(const views::Theme& theme, QAction* back, QAction* forward, QAction* anything, QAction* open,
            QWidget* parent = nullptr);
    // A page that is not added is not shown.
    PageTab* addPage(Page page, const QString& icon, const QString& title);
    [[nodiscard]] PageTab* tab(Page page) const { return m_tabs.value(page); }
    void setPage(Page page);

signals:
    void pageWanted(clew::app::Page page);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const views::Theme& m_theme;
    QHBoxLayout* m_row;
    QHash<Page, PageTab*> m_tabs;
};

} // namespace clew::app
