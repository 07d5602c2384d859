#include "views/trace/waterfall_painter.h"

#include "model/base/numbers.h"
#include "model/trace/span.h"
#include "views/theme/digits.h"
#include "views/trace/span_text.h"

#include <QFontMetricsF>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <limits>

namespace clew::views {

namespace {

constexpr double kBeyond = 64; // px that a clipped mark reaches over the edge, so that its end is not seen
constexpr double kCap = 3, kCapGap = 1.5;
constexpr double kDiamond = 10;
constexpr int kDensityBuckets = 512;
constexpr std::size_t kDensitySamples = 20'000; // of a collapsed subtree; more would not show in 512 buckets
constexpr std::uint8_t kNoHue = 255;
constexpr double kStripePeriod = 8.5, kStripeWidth = 2.5;
constexpr int kStripeLength = 1020; // a multiple of the period

bool drawsHollow(const RowPaint& paint, const SnapshotSpan& span) {
    return span.orphan || span.cycle || clockTrouble(paint.trace(), span);
}

double luminance(const QColor& colour) {
    const auto linear = [](double v) {
        return v <= 0.03928 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) +
           0.0722 * linear(colour.blueF());
}

double contrast(const QColor& a, const QColor& b) { // WCAG
    const double one = luminance(a), other = luminance(b);
    return (std::max(one, other) + 0.05) / (std::min(one, other) + 0.05);
}

void paintCap(const RowPaint& paint, double x, double top, bool dashed) {
    const QColor colour = paint.theme.colours().err;
    const double height = paint.metrics.barHeight + 4;
    if (!dashed) {
        paint.painter.fillRect(QRectF(x, top - 2, kCap, height), colour);
        return;
    }
    const double dash = 3;
    const double gap = (height - 3 * dash) / 2;
    for (int i = 0; i < 3; ++i)
        paint.painter.fillRect(QRectF(x, std::round(top - 2 + i * (dash + gap)), kCap, dash), colour);
}

} // namespace

void WaterfallPainter::clear() {
    m_density.clear();
    m_stripes.clear();
}

WaterfallPainter::Extent WaterfallPainter::extentOf(const RowPaint& paint, std::int32_t index) {
    const SnapshotSpan& span = paint.span(index);
    const auto aligned = [&](double x) { return std::round(x * paint.ratio) / paint.ratio; };
    const double low = paint.columns.waterfall.x - kBeyond;
    const double high = paint.columns.waterfall.right() + kBeyond;
    const TimeNs stated = span.end == kNoTime ? std::max(paint.now, span.start) : span.end;
    const double from = paint.x(std::min(span.start, stated)), to = paint.x(std::max(span.start, stated));
    Extent extent;
    if (span.end == span.start) {
        extent.point = true;
        extent.left = from - kDiamond / 2;
        extent.right = extent.barRight = from + kDiamond / 2;
        return extent;
    }
    extent.left = aligned(std::clamp(from, low, high));
    extent.barRight = std::max(aligned(std::clamp(to, low, high)), extent.left + 2);
    extent.right = extent.barRight;
    const bool failed = span.status == Status::error || (span.flags & kSilentFailure) != 0;
    if (failed) {
        extent.barRight = std::max(extent.left + 2, extent.right - kCap - kCapGap);
        extent.right = extent.barRight + kCapGap + kCap;
    }
    return extent;
}

const QPixmap& WaterfallPainter::stripes(const QColor& colour, int height, qreal ratio) {
    if (m_stripeRatio != ratio) m_stripes.clear();
    m_stripeRatio = ratio;
    const auto it = m_stripes.constFind(colour.rgba());
    if (it != m_stripes.constEnd() && qRound(it->height() / ratio) == height) return *it;
    QPixmap strip(QSize(kStripeLength, height) * ratio);
    strip.setDevicePixelRatio(ratio);
    strip.fill(Qt::transparent);
    QPainter painter(&strip);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour, kStripeWidth, Qt::SolidLine, Qt::FlatCap));
    for (double x = -height - kStripePeriod; x < kStripeLength + kStripePeriod; x += kStripePeriod)
        painter.drawLine(QPointF(x - 1, height + 1), QPointF(x + height + 1, -1));
    painter.end();
    return *m_stripes.insert(colour.rgba(), strip);
}

