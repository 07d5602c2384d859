#include "views/trace/details/messages_document.h"

#include "model/base/numbers.h"
#include "model/base/text.h"
#include "model/trace/dialects/messages.h"
#include "views/trace/details/json_text.h"
#include "views/trace/details/message_part.h"
#include "views/trace/details/step_documents.h"
#include "views/trace/details/tool_card.h"
#include "views/trace/details/tool_definitions.h"
#include "views/trace/details/tool_pairs.h"

#include <algorithm>
#include <utility>

namespace clew::views {

namespace {

constexpr int kRecentMessages = 8;
constexpr int kHistoryStep = 50;

QString roleTitle(const std::string& role) {
    if (role.empty()) return QStringLiteral("Message");
    QString out = fromUtf8(role);
    out[0] = out[0].toUpper();
    return out;
}

class Builder {
public:
    Builder(const DetailsData& data, const BuildOptions& options, const Step* step)
        : m_data(data)
        , m_conversation(data.conversation)
        , m_options(options)
        , m_step(step && step->previous ? step : nullptr)
        , m_known(m_step && m_step->change.history_known &&
                  m_step->change.messages.size() == data.conversation.messages.size())
        , m_pairs(toolPairs(data.conversation)) {}

    FlowDocument build() {
        addFailureCard(m_document, m_data);
        addComposition();
        if (m_step) {
            addSincePrevious(m_document, *m_step);
            markBreak(-1);
        }
        if (m_conversation.content_missing && m_conversation.messages.empty()) {
            addMissing();
            return std::move(m_document);
        }
        for (std::size_t i = 0; i < m_conversation.messages.size(); ++i)
            if (is_instruction(m_conversation.messages[i])) {
                markBreak(static_cast<std::int32_t>(i));
                addSystem(i);
            }
        addToolDefinitions(m_document, m_conversation.tools, m_data.composition.tools, m_options);
        if (!findRuns()) m_first = addHistory();
        if (m_step && std::cmp_greater_equal(m_step->change.differs_at, 0) &&
            std::cmp_less(m_step->change.differs_at, m_first) &&
            !is_instruction(m_conversation.messages[static_cast<std::size_t>(m_step->change.differs_at)]))
            addBreakMark(m_document, *m_step);
        for (std::size_t i = m_first; i < m_conversation.messages.size(); ++i) {
            if (!is_instruction(m_conversation.messages[i])) markBreak(static_cast<std::int32_t>(i));
            if (addRun(i) || !isShown(i, m_first)) continue;
            addMessage(i, m_first);
        }
        addRestingNotice();
        addEnd(m_document);
        if (m_hasBar) linkShares();
        return std::move(m_document);
    }

private:
    using Place = PartPlace;

    void addMissing() {
        FlowBlock block;
        block.above = 12;
        block.key = QStringLiteral("missing");
        addText(m_document, block,
                caption(QStringLiteral("Content capture was off in this client"), Face::Strong, Tone::Text,
                        true));
        block.above = 4;
        block.key = QStringLiteral("missing/why");
        addText(
            m_document, block,
            caption(QStringLiteral(
                        "The span says which model was called and what it used, but not what was said. Most "
                        "instrumentations capture messages only when asked to, such as with "
                        "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true."),
                    Face::Small, Tone::Text2, true));
    }

    void addComposition() {
        // What an agent or a chain was given is no prompt of a call.
        if (m_data.composition.shares.empty() || m_data.span.kind != Kind::llm) return;
        m_bar = m_document.blocks.size();
        m_hasBar = true;
        m_document.add(compositionBlock(m_data.composition, m_step ? &m_step->change : nullptr));
    }

