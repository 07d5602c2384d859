// The share of input tokens that was read from a cache, step by step; steps without input leave a gap. GUI
// thread.
#pragma once

#include "views/costs/chart_theme.h"
#include "views/costs/usage_series.h"

namespace clew::views {

class CacheChart : public ThemedPlot {
    Q_OBJECT

public:
    explicit CacheChart(const Theme& theme, QWidget* parent = nullptr);
    void setSeries(const UsageSeries& series);
    // "49 % overall, fell by 23 pt on 14 Nov"; "" where there is no input.
    [[nodiscard]] QString summary() const { return m_summary; }
    [[nodiscard]] QSize sizeHint() const override { return {m_theme.px(320), m_theme.px(150)}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {m_theme.px(200), m_theme.px(150)}; }

protected:
    bool event(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void restyle() override;

private:
    void layOut();
    void summarize();
    void paintFall(QCPPainter& painter) const;

    std::vector<double> m_shares; // NaN = no input
    std::vector<TimeNs> m_starts;
    std::vector<std::int64_t> m_input, m_cached;
    UsageStep m_step = UsageStep::day;
    int m_fell = -1; // the bar in which it fell most, where that is worth a word
    QString m_summary;
};

} // namespace clew::views
