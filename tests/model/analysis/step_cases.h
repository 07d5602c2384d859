// Conversations whose sizes can be counted by hand, for the tests of what is inside a step.
#pragma once

#include "model/analysis/step/continuation.h"
#include "model/base/text.h"
#include "model/trace/dialects/messages.h"

#include <QString>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace clew::test {

inline MessagePart text_of(std::string text) {
    MessagePart part;
    part.text = std::move(text);
    return part;
}
inline MessagePart thought(std::string text) {
    MessagePart part = text_of(std::move(text));
    part.type = PartType::reasoning;
    return part;
}
inline MessagePart asked(std::string tool, std::string json) {
    MessagePart part;
    part.type = PartType::tool_call;
    part.tool_name = std::move(tool);
    part.json = std::move(json);
    return part;
}
inline MessagePart result(std::string text) {
    MessagePart part = text_of(std::move(text));
    part.type = PartType::tool_result;
    return part;
}
inline MessagePart picture() {
    MessagePart part;
    part.type = PartType::image;
    part.uri = "data:image/png;base64,AAAA";
    return part;
}

inline Message said(std::string role, std::vector<MessagePart> parts, bool output = false) {
    Message message;
    message.role = std::move(role);
    message.parts = std::move(parts);
    message.output = output;
    return message;
}
inline Message said(std::string role, std::string text, bool output = false) {
    return said(std::move(role), std::vector<MessagePart>{text_of(std::move(text))}, output);
}

// One call at a second of an hour that all share; it takes a second.
struct Call {
    std::vector<Message> messages;
    std::vector<ToolDefinition> tools;
    Usage usage;
    std::int64_t second = 0;
    std::string model = "m-1";
};
inline CallPrompt prompt_of(Call call) {
    SpanDetail span;
    span.id = {static_cast<std::uint64_t>(call.second) + 1};
    span.kind = Kind::llm;
    span.model = call.model;
    span.usage = call.usage;
    span.start = (1'760'000'000 + call.second) * kSecond;
    span.end = span.start + kSecond;
    Conversation conversation;
    conversation.messages = std::move(call.messages);
    conversation.tools = std::move(call.tools);
    return call_prompt(span, std::make_shared<const Conversation>(std::move(conversation)));
}

// "RRnC": the change of each message by its first letter (Answer, Changed, New, Output, Resent).
inline QString letters(const PromptChange& change) {
    QString out;
    for (const MessageChange one : change.messages)
        out += QChar::fromLatin1(message_change_name(one).front()).toUpper();
    return out;
}
inline QString code(const PromptChange& change) {
    return change.reasons.empty() ? QString()
                                  : QString::fromStdString(std::string(change.reasons.front().code));
}

} // namespace clew::test