    // A click on a part of the bar leads to its first message; what is folded opens.
    void linkShares() {
        FlowBlock& bar = m_document.blocks[m_bar];
        const auto& shares = m_data.composition.shares;
        for (std::size_t i = 0; i < shares.size() && i < bar.shares.size(); ++i) {
            if (shares[i].part == PromptPart::tools) {
                bar.shares[i].action = QStringLiteral("reveal:tools|tools");
            } else if (shares[i].first_message >= 0) {
                bar.shares[i].action = wayTo(firstOf(shares[i].part, shares[i].first_message));
            }
        }
    }
    // Results are drawn beside their calls.
    [[nodiscard]] std::size_t firstOf(PromptPart part, std::int32_t first) const {
        const auto message = static_cast<std::size_t>(first);
        const auto& parts = m_conversation.messages[message].parts;
        for (std::size_t p = 0; part == PromptPart::results && p < parts.size(); ++p)
            if (const auto call = m_pairs.callOf.find({message, p}); call != m_pairs.callOf.end())
                return call->second.first;
        return message;
    }
    [[nodiscard]] QString wayTo(std::size_t message) const {
        const QString key = QStringLiteral("m%1").arg(message);
        if (is_instruction(m_conversation.messages[message])) return QStringLiteral("reveal:%1|%1").arg(key);
        for (const ResentRun& run : m_runs)
            if (message >= run.first && message <= run.last)
                return QStringLiteral("reveal:%1|%2").arg(run.key(), key);
        if (message < m_first) return QStringLiteral("reveal:history|") + key;
        return QStringLiteral("goto:") + key;
    }

    void markBreak(std::int32_t at) {
        if (m_step && m_step->change.differs_at == at) addBreakMark(m_document, *m_step);
    }

    // Whether the runs fold enough; else older messages fold as those of a call that nothing is known of.
    bool findRuns() {
        if (!m_known) return false;
        m_runs = resentRuns(*m_step);
        auto left = static_cast<std::int64_t>(m_conversation.messages.size());
        for (const ResentRun& run : m_runs)
            left -= run.messages;
        if (left <= kRecentMessages + kHistoryStep) return true;
        m_runs.clear();
        return false;
    }

    // Whether a message stands in a run that is folded; the row of the run goes before its first.
    bool addRun(std::size_t index) {
        for (const ResentRun& run : m_runs) {
            if (index < run.first || index > run.last) continue;
            const bool open = m_options.fold.isOpen(run.key());
            if (index == run.first)
                m_document.add(foldRow(
                    m_options.fold, run.key(),
                    QStringLiteral("%1 messages resent").arg(fromUtf8(format_count(run.messages))),
                    open ? QString() : QStringLiteral("as in the call before"), promptSizeText(run.size)));
            return !open;
        }
        return false;
    }
    [[nodiscard]] bool isFolded(std::size_t index) const {
        return std::ranges::any_of(m_runs, [&](const ResentRun& run) {
            return index >= run.first && index <= run.last && !m_options.fold.isOpen(run.key());
        });
    }

    void addSystem(std::size_t index) {
        const Message& message = m_conversation.messages[index];
        const QString key = QStringLiteral("m%1").arg(index);
        QString preview;
        for (const MessagePart& part : message.parts)
            if (preview.isEmpty())
                preview = fromUtf8(one_line(part.text.empty() ? part.json : part.text, 200));
        const bool open = m_options.fold.isOpen(key);
        m_document.add(foldRow(m_options.fold, key, roleTitle(message.role), open ? QString() : preview,
                               promptSizeText(m_data.composition.messages[index])));
        if (!open) return;
        for (std::size_t i = 0; i < message.parts.size(); ++i)
            addPart(index, i, false);
        m_document.blocks.back().below = 8;
    }

    // Whether a message has anything that is not drawn beside its call.
    bool isShown(std::size_t index, std::size_t first) const {
        const Message& message = m_conversation.messages[index];
        if (is_instruction(message)) return false;
        if (message.parts.empty()) return true;
        for (std::size_t p = 0; p < message.parts.size(); ++p)
            if (!besideCall(index, p, first)) return true;
        return false;
    }
    bool besideCall(std::size_t message, std::size_t part, std::size_t first) const {
        const auto call = m_pairs.callOf.find({message, part});
        return call != m_pairs.callOf.end() && call->second.first >= first &&
               (isFolded(message) || !isFolded(call->second.first));
    }

