#include "model/analysis/turns.h"

#include "model/base/text.h"
#include "model/trace/dialects/messages.h"
#include "model/trace/span.h"

#include <nlohmann/json.hpp>

namespace clew {

namespace {

bool is_turn(const SnapshotSpan& span) {
    return span.kind == Kind::workflow && (span.flags & kSynthesized) != 0;
}

Turn turn_at(const TraceSnapshot& trace, std::int32_t at) {
    Turn out;
    out.span = at;
    const auto first = static_cast<std::size_t>(at);
    const std::size_t end = first + trace.spans[first].subtree;
    std::size_t subagent_until = 0;
    for (std::size_t i = first; i < end; ++i) {
        const SnapshotSpan& span = trace.spans[i];
        if (span.kind == Kind::tool) ++out.tool_calls;
        if (span.kind == Kind::llm) ++out.llm_calls;
        if (i < subagent_until) continue;
        if (i > first && (span.flags & kSubagent) != 0) subagent_until = i + span.subtree;
        if (span.kind != Kind::llm || i < subagent_until) continue;
        const auto here = static_cast<std::int32_t>(i);
        if (out.first_call == kNoSpan) out.first_call = here;
        // In order of the tree, which is that of time among siblings only.
        const auto& last =
            out.last_call == kNoSpan ? span : trace.spans[static_cast<std::size_t>(out.last_call)];
        if (out.last_call == kNoSpan || span.start >= last.start) out.last_call = here;
    }
    return out;
}

// All text of one message; what is no text is told elsewhere.
std::string text_of(const Message& message) {
    std::string out;
    for (const MessagePart& part : message.parts) {
        if (part.type != PartType::text || trimmed(part.text).empty()) continue;
        if (!out.empty()) out += "\n\n";
        out += part.text;
    }
    return out;
}

std::string plain(const std::string& json) {
    const auto value = nlohmann::json::parse(json, nullptr, false);
    if (value.is_string()) return value.get<std::string>();
    if (value.is_object()) {
        for (const char* key :
             {"input", "output", "query", "question", "prompt", "text", "content", "answer", "result"})
            if (const auto it = value.find(key); it != value.end() && it->is_string())
                return it->get<std::string>();
    }
    return json;
}

// The newest words of a person before the first answer that this call wrote.
std::string asked(const Conversation& talk) {
    std::string out;
    for (const Message& message : talk.messages) {
        if (message.output || message.role != "user") continue;
        if (std::string text = text_of(message); !text.empty()) out = std::move(text);
    }
    return out;
}

std::string answered(const Conversation& talk) {
    std::string out;
    for (const Message& message : talk.messages) {
        if (!message.output || message.role == "tool") continue;
        if (std::string text = text_of(message); !text.empty()) out = std::move(text);
    }
    return out;
}

} // namespace

std::vector<Turn> turns_of(const TraceSnapshot& trace) {
    std::vector<Turn> out;
    if (trace.spans.empty()) return out;
    for (std::int32_t child = trace.spans.front().first_child; child != kNoSpan;
         child = trace.spans[static_cast<std::size_t>(child)].next_sibling)
        if (is_turn(trace.spans[static_cast<std::size_t>(child)])) out.push_back(turn_at(trace, child));
    if (!out.empty()) return out;
    Turn whole = turn_at(trace, 0);
    // A run without a single root: its calls stand beside each other.
    for (std::int32_t next = trace.spans.front().next_sibling; next != kNoSpan;
         next = trace.spans[static_cast<std::size_t>(next)].next_sibling) {
        const Turn more = turn_at(trace, next);
        whole.llm_calls += more.llm_calls;
        whole.tool_calls += more.tool_calls;
        if (whole.first_call == kNoSpan) whole.first_call = more.first_call;
        if (more.last_call != kNoSpan) whole.last_call = more.last_call;
    }
    out.push_back(whole);
    return out;
}

TurnWords words_of(const SpanDetail* turn, const SpanDetail* first_call, const SpanDetail* last_call) {
    TurnWords out;
    if (turn) {
        const Conversation talk = conversation_of(*turn);
        out.question = asked(talk);
        out.answer = answered(talk);
        if (out.question.empty() && !talk.input_json.empty()) out.question = plain(talk.input_json);
        if (out.answer.empty() && !talk.output_json.empty()) out.answer = plain(talk.output_json);
    }
    if (out.question.empty() && first_call) {
        const Conversation talk = conversation_of(*first_call);
        out.question = asked(talk);
        if (out.question.empty() && !talk.input_json.empty()) out.question = plain(talk.input_json);
    }
    if (out.answer.empty() && last_call) {
        const Conversation talk = conversation_of(*last_call);
        out.answer = answered(talk);
        if (out.answer.empty() && !talk.output_json.empty()) out.answer = plain(talk.output_json);
    }
    return out;
}

} // namespace clew
