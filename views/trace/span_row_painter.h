// Draws the text columns of one row of the span tree: guides, chevron, icon, name, badges, tokens, cost,
// duration. GUI thread.
#pragma once

#include "views/trace/row_paint.h"

#include <QRect>

namespace clew::views {

// Where the parts of the name column stand; shared with hit testing.
struct NamePlace {
    int chevron = 0; // centre
    int icon = 0;    // left
    int text = 0;    // left
    static NamePlace of(int depth, const ColumnPlace& column, const RowMetrics& metrics, const Theme& theme);
};

// Levels that are indented: twelve, fewer where the names would have no room left; deeper ones say their
// level.
int deepestIndent(const ColumnPlace& column, const RowMetrics& metrics, const Theme& theme);

void paintRowText(const RowPaint& paint, int row, int top);

// A count with its icon in a bordered badge, as errors and silent failures are shown; returns its width.
// Drawn only when `draw`.
int paintTroubleBadge(QPainter& painter, const Theme& theme, QPoint topLeft, const QString& text, bool silent,
                      qreal ratio, bool draw = true, int height = 16);

// Text on a baseline, elided at the right; returns the width drawn.
qreal paintElided(QPainter& painter, QPointF baseline, const QString& text, const QFont& font,
                  const QColor& colour, qreal width);
// Baseline that centres the capitals of `font` in a height.
qreal baselineIn(const QFont& font, qreal top, qreal height);

} // namespace clew::views