    // Folds what is older than the recent messages; gives the first message that is shown.
    std::size_t addHistory() {
        std::vector<std::size_t> input;
        PromptSize size;
        for (std::size_t i = 0; i < m_conversation.messages.size(); ++i)
            if (!m_conversation.messages[i].output && isShown(i, 0)) input.push_back(i);
        const auto shown = static_cast<std::size_t>(kRecentMessages + m_options.fold.history * kHistoryStep);
        if (m_options.fold.everything || input.size() <= shown + 2) return 0;
        const std::size_t first = input[input.size() - shown];
        const auto earlier = static_cast<qint64>(input.size() - shown);
        for (std::size_t i = 0; i < first; ++i) {
            const PromptSize& own = m_data.composition.messages[i];
            if (is_instruction(m_conversation.messages[i])) continue;
            size.characters += own.characters;
            if (own.tokens) size.tokens = size.tokens.value_or(0) + *own.tokens;
        }
        FlowBlock row =
            foldRow(m_options.fold, QStringLiteral("history"),
                    QStringLiteral("%1 earlier messages").arg(fromUtf8(format_count(earlier))),
                    earlier > kHistoryStep ? QStringLiteral("show the last %1").arg(kHistoryStep) : QString(),
                    promptSizeText(size));
        m_document.add(std::move(row));
        return first;
    }

    void addMessage(std::size_t index, std::size_t first) {
        const Message& message = m_conversation.messages[index];
        const std::size_t from = m_document.blocks.size();
        FlowBlock head = headRow(QStringLiteral("m%1").arg(index));
        QString second = message.output ? QStringLiteral("this call") : fromUtf8(message.name);
        if (message.output && !message.name.empty())
            second = fromUtf8(message.name) + QStringLiteral(" · this call");
        if (!message.finish_reason.empty() && message.finish_reason != "stop" &&
            message.finish_reason != "end_turn" && message.finish_reason != "tool_use" &&
            message.finish_reason != "tool_calls" && message.finish_reason != "tool_call")
            second +=
                (second.isEmpty() ? QString() : QStringLiteral(" · ")) + fromUtf8(message.finish_reason);
        head.cells = {caption(roleTitle(message.role), Face::SmallStrong, Tone::Text, true),
                      caption(second, Face::Small, message.output ? Tone::Accent : Tone::Text3),
                      caption(sizeText(index), Face::Small, Tone::Text3)};
        if (m_known && !message.output) {
            FlowText change = changeLabel(m_step->change.messages[index]);
            if (!second.isEmpty()) change.text = second + QStringLiteral(" · ") + change.text;
            head.cells[1] = std::move(change);
        }
        m_document.add(std::move(head));
        for (std::size_t p = 0; p < message.parts.size(); ++p)
            if (!besideCall(index, p, first)) addPart(index, p, message.output);
        if (message.parts.empty()) {
            FlowBlock none;
            none.key = QStringLiteral("m%1/none").arg(index);
            addText(m_document, none, caption(QStringLiteral("No content"), Face::Small, Tone::Text3));
        }
        m_document.blocks.back().below += m_document.blocks.back().type == BlockType::Space ? 5 : 8;
        if (message.output)
            for (std::size_t i = from; i < m_document.blocks.size(); ++i)
                m_document.blocks[i].thisCall = true;
    }

    // Tokens where the source states them for exactly this message, else its share of those that went in.
    QString sizeText(std::size_t index) const {
        const Message& message = m_conversation.messages[index];
        if (!message.output) return promptSizeText(m_data.composition.messages[index]);
        const auto outputs = std::ranges::count_if(m_conversation.messages, &Message::output);
        if (outputs == 1 && m_data.span.usage.output)
            return fromUtf8(format_count(*m_data.span.usage.output)) + QChar(0xA0) + QLatin1String("tok");
        qint64 characters = 0;
        for (const MessagePart& part : message.parts)
            characters += charactersOf(part);
        return charactersText(characters);
    }

    void addPart(std::size_t m, std::size_t p, bool output) {
        const MessagePart& part = m_conversation.messages[m].parts[p];
        const QString key = QStringLiteral("m%1.%2").arg(m).arg(p);
        switch (part.type) {
        case PartType::text:
            addProse(m_document, part.text, key, m_conversation.messages[m].role == "assistant" || output,
                     output ? kOutputFold : kInputFold, m_options);
            break;
        case PartType::reasoning:
            addReasoning(m_document, part, key, reasoningText(part, output), m_options);
            break;
        case PartType::tool_call: addCall(m, p, key); break;
        case PartType::tool_result: addLooseResult(part, key); break;
        case PartType::image: addImage(m_document, part, key, m_options); break;
        case PartType::file: addFile(m_document, part, key, m_options); break;
        case PartType::json: addUnknown(m_document, part, key, m_options); break;
        }
    }

