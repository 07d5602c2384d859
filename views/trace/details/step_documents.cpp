#include "views/trace/details/step_documents.h"

#include "model/base/messages.h"
#include "model/base/numbers.h"
#include "model/trace/display_name.h"

#include <algorithm>
#include <array>
#include <utility>

namespace clew::views {

namespace {

constexpr std::int64_t kWorthFolding = 3; // messages

struct PartLook {
    const char* label;
    const char* what; // for the tool tip
    Kind kind;
    bool mcp;
};
// By PromptPart.
constexpr std::array<PartLook, kPromptParts> kLooks = {{
    {"Not in record",
     "Sent, but not in the record: system prompt, tools or history that its format leaves out", Kind::generic,
     false},
    {"System", "System prompt", Kind::workflow, false},
    {"Tools", "Tool definitions", Kind::tool, true},
    {"History", "What user and assistant said before, calls included", Kind::llm, false},
    {"Reasoning", "Reasoning that was sent back", Kind::embedding, false},
    {"Results", "Results of tools", Kind::tool, false},
    {"Media", "Images and files", Kind::retriever, false},
    {"User", "The newest user message", Kind::agent, false},
}};

const PartLook& lookOf(PromptPart part) {
    return kLooks[static_cast<std::size_t>(part)];
}

QString percentText(double share) {
    return QString::number(qRound(share * 100)) + QChar(0xA0) + QLatin1Char('%');
}

QString figureText(std::int64_t count) {
    return fromUtf8(format_count(count));
}

QString tipOf(const PromptShare& share, const PromptComposition& composition) {
    QString tip = QLatin1String(lookOf(share.part).what);
    if (share.size.tokens && composition.input_tokens) {
        tip += QStringLiteral("\n≈ %1 of %2 tokens (%3)")
                   .arg(figureText(*share.size.tokens), figureText(*composition.input_tokens),
                        percentText(static_cast<double>(*share.size.tokens) /
                                    static_cast<double>(*composition.input_tokens)));
        if (composition.cache_read && *composition.cache_read > 0)
            tip += QStringLiteral("\n≈ %1 of them from the cache").arg(figureText(share.cached));
    }
    if (share.size.characters > 0)
        tip += QStringLiteral("\n%1 characters").arg(figureText(share.size.characters));
    if (share.part == PromptPart::tools)
        tip += QStringLiteral("\n%1 definitions").arg(figureText(share.pieces));
    return tip;
}

QString wholeTip(const PromptComposition& composition) {
    QStringList lines;
    QStringList parts;
    for (const PromptShare& share : composition.shares)
        parts << QLatin1String(lookOf(share.part).label) + QLatin1Char(' ') +
                     (share.size.tokens ? QStringLiteral("≈ ") + figureText(*share.size.tokens)
                                        : figureText(share.size.characters));
    if (composition.input_tokens) {
        lines << QStringLiteral("What filled the prompt: %1 tokens in")
                     .arg(figureText(*composition.input_tokens));
        lines << parts.join(QStringLiteral(", "));
        if (composition.cache_read)
            lines << QStringLiteral("%1 of them were read from the cache")
                         .arg(figureText(*composition.cache_read));
        if (composition.cache_write)
            lines << QStringLiteral("%1 were written to it").arg(figureText(*composition.cache_write));
        lines << QStringLiteral("Parts are estimates by length of text; their sum is what was reported.");
        if (composition.cache_read && *composition.cache_read > 0)
            lines << QStringLiteral("The bracket is as long as the cached beginning of the prompt.");
    } else {
        lines << QStringLiteral("What filled the prompt, in characters; no tokens are reported");
        lines << parts.join(QStringLiteral(", "));
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace

QString promptSizeText(const PromptSize& size) {
    if (!size.tokens) return charactersText(size.characters);
    const std::string figure =
        *size.tokens < 10'000 ? format_count(*size.tokens) : format_tokens(*size.tokens);
    return QStringLiteral("≈\u00A0") + fromUtf8(figure) + QStringLiteral("\u00A0tok");
}

FlowBlock compositionBlock(const PromptComposition& composition, const PromptChange* change) {
    FlowBlock block;
    block.type = BlockType::Composition;
    block.key = QStringLiteral("composition");
    block.above = 9;
    block.below = 8;
    for (const PromptShare& share : composition.shares) {
        const PartLook& look = lookOf(share.part);
        const std::int64_t amount = share.size.tokens.value_or(share.size.characters);
        const bool counted = amount > 0;
        Share one;
        one.label = QLatin1String(look.label);
        one.amount = static_cast<double>(amount);
        one.kind = look.kind;
        one.mcp = look.mcp;
        one.hatched = share.part == PromptPart::not_kept;
        one.figure = counted ? fromUtf8(format_tokens(amount)) : figureText(share.pieces) + QChar(0xD7);
        one.tip = tipOf(share, composition);
        block.shares.push_back(std::move(one));
    }
    block.tip = wholeTip(composition);
    if (!composition.input_tokens) {
        block.note = QStringLiteral("characters");
    } else if (const auto cached = composition.cached_share()) {
        block.cached = *cached;
        block.note = percentText(*cached) + QStringLiteral(" cached");
        block.noteWarns = change && change->cache == CacheVerdict::broke;
    }
    return block;
}

void addSincePrevious(FlowDocument& document, const Step& step) {
    FlowBlock row;
    row.type = BlockType::Row;
    row.key = QStringLiteral("since");
    row.above = row.below = 6;
    row.rule = true;
    if (!step.previous) return;
    const PromptChange& change = step.change;
    const QString name = fromUtf8(display_name(step.previous_name)).left(80).simplified();
    QStringList words;
    if (!change.history_known) {
        words << QStringLiteral("history not kept");
    } else {
        if (change.fresh > 0) words << QStringLiteral("%1 new").arg(figureText(change.fresh));
        if (change.changed > 0) words << QStringLiteral("%1 changed").arg(figureText(change.changed));
        if (change.dropped > 0) words << QStringLiteral("%1 dropped").arg(figureText(change.dropped));
        if (words.isEmpty()) words << QStringLiteral("nothing new");
    }
    row.cells = {caption(QStringLiteral("Since the call before"), Face::SmallStrong, Tone::Text2, true),
                 caption(words.join(QStringLiteral(", ")), Face::Small, Tone::Text2, true),
                 caption(change.history_known ? promptSizeText(change.fresh_size) : QString(), Face::Small,
                         Tone::Text3)};
    row.tip = QStringLiteral("%1: %2 messages resent (%3), %4 new or changed (%5)")
                  .arg(name, figureText(change.resent + change.answers), promptSizeText(change.resent_size),
                       figureText(change.fresh + change.changed), promptSizeText(change.fresh_size));
    if (!change.history_known)
        row.tip = QStringLiteral("The format of this record keeps only what is new in each call; what was "
                                 "resent before it is not known.");
    row.linkText = QStringLiteral("Go to it");
    row.linkAction = QStringLiteral("span:") + fromUtf8(to_hex(*step.previous));
    document.add(std::move(row));
}

bool hasBreakMark(const PromptChange& change) {
    return !change.reasons.empty();
}

void addBreakMark(FlowDocument& document, const Step& step) {
    const PromptChange& change = step.change;
    if (!hasBreakMark(change)) return;
    const bool broke = change.cache == CacheVerdict::broke;
    FlowBlock block;
    block.key = QStringLiteral("broke");
    block.icon = QStringLiteral("status-warning");
    block.iconTone = Tone::Warn;
    block.above = 8;
    block.below = 6;
    block.rule = true;
    QString title = broke ? QStringLiteral("Cache broke here") : QStringLiteral("No cache past here");
    const std::int64_t read = step.call.usage.cache_read.value_or(0);
    if (broke && !change.prefix_changed && change.differs_at < 0 && read > 0)
        title = QStringLiteral("Cache broke after %1 tok").arg(fromUtf8(format_tokens(read)));
    FlowText text = caption(title, Face::Small, Tone::Text2, true);
    text.marks.push_back({0, static_cast<int>(title.size()), Tone::Warn, true, false});
    for (const BreakReason& reason : change.reasons)
        text.text += QStringLiteral("  ") + fromUtf8(sentence(reason.code, reason.args));
    addText(document, block, std::move(text));
}

FlowText changeLabel(MessageChange change) {
    switch (change) {
    case MessageChange::resent: return caption(QStringLiteral("resent"), Face::Small, Tone::Text3);
    case MessageChange::answer:
        return caption(QStringLiteral("answer of the call before"), Face::Small, Tone::Text3);
    case MessageChange::changed: return caption(QStringLiteral("changed"), Face::Small, Tone::Warn);
    case MessageChange::fresh: return caption(QStringLiteral("new"), Face::Small, Tone::Ok);
    case MessageChange::output: break;
    }
    return caption(QStringLiteral("this call"), Face::Small, Tone::Accent);
}

std::vector<ResentRun> resentRuns(const Step& step) {
    std::vector<ResentRun> out;
    if (!step.previous || !step.change.history_known) return out;
    const auto& messages = step.call.conversation->messages;
    ResentRun run;
    const auto close = [&] {
        if (run.messages >= kWorthFolding) out.push_back(run);
        run = {};
    };
    for (std::size_t i = 0; i < messages.size(); ++i) {
        if (is_instruction(messages[i])) continue;
        // The mark of a broken cache is seen without unfolding.
        const bool marked =
            hasBreakMark(step.change) && step.change.differs_at == static_cast<std::int32_t>(i);
        if (messages[i].output || step.change.messages[i] != MessageChange::resent || marked) {
            close();
            continue;
        }
        if (run.messages == 0) run.first = i;
        run.last = i;
        ++run.messages;
        const PromptSize& own = step.call.composition.messages[i];
        run.size.characters += own.characters;
        if (own.tokens) run.size.tokens = run.size.tokens.value_or(0) + *own.tokens;
    }
    close();
    return out;
}

} // namespace clew::views
