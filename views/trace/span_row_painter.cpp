#include "views/trace/span_row_painter.h"

#include "model/trace/display_name.h"
#include "model/trace/span.h"
#include "views/theme/digits.h"
#include "views/trace/span_text.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace clew::views {

namespace {

void paintGuides(const RowPaint& paint, std::int32_t index, int top) {
    const SnapshotSpan& span = paint.span(index);
    const RowMetrics& m = paint.metrics;
    const int levels = std::min<int>(span.depth, deepestIndent(paint.columns.span, m, paint.theme));
    // The guide of an ancestor hangs below its icon's left edge; a subagent beside others lends it its hue.
    const int left = paint.columns.span.x + paint.theme.px(16);
    for (int depth = 0; depth < levels; ++depth)
        paint.painter.fillRect(QRect(left + depth * m.indent, top, 1, m.height), paint.theme.colours().line);
    if (paint.picture.beside.empty()) return;
    std::int32_t ancestor = span.parent;
    for (int depth = span.depth - 1; depth >= 0 && ancestor != kNoSpan; --depth) {
        if (depth < levels && paint.picture.beside.contains(ancestor))
            paint.painter.fillRect(QRect(left + depth * m.indent, top, 2, m.height),
                                   paint.hue(paint.span(ancestor)));
        ancestor = paint.span(ancestor).parent;
    }
}

void paintIcon(const RowPaint& paint, const QString& name, const QColor& colour, QPoint at, int size) {
    paint.painter.drawPixmap(at, paint.theme.icon(name, colour, size, paint.ratio));
}

// Badges, thumb and status icon at the right end of the column; returns where they begin.
int paintNameEnd(const RowPaint& paint, std::int32_t index, int top) {
    const SnapshotSpan& span = paint.span(index);
    const Theme& theme = paint.theme;
    const Colours& c = theme.colours();
    int right = paint.columns.span.right() - theme.px(6);
    const int iconTop = top + (paint.metrics.height - paint.metrics.icon) / 2;
    const auto icon = [&](const QString& name, const QColor& colour) {
        right -= paint.metrics.icon;
        paintIcon(paint, name, colour, {right, iconTop}, paint.metrics.icon);
        right -= theme.px(2);
    };
    const bool error = span.status == Status::error;
    const bool silent = !error && (span.flags & kSilentFailure) != 0;
    // What is hidden below: on collapsed rows, and always on a row that stands for a whole run.
    const bool counts = span.subtree > 1 && (span.depth == 0 || paint.rows.isCollapsed(index));
    const std::uint32_t errors = counts ? span.subtree_errors : 0;
    const std::uint32_t silents = counts ? span.subtree_silent : 0;
    const QString status = statusIcon(span);
    if (errors + silents > 0) {
        const int badgeTop = top + (paint.metrics.height - theme.px(16)) / 2;
        const auto badge = [&](std::uint32_t count, bool isSilent) {
            if (count == 0) return;
            const QString text = QString::number(count);
            const int width = paintTroubleBadge(paint.painter, theme, {}, text, isSilent, paint.ratio, false);
            right -= width;
            paintTroubleBadge(paint.painter, theme, {right, badgeTop}, text, isSilent, paint.ratio);
            right -= theme.px(4);
        };
        badge(silents, true);
        badge(errors, false);
    } else if (!status.isEmpty()) {
        const QColor colour = error || silent ? c.err : span.orphan || span.cycle ? c.warn : c.text2;
        icon(status, colour);
    }
    if (const auto it = paint.marks.find(span.id); it != paint.marks.end() && !error && !silent)
        icon(QStringLiteral("status-warning"), it->second.severity == Severity::error ? c.err : c.warn);
    if (const auto it = paint.thumbs.find(span.id); it != paint.thumbs.end() && it->second != Thumb::none)
        icon(it->second == Thumb::up ? QStringLiteral("thumbs-up") : QStringLiteral("thumbs-down"), c.text2);
    return right;
}

void paintName(const RowPaint& paint, std::int32_t index, int top) {
    const SnapshotSpan& span = paint.span(index);
    const Theme& theme = paint.theme;
    const Colours& c = theme.colours();
    const RowMetrics& m = paint.metrics;
    const NamePlace place = NamePlace::of(span.depth, paint.columns.span, m, theme);
    const int iconTop = top + (m.height - m.icon) / 2;
    const bool collapsed = paint.rows.isCollapsed(index);
    if (span.subtree > 1) {
        const int size = theme.px(12);
        paintIcon(paint, collapsed ? QStringLiteral("chevron-right") : QStringLiteral("chevron-down"),
                  c.text2, {place.chevron - size / 2, top + (m.height - size) / 2}, size);
    }
    const bool mcp = (span.flags & kMcp) != 0;
    paintIcon(paint, Theme::kindIcon(span.kind, mcp), theme.kind(span.kind, mcp), {place.icon, iconTop},
              m.icon);

    const int end = paintNameEnd(paint, index, top);
    const bool error = span.status == Status::error;
    const QFont nameFont =
        theme.font(span.depth == 0 && span.subtree > 1 ? Theme::Text::Strong : Theme::Text::Body);
    const QFont small = theme.font(Theme::Text::Small);
    const qreal baseline = baselineIn(theme.font(Theme::Text::Body), top, m.height);
    qreal x = place.text;
    if (span.depth > deepestIndent(paint.columns.span, m, theme)) {
        const QString level = QString::number(span.depth);
        x += paintElided(paint.painter, {x, baseline}, level, small, c.text3, end - x) + theme.px(5);
    }
    const qreal room = end - theme.px(4) - x;
    const QString name = shownText(display_name(paint.trace().text(span.name)));
    const qreal width = paintElided(paint.painter, {x, baseline}, name.isEmpty() ? kindWords(span) : name,
                                    nameFont, error ? c.err : c.text, room);
    const qreal gap = theme.px(5);
    const qreal left = room - width - gap;
    if (left < theme.px(12)) return;
    const QString detail = detailText(paint.picture, index, collapsed);
    // A scrap of two letters says nothing.
    const bool readable = left >= theme.px(44) || QFontMetricsF(small).horizontalAdvance(detail) <= left;
    if (!detail.isEmpty() && readable)
        paintElided(paint.painter, {x + width + gap, baseline}, detail, small,
                    error && !collapsed && span.status_message != 0 ? c.err : c.text3, left);
}

// ↑6.1k ↓212, right-aligned; the arrows lighter than the figures.
void paintTokens(const RowPaint& paint, std::int32_t index, int top) {
    const TokenText tokens = tokenText(paint.span(index), paint.rows.isCollapsed(index));
    const Theme& theme = paint.theme;
    const QFont font = theme.font(Theme::Text::Small);
    paint.painter.setFont(font);
    qreal right = paint.columns.tokens.right() - theme.px(8);
    const auto part = [&](QChar arrow, const QString& text) {
        if (text.isEmpty()) return;
        const QColor colour = tokens.sum ? theme.colours().text3 : theme.colours().text2;
        const qreal width = digitsWidth(text, font);
        paint.painter.setPen(colour);
        drawDigits(paint.painter, QRectF(right - width, top, width, paint.metrics.height), text);
        const qreal arrowWidth = digitsWidth(QString(arrow), font);
        right -= width + arrowWidth;
        paint.painter.setPen(theme.colours().text3);
        drawDigits(paint.painter, QRectF(right, top, arrowWidth, paint.metrics.height), QString(arrow));
        right -= theme.px(3);
    };
    part(QChar(0x2193), tokens.output);
    part(QChar(0x2191), tokens.input);
}

void paintNumber(const RowPaint& paint, const ColumnPlace& column, const QString& text, const QColor& colour,
                 int top) {
    const QRectF rect(column.x, top, column.width - paint.theme.px(8), paint.metrics.height);
    paint.painter.setFont(paint.theme.font(Theme::Text::Small));
    paint.painter.setPen(colour);
    drawDigits(paint.painter, rect, text);
}

} // namespace

