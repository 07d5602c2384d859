// How known costs spread over the runs: a bar for each range of cost, eight ranges a decade (so a log scale),
// with the median and p95. A click, or the arrows and Enter, choose the runs of a bar. GUI thread.
#pragma once

#include "model/store/usage.h"
#include "views/costs/chart_theme.h"

#include <optional>
#include <vector>

namespace clew::views {

class RunCostChart : public ThemedPlot {
    Q_OBJECT

public:
    explicit RunCostChart(const Theme& theme, QWidget* parent = nullptr);
    void setBins(std::vector<CostBin> bins, std::optional<PicoUsd> p50, std::optional<PicoUsd> p95);
    [[nodiscard]] const std::vector<CostBin>& bins() const { return m_bins; }
    [[nodiscard]] QPointF centreOf(int bin) const;
    [[nodiscard]] int currentBin() const { return m_current; }
    [[nodiscard]] QString describe(int bin) const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

signals:
    void binActivated(clew::PicoUsd from, clew::PicoUsd to);

protected:
    bool event(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void restyle() override;

private:
    void layOut();
    void sayCurrent();
    void setCurrent(int bin);
    void paintMarks(QCPPainter& painter) const;
    [[nodiscard]] int binAtX(qreal x) const;
    [[nodiscard]] double placeOf(PicoUsd cost) const; // on the axis
    void activate(int bin);

    std::vector<CostBin> m_bins;
    std::optional<PicoUsd> m_p50, m_p95;
    QCPBars* m_bars;
    QCPBars* m_marked; // the one under the pointer or the keys
    int m_current = -1, m_hovered = -1;
};

} // namespace clew::views
