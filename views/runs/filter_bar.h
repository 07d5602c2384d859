// The filter of the runs: one field over all panes, with what it lets through and, where it cannot be read,
// why.
//
// What is typed acts after 200 ms of rest, or at once with Enter; Esc empties the field, then leaves it. GUI
// thread.
#pragma once

#include "views/theme/theme.h"

#include <QLineEdit>
#include <QTimer>
#include <QWidget>

namespace clew::views {

class IconButton;
class ThemedLabel;
class TraceListModel;

// A line of filter text with its keys in the accent and the unreadable word underlined.
class FilterField : public QLineEdit {
    Q_OBJECT

public:
    explicit FilterField(const Theme& theme, QWidget* parent = nullptr);
    // Characters from `at` on, to the next blank, are marked; -1 = none.
    void markError(int at);
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

signals:
    void left(); // the person is done here: the runs take the focus

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void apply();
    void showCount();
    void layOut();

    const Theme& m_theme;
    TraceListModel& m_model;
    FilterField* m_field;
    ThemedLabel* m_count;
    IconButton* m_clear;
    QWidget* m_key;
    ThemedLabel* m_error;
    QTimer m_rest;
    int m_errorAt = 0;
    QRect m_frame;
};

} // namespace clew::views
