// Small widgets in the theme's colours that the runs views and the window share. They follow a change of the
// theme by themselves. GUI thread; the theme outlives them.
#pragma once

#include "views/theme/theme.h"

#include <QFrame>
#include <QIcon>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

namespace clew::views {

// An icon in one colour for 1× and 2× screens; disabled in `dis`.
QIcon themedIcon(const Theme& theme, const QString& name, const QColor& colour, int size = 16);

using Colour = QColor Colours::*;

// A label in one of the theme's text roles and colours.
class ThemedLabel : public QLabel {
    Q_OBJECT

public:
    ThemedLabel(const Theme& theme, Theme::Text role, Colour colour, const QString& text = {},
                QWidget* parent = nullptr);
    void setColour(Colour colour);

private:
    void restyle();

    const Theme& m_theme;
    Theme::Text m_role;
    Colour m_colour;
};

// One line that is cut at its end (or in its middle) where there is no room; the whole is in the tool tip
// then.
class ElidedLabel : public ThemedLabel {
    Q_OBJECT

public:
    ElidedLabel(const Theme& theme, Theme::Text role, Colour colour, Qt::TextElideMode mode = Qt::ElideRight,
                QWidget* parent = nullptr);
    void setFullText(const QString& text);
    [[nodiscard]] QString fullText() const { return m_full; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void elide();

    Qt::TextElideMode m_mode;
    QString m_full;
};

// A push button with an icon of the theme.
class ThemedButton : public QPushButton {
    Q_OBJECT

public:
    ThemedButton(const Theme& theme, const QString& icon, const QString& text, QWidget* parent = nullptr);
    void setPrimary(bool primary);
    void setIconName(const QString& icon);
    void setKeyHint(const QString& hint) {
        setProperty("keyHint", hint);
        updateGeometry();
    }

private:
    void restyle();

    const Theme& m_theme;
    QString m_icon;
};

// A flat icon button; it always has a name and a tool tip.
class IconButton : public QToolButton {
    Q_OBJECT

public:
    IconButton(const Theme& theme, const QString& icon, const QString& name, QWidget* parent = nullptr);

private:
    void restyle();

    const Theme& m_theme;
    QString m_icon;
};

// Text in the accent that acts when it is clicked or Space is pressed on it.
class LinkButton : public QPushButton {
    Q_OBJECT

public:
    LinkButton(const Theme& theme, const QString& text, Theme::Text role, QWidget* parent = nullptr);
    void setColour(Colour colour);
    void setIconName(const QString& icon);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    Theme::Text m_role;
    Colour m_colour = &Colours::acc;
    QString m_iconName;
};

// A surface of one colour, with lines on the sides that are asked for, or a rounded border.
class Surface : public QWidget {
    Q_OBJECT

public:
    enum Side { NoSide = 0, Top = 1, Bottom = 2, Left = 4, Right = 8, Card = 16 };
    Surface(const Theme& theme, Colour fill, int sides, QWidget* parent = nullptr);
    void setFill(Colour fill);
    void setBorder(Colour border);
    void setSides(int sides);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    Colour m_fill;
    Colour m_border = &Colours::line;
    int m_sides;
};

// A key cap by itself: 18 px high.
class KeyCap : public QWidget {
    Q_OBJECT

public:
    KeyCap(const Theme& theme, const QString& keys, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    QString m_keys;
};

} // namespace clew::views
