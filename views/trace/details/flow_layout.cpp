#include "views/trace/details/flow_layout.h"

#include <QFontMetricsF>
#include <QTextLine>
#include <QTextOption>

#include <algorithm>
#include <cmath>

namespace clew::views {

namespace {

constexpr int kIcon = 16;
constexpr int kChevron = 12;
constexpr int kImageHeight = 240;

bool isAscii(const QString& text) {
    return std::ranges::all_of(text, [](QChar c) { return c.unicode() < 128; });
}

} // namespace

QFont FlowLayout::font(Face face) const {
    switch (face) {
    case Face::Body: return m_theme->font(Theme::Text::Body);
    case Face::Strong: return m_theme->font(Theme::Text::Strong);
    case Face::Small: return m_theme->font(Theme::Text::Small);
    case Face::SmallStrong: return m_theme->font(Theme::Text::SmallStrong);
    case Face::Mono: return m_theme->font(Theme::Text::MonoSmall);
    }
    return m_theme->font(Theme::Text::Body);
}

QColor FlowLayout::colour(Tone tone) const {
    const Colours& c = m_theme->colours();
    switch (tone) {
    case Tone::Text: return c.text;
    case Tone::Text2: return c.text2;
    case Tone::Text3: return c.text3;
    case Tone::Accent: return c.acc;
    case Tone::Ok: return c.ok;
    case Tone::Warn: return c.warn;
    case Tone::Err: return c.err;
    }
    return c.text;
}

LaidCell FlowLayout::wrapped(const FlowText& text, qreal x, qreal y, qreal width) const {
    LaidCell cell;
    QFont base = font(text.face);
    // JetBrains Mono would draw "->" and ">=" as one sign; shaping must stay on for what is not ASCII.
    if (text.face == Face::Mono && isAscii(text.text)) base.setStyleStrategy(QFont::PreferNoShaping);
    QString shown = text.text;
    shown.replace(QLatin1Char('\n'), QChar::LineSeparator);
    cell.layout = std::make_unique<QTextLayout>(shown, base);
    QTextOption option;
    // JSON breaks anywhere, so that a long value begins beside its key; continued lines hang.
    const bool json = text.json;
    option.setWrapMode(json ? QTextOption::WrapAnywhere : QTextOption::WrapAtWordBoundaryOrAnywhere);
    option.setTabStopDistance(4 * QFontMetricsF(base).horizontalAdvance(QLatin1Char(' ')));
    cell.layout->setTextOption(option);
    cell.layout->setCacheEnabled(true);

    QList<QTextLayout::FormatRange> formats;
    formats.reserve(static_cast<qsizetype>(text.marks.size()) + 1);
    QTextCharFormat whole;
    whole.setForeground(colour(text.tone));
    formats.push_back({0, static_cast<int>(shown.size()), whole});
    for (const Mark& mark : text.marks) {
        QTextCharFormat format;
        format.setForeground(colour(mark.tone));
        if (mark.mono) {
            QFont mono = m_theme->font(Theme::Text::Mono);
            if (mark.strong) mono.setWeight(QFont::DemiBold);
            format.setFont(mono, QTextCharFormat::FontPropertiesSpecifiedOnly);
            format.setFontFamilies(mono.families());
        } else if (mark.strong) {
            format.setFontWeight(QFont::DemiBold);
        }
        formats.push_back({mark.start, mark.length, format});
    }
    cell.layout->setFormats(formats);

    const qreal advance = lineHeight();
    qreal height = 0;
    const qreal character = QFontMetricsF(base).horizontalAdvance(QLatin1Char(' '));
    const auto hang = [&](int start) -> qreal {
        if (!json || start == 0 || shown[start - 1] == QChar::LineSeparator) return 0;
        int at = static_cast<int>(shown.lastIndexOf(QChar::LineSeparator, start - 1)) + 1;
        int spaces = 2;
        while (at < start && shown[at] == QLatin1Char(' ')) {
            ++at;
            ++spaces;
        }
        return std::min(spaces * character, width / 3);
    };
    cell.layout->beginLayout();
    for (QTextLine line = cell.layout->createLine(); line.isValid(); line = cell.layout->createLine()) {
        const qreal indent = hang(line.textStart());
        line.setLineWidth(std::max<qreal>(width - indent, 16));
        // Fonts of other scripts may be taller than the line.
        const qreal own =
            std::max(advance, std::ceil(line.height()) > advance + 2 ? std::ceil(line.height()) : advance);
        line.setPosition({indent, std::round(height + (own - line.height()) / 2)});
        height += own;
    }
    cell.layout->endLayout();
    cell.rect = QRectF(x, y, width, std::max(height, advance));
    return cell;
}

LaidCell FlowLayout::single(const FlowText& text, qreal x, qreal y, qreal width) const {
    LaidCell cell;
    const QFontMetricsF metrics(font(text.face));
    QString line = text.text.left(400);
    line.replace(QLatin1Char('\n'), QLatin1Char(' '));
    width = std::max<qreal>(width, 0);
    cell.shown = metrics.elidedText(line, Qt::ElideRight, width);
    cell.elided = cell.shown != line;
    cell.rect =
        QRectF(x, y, std::min(width, std::ceil(metrics.horizontalAdvance(cell.shown)) + 1), lineHeight());
    return cell;
}

void FlowLayout::layRow(const FlowBlock& block, LaidBlock& out, qreal left, qreal right, qreal top) const {
    const qreal gap = m_theme->px(6);
    if (!block.icon.isEmpty()) {
        const qreal size = m_theme->px(block.icon.startsWith(QLatin1String("chevron")) ? kChevron : kIcon);
        out.icon = QRectF(left, top + (lineHeight() - size) / 2, size, size);
        left += size + gap;
    }
    out.cells.resize(block.cells.size());
    if (!block.linkText.isEmpty()) {
        const qreal width = std::ceil(QFontMetricsF(font(Face::Small)).horizontalAdvance(block.linkText)) + 1;
        out.link = QRectF(right - width, top, width, lineHeight());
        right -= width + m_theme->px(12);
    }
    if (block.cells.size() > 2) {
        const LaidCell measured = single(block.cells[2], 0, top, right - left);
        out.cells[2] = single(block.cells[2], right - measured.rect.width(), top, measured.rect.width());
        right -= measured.rect.width() + m_theme->px(12);
    }
    if (!block.cells.empty()) {
        out.cells[0] = single(block.cells[0], left, top, right - left);
        left += out.cells[0].rect.width() + gap;
    }
    if (block.cells.size() > 1) out.cells[1] = single(block.cells[1], left, top, right - left);
}

void FlowLayout::layPairHead(const FlowBlock& block, LaidBlock& out, qreal top) const {
    const qreal pad = m_theme->px(8);
    const qreal gap = m_theme->px(6);
    const qreal size = m_theme->px(kIcon);
    out.cells.resize(block.cells.size());
    qreal left = out.frame.left() + pad;
    if (!block.icon.isEmpty()) {
        out.icon = QRectF(left, top + (lineHeight() - size) / 2, size, size);
        left += size + gap;
    }
    if (!block.cells.empty()) out.cells[0] = single(block.cells[0], left, top, out.middle - pad - left);
    qreal right = out.frame.right() - pad;
    if (block.cells.size() > 2 && !block.cells[2].text.isEmpty()) {
        const LaidCell measured = single(block.cells[2], 0, top, right - out.middle);
        out.cells[2] = single(block.cells[2], right - measured.rect.width(), top, measured.rect.width());
        right -= measured.rect.width() + gap;
    }
    left = out.middle + pad;
    if (!block.icon2.isEmpty()) {
        out.icon2 = QRectF(left, top + (lineHeight() - size) / 2, size, size);
        left += size + gap;
    }
    if (block.cells.size() > 1) out.cells[1] = single(block.cells[1], left, top, right - left);
}

LaidBlock FlowLayout::lay(const FlowBlock& block) const {
    LaidBlock out;
    const qreal above = m_theme->px(block.above);
    const qreal below = m_theme->px(block.below);
    const qreal indent = m_theme->px(block.indent);
    const bool inCard = block.card >= 0;
    const qreal pad = inCard ? m_theme->px(8) : 0;
    const qreal left = inset() + indent + pad;
    const qreal right = m_width - inset() - pad;
    if (inCard) out.frame = QRectF(inset(), 0, m_width - 2 * inset(), 0);
    out.middle = std::round(out.frame.center().x());
    qreal height = lineHeight();
    switch (block.type) {
    case BlockType::Text: {
        qreal textLeft = left;
        if (!block.icon.isEmpty()) {
            const qreal size = m_theme->px(kIcon);
            out.icon = QRectF(left, above + (lineHeight() - size) / 2, size, size);
            textLeft += size + m_theme->px(6);
        }
        if (block.bullet) textLeft += m_theme->px(12);
        if (!block.cells.empty())
            out.cells.push_back(wrapped(block.cells[0], textLeft, above, right - textLeft));
        if (!out.cells.empty()) height = out.cells[0].rect.height();
        break;
    }
    case BlockType::Row: layRow(block, out, left, right, above); break;
    case BlockType::Pair: {
        out.cells.resize(block.cells.size());
        height = 0;
        const qreal columns[2][2] = {{out.frame.left() + pad, out.middle - pad},
                                     {out.middle + pad, out.frame.right() - pad}};
        for (std::size_t i = 0; i < block.cells.size() && i < 2; ++i) {
            if (block.cells[i].text.isEmpty()) continue;
            out.cells[i] = wrapped(block.cells[i], columns[i][0], above, columns[i][1] - columns[i][0]);
            height = std::max(height, out.cells[i].rect.height());
        }
        break;
    }
    case BlockType::PairHead: layPairHead(block, out, above); break;
    case BlockType::Image: {
        const QSizeF size = QSizeF(block.image.size()) * m_theme->textScale();
        QSizeF shown = size.scaled(right - left, m_theme->px(kImageHeight), Qt::KeepAspectRatio);
        if (shown.width() > size.width()) shown = size;
        out.image = QRectF(QPointF(left, above), shown.toSize());
        height = std::max<qreal>(out.image.height(), 1);
        break;
    }
    case BlockType::Composition:
        out.bar = layPromptBar(*m_theme, block, left, right, above);
        height = out.bar.height;
        break;
    case BlockType::Space: height = 0; break;
    }
    out.height = above + height + below;
    out.frame.setHeight(out.height);
    return out;
}

qreal FlowLayout::estimate(const FlowBlock& block) const {
    const qreal around = m_theme->px(block.above) + m_theme->px(block.below);
    if (block.type != BlockType::Text && block.type != BlockType::Pair) {
        if (block.type == BlockType::Image)
            return around + std::min(m_theme->px(kImageHeight), block.image.height());
        return block.type == BlockType::Space ? around : around + lineHeight();
    }
    const qreal width = (m_width - 2 * inset()) / (block.type == BlockType::Pair ? 2 : 1);
    qreal lines = 1;
    for (const FlowText& cell : block.cells) {
        const qreal character = m_theme->px(cell.face == Face::Mono || cell.face == Face::Body ? 7 : 6);
        const auto breaks = static_cast<qreal>(cell.text.count(QLatin1Char('\n')));
        const qreal wraps = static_cast<qreal>(cell.text.size()) * character / std::max<qreal>(width, 40);
        lines = std::max(lines, std::ceil(std::max(breaks + 1, wraps)));
    }
    return around + lines * lineHeight();
}

} // namespace clew::views
