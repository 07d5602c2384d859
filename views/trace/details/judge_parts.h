// The small pieces of the judge bar: a button with its key, a chip that can be taken away. GUI thread.
#pragma once

#include "views/theme/theme.h"

#include <QAbstractButton>
#include <QPushButton>

namespace clew::views {

// Icon, word, key cap; checked = filled. Narrower than the standard button: four stand side by side in 456
// px.
class KeyButton : public QPushButton {
    Q_OBJECT

public:
    KeyButton(Theme& theme, const QString& icon, const QString& text, const char* command, QWidget* parent);
    [[nodiscard]] QSize sizeHint() const override;

private:
    void dress();

    Theme& m_theme;
    QString m_icon;
};

// A label or a score. A click on the cross, or Delete while it has the focus, asks to take it away.
class Chip : public QAbstractButton {
    Q_OBJECT

public:
    Chip(Theme& theme, const QString& text, QWidget* parent);
    [[nodiscard]] QSize sizeHint() const override;

signals:
    void removeRequested();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    [[nodiscard]] QRect cross() const;

    Theme& m_theme;
};

} // namespace clew::views
