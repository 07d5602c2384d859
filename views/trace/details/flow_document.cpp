#include "views/trace/details/flow_document.h"

#include "model/base/numbers.h"

#include <algorithm>
#include <utility>

namespace clew::views {

namespace {

// Position of the cut behind at most kChunkLines lines and kChunkCharacters characters from `from`.
qsizetype cutOf(const QString& text, qsizetype from, qsizetype characters, int lines) {
    const qsizetype limit = std::min(text.size(), from + characters);
    qsizetype at = from;
    qsizetype lastBreak = -1;
    for (int line = 0; line < lines; ++line) {
        const qsizetype next = text.indexOf(QLatin1Char('\n'), at);
        if (next < 0 || next >= limit) {
            at = -1;
            break;
        }
        lastBreak = next + 1;
        at = next + 1;
    }
    if (at >= 0) return at;
    if (limit == text.size()) return limit;
    if (lastBreak > from) return lastBreak;
    qsizetype cut = limit;
    for (qsizetype back = limit; back > limit - 80 && back > from; --back) {
        if (text[back - 1].isSpace()) {
            cut = back;
            break;
        }
    }
    if (cut > from && cut < text.size() && text[cut].isLowSurrogate() && text[cut - 1].isHighSurrogate())
        --cut;
    return std::max(cut, from + 1);
}

// Marks must be in order of their start.
std::vector<Mark> marksWithin(const std::vector<Mark>& marks, std::size_t& first, qsizetype from,
                              qsizetype to) {
    std::vector<Mark> out;
    while (first < marks.size() && marks[first].start + marks[first].length <= from)
        ++first;
    for (std::size_t i = first; i < marks.size() && marks[i].start < to; ++i) {
        const auto start = std::max<qsizetype>(marks[i].start, from);
        const auto end = std::min<qsizetype>(marks[i].start + marks[i].length, to);
        if (end <= start) continue;
        Mark mark = marks[i];
        mark.start = static_cast<int>(start - from);
        mark.length = static_cast<int>(end - start);
        out.push_back(mark);
    }
    return out;
}

} // namespace

FlowBlock& FlowDocument::add(FlowBlock block) {
    blocks.push_back(std::move(block));
    return blocks.back();
}

FlowBlock headRow(const QString& key) {
    FlowBlock row;
    row.type = BlockType::Row;
    row.key = key;
    row.rule = true;
    row.above = 8;
    row.below = 4;
    return row;
}

FlowBlock foldRow(const FoldState& fold, const QString& key, const QString& title, const QString& preview,
                  const QString& right) {
    FlowBlock row;
    row.type = BlockType::Row;
    row.rule = true;
    row.above = row.below = 6;
    row.key = row.action = key;
    row.icon = fold.isOpen(key) ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right");
    row.cells = {caption(title, Face::SmallStrong, Tone::Text, true),
                 caption(preview, Face::Small, Tone::Text2), caption(right, Face::Small, Tone::Text3)};
    return row;
}

void addEnd(FlowDocument& document) {
    FlowBlock space;
    space.type = BlockType::Space;
    space.rule = true;
    space.above = 12;
    document.add(std::move(space));
}

std::vector<FlowText> chunked(FlowText text) {
    std::vector<FlowText> out;
    if (text.text.size() <= kChunkCharacters && text.text.count(QLatin1Char('\n')) < kChunkLines) {
        out.push_back(std::move(text));
        return out;
    }
    std::size_t firstMark = 0;
    qsizetype from = 0;
    while (from < text.text.size()) {
        const qsizetype to = cutOf(text.text, from, kChunkCharacters, kChunkLines);
        FlowText piece;
        piece.face = text.face;
        piece.tone = text.tone;
        piece.selectable = text.selectable;
        piece.json = text.json;
        const bool broken = text.text[to - 1] == QLatin1Char('\n');
        piece.text = text.text.mid(from, to - from - (broken ? 1 : 0));
        piece.continues = !broken && to < text.text.size();
        piece.marks = marksWithin(text.marks, firstMark, from, to);
        out.push_back(std::move(piece));
        from = to;
    }
    return out;
}

void addText(FlowDocument& document, const FlowBlock& pattern, FlowText text) {
    std::vector<FlowText> pieces = chunked(std::move(text));
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        FlowBlock block = pattern;
        if (i > 0) {
            block.above = 0;
            block.rule = false;
            block.icon.clear();
            block.bullet = false;
            block.key += QLatin1Char('/') + QString::number(i);
        }
        if (i + 1 < pieces.size()) block.below = 0;
        block.cells.clear();
        block.cells.push_back(std::move(pieces[i]));
        document.add(std::move(block));
    }
}

bool isLong(const FlowText& text, const FoldLimit& limit) {
    return text.text.size() > limit.characters || text.text.count(QLatin1Char('\n')) >= limit.lines;
}

FlowText beginningOf(const FlowText& text, const FoldLimit& limit) {
    FlowText out;
    out.face = text.face;
    out.tone = text.tone;
    out.json = text.json;
    const qsizetype to = cutOf(text.text, 0, limit.shownCharacters, limit.shownLines);
    std::size_t first = 0;
    out.marks = marksWithin(text.marks, first, 0, to);
    out.text = text.text.left(to);
    while (!out.text.isEmpty() && out.text.back().isSpace())
        out.text.chop(1);
    const auto size = static_cast<int>(out.text.size());
    std::erase_if(out.marks, [size](const Mark& mark) { return mark.start >= size; });
    for (Mark& mark : out.marks)
        mark.length = std::min(mark.length, size - mark.start);
    if (to < text.text.size()) out.text += QChar(0x2026);
    return out;
}

void addFolded(FlowDocument& document, const FlowBlock& pattern, FlowText text, const QString& key,
               const FoldState& fold, const FoldLimit& limit, qint64 bytes) {
    if (!isLong(text, limit)) {
        addText(document, pattern, std::move(text));
        return;
    }
    const bool open = fold.isOpen(key);
    FlowBlock body = pattern;
    body.below = 0;
    addText(document, body, open ? std::move(text) : beginningOf(text, limit));
    FlowBlock more = pattern;
    more.type = BlockType::Row;
    more.rule = false;
    more.icon.clear();
    more.bullet = false;
    more.above = 0;
    more.key = key + QLatin1String("/more");
    more.action = key;
    FlowText label;
    label.face = Face::Small;
    label.tone = Tone::Accent;
    label.selectable = false;
    label.text = open ? QStringLiteral("Show less") : QStringLiteral("Show all %1").arg(bytesText(bytes));
    more.cells.clear();
    more.cells.push_back(std::move(label));
    document.add(std::move(more));
}

QString charactersText(qint64 characters) {
    const std::string figure =
        characters < 10'000 ? format_count(characters) : format_short_count(characters);
    return fromUtf8(figure) + QChar(0xA0) +
           (characters == 1 ? QLatin1String("char") : QLatin1String("chars"));
}

QString bytesText(qint64 bytes) {
    return fromUtf8(format_bytes(static_cast<std::uint64_t>(std::max<qint64>(bytes, 0))));
}

} // namespace clew::views
