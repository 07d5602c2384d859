// Draws the waterfall part of a row: bar, end cap, hatching, diamond, children's density, label. GUI thread.
#pragma once

#include "views/trace/row_paint.h"

#include <QHash>
#include <QPixmap>

#include <vector>

namespace clew::views {

class WaterfallPainter {
public:
    // Forgets what was computed of a snapshot or a theme.
    void clear();

    void paintBar(const RowPaint& paint, int row, int top);
    // After the thread: only for the hovered and the selected row, or where no Duration column stands.
    // `taken` are x ranges of other marks in this row.
    void paintLabel(const RowPaint& paint, int row, int top, bool strong,
                    const std::vector<std::pair<double, double>>& taken) const;

private:
    // Device-aligned left and right of the bar, end cap included.
    struct Extent {
        double left = 0, right = 0;
        double barRight = 0;
        bool point = false;
    };
    static Extent extentOf(const RowPaint& paint, std::int32_t index);
    void paintDensity(const RowPaint& paint, std::int32_t index, const QRectF& bar);
    const QPixmap& stripes(const QColor& colour, int height, qreal ratio);

    QHash<std::int32_t, std::vector<std::uint8_t>> m_density; // per collapsed span: hue per bucket
    QHash<QRgb, QPixmap> m_stripes;
    qreal m_stripeRatio = 0;
};

} // namespace clew::views
