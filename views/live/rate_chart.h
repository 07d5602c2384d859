// Spans in each second of the last two minutes as bars; the last one still grows and is outlined. GUI thread.
#pragma once

#include "views/theme/theme.h"

#include <QWidget>

#include <cstdint>
#include <vector>

namespace clew::views {

class RateChart : public QWidget {
    Q_OBJECT

public:
    static constexpr int kSeconds = 120;

    explicit RateChart(const Theme& theme, QWidget* parent = nullptr);
    // Oldest first, the last one is the second that runs; fewer than 120 stand at the right.
    void setSeconds(const std::vector<std::uint32_t>& seconds);
    // What stands in an empty chart.
    void setEmptyText(const QString& first, const QString& second);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

    // The values of the axis for a highest bar: 0 and one to three steps of 1, 2, 5 × 10ⁿ.
    static std::vector<std::uint32_t> ticks(std::uint32_t highest);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    [[nodiscard]] QRectF plot() const;
    [[nodiscard]] std::uint32_t highest() const;

    const Theme& m_theme;
    std::vector<std::uint32_t> m_seconds;
    QString m_emptyFirst, m_emptySecond;
};

// A row of small neutral bars, as in tables: `values` oldest first, the highest of them fills the height.
void drawSparkline(QPainter& painter, const QRectF& rect, const std::vector<std::uint32_t>& values,
                   const Theme& theme);

} // namespace clew::views
