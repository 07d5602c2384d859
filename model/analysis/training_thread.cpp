#include "model/analysis/training_thread.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <string>

namespace clew {

namespace {

bool same_content(const Message& a, const Message& b) {
    if (a.role != b.role || a.parts.size() != b.parts.size()) return false;
    return std::ranges::equal(a.parts, b.parts, [](const MessagePart& x, const MessagePart& y) {
        return x.type == y.type && x.text == y.text && x.json == y.json;
    });
}

bool is_instruction(const Message& message) {
    return message.role == "system" || message.role == "developer";
}

const Message* first_said(const std::vector<Message>& messages) {
    const auto it = std::ranges::find_if_not(messages, is_instruction);
    return it == messages.end() ? nullptr : &*it;
}

// A history that is resent starts with the same first words as the thread so far.
bool resends(const std::vector<Message>& call, const std::vector<Message>& thread) {
    const Message* ours = first_said(thread);
    const Message* theirs = first_said(call);
    return ours && theirs && !theirs->output && same_content(*ours, *theirs);
}

void append_new(std::vector<Message>& thread, const std::vector<Message>& call) {
    for (const Message& message : call) {
        const bool repeated =
            is_instruction(message) &&
            std::ranges::any_of(thread, [&](const Message& known) { return same_content(known, message); });
        if (!repeated) thread.push_back(message);
    }
}

// Results without an id answer the oldest call that has no result yet.
void pair_tool_calls(std::vector<Message>& thread) {
    std::deque<MessagePart*> open;
    int made_up = 0;
    for (Message& message : thread) {
        for (MessagePart& part : message.parts) {
            if (part.type == PartType::tool_call) {
                if (part.tool_call_id.empty()) part.tool_call_id = fmt::format("call_{}", ++made_up);
                open.push_back(&part);
            } else if (part.type == PartType::tool_result) {
                const auto asked = part.tool_call_id.empty()
                                       ? open.begin()
                                       : std::ranges::find(open, part.tool_call_id, [](const MessagePart* p) {
                                             return p->tool_call_id;
                                         });
                if (asked == open.end()) continue;
                part.tool_call_id = (*asked)->tool_call_id;
                if (part.tool_name.empty()) part.tool_name = (*asked)->tool_name;
                open.erase(asked);
            }
        }
    }
}

} // namespace

Conversation thread_of(std::span<const Conversation> calls) {
    Conversation thread;
    for (const Conversation& call : calls) {
        if (call.messages.empty()) continue;
        if (resends(call.messages, thread.messages))
            thread.messages = call.messages;
        else
            append_new(thread.messages, call.messages);
        for (const ToolDefinition& tool : call.tools)
            if (std::ranges::find(thread.tools, tool.name, &ToolDefinition::name) == thread.tools.end())
                thread.tools.push_back(tool);
    }
    pair_tool_calls(thread.messages);
    return thread;
}

} // namespace clew
