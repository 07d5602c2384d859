// The critical path as one unbroken line under the bars, with steps between the rows. GUI thread.
#pragma once

#include "views/trace/row_paint.h"

#include <QPolygonF>

#include <utility>
#include <vector>

namespace clew::views {

class ThreadPainter {
public:
    // The rows or the picture changed; the next line is made from them. A parent's own time between its
    // children is drawn on the next child's row.
    void setRows(const TracePicture& picture, const SpanRows& rows);

    // The line in the widget, for rows that start at `firstTop` (top of row 0, may be far above); merged per
    // pixel column, clamped to `height` and a little more.
    [[nodiscard]] QPolygonF line(const RowPaint& paint, int firstTop, int height) const;

    static void paint(const RowPaint& paint, const QPolygonF& line);
    // x ranges that the line takes between two heights.
    static std::vector<std::pair<double, double>> marks(const QPolygonF& line, double top, double bottom);

private:
    struct Step {
        TimeNs from = 0;
        TimeNs to = 0;
        std::int32_t row = 0;
        bool open = false; // goes on to "now"
    };
    // What a run of steps covers, so that a run within one pixel column is drawn without looking at its
    // steps.
    struct Block {
        std::int32_t low = 0, high = 0;
    };
    static constexpr std::size_t kBlock = 64;

    std::vector<Step> m_steps;
    std::vector<Block> m_blocks;
};

} // namespace clew::views
