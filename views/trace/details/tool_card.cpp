#include "views/trace/details/tool_card.h"

#include "model/base/numbers.h"
#include "model/trace/dialects/messages.h"
#include "views/trace/details/json_text.h"
#include "views/trace/details/messages_document.h"

#include <algorithm>
#include <utility>

namespace clew::views {

namespace {

constexpr FoldLimit kCard{560, 14, 420, 10};

// Arguments or a result as the source has them: JSON or text.
FlowText contentOf(const MessagePart& part, int columns) {
    FlowText out = valueText(part.json.empty() ? part.text : part.json, columns);
    while (out.text.endsWith(QLatin1Char('\n')))
        out.text.chop(1);
    return out;
}

ToolOutcome outcomeOf(const MessagePart* result, const ToolRun* run) {
    if ((result && result->is_error) || (run && run->failed)) return ToolOutcome::Error;
    if (run && run->silent) return ToolOutcome::Silent;
    if (result)
        return result_says_failure(result->json.empty() ? result->text : result->json) ? ToolOutcome::Silent
                                                                                       : ToolOutcome::Done;
    if (run) return result_says_failure(run->output) ? ToolOutcome::Silent : ToolOutcome::Done;
    return ToolOutcome::Pending;
}

CardStyle styleOf(ToolOutcome outcome) {
    switch (outcome) {
    case ToolOutcome::Error: return CardStyle::Error;
    case ToolOutcome::Silent: return CardStyle::Silent;
    case ToolOutcome::Pending:
    case ToolOutcome::Done: break;
    }
    return CardStyle::Plain;
}

// Head of the result: the word for how it ended.
void describe(FlowText& head, QString& icon, ToolOutcome outcome) {
    head.face = Face::Small;
    head.tone = Tone::Text2;
    switch (outcome) {
    case ToolOutcome::Pending: head.text = QStringLiteral("No result here"); break;
    case ToolOutcome::Done: head.text = QStringLiteral("Result"); break;
    case ToolOutcome::Error:
        head = label(QStringLiteral("Error"), Face::SmallStrong, Tone::Err);
        icon = QStringLiteral("status-error");
        break;
    case ToolOutcome::Silent:
        head = label(QStringLiteral("Silent failure"), Face::SmallStrong, Tone::Err);
        icon = QStringLiteral("status-silent-failure");
        break;
    }
}

FlowText durationText(const ToolRun* run) {
    FlowText out = label(QString(), Face::Small, Tone::Text3);
    if (run && run->duration) out.text = fromUtf8(format_duration(run->duration));
    out.selectable = false;
    return out;
}

void space(FlowDocument& document) {
    FlowBlock gap;
    gap.type = BlockType::Space;
    gap.above = 4;
    document.add(std::move(gap));
}

} // namespace

ToolOutcome addToolCard(FlowDocument& document, const ToolCard& card, const BuildOptions& options) {
    const ToolOutcome outcome = outcomeOf(card.result, card.run);
    FlowText left = contentOf(card.call, options.cardColumns);
    if (left.text.isEmpty()) left = label(QStringLiteral("no arguments"), Face::Small, Tone::Text3);
    FlowText right;
    qint64 bytes = static_cast<qint64>(card.call.json.size());
    if (card.result) {
        right = contentOf(*card.result, options.cardColumns);
        bytes = std::max(bytes, static_cast<qint64>(card.result->json.size() + card.result->text.size()));
    } else if (card.run && !card.run->output.empty()) {
        right = valueText(card.run->output, options.cardColumns);
        bytes = std::max(bytes, static_cast<qint64>(card.run->output.size()));
    }
    if (right.text.isEmpty() && card.run && !card.run->statusMessage.empty())
        right = label(fromUtf8(card.run->statusMessage), Face::Mono, Tone::Err);

    FlowBlock head;
    head.type = BlockType::PairHead;
    head.key = card.key;
    head.card = document.newCard();
    head.cardStyle = styleOf(outcome);
    head.icon = QStringLiteral("kind-tool");
    head.kindIcon = static_cast<int>(Kind::tool);
    head.above = 7;
    head.below = 4;
    if (card.run) {
        head.action = QStringLiteral("span:") + fromUtf8(to_hex(card.run->span));
        head.tip = QStringLiteral("Select the span that ran this call");
    }
    FlowText result;
    describe(result, head.icon2, outcome);
    if (card.isNew && outcome == ToolOutcome::Done) result.text += QStringLiteral(" · new");
    head.cells = {label(fromUtf8(card.call.tool_name), Face::SmallStrong, Tone::Text), std::move(result),
                  durationText(card.run)};
    const FlowBlock pattern = head;
    space(document);
    document.add(std::move(head));

    const QString allKey = card.key + QLatin1String("/all");
    const bool isLongCard = isLong(left, kCard) || isLong(right, kCard);
    const bool open = options.fold.isOpen(allKey);
    const bool leftLong = isLong(left, kCard);
    if (isLongCard && !open) {
        if (leftLong) left = beginningOf(left, kCard);
        if (isLong(right, kCard)) right = beginningOf(right, kCard);
    }
    std::vector<FlowText> lefts = chunked(std::move(left));
    std::vector<FlowText> rights = chunked(std::move(right));
    const std::size_t slices = std::max(lefts.size(), rights.size());
    FlowBlock slice;
    slice.type = BlockType::Pair;
    slice.card = pattern.card;
    slice.cardStyle = pattern.cardStyle;
    for (std::size_t i = 0; i < slices; ++i) {
        FlowBlock one = slice;
        one.key = card.key + QLatin1Char('/') + QString::number(i);
        one.cells.resize(2);
        if (i < lefts.size()) one.cells[0] = std::move(lefts[i]);
        if (i < rights.size()) one.cells[1] = std::move(rights[i]);
        document.add(std::move(one));
    }
    if (isLongCard) {
        FlowBlock more = slice;
        more.key = allKey + QLatin1String("/more");
        more.action = allKey;
        more.cells.resize(2);
        FlowText& text = more.cells[leftLong ? 0 : 1];
        text = label(open ? QStringLiteral("Show less") : QStringLiteral("Show all %1").arg(bytesText(bytes)),
                     Face::Small, Tone::Accent);
        text.selectable = false;
        document.add(std::move(more));
    }
    document.blocks.back().below = 6;
    space(document);
    return outcome;
}

void addResultCard(FlowDocument& document, const MessagePart& result, const ToolRun* run, const QString& key,
                   const BuildOptions& options) {
    const ToolOutcome outcome = outcomeOf(&result, run);
    FlowBlock head;
    head.type = BlockType::Row;
    head.key = key;
    head.card = document.newCard();
    head.cardStyle = styleOf(outcome);
    head.above = 7;
    head.below = 4;
    if (run) head.action = QStringLiteral("span:") + fromUtf8(to_hex(run->span));
    FlowText word;
    describe(word, head.icon, outcome);
    if (!head.icon.isEmpty()) head.iconTone = Tone::Err;
    head.cells = {std::move(word), label(fromUtf8(result.tool_name), Face::Small, Tone::Text2),
                  durationText(run)};
    FlowBlock body;
    body.card = head.card;
    body.cardStyle = head.cardStyle;
    body.key = key + QLatin1String("/text");
    body.below = 6;
    space(document);
    document.add(std::move(head));
    addFolded(document, body, contentOf(result, options.columns - 3), key + QLatin1String("/all"),
              options.fold, kCard, static_cast<qint64>(result.json.size() + result.text.size()));
    space(document);
}

void addNotice(FlowDocument& document, const QString& title, const QString& second, const QString& link,
               const QString& action, bool dashed, int below) {
    FlowBlock head;
    head.type = BlockType::Row;
    head.key = QStringLiteral("notice/") + title;
    head.rule = document.blocks.empty() ? false : document.blocks.back().card < 0;
    FlowBlock gap;
    gap.type = BlockType::Space;
    gap.rule = head.rule;
    gap.above = 9;
    document.add(std::move(gap));
    head.rule = false;
    head.card = document.newCard();
    head.cardStyle = dashed ? CardStyle::SilentNotice : CardStyle::Notice;
    head.icon = dashed ? QStringLiteral("status-silent-failure") : QStringLiteral("status-error");
    head.iconTone = Tone::Err;
    head.above = 7;
    head.below = second.isEmpty() ? 7 : 1;
    head.cells = {label(title, Face::SmallStrong, Tone::Text)};
    head.linkText = link;
    head.linkAction = action;
    FlowBlock body;
    body.card = head.card;
    body.cardStyle = head.cardStyle;
    body.key = head.key + QLatin1String("/why");
    body.indent = 22;
    body.below = 7;
    document.add(std::move(head));
    if (!second.isEmpty()) addText(document, body, label(second.left(4000), Face::Small, Tone::Text2));
    gap = {};
    gap.type = BlockType::Space;
    gap.above = below;
    document.add(std::move(gap));
}

void addFailureCard(FlowDocument& document, const DetailsData& data) {
    const SpanDetail& span = data.span;
    const auto exception = std::ranges::find(data.events, "exception", &EventItem::name);
    const bool hasException = exception != data.events.end();
    const QString link = hasException ? QStringLiteral("Show event") : QString();
    const QString action = hasException ? QStringLiteral("tab:events") : QString();
    if (span.status == Status::error || (span.flags & kToolError) != 0) {
        QString why = fromUtf8(span.status_message);
        if (hasException) {
            QStringList words;
            for (const char* key : {"exception.type", "exception.message"})
                if (const std::string* json = exception->find(key))
                    if (const auto text = jsonString(*json)) words << text->left(2000);
            const QString said = words.join(QStringLiteral(": "));
            if (why.isEmpty())
                why = said;
            else if (!said.isEmpty() && !said.contains(why))
                why += QLatin1Char('\n') + said;
        }
        if (why.isEmpty()) why = data.failure;
        if (why.isEmpty()) why = QStringLiteral("The source gives no reason.");
        const QString title = span.status == Status::error ? QStringLiteral("This span failed")
                                                           : QStringLiteral("The tool says that it failed");
        addNotice(document, title, why, link, action, false, 9);
    } else if ((span.flags & kSilentFailure) != 0) {
        const QString why =
            data.failure.isEmpty()
                ? QStringLiteral("The result reports a failure, yet the status does not.")
                : QStringLiteral("%1, yet the status says %2.")
                      .arg(data.failure,
                           span.status == Status::ok ? QStringLiteral("ok") : QStringLiteral("nothing"));
        addNotice(document, QStringLiteral("The result says it failed"), why, link, action, true, 9);
    }
}

} // namespace clew::views
