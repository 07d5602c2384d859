// The line at the bottom of the window: what is being imported, what an import had to note, how much the
// store holds. GUI thread; told by the window.
#pragma once

#include "views/theme/theme.h"

#include <QTimer>
#include <QWidget>

#include <cstdint>

class QLabel;
class QProgressBar;

namespace clew::views {

class ElidedLabel;
class LinkButton;
class ThemedLabel;

class StatusBar : public QWidget {
    Q_OBJECT

public:
    explicit StatusBar(const Theme& theme, QWidget* parent = nullptr);

    // `read` of `total` bytes (0 = unknown) and `spans` so far; `waiting` further sources stand in the queue.
    struct Import {
        QString path;
        std::uint64_t read = 0, total = 0, spans = 0;
        double spansPerSecond = 0;
        int waiting = 0;
    };
    void showImport(const Import& import);
    void showIndexing();
    void showIdle(); // nothing runs
    // A short sentence on the left; it goes after a while.
    void say(const QString& sentence);
    void showNotes(qint64 warnings, qint64 errors);
    void showStore(const QString& size, const QString& path);
    void showSaved(const QString& sentence);
    // What the live sources do, at the left end; "" = they do nothing and nothing is shown.
    void showLive(const QString& text, const QString& toolTip, bool receiving);
    [[nodiscard]] QString liveText() const;

    [[nodiscard]] QString importText() const;
    [[nodiscard]] LinkButton* cancelButton() const { return m_cancel; }
    [[nodiscard]] LinkButton* notesButton() const { return m_notes; }

signals:
    void cancelWanted();
    void notesWanted();
    void liveWanted();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void restyleLive();

    const Theme& m_theme;
    QLabel* m_liveIcon;
    LinkButton* m_live;
    ElidedLabel* m_said;
    QWidget* m_importing;
    ThemedLabel* m_verb;
    ElidedLabel* m_name;
    QProgressBar* m_bar;
    ThemedLabel* m_figures;
    LinkButton* m_cancel;
    LinkButton* m_notes;
    ThemedLabel* m_store;
    ThemedLabel* m_saved;
    QTimer m_forget;
    bool m_receiving = false;
};

} // namespace clew::views
