// What “received” means: when a client's request is answered. GUI thread.
#pragma once

#include "model/trace/live_status.h"
#include "views/theme/theme.h"

#include <QWidget>

class QRadioButton;

namespace clew::views {

class DurabilityPanel : public QWidget {
    Q_OBJECT

public:
    explicit DurabilityPanel(const Theme& theme, QWidget* parent = nullptr);
    void setDurability(Durability durability);
    [[nodiscard]] QRadioButton* choice(Durability durability) const {
        return m_choices[static_cast<std::size_t>(durability)];
    }

signals:
    void durabilityChosen(clew::Durability durability);

private:
    void restyle();

    const Theme& m_theme;
    QRadioButton* m_choices[3] = {};
};

} // namespace clew::views
