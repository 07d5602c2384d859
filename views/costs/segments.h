// A row of joined buttons, one of which is on; the arrow keys move between them. GUI thread.
#pragma once

#include "views/theme/theme.h"

#include <QWidget>

class QAbstractButton;
class QButtonGroup;

namespace clew::views {

class Segments : public QWidget {
    Q_OBJECT

public:
    Segments(const Theme& theme, const QString& name, const QStringList& titles, QWidget* parent = nullptr);
    [[nodiscard]] int current() const;
    void setCurrent(int at); // emits nothing
    [[nodiscard]] QAbstractButton* button(int at) const;

signals:
    void chosen(int at); // by hand

private:
    QButtonGroup* m_group;
};

} // namespace clew::views
