#include "views/trace/details/messages_document.h"

#include "model/base/numbers.h"
#include "model/base/text.h"
#include "model/trace/dialects/messages.h"
#include "views/trace/details/inline_image.h"
#include "views/trace/details/json_text.h"
#include "views/trace/details/markdown_text.h"
#include "views/trace/details/tool_card.h"

#include <algorithm>
#include <map>
#include <utility>

namespace clew::views {

namespace {

constexpr FoldLimit kInput{1600, 24, 700, 12};
constexpr FoldLimit kOutput{6000, 120, 3000, 60};
constexpr int kRecentMessages = 8;
constexpr int kHistoryStep = 50;
constexpr qsizetype kMaxMarkdown = 256 * 1024;

bool isSystem(const Message& message) {
    return message.role == "system" || message.role == "developer";
}

qint64 charactersOf(const std::string& utf8) {
    return std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

qint64 sizeOf(const MessagePart& part) {
    // The bytes of an image are no characters that a model reads.
    return charactersOf(part.text) + charactersOf(part.json);
}

qint64 sizeOf(const Message& message) {
    qint64 sum = 0;
    for (const MessagePart& part : message.parts)
        sum += sizeOf(part);
    return sum;
}

QString roleTitle(const std::string& role) {
    if (role.empty()) return QStringLiteral("Message");
    QString out = fromUtf8(role);
    out[0] = out[0].toUpper();
    return out;
}

class Builder {
public:
    Builder(const DetailsData& data, const BuildOptions& options)
        : m_data(data)
        , m_conversation(data.conversation)
        , m_options(options) {}

    FlowDocument build() {
        addFailureCard(m_document, m_data);
        if (m_conversation.content_missing && m_conversation.messages.empty()) {
            addMissing();
            return std::move(m_document);
        }
        addComposition();
        for (std::size_t i = 0; i < m_conversation.messages.size(); ++i)
            if (isSystem(m_conversation.messages[i])) addSystem(i);
        addTools();
        pairResults();
        const std::size_t first = addHistory();
        for (std::size_t i = first; i < m_conversation.messages.size(); ++i)
            if (isShown(i, first)) addMessage(i, first);
        addRestingNotice();
        FlowBlock end;
        end.type = BlockType::Space;
        end.rule = true;
        end.above = 12;
        m_document.add(std::move(end));
        return std::move(m_document);
    }

private:
    using Place = std::pair<std::size_t, std::size_t>; // message, part

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
        double system = 0, tools = 0, history = 0, results = 0;
        for (const Message& message : m_conversation.messages) {
            if (message.output) continue;
            for (const MessagePart& part : message.parts) {
                const auto size = static_cast<double>(sizeOf(part));
                (isSystem(message) ? system : part.type == PartType::tool_result ? results : history) += size;
            }
        }
        for (const ToolDefinition& tool : m_conversation.tools)
            tools += static_cast<double>(charactersOf(tool.name) + charactersOf(tool.description) +
                                         charactersOf(tool.parameters_json));
        FlowBlock block;
        block.type = BlockType::Composition;
        block.key = QStringLiteral("composition");
        block.above = 9;
        block.below = 8;
        const auto add = [&](const char* name, double amount, Kind kind, bool mcp) {
            if (amount > 0)
                block.shares.push_back({QLatin1String(name), amount, kind, mcp,
                                        fromUtf8(format_tokens(static_cast<std::int64_t>(amount)))});
        };
        add("System", system, Kind::workflow, false);
        add("Tools", tools, Kind::tool, true);
        add("History", history, Kind::llm, false);
        add("Results", results, Kind::tool, false);
        if (block.shares.empty()) return;
        const Usage& usage = m_data.span.usage;
        block.note = QStringLiteral("chars");
        block.tip = QStringLiteral("What went into this call, by characters");
        if (usage.cache_read && usage.input && *usage.input > 0 && *usage.cache_read > 0) {
            block.cached = static_cast<double>(*usage.cache_read) / static_cast<double>(*usage.input);
            const QString percent =
                QString::number(qRound(block.cached * 100)) + QChar(0xA0) + QLatin1Char('%');
            block.note = QStringLiteral("chars · %1 cached").arg(percent);
            block.tip +=
                QStringLiteral("\n%1 of %2 input tokens were read from the cache")
                    .arg(fromUtf8(format_count(*usage.cache_read)), fromUtf8(format_count(*usage.input)));
        }
        m_document.add(std::move(block));
    }

    // A row that folds: chevron, title, preview, size.
    FlowBlock foldRow(const QString& key, const QString& title, const QString& preview,
                      const QString& right) {
        FlowBlock row;
        row.type = BlockType::Row;
        row.rule = true;
        row.above = row.below = 6;
        row.key = row.action = key;
        row.icon =
            m_options.fold.isOpen(key) ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right");
        row.cells = {caption(title, Face::SmallStrong, Tone::Text, true),
                     caption(preview, Face::Small, Tone::Text2), caption(right, Face::Small, Tone::Text3)};
        return row;
    }

    void addSystem(std::size_t index) {
        const Message& message = m_conversation.messages[index];
        const QString key = QStringLiteral("m%1").arg(index);
        QString preview;
        for (const MessagePart& part : message.parts)
            if (preview.isEmpty())
                preview = fromUtf8(one_line(part.text.empty() ? part.json : part.text, 200));
        const bool open = m_options.fold.isOpen(key);
        m_document.add(foldRow(key, roleTitle(message.role), open ? QString() : preview,
                               charactersText(sizeOf(message))));
        if (!open) return;
        for (std::size_t i = 0; i < message.parts.size(); ++i)
            addPart(index, i, false);
        m_document.blocks.back().below = 8;
    }

    void addTools() {
        if (m_conversation.tools.empty()) return;
        const QString key = QStringLiteral("tools");
        QStringList names;
        qint64 size = 0;
        for (const ToolDefinition& tool : m_conversation.tools) {
            names << fromUtf8(tool.name);
            size +=
                charactersOf(tool.name) + charactersOf(tool.description) + charactersOf(tool.parameters_json);
        }
        const bool open = m_options.fold.isOpen(key);
        const QString title = QStringLiteral("%1 tools").arg(names.size());
        m_document.add(foldRow(key, names.size() == 1 ? QStringLiteral("1 tool") : title,
                               open ? QString() : names.join(QStringLiteral(", ")), charactersText(size)));
        if (!open) return;
        int index = 0;
        for (const ToolDefinition& tool : m_conversation.tools) {
            const QString toolKey = QStringLiteral("tools/%1").arg(index++);
            FlowBlock row;
            row.type = BlockType::Row;
            row.key = toolKey;
            row.above = 4;
            row.icon = QStringLiteral("kind-tool");
            row.kindIcon = static_cast<int>(Kind::tool);
            row.cells = {caption(fromUtf8(tool.name), Face::SmallStrong, Tone::Text, true)};
            m_document.add(std::move(row));
            FlowBlock body;
            body.indent = 22;
            body.key = toolKey + QLatin1String("/text");
            if (!tool.description.empty())
                addFolded(m_document, body,
                          caption(fromUtf8(tool.description), Face::Small, Tone::Text2, true),
                          toolKey + QLatin1String("/all"), m_options.fold, kInput,
                          static_cast<qint64>(tool.description.size()));
            if (!tool.parameters_json.empty()) {
                body.key = toolKey + QLatin1String("/json");
                addFolded(m_document, body, valueText(tool.parameters_json, m_options.columns - 4),
                          toolKey + QLatin1String("/params"), m_options.fold, kInput,
                          static_cast<qint64>(tool.parameters_json.size()));
            }
        }
        m_document.blocks.back().below = 8;
    }

    // Calls and results of one id belong together; without ids, the next result of the same tool does.
    void pairResults() {
        std::map<std::string, Place> byId;
        std::vector<Place> loose;
        for (std::size_t m = 0; m < m_conversation.messages.size(); ++m) {
            for (std::size_t p = 0; p < m_conversation.messages[m].parts.size(); ++p) {
                const MessagePart& part = m_conversation.messages[m].parts[p];
                if (part.type == PartType::tool_call) {
                    if (part.tool_call_id.empty())
                        loose.emplace_back(m, p);
                    else
                        byId[part.tool_call_id] = {m, p};
                } else if (part.type == PartType::tool_result) {
                    const auto call = byId.find(part.tool_call_id);
                    if (!part.tool_call_id.empty() && call != byId.end()) {
                        m_resultOf[call->second] = {m, p};
                        m_callOf[{m, p}] = call->second;
                        byId.erase(call);
                        continue;
                    }
                    const auto same = std::ranges::find_if(loose, [&](const Place& place) {
                        const MessagePart& asked = m_conversation.messages[place.first].parts[place.second];
                        return part.tool_name.empty() || asked.tool_name.empty() ||
                               part.tool_name == asked.tool_name;
                    });
                    if (!part.tool_call_id.empty() || same == loose.end()) continue;
                    m_resultOf[*same] = {m, p};
                    m_callOf[{m, p}] = *same;
                    loose.erase(same);
                }
            }
        }
    }

    // Whether a message has anything that is not drawn beside its call.
    bool isShown(std::size_t index, std::size_t first) const {
        const Message& message = m_conversation.messages[index];
        if (isSystem(message)) return false;
        if (message.parts.empty()) return true;
        for (std::size_t p = 0; p < message.parts.size(); ++p)
            if (!besideCall(index, p, first)) return true;
        return false;
    }
    bool besideCall(std::size_t message, std::size_t part, std::size_t first) const {
        const auto call = m_callOf.find({message, part});
        return call != m_callOf.end() && call->second.first >= first;
    }

    // Folds what is older than the recent messages; gives the first message that is shown.
    std::size_t addHistory() {
        std::vector<std::size_t> input;
        qint64 size = 0;
        for (std::size_t i = 0; i < m_conversation.messages.size(); ++i)
            if (!m_conversation.messages[i].output && isShown(i, 0)) input.push_back(i);
        const auto shown = static_cast<std::size_t>(kRecentMessages + m_options.fold.history * kHistoryStep);
        if (m_options.fold.everything || input.size() <= shown + 2) return 0;
        const std::size_t first = input[input.size() - shown];
        const auto earlier = static_cast<qint64>(input.size() - shown);
        for (std::size_t i = 0; i < first; ++i)
            if (!isSystem(m_conversation.messages[i])) size += sizeOf(m_conversation.messages[i]);
        FlowBlock row =
            foldRow(QStringLiteral("history"),
                    QStringLiteral("%1 earlier messages").arg(fromUtf8(format_count(earlier))),
                    earlier > kHistoryStep ? QStringLiteral("show the last %1").arg(kHistoryStep) : QString(),
                    charactersText(size));
        m_document.add(std::move(row));
        return first;
    }

    void addMessage(std::size_t index, std::size_t first) {
        const Message& message = m_conversation.messages[index];
        const std::size_t from = m_document.blocks.size();
        FlowBlock head;
        head.type = BlockType::Row;
        head.key = QStringLiteral("m%1").arg(index);
        head.rule = true;
        head.above = 8;
        head.below = 4;
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
                      caption(sizeText(message), Face::Small, Tone::Text3)};
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

    // Tokens where the source states them for exactly this message, else characters.
    QString sizeText(const Message& message) const {
        const auto outputs = std::ranges::count_if(m_conversation.messages, &Message::output);
        if (message.output && outputs == 1 && m_data.span.usage.output)
            return fromUtf8(format_count(*m_data.span.usage.output)) + QChar(0xA0) + QLatin1String("tok");
        return charactersText(sizeOf(message));
    }

    void addPart(std::size_t m, std::size_t p, bool output) {
        const MessagePart& part = m_conversation.messages[m].parts[p];
        const QString key = QStringLiteral("m%1.%2").arg(m).arg(p);
        switch (part.type) {
        case PartType::text:
            addProse(part.text, key, m_conversation.messages[m].role == "assistant" || output,
                     output ? kOutput : kInput);
            break;
        case PartType::reasoning: addReasoning(part, key, output); break;
        case PartType::tool_call: addCall(m, p, key); break;
        case PartType::tool_result: addLooseResult(part, key); break;
        case PartType::image: addImage(part, key); break;
        case PartType::file: addFile(part, key); break;
        case PartType::json: addUnknown(part, key); break;
        }
    }

    void addProse(const std::string& utf8, const QString& key, bool markdown, const FoldLimit& limit) {
        FlowBlock block;
        block.key = key;
        FlowText text = caption(fromUtf8(utf8), Face::Body, Tone::Text, true);
        while (text.text.endsWith(QLatin1Char('\n')))
            text.text.chop(1);
        if (text.text.isEmpty()) return;
        const bool folded = isLong(text, limit) && !m_options.fold.isOpen(key + QLatin1String("/all"));
        if (!markdown || (!folded && text.text.size() > kMaxMarkdown)) {
            addFolded(m_document, block, std::move(text), key + QLatin1String("/all"), m_options.fold, limit,
                      static_cast<qint64>(utf8.size()));
            return;
        }
        const bool wasLong = isLong(text, limit);
        if (folded) text = beginningOf(text, limit);
        int number = 0;
        bool first = true;
        for (MarkdownPiece& piece : markdownPieces(text.text)) {
            FlowBlock one = block;
            one.key = key + QLatin1Char('~') + QString::number(number++);
            one.above = first || piece.bullet ? 0 : 6;
            one.bullet = piece.bullet;
            one.indent = piece.indent * 12;
            if (piece.code) {
                one.card = m_document.newCard();
                one.cardStyle = CardStyle::Code;
                one.above = one.below = 6;
                addSpace(4);
            }
            addText(m_document, one, std::move(piece.text));
            if (piece.code) addSpace(2);
            first = false;
        }
        if (!wasLong) return;
        FlowBlock more = block;
        more.type = BlockType::Row;
        more.key = key + QLatin1String("/more");
        more.action = key + QLatin1String("/all");
        more.cells = {
            caption(folded ? QStringLiteral("Show all %1").arg(bytesText(static_cast<qint64>(utf8.size())))
                           : QStringLiteral("Show less"),
                    Face::Small, Tone::Accent)};
        m_document.add(std::move(more));
    }

    void addSpace(int height) {
        FlowBlock space;
        space.type = BlockType::Space;
        space.above = height;
        m_document.add(std::move(space));
    }

    void addReasoning(const MessagePart& part, const QString& key, bool output) {
        const bool open = m_options.fold.isOpen(key);
        const qint64 size = sizeOf(part);
        QString figure = charactersText(size);
        if (output && m_data.span.usage.reasoning && onlyReasoning())
            figure =
                fromUtf8(format_count(*m_data.span.usage.reasoning)) + QChar(0xA0) + QLatin1String("tok");
        FlowBlock row;
        row.type = BlockType::Row;
        row.key = key;
        row.action = size > 0 ? key : QString();
        row.icon = open ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right");
        row.above = row.below = 1;
        row.cells = {caption(size > 0 ? QStringLiteral("Reasoning · %1").arg(figure)
                                      : QStringLiteral("Reasoning, not disclosed"),
                             Face::Small, Tone::Text2)};
        if (size == 0) row.icon.clear();
        m_document.add(std::move(row));
        if (!open || size == 0) return;
        FlowBlock body;
        body.key = key + QLatin1String("/text");
        body.indent = 22;
        body.below = 4;
        addFolded(m_document, body,
                  part.text.empty() ? valueText(part.json, m_options.columns - 4)
                                    : caption(fromUtf8(part.text), Face::Body, Tone::Text2, true),
                  key + QLatin1String("/all"), m_options.fold, kOutput,
                  static_cast<qint64>(part.text.size() + part.json.size()));
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
        const auto result = m_resultOf.find({m, p});
        const MessagePart* answer =
            result == m_resultOf.end()
                ? nullptr
                : &m_conversation.messages[result->second.first].parts[result->second.second];
        const auto run = m_data.runs.find(call.tool_call_id);
        const ToolCard card{call, answer, run == m_data.runs.end() ? nullptr : &run->second, key};
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

    void addImage(const MessagePart& part, const QString& key) {
        InlineImage image = inlineImage(part.uri, part.mime);
        if (!part.text.empty()) addProse(part.text, key + QLatin1String("/caption"), false, kInput);
        FlowBlock block;
        block.key = key;
        block.above = block.below = 4;
        if (image.image.isNull()) {
            addText(m_document, block, caption(image.reason, Face::Small, Tone::Text2, true));
            return;
        }
        block.type = BlockType::Image;
        block.tip = QStringLiteral("%1 × %2 px").arg(image.image.width()).arg(image.image.height());
        block.image = std::move(image.image);
        m_document.add(std::move(block));
    }

    void addFile(const MessagePart& part, const QString& key) {
        QStringList words{QStringLiteral("File")};
        if (!part.text.empty()) words << fromUtf8(part.text).left(200);
        if (!part.mime.empty()) words << fromUtf8(part.mime);
        if (part.uri.starts_with("data:"))
            words << bytesText(static_cast<qint64>(part.uri.size()));
        else if (!part.uri.empty())
            words << fromUtf8(part.uri).left(500);
        FlowBlock block;
        block.key = key;
        block.above = block.below = 2;
        addText(m_document, block,
                caption(words.join(QStringLiteral(" · ")), Face::Small, Tone::Text2, true));
        if (!part.json.empty()) addUnknown(part, key + QLatin1String("/json"));
    }

    void addUnknown(const MessagePart& part, const QString& key) {
        FlowBlock block;
        block.key = key;
        if (part.json.empty()) {
            addProse(part.text, key, false, kInput);
            return;
        }
        if (part.text.empty()) {
            addFolded(m_document, block, valueText(part.json, m_options.columns), key + QLatin1String("/all"),
                      m_options.fold, kInput, static_cast<qint64>(part.json.size()));
            return;
        }
        addProse(part.text, key, false, kInput);
        const QString jsonKey = key + QLatin1String("/asjson");
        const bool open = m_options.fold.isOpen(jsonKey);
        FlowBlock row;
        row.type = BlockType::Row;
        row.key = row.action = jsonKey;
        row.icon = open ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right");
        row.cells = {
            caption(QStringLiteral("JSON · %1").arg(bytesText(static_cast<qint64>(part.json.size()))),
                    Face::Small, Tone::Text2)};
        m_document.add(std::move(row));
        if (!open) return;
        block.indent = 22;
        block.key = jsonKey + QLatin1String("/text");
        addFolded(m_document, block, valueText(part.json, m_options.columns - 4),
                  jsonKey + QLatin1String("/all"), m_options.fold, kOutput,
                  static_cast<qint64>(part.json.size()));
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
    std::map<Place, Place> m_resultOf, m_callOf;
    Place m_lastSilent{0, 0}, m_silentCall{0, 0};
};

} // namespace

FlowDocument messagesDocument(const DetailsData& data, const BuildOptions& options) {
    return Builder(data, options).build();
}

} // namespace clew::views
