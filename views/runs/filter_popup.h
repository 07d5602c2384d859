// What could be typed next in the filter: a short list below the field, which keeps the focus.
//
// Up and Down choose, Tab or Enter take, Esc closes: the filter bar hands the keys on. GUI thread.
#pragma once

#include "model/store/filter/complete.h"
#include "views/theme/theme.h"

#include <QWidget>

namespace clew::views {

class FilterPopup : public QWidget {
    Q_OBJECT

public:
    explicit FilterPopup(const Theme& theme, QWidget* parent = nullptr);

    // Shows them with their left edge at `at`, in the coordinates of the parent; none hides it.
    void offer(const FilterCompletion& completion, QPoint at);
    [[nodiscard]] const FilterCompletion& offered() const { return m_offered; }
    // -1 = nothing is chosen yet.
    [[nodiscard]] int current() const { return m_current; }
    void choose(int by); // moves on by so many rows, round the ends

signals:
    void taken(int row); // with the mouse

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    static constexpr int kRowsShown = 10;
    [[nodiscard]] int rowHeight() const { return m_theme.px(26); }
    [[nodiscard]] int rows() const { return static_cast<int>(m_offered.items.size()); }
    [[nodiscard]] int rowAt(const QPoint& at) const;
    [[nodiscard]] int widthOf(const FilterSuggestion& item) const;

    const Theme& m_theme;
    FilterCompletion m_offered;
    int m_current = -1;
    int m_first = 0; // row at the top
};

} // namespace clew::views
