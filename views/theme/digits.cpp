#include "views/theme/digits.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace clew::views {

namespace {

qreal cellWidth(const QFontMetricsF& metrics) {
    qreal widest = 0;
    for (char digit = '0'; digit <= '9'; ++digit)
        widest = std::max(widest, metrics.horizontalAdvance(QLatin1Char(digit)));
    return widest;
}

// Runs of other characters are drawn whole, so that kerning and shaping stay.
template <class Piece>
qreal walk(const QString& text, const QFontMetricsF& metrics, Piece piece) {
    const qreal cell = cellWidth(metrics);
    qreal x = 0;
    for (qsizetype at = 0; at < text.size();) {
        if (text[at].isDigit() && text[at].unicode() < 128) {
            const QString digit = text.mid(at, 1);
            piece(x + (cell - metrics.horizontalAdvance(digit)) / 2, digit);
            x += cell;
            ++at;
            continue;
        }
        qsizetype end = at + 1;
        while (end < text.size() && !(text[end].isDigit() && text[end].unicode() < 128))
            ++end;
        const QString run = text.mid(at, end - at);
        piece(x, run);
        x += metrics.horizontalAdvance(run);
        at = end;
    }
    return x;
}

} // namespace

qreal digitsWidth(const QString& text, const QFont& font) {
    return walk(text, QFontMetricsF(font), [](qreal, const QString&) {});
}

void drawDigits(QPainter& painter, const QRectF& rect, const QString& text, bool left) {
    const QFontMetricsF metrics(painter.font());
    const qreal width = left ? 0 : digitsWidth(text, painter.font());
    const qreal x = left ? rect.left() : rect.right() - width;
    const qreal baseline = std::round(rect.top() + (rect.height() + metrics.capHeight()) / 2);
    walk(text, metrics,
         [&](qreal at, const QString& run) { painter.drawText(QPointF(x + at, baseline), run); });
}

} // namespace clew::views
