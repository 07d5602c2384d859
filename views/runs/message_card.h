// A card that says what happened, why, and what to do; with one link that does it. Where several things
// happened it says how many; closing one shows the next. GUI thread.
#pragma once

#include "model/base/result.h"
#include "views/theme/theme.h"

#include <QList>
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
    // An error whose sentences are made already.
    void showTrouble(const QString& what, const QString& why);
    [[nodiscard]] QString text() const;
    void clear(); // forgets everything that it has to say

private:
    struct Message {
        QString what, why, link;
        std::function<void()> action;
        bool error = true;
    };
    void put(Message message);
    void showFirst();
    void next();

    const Theme& m_theme;
    Surface* m_card;
    QWidget* m_icon;
    ThemedLabel* m_what;
    ThemedLabel* m_why;
    ThemedLabel* m_count;
    LinkButton* m_link;
    QList<Message> m_messages; // the first is shown
    int m_shown = 0;           // since the card was last empty, with the one that is shown
    bool m_error = true;
};

} // namespace clew::views
