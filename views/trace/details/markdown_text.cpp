#include "views/trace/details/markdown_text.h"

#include <QStringView>

#include <utility>

namespace clew::views {

namespace {

// Appends one line with its inline marks. A mark that is never closed stays as text.
void appendInline(FlowText& out, QStringView line, bool strong) {
    const auto add = [&](QStringView piece, bool bold, bool mono) {
        if (piece.isEmpty()) return;
        const auto start = static_cast<int>(out.text.size());
        out.text += piece;
        if (bold || mono) out.marks.push_back({start, static_cast<int>(piece.size()), out.tone, bold, mono});
    };
    qsizetype run = 0;
    qsizetype noBold = -1; // no closing mark from here on: do not look again
    qsizetype noCode = -1;
    for (qsizetype i = 0; i < line.size();) {
        if (line[i] == QLatin1Char('`') && noCode < 0) {
            const qsizetype end = line.indexOf(QLatin1Char('`'), i + 1);
            if (end < 0) {
                noCode = i;
            } else if (end > i + 1) {
                add(line.mid(run, i - run), strong, false);
                add(line.mid(i + 1, end - i - 1), strong, true);
                i = run = end + 1;
                continue;
            }
        }
        if (line[i] == QLatin1Char('*') && i + 2 < line.size() && line[i + 1] == QLatin1Char('*') &&
            noBold < 0 && !line[i + 2].isSpace()) {
            const qsizetype end = line.indexOf(QLatin1String("**"), i + 2);
            if (end < 0) {
                noBold = i;
            } else if (end > i + 2) {
                add(line.mid(run, i - run), strong, false);
                add(line.mid(i + 2, end - i - 2), true, false);
                i = run = end + 2;
                continue;
            }
        }
        ++i;
    }
    add(line.mid(run), strong, false);
}

qsizetype headingLevel(QStringView line) {
    qsizetype level = 0;
    while (level < line.size() && level < 6 && line[level] == QLatin1Char('#'))
        ++level;
    return level > 0 && level < line.size() && line[level] == QLatin1Char(' ') ? level : 0;
}

} // namespace

std::vector<MarkdownPiece> markdownPieces(const QString& text) {
    std::vector<MarkdownPiece> out;
    MarkdownPiece paragraph;
    bool any = false;
    const auto flush = [&] {
        while (paragraph.text.text.endsWith(QLatin1Char('\n')))
            paragraph.text.text.chop(1);
        if (any && !paragraph.text.text.isEmpty()) out.push_back(std::move(paragraph));
        paragraph = {};
        any = false;
    };
    qsizetype at = 0;
    while (at <= text.size()) {
        qsizetype end = text.indexOf(QLatin1Char('\n'), at);
        if (end < 0) end = text.size();
        QStringView line = QStringView(text).mid(at, end - at);
        if (line.endsWith(QLatin1Char('\r'))) line.chop(1);
        const qsizetype next = end + 1;
        const QStringView trimmed = line.trimmed();
        if (trimmed.startsWith(QLatin1String("```"))) {
            qsizetype close = next;
            qsizetype closeEnd = -1;
            while (close < text.size()) {
                qsizetype lineEnd = text.indexOf(QLatin1Char('\n'), close);
                if (lineEnd < 0) lineEnd = text.size();
                if (QStringView(text).mid(close, lineEnd - close).trimmed() == QLatin1String("```")) {
                    closeEnd = lineEnd;
                    break;
                }
                close = lineEnd + 1;
            }
            flush();
            MarkdownPiece code;
            code.code = true;
            code.text.face = Face::Mono;
            const qsizetype stop = closeEnd < 0 ? text.size() : close;
            if (next < stop) code.text.text = text.mid(next, stop - next);
            while (code.text.text.endsWith(QLatin1Char('\n')))
                code.text.text.chop(1);
            if (!code.text.text.isEmpty()) out.push_back(std::move(code));
            at = closeEnd < 0 ? text.size() + 1 : closeEnd + 1;
            continue;
        }
        const bool dash =
            trimmed.size() > 2 && trimmed[1] == QLatin1Char(' ') &&
            (trimmed[0] == QLatin1Char('-') || trimmed[0] == QLatin1Char('*') || trimmed[0] == QChar(0x2022));
        if (dash) {
            flush();
            MarkdownPiece item;
            item.bullet = true;
            item.indent = static_cast<int>(std::min<qsizetype>((trimmed.data() - line.data()) / 2, 6));
            appendInline(item.text, trimmed.mid(2), false);
            out.push_back(std::move(item));
        } else if (trimmed.isEmpty()) {
            if (any) paragraph.text.text += QLatin1Char('\n');
            if (any && paragraph.text.text.endsWith(QLatin1String("\n\n\n"))) paragraph.text.text.chop(1);
        } else {
            if (any && !paragraph.text.text.endsWith(QLatin1Char('\n')))
                paragraph.text.text += QLatin1Char('\n');
            const qsizetype level = headingLevel(trimmed);
            appendInline(paragraph.text, level > 0 ? trimmed.mid(level + 1) : line, level > 0);
            paragraph.text.text += QLatin1Char('\n');
            any = true;
        }
        at = next;
    }
    flush();
    return out;
}

} // namespace clew::views
