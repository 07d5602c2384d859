// All keys, from the one table that binds them. GUI thread.
#pragma once

#include "views/theme/theme.h"

#include <QDialog>

namespace clew::views {

class KeysPage : public QDialog {
    Q_OBJECT

public:
    explicit KeysPage(const Theme& theme, QWidget* parent = nullptr);
};

} // namespace clew::views