QColor RowPaint::hue(const SnapshotSpan& span) const {
    return theme.kind(span.kind, (span.flags & kMcp) != 0);
}

int deepestIndent(const ColumnPlace& column, const RowMetrics& metrics, const Theme& theme) {
    static constexpr int kMost = 12, kLeast = 3;
    const int room = column.width - theme.px(40) - theme.px(110); // chevron and icon; a name
    return std::clamp(room / metrics.indent, kLeast, kMost);
}

NamePlace NamePlace::of(int depth, const ColumnPlace& column, const RowMetrics& metrics, const Theme& theme) {
    const int indent = column.x + std::min(depth, deepestIndent(column, metrics, theme)) * metrics.indent;
    return {indent + theme.px(10), indent + theme.px(20), indent + theme.px(20) + metrics.icon + theme.px(4)};
}

qreal baselineIn(const QFont& font, qreal top, qreal height) {
    return std::round(top + (height + QFontMetricsF(font).capHeight()) / 2);
}

qreal paintElided(QPainter& painter, QPointF baseline, const QString& text, const QFont& font,
                  const QColor& colour, qreal width) {
    if (width <= 0) return 0;
    const QFontMetricsF metrics(font);
    QString shown = text;
    qreal needed = metrics.horizontalAdvance(text);
    if (needed > width) {
        shown = metrics.elidedText(text, Qt::ElideRight, width);
        needed = metrics.horizontalAdvance(shown);
    }
    painter.setFont(font);
    painter.setPen(colour);
    painter.drawText(baseline, shown);
    return needed;
}