void WaterfallPainter::paintDensity(const RowPaint& paint, std::int32_t index, const QRectF& bar) {
    const SnapshotSpan& span = paint.span(index);
    const TimeNs begin = span.start;
    const TimeNs end = span.end == kNoTime ? paint.now : span.end;
    if (end <= begin) return;
    auto it = m_density.find(index);
    if (it == m_density.end()) {
        std::vector<std::uint8_t> hues(kDensityBuckets, kNoHue);
        std::vector<DurationNs> longest(kDensityBuckets, -1);
        const std::size_t below = span.subtree - 1;
        const std::size_t stride = std::max<std::size_t>(1, below / kDensitySamples);
        const double scale = kDensityBuckets / static_cast<double>(end - begin);
        for (std::size_t n = 0; n < below; n += stride) {
            const SnapshotSpan& child = paint.trace().spans[static_cast<std::size_t>(index) + 1 + n];
            if (child.start == kNoTime) continue;
            const TimeNs childEnd = child.end == kNoTime ? end : child.end;
            const auto bucket = [&](TimeNs time) {
                const double at = static_cast<double>(time - begin) * scale;
                return static_cast<int>(std::clamp(at, 0.0, kDensityBuckets - 1.0));
            };
            // An error outranks every duration (look: level of detail).
            const DurationNs rank = child.status == Status::error ? std::numeric_limits<DurationNs>::max()
                                                                  : childEnd - child.start;
            const auto hue = (child.flags & kMcp) != 0 ? static_cast<std::uint8_t>(kKindCount)
                                                       : static_cast<std::uint8_t>(child.kind);
            for (int b = bucket(child.start); b <= bucket(childEnd); ++b) {
                if (rank <= longest[static_cast<std::size_t>(b)]) continue;
                longest[static_cast<std::size_t>(b)] = rank;
                hues[static_cast<std::size_t>(b)] = hue;
            }
        }
        it = m_density.insert(index, std::move(hues));
    }
    const std::vector<std::uint8_t>& hues = *it;
    const double from = paint.x(begin), width = paint.x(end) - from;
    for (int b = 0; b < kDensityBuckets;) {
        int next = b + 1;
        while (next < kDensityBuckets &&
               hues[static_cast<std::size_t>(next)] == hues[static_cast<std::size_t>(b)])
            ++next;
        const std::uint8_t hue = hues[static_cast<std::size_t>(b)];
        const double left = std::max(bar.left(), from + width * b / kDensityBuckets);
        const double right = std::min(bar.right(), from + width * next / kDensityBuckets);
        if (hue != kNoHue && right > left)
            paint.painter.fillRect(QRectF(left, bar.bottom() - 2, right - left, 2),
                                   hue == kKindCount ? paint.theme.kind(Kind::tool, true)
                                                     : paint.theme.kind(static_cast<Kind>(hue)));
        b = next;
    }
}

