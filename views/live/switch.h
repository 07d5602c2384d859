// A switch: a toggle whose state is seen from its knob's side, not only from its colour. GUI thread.
#pragma once

#include "views/theme/theme.h"

#include <QAbstractButton>

namespace clew::views {

class Switch : public QAbstractButton {
    Q_OBJECT

public:
    // The text stands behind it, a key cap behind that where `key` is given.
    Switch(const Theme& theme, const QString& text, const QString& key = {}, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    QString m_key;
};

} // namespace clew::views
