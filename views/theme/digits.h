// Numbers in columns: Inter's digits are proportional, so each digit gets a cell as wide as the widest (look:
// tokens, 1).
#pragma once

#include <QFont>
#include <QRectF>
#include <QString>

class QPainter;

namespace clew::views {

// Width that drawDigits() takes.
qreal digitsWidth(const QString& text, const QFont& font);
// Draws `text` with the painter's font and pen, vertically centred; right-aligned unless `left`.
void drawDigits(QPainter& painter, const QRectF& rect, const QString& text, bool left = false);

} // namespace clew::views
