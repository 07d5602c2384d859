// A card that says what happened, why, and what to do; with one link that does it. GUI thread.
#pragma once

#include "model/base/result.h"
#include "views/theme/theme.h"

#include <QWidget>

#include <functional>

namespace clew::views {

class LinkButton;
class Surface;
class ThemedLabel;

class MessageCard : public QWidget {
    Q_OBJECT

public:
    explicit MessageCard(const Theme& theme, QWidget* parent = nullptr);

    void showError(const Error& error, const QString& link = {}, std::function<void()> action = {});
    void showWarning(const QString& what, const QString& why, const QString& link = {},
                     std::function<void()> action = {});
    [[nodiscard]] QString text() const;

private:
    void put(const QString& what, const QString& why, bool error, const QString& link,
             std::function<void()> action);

    const Theme& m_theme;
    Surface* m_card;
    QWidget* m_icon;
    ThemedLabel* m_what;
    ThemedLabel* m_why;
    LinkButton* m_link;
    std::function<void()> m_action;
    bool m_error = true;
};

} // namespace clew::views