    // Tokens where the source states them for exactly this part, else characters.
    QString reasoningText(const MessagePart& part, bool output) const {
        if (output && m_data.span.usage.reasoning && onlyReasoning())
            return fromUtf8(format_count(*m_data.span.usage.reasoning)) + QChar(0xA0) + QLatin1String("tok");
        return charactersText(charactersOf(part));
    }
    bool onlyReasoning() const {
        int count = 0;
        for (const Message& message : m_conversation.messages)
            if (message.output)
                for (const MessagePart& part : message.parts)
                    count += part.type == PartType::reasoning ? 1 : 0;
        return count == 1;
    }

    void addCall(std::size_t m, std::size_t p, const QString& key) {
        const MessagePart& call = m_conversation.messages[m].parts[p];
        const auto result = m_pairs.resultOf.find({m, p});
        const MessagePart* answer =
            result == m_pairs.resultOf.end()
                ? nullptr
                : &m_conversation.messages[result->second.first].parts[result->second.second];
        const auto run = m_data.runs.find(call.tool_call_id);
        const bool fresh =
            answer && m_known && m_step->change.messages[result->second.first] == MessageChange::fresh;
        const ToolCard card{call, answer, run == m_data.runs.end() ? nullptr : &run->second, key, fresh};
        if (addToolCard(m_document, card, m_options) == ToolOutcome::Silent && answer &&
            result->second.first > m_lastSilent.first) {
            m_lastSilent = result->second;
            m_silentCall = {m, p};
        }
    }

    void addLooseResult(const MessagePart& part, const QString& key) {
        const auto run = m_data.runs.find(part.tool_call_id);
        addResultCard(m_document, part, run == m_data.runs.end() ? nullptr : &run->second, key, m_options);
    }

    // The newest turn's result failed without its status saying so, and this call answered on it.
    void addRestingNotice() {
        if (m_lastSilent.first == 0) return;
        bool answered = false;
        for (std::size_t i = m_lastSilent.first + 1; i < m_conversation.messages.size(); ++i) {
            const Message& later = m_conversation.messages[i];
            if (!later.output && later.role == "user") return;
            answered = answered || later.output;
        }
        if (!answered) return;
        const MessagePart& call = m_conversation.messages[m_silentCall.first].parts[m_silentCall.second];
        const MessagePart& result = m_conversation.messages[m_lastSilent.first].parts[m_lastSilent.second];
        const QString reason = failureReason(result.json.empty() ? json_string(result.text) : result.json);
        const auto run = m_data.runs.find(call.tool_call_id);
        addNotice(m_document, QStringLiteral("The answer rests on a result that says it failed"),
                  QStringLiteral("%1: %2, yet the status says ok.")
                      .arg(fromUtf8(call.tool_name),
                           reason.isEmpty() ? QStringLiteral("the result reports a failure") : reason),
                  QStringLiteral("Go to call"),
                  run == m_data.runs.end()
                      ? QStringLiteral("goto:m%1.%2").arg(m_silentCall.first).arg(m_silentCall.second)
                      : QStringLiteral("span:") + fromUtf8(to_hex(run->second.span)),
                  true, 8);
    }

    const DetailsData& m_data;
    const Conversation& m_conversation;
    const BuildOptions& m_options;
    FlowDocument m_document;
    const Step* m_step; // with a previous call; else null
    bool m_known;       // what of the messages is new
    ToolPairs m_pairs;
    std::vector<ResentRun> m_runs;
    std::size_t m_first = 0; // the first message that is not folded as history
    std::size_t m_bar = 0;
    bool m_hasBar = false;
    Place m_lastSilent{0, 0}, m_silentCall{0, 0};
};

} // namespace

FlowDocument messagesDocument(const DetailsData& data, const BuildOptions& options, const Step* step) {
    return Builder(data, options, step).build();
}

} // namespace clew::views