int paintTroubleBadge(QPainter& painter, const Theme& theme, QPoint topLeft, const QString& text, bool silent,
                      qreal ratio, bool draw, int height) {
    const QFont font = theme.font(Theme::Text::Small);
    const int icon = theme.px(12), pad = theme.px(6), gap = theme.px(5);
    const int width = pad + icon + gap + static_cast<int>(std::ceil(digitsWidth(text, font))) + pad;
    if (!draw) return width;
    const QColor colour = theme.colours().err;
    const int scaled = theme.px(height);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    QPen pen(colour, theme.lineWidth());
    if (silent) {
        pen.setDashPattern({3.0 / theme.lineWidth(), 2.0 / theme.lineWidth()});
        pen.setCapStyle(Qt::FlatCap);
    }
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    const qreal inset = theme.lineWidth() / 2.0;
    painter.drawRoundedRect(QRectF(topLeft, QSizeF(width, scaled)).adjusted(inset, inset, -inset, -inset), 3,
                            3);
    painter.drawPixmap(
        topLeft + QPoint(pad, (scaled - icon) / 2),
        theme.icon(silent ? QStringLiteral("status-silent-failure") : QStringLiteral("status-error"), colour,
                   icon, ratio));
    painter.setFont(font);
    painter.setPen(colour);
    drawDigits(painter, QRectF(topLeft.x() + pad + icon + gap, topLeft.y(), width, scaled), text, true);
    painter.restore();
    return width;
}

void paintRowText(const RowPaint& paint, int row, int top) {
    const std::int32_t index = paint.rows.span(row);
    const SnapshotSpan& span = paint.span(index);
    const Colours& c = paint.theme.colours();
    const bool collapsed = paint.rows.isCollapsed(index);
    if (paint.columns.span.shown()) {
        paint.painter.save();
        paint.painter.setClipRect(
            QRect(paint.columns.span.x, top, paint.columns.span.width, paint.metrics.height),
            Qt::IntersectClip);
        paintGuides(paint, index, top);
        paintName(paint, index, top);
        paint.painter.restore();
    }
    if (paint.columns.tokens.shown()) paintTokens(paint, index, top);
    if (paint.columns.cost.shown()) {
        const CostText cost = costText(span, collapsed);
        if (!cost.text.isEmpty())
            paintNumber(paint, paint.columns.cost, cost.text, cost.sum ? c.text3 : c.text, top);
    }
    if (paint.columns.duration.shown()) {
        const bool known = span.start != kNoTime;
        paintNumber(paint, paint.columns.duration, durationText(span, paint.now), known ? c.text : c.text3,
                    top);
    }
}

} // namespace clew::views
