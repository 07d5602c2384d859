// The filter of the runs: one field over all panes, with what it lets through and, where it cannot be read,
// why.
//
// What is typed acts after 200 ms of rest, or at once with Enter; Esc empties the field, then leaves it. What
// could come next is listed below while one types (or with Ctrl+Space): Down and Up choose, Tab or Enter
// take, Esc closes the list. GUI thread.
#pragma once

#include "views/ask.h"
#include "views/theme/theme.h"

#include <QLineEdit>
#include <QTimer>
#include <QWidget>

namespace clew {
class TraceStore;
}

namespace clew::views {

class ElidedLabel;
class FilterPopup;
class IconButton;
class ThemedLabel;
class TraceListModel;

// A line of filter text with its keys in the accent and the unreadable word underlined.
class FilterField : public QLineEdit {
    Q_OBJECT

public:
    explicit FilterField(const Theme& theme, QWidget* parent = nullptr);
    // So many characters from `at` on are marked; -1 = none.
    void markError(int at, int length = 0);
    // x of a character, in the field's coordinates.
    [[nodiscard]] int xOf(int character) const;

signals:
    void left(); // Esc in an empty field
    void focusChanged();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void colourWords();

    const Theme& m_theme;
    int m_error = -1;
    int m_errorLength = 0;
    bool m_colouring = false;
};

class FilterBar : public QWidget {
    Q_OBJECT

public:
    static constexpr int kDebounceMs = 200;

    FilterBar(const Theme& theme, TraceListModel& model, QWidget* parent = nullptr);
    [[nodiscard]] FilterField* field() const { return m_field; }
    // As if it had been typed and Enter pressed.
    void setFilter(const QString& filter);
    [[nodiscard]] QString errorText() const;
    // Values in use come from here; it outlives the bar.
    void completeFrom(TraceStore& store) { m_store = &store; }
    [[nodiscard]] FilterPopup* popup() const { return m_popup; }

signals:
    void left(); // the person is done here: the runs take the focus

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void apply();
    void suggest(bool asked); // not asked: only where a word has begun
    void take(int row);
    bool popupKey(int key);
    [[nodiscard]] int popupTop() const;
    void showCount();
    void layOut();

    const Theme& m_theme;
    TraceListModel& m_model;
    FilterField* m_field;
    ThemedLabel* m_count;
    IconButton* m_clear;
    QWidget* m_key;
    ElidedLabel* m_error;
    FilterPopup* m_popup = nullptr; // of the window, so that it may stand over the panes
    TraceStore* m_store = nullptr;
    Asker m_asker;
    QTimer m_rest;
    int m_errorAt = 0;
    QRect m_frame;
};

} // namespace clew::views