void WaterfallPainter::paintBar(const RowPaint& paint, int row, int top) {
    const std::int32_t index = paint.rows.span(row);
    const SnapshotSpan& span = paint.span(index);
    if (span.start == kNoTime) return;
    const Extent extent = extentOf(paint, index);
    const double low = paint.columns.waterfall.x, high = paint.columns.waterfall.right();
    if (extent.right < low || extent.left > high) return;
    QPainter& painter = paint.painter;
    const QColor hue = paint.hue(span);
    const double barTop = top + paint.metrics.barTop;
    const double height = paint.metrics.barHeight;
    const bool trouble = clockTrouble(paint.trace(), span);
    painter.setRenderHint(QPainter::Antialiasing);

    if (extent.point) {
        const QPointF centre((extent.left + extent.right) / 2, barTop + height / 2);
        const double half = kDiamond / 2;
        const QPointF corners[] = {centre + QPointF(0, -half), centre + QPointF(half, 0),
                                   centre + QPointF(0, half), centre + QPointF(-half, 0)};
        painter.setPen(trouble ? QPen(hue, 1.5) : QPen(Qt::NoPen));
        painter.setBrush(trouble ? QBrush(paint.theme.colours().base) : QBrush(hue));
        painter.drawConvexPolygon(corners, 4);
    } else {
        const QRectF bar(extent.left, barTop, extent.barRight - extent.left, height);
        const double radius = bar.width() < 5 ? 1 : 2;
        if (span.end == kNoTime) {
            QPainterPath outline; // open at the right: nobody knows where it ends
            const QRectF line = bar.adjusted(0.75, 0.75, 0, -0.75);
            painter.setPen(Qt::NoPen);
            painter.save();
            painter.setClipRect(bar.adjusted(1, 1, 0, -1), Qt::IntersectClip);
            const QPixmap& strip = stripes(hue, paint.metrics.barHeight, paint.ratio);
            const double first =
                bar.left() + std::floor((std::max(low, bar.left()) - bar.left()) / kStripeLength) *
                                 static_cast<double>(kStripeLength);
            for (double x = first; x < std::min(high, bar.right()); x += kStripeLength)
                painter.drawPixmap(QPointF(x, bar.top()), strip);
            painter.restore();
            outline.moveTo(line.topRight());
            outline.lineTo(line.left() + radius, line.top());
            outline.quadTo(line.topLeft(), QPointF(line.left(), line.top() + radius));
            outline.lineTo(line.left(), line.bottom() - radius);
            outline.quadTo(line.bottomLeft(), QPointF(line.left() + radius, line.bottom()));
            outline.lineTo(line.bottomRight());
            painter.setPen(QPen(hue, 1.5, Qt::SolidLine, Qt::FlatCap));
            painter.setBrush(Qt::NoBrush);
            painter.drawPath(outline);
        } else if (drawsHollow(paint, span)) {
            QPen pen(hue, 1.5);
            if (span.orphan || span.cycle) {
                pen.setDashPattern({2, 1.5});
                pen.setCapStyle(Qt::FlatCap);
            }
            painter.setPen(pen);
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(bar.adjusted(0.75, 0.75, -0.75, -0.75), radius, radius);
        } else {
            const bool density = paint.rows.isCollapsed(index) && bar.width() >= 5;
            painter.setPen(Qt::NoPen);
            painter.setBrush(hue);
            painter.drawRoundedRect(density ? bar.adjusted(0, 0, 0, -3) : bar, radius, radius);
            if (density) {
                painter.setRenderHint(QPainter::Antialiasing, false);
                paintDensity(paint, index, bar);
                painter.setRenderHint(QPainter::Antialiasing);
            }
        }
        if (span.status == Status::error)
            paintCap(paint, extent.right - kCap, barTop, false);
        else if ((span.flags & kSilentFailure) != 0)
            paintCap(paint, extent.right - kCap, barTop, true);
    }
    if (trouble) {
        const int size = paint.theme.px(12);
        painter.drawPixmap(QPointF(std::round(extent.right) + 3, std::round(barTop + (height - size) / 2)),
                           paint.theme.icon(QStringLiteral("status-warning"), paint.theme.colours().warn,
                                            size, paint.ratio));
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void WaterfallPainter::paintLabel(const RowPaint& paint, int row, int top, bool strong,
                                  const std::vector<std::pair<double, double>>& taken) const {
    const std::int32_t index = paint.rows.span(row);
    const SnapshotSpan& span = paint.span(index);
    if (span.start == kNoTime) return;
    QString text = durationText(span, paint.now);
    if (const auto it = paint.picture.attempts.find(index);
        it != paint.picture.attempts.end() && it->second.wait)
        text = fromUtf8(format_duration(it->second.wait)) + QStringLiteral(" back-off");

    const Theme& theme = paint.theme;
    const QFont font = theme.font(strong ? Theme::Text::SmallStrong : Theme::Text::Small);
    const double width = digitsWidth(text, font);
    const Extent extent = extentOf(paint, index);
    const double low = paint.columns.waterfall.x + 2, high = paint.columns.waterfall.right() - 4;
    double right = extent.right;
    if (clockTrouble(paint.trace(), span)) right += 3 + theme.px(12);
    const auto free = [&](double x) {
        if (x < low || x + width > high) return false;
        return std::ranges::none_of(taken, [&](const std::pair<double, double>& mark) {
            return x - 3 < mark.second && x + width + 3 > mark.first;
        });
    };
    QColor colour = strong ? theme.colours().text : theme.colours().text2;
    double x = right + 8;
    if (!free(x)) x = extent.left - 6 - width;
    if (!free(x)) {
        const double seenLeft = std::max(extent.left, low), seenRight = std::min(extent.barRight, high);
        const bool solid = span.end != kNoTime && !extent.point && !drawsHollow(paint, span);
        if (!solid || seenRight - seenLeft < width + 16) return;
        x = seenLeft + 8;
        const QColor hue = paint.hue(span);
        const bool light = contrast(hue, theme.colours().base) < contrast(hue, theme.colours().text);
        colour = light ? theme.colours().text : theme.colours().base;
    }
    paint.painter.setFont(font);
    paint.painter.setPen(colour);
    drawDigits(paint.painter, QRectF(x, top + paint.metrics.barTop, width + 1, paint.metrics.barHeight), text,
               true);
}

} // namespace clew::views
