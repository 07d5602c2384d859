#include "views/sessions/thread_document.h"

#include "model/base/numbers.h"
#include "views/text.h"
#include "views/trace/details/message_part.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

namespace clew::views {

namespace {

QString words(const char* text) {
    return QCoreApplication::translate("SessionThread", text);
}

QString clockOf(TimeNs time) {
    if (time == kNoTime) return {};
    return QLocale::c().toString(QDateTime::fromMSecsSinceEpoch(time / 1'000'000),
                                 QStringLiteral("d MMM HH:mm:ss"));
}

QString figuresOf(const ThreadTurn& turn) {
    QStringList parts;
    parts << (turn.end == kNoTime ? words("running")
                                  : fromUtf8(format_duration(between(turn.start, turn.end))));
    if (turn.input_tokens || turn.output_tokens)
        parts << QChar(0x2191) + fromUtf8(format_tokens(turn.input_tokens)) + QLatin1Char(' ') +
                     QChar(0x2193) + fromUtf8(format_tokens(turn.output_tokens));
    if (turn.costs.known() || turn.costs.unpriced > 0) parts << fromUtf8(format_costs(turn.costs));
    if (turn.llm_calls > 0) parts << plural(turn.llm_calls, words("LLM call"), words("LLM calls"));
    if (turn.tool_calls > 0) parts << plural(turn.tool_calls, words("tool call"), words("tool calls"));
    return parts.join(QStringLiteral("  ·  "));
}

void addHead(FlowDocument& document, const ThreadTurn& turn, int index) {
    const QString key = QStringLiteral("turn:%1").arg(index);
    FlowBlock head = headRow(key);
    head.action = key;
    head.above = 10;
    QString trouble;
    if (turn.errors > 0) {
        head.icon = QStringLiteral("status-error");
        head.iconTone = Tone::Err;
        trouble = plural(turn.errors, words("error"), words("errors"));
    } else if (turn.silent_failures > 0) {
        head.icon = QStringLiteral("status-silent-failure");
        head.iconTone = Tone::Err;
        trouble = plural(turn.silent_failures, words("silent failure"), words("silent failures"));
    }
    QString second = figuresOf(turn);
    if (!trouble.isEmpty()) second += QStringLiteral("  ·  ") + trouble;
    head.cells = {label(words("Turn %1").arg(index + 1), Face::Strong, Tone::Text),
                  label(second, Face::Small, Tone::Text2),
                  label(clockOf(turn.start), Face::Small, Tone::Text3)};
    head.linkText = words("Open");
    head.linkAction = key;
    head.tip = fromUtf8(turn.run) + QLatin1Char('\n') + fromUtf8(cost_words(turn.costs));
    document.add(std::move(head));
}

void addWords(FlowDocument& document, const QString& key, const QString& who, const std::string& text,
              const BuildOptions& options, bool answer) {
    FlowBlock role;
    role.key = key;
    role.above = 4;
    addText(document, role, caption(who, Face::SmallStrong, Tone::Text2));
    if (text.empty()) {
        FlowBlock none;
        none.key = key + QStringLiteral(".none");
        none.below = 6;
        addText(document, none, caption(words("Not captured by the client."), Face::Small, Tone::Text3));
        return;
    }
    addProse(document, text, key + QStringLiteral(".text"), answer, answer ? kOutputFold : kInputFold,
             options);
    document.blocks.back().below += 8;
}

} // namespace

FlowDocument threadDocument(const SessionThread& thread, const BuildOptions& options) {
    FlowDocument document;
    if (thread.more_runs > 0) {
        FlowBlock note;
        note.above = note.below = 8;
        addText(document, note,
                caption(words("The newest turns; %1 earlier are in the list of runs.")
                            .arg(plural(thread.more_runs, words("run"), words("runs"))),
                        Face::Small, Tone::Text2));
    }
    for (std::size_t i = 0; i < thread.turns.size(); ++i) {
        const ThreadTurn& turn = thread.turns[i];
        const QString key = QStringLiteral("t%1").arg(i);
        addHead(document, turn, static_cast<int>(i));
        addWords(document, key + QStringLiteral(".q"), words("User"), turn.question, options, false);
        addWords(document, key + QStringLiteral(".a"), words("Answer"), turn.answer, options, true);
    }
    addEnd(document);
    return document;
}

} // namespace clew::views
