#include "views/trace/details/prompt_bar.h"

#include "views/theme/theme.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace clew::views {

namespace {

constexpr int kBarHeight = 8, kBarToLegend = 15, kLegendHeight = 16, kSwatch = 8;
constexpr double kLeastPart = 2; // px: what is there is seen
constexpr double kStripe = 6;    // px between the stripes of what is not in the record
constexpr qreal kReach = 4;      // px around the bar that a pointer may miss it by

QString wordsOf(const Share& share) {
    return share.figure.isEmpty() ? share.label : share.label + QLatin1Char(' ') + share.figure;
}

void fillShare(QPainter& painter, const Theme& theme, const Share& share, const QRectF& rect) {
    const QColor hue = theme.kind(share.kind, share.mcp);
    if (!share.hatched) {
        painter.fillRect(rect, hue);
        return;
    }
    painter.save();
    painter.setClipRect(rect, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(hue, 2, Qt::SolidLine, Qt::FlatCap));
    for (double x = rect.left() - rect.height(); x < rect.right() + kStripe; x += kStripe)
        painter.drawLine(QPointF(x, rect.bottom() + 1), QPointF(x + rect.height() + 2, rect.top() - 1));
    painter.restore();
}

} // namespace

int PromptBar::shareAt(QPointF point) const {
    for (std::size_t i = 0; i < parts.size(); ++i)
        if (parts[i].adjusted(0, -kReach, 0, kReach).contains(point) || items[i].contains(point))
            return static_cast<int>(i);
    return -1;
}

QRectF PromptBar::shareRect(int share) const {
    return items[static_cast<std::size_t>(share)];
}

PromptBar layPromptBar(const Theme& theme, const FlowBlock& block, qreal left, qreal right, qreal top) {
    PromptBar out;
    double sum = 0;
    for (const Share& share : block.shares)
        sum += share.amount;
    // Small parts keep a width that can be seen; the others give it.
    const qreal width = std::max<qreal>(right - left, 1);
    double rest = sum, room = width;
    for (const Share& share : block.shares)
        if (sum > 0 && share.amount * width / sum < kLeastPart + 1) {
            rest -= share.amount;
            room -= kLeastPart + 1;
        }
    double x = left;
    for (std::size_t i = 0; i < block.shares.size(); ++i) {
        const double amount = block.shares[i].amount;
        const bool small = sum <= 0 || amount * width / sum < kLeastPart + 1;
        const double part = small || rest <= 0 ? kLeastPart + 1 : amount * std::max(room, 0.0) / rest;
        const bool last = i + 1 == block.shares.size();
        const double to = last ? right : std::round(x + part);
        out.parts.emplace_back(std::round(x), top, std::max(to - std::round(x) - (last ? 0 : 1), 1.0),
                               theme.px(kBarHeight));
        x += part;
    }
    if (block.cached > 0) {
        const qreal end = std::round(left + width * std::min(block.cached, 1.0));
        out.bracket = QRectF(left, top + theme.px(kBarHeight) + 1, std::max<qreal>(end - left, 2), 4);
    }
    const QFontMetricsF metrics(theme.font(Theme::Text::Small));
    const qreal swatch = theme.px(kSwatch) + theme.px(4);
    const qreal line = theme.px(kLegendHeight), row = line + theme.px(2);
    const qreal noteWidth = block.note.isEmpty() ? 0 : std::ceil(metrics.horizontalAdvance(block.note)) + 1;
    qreal y = top + theme.px(kBarToLegend);
    qreal at = left;
    for (const Share& share : block.shares) {
        const qreal own = swatch + std::ceil(metrics.horizontalAdvance(wordsOf(share))) + 1;
        if (at > left && at + own > right) {
            at = left;
            y += row;
        }
        out.items.emplace_back(at, y, std::min(own, width), line);
        at += own + theme.px(8);
    }
    if (noteWidth > 0) {
        if (at > left && at + noteWidth > right) y += row;
        out.note = QRectF(right - noteWidth, y, noteWidth, line);
    }
    out.height = y + line - top;
    return out;
}

void paintPromptBar(QPainter& painter, const Theme& theme, const FlowBlock& block, const PromptBar& bar,
                    QPointF at, int marked) {
    if (bar.parts.empty()) return;
    const Colours& c = theme.colours();
    const QRectF whole = bar.parts.front().united(bar.parts.back()).translated(at);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath clip;
    clip.addRoundedRect(whole, 2, 2);
    painter.setClipPath(clip, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (std::size_t i = 0; i < bar.parts.size(); ++i)
        fillShare(painter, theme, block.shares[i], bar.parts[i].translated(at));
    painter.restore();
    if (!bar.bracket.isEmpty()) {
        const QRectF bracket = bar.bracket.translated(at);
        painter.fillRect(QRectF(bracket.left(), bracket.top(), 1, 4), c.text2);
        painter.fillRect(QRectF(bracket.left(), bracket.top() + 3, bracket.width(), 1), c.text2);
        painter.fillRect(QRectF(bracket.right() - 1, bracket.top(), 1, 4), c.text2);
    }
    const QFont font = theme.font(Theme::Text::Small);
    const qreal swatch = theme.px(kSwatch);
    for (std::size_t i = 0; i < bar.items.size(); ++i) {
        const QRectF item = bar.items[i].translated(at);
        const bool lit = static_cast<int>(i) == marked;
        fillShare(painter, theme, block.shares[i],
                  QRectF(item.left(), std::round(item.center().y() - swatch / 2), swatch, swatch));
        QFont own = font;
        own.setUnderline(lit);
        painter.setFont(own);
        painter.setPen(lit ? c.text : c.text2);
        painter.drawText(item.adjusted(swatch + theme.px(4), 0, 0, 0),
                         Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, wordsOf(block.shares[i]));
    }
    painter.setFont(font);
    painter.setPen(block.noteWarns ? c.warn : c.text2);
    painter.drawText(bar.note.translated(at), Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip,
                     block.note);
}

} // namespace clew::views
