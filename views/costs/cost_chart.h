// The main chart of the Costs page: a stacked bar for each step, calls without a price as a hatched strip
// below (calls, never money), the budget as a line. Dragging, or Shift with the arrows and Enter, chooses
// steps; a click or Enter opens a bar's runs. GUI thread.
#pragma once

#include "model/base/numbers.h"
#include "views/costs/chart_theme.h"
#include "views/costs/usage_series.h"
#include "views/runs/filter_text.h"

#include <QStringList>

#include <optional>

namespace clew::views {

class CostChart : public ThemedPlot {
    Q_OBJECT

public:
    explicit CostChart(const Theme& theme, QWidget* parent = nullptr);

    // `names` of the layers, the lowest first.
    void setSeries(UsageSeries series, QStringList names);
    [[nodiscard]] const UsageSeries& series() const { return m_series; }
    void setEmptyText(const QString& text) { m_empty = text; } // where there are no bars
    // Of a day, in pico-USD; shown where the bars are money.
    void setBudget(std::optional<PicoUsd> aDay);
    // Of a bar, which may be more or less than a day; nullopt without a budget.
    [[nodiscard]] std::optional<PicoUsd> budgetOfBar() const;
    [[nodiscard]] int crossed() const; // bars above it
    [[nodiscard]] QString budgetText() const;
    void setSelected(std::optional<TimeRange> range);
    [[nodiscard]] std::optional<TimeRange> selected() const { return m_selected; }

    [[nodiscard]] int currentBar() const { return m_current; }
    void setCurrentBar(int bar);
    // Every value of a bar, exactly.
    [[nodiscard]] QString describe(int bar) const;
    [[nodiscard]] int barAtX(qreal x) const;                       // -1 = none
    [[nodiscard]] QPointF centreOf(int bar, int layer = -1) const; // of the segment; for tests and tool tips
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

signals:
    void rangeChosen(const clew::views::TimeRange& range);
    void rangeDropped();
    void barActivated(int bar, int layer); // -1 = all of its layers

protected:
    bool event(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void restyle() override;

private:
    void fill();
    void layOut();
    void showTicks();
    void sayCurrent();
    void paintBehind(QCPPainter& painter) const;
    void paintStrip(QCPPainter& painter) const;
    void paintMarks(QCPPainter& painter) const;
    void paintBudget(QCPPainter& painter, PicoUsd budget) const;
    void paintRange(QCPPainter& painter, int first, int last) const;
    [[nodiscard]] bool hasStrip() const;
    [[nodiscard]] QRectF columnOf(int bar) const; // over the whole height of the plot
    [[nodiscard]] int layerAt(int bar, qreal y) const;
    [[nodiscard]] int nearestBar(qreal x) const;
    [[nodiscard]] TimeRange timesOf(int first, int last) const;
    [[nodiscard]] double shown(std::int64_t value) const; // as the axis counts: USD or tokens

    UsageSeries m_series;
    QStringList m_names;
    QString m_empty;
    QList<QCPBars*> m_layers;
    std::int64_t m_mostUnpriced = 0;
    std::optional<PicoUsd> m_budget;
    std::optional<TimeRange> m_selected;
    int m_current = -1, m_hovered = -1;
    int m_pressed = -1, m_dragged = -1; // bars; -1 = nothing is dragged
    qreal m_pressedX = 0;
    int m_anchor = -1; // of a range chosen by keys
    double m_top = 1;
    double m_tickStep = 1;
};

} // namespace clew::views
