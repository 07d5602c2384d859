// The filter of the runs: one field over all panes, with what it lets through and, where it cannot be read,
// why; below it its facets as chips, beside it what was saved.
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
class NoteBook;
class TraceStore;
} // namespace clew

namespace clew::views {

class ElidedLabel;
class FacetBar;
class FilterPopup;
class IconButton;
class SavedFilters;
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
    void completeFrom(TraceStore& store);
    void keepIn(NoteBook& book); // saved filters; it outlives the bar
    [[nodiscard]] FacetBar* facets() const { return m_facets; }
    [[nodiscard]] SavedFilters* saved() const { return m_saved; }
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
    SavedFilters* m_saved;
    FacetBar* m_facets;
    ElidedLabel* m_error;
    FilterPopup* m_popup = nullptr; // of the window, so that it may stand over the panes
    TraceStore* m_store = nullptr;
    Asker m_asker;
    QTimer m_rest;
    int m_errorAt = 0;
    QRect m_frame;
};

} // namespace clew::views
