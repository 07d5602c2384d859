#include "model/analysis/compare/run_steps.h"

#include "model/analysis/canonical_json.h"
#include "model/analysis/tool_payload.h"
#include "model/base/hash.h"
#include "model/base/text.h"
#include "model/trace/dialects/messages.h"
#include "model/trace/display_name.h"

#include <algorithm>
#include <string_view>

namespace clew {

namespace {

std::size_t at(std::int32_t index) {
    return static_cast<std::size_t>(index);
}

std::uint64_t joined(std::uint64_t a, std::uint64_t b) {
    const std::uint64_t both[] = {a, b};
    return hash64({reinterpret_cast<const char*>(both), sizeof(both)});
}

bool is_call(Kind kind) {
    return kind == Kind::llm || kind == Kind::embedding;
}
bool may_only_hold(Kind kind) {
    return kind == Kind::generic || kind == Kind::workflow || kind == Kind::agent;
}

void add_text(std::string& to, std::string_view text) {
    if (text.empty()) return;
    if (!to.empty()) to += '\n';
    to += text;
}

// What is new in a prompt beside results of tools, which are steps of their own: an agent sends the rest
// again with every call.
std::string new_words(const Conversation& talk) {
    std::size_t from = 0;
    for (std::size_t i = 0; i < talk.messages.size(); ++i)
        if (!talk.messages[i].output &&
            (talk.messages[i].role == "assistant" || talk.messages[i].role == "model"))
            from = i + 1;
    std::string out;
    for (std::size_t i = from; i < talk.messages.size(); ++i) {
        const Message& message = talk.messages[i];
        if (message.output || message.role != "user") continue;
        for (const MessagePart& part : message.parts) {
            if (part.type == PartType::text) add_text(out, part.text);
            if (part.type == PartType::image || part.type == PartType::file) add_text(out, part.uri);
        }
    }
    return out;
}

// Calls of tools count where nothing else tells that they were made.
std::string answer(const Conversation& talk, bool with_calls) {
    std::string out;
    for (const Message& message : talk.messages) {
        if (!message.output) continue;
        for (const MessagePart& part : message.parts) {
            if (part.type == PartType::text) add_text(out, part.text);
            if (part.type == PartType::json) add_text(out, part.json);
            if (part.type == PartType::image || part.type == PartType::file) add_text(out, part.uri);
            if (part.type == PartType::tool_call && with_calls)
                add_text(out, part.tool_name + " " + canonical_json(part.json));
        }
    }
    return out;
}

std::string in_one_form(std::string_view text) {
    return text.empty() ? std::string() : canonical_without_volatile(text);
}

std::string label_of(const SpanDetail& span) {
    const std::string& said = is_call(span.kind) ? (span.model.empty() ? span.request_model : span.model)
                              : span.kind == Kind::agent ? span.agent
                                                         : span.tool;
    return said.empty() ? without_volatile(display_name(span.name)) : said;
}

// Of whole texts, before what is kept of them is cut.
void hash(RunStep& step) {
    step.question = hash64(step.arguments, step.likeness);
    step.whole = hash64(step.output, joined(step.question, hash64(step.error, step.failed ? 1 : 0)));
}

void read_payload(const SpanDetail& span, RunStep& step) {
    const Conversation talk = conversation_of(span);
    std::string asked, said;
    if (!is_call(step.kind)) {
        ToolPayload payload = tool_payload(span, talk);
        asked = std::move(payload.arguments);
        said = std::move(payload.result);
    }
    if (asked.empty()) asked = talk.messages.empty() ? talk.input_json : new_words(talk);
    if (said.empty()) said = answer(talk, span.unexecuted_calls > 0);
    if (said.empty()) said = plain_text(talk.output_json);
    step.arguments = in_one_form(asked);
    step.output = in_one_form(said);
}

} // namespace

void RunReader::add(const SpanDetail& span) {
    Seen seen;
    RunStep& step = seen.step;
    step.id = span.id;
    step.kind = span.kind;
    step.label = label_of(span);
    step.failed = span.status == Status::error || (span.flags & kToolError) != 0;
    if (step.failed) step.error = without_volatile(span.status_message);
    step.usage = span.usage;
    step.costs = {span.reported_cost, span.reported_cost ? std::nullopt : span.computed_cost, span.unpriced};
    if (span.start != kNoTime && span.end != kNoTime && span.end >= span.start)
        step.duration = span.end - span.start;
    if ((span.flags & kSynthesized) == 0) read_payload(span, step);
    step.likeness = joined(static_cast<std::uint64_t>(step.kind), hash64(step.label));
    hash(step);
    for (std::string* text : {&step.arguments, &step.output})
        if (text->size() > kStepText) *text = std::string(utf8_prefix(*text, kStepText));
    seen.flags = span.flags;
    seen.root = !span.parent.valid();
    seen.named = !span.agent.empty();
    if (const auto parent = index_.find(span.parent); span.parent.valid() && parent != index_.end()) {
        seen.parent = parent->second;
        spans_[at(seen.parent)].has_child = true;
    }
    index_.emplace(span.id, static_cast<std::int32_t>(spans_.size()));
    spans_.push_back(std::move(seen));
}

void RunReader::look_below() {
    for (std::size_t i = spans_.size(); i-- > 0;) {
        const Seen& span = spans_[i];
        if (span.parent < 0) continue;
        Seen& parent = spans_[at(span.parent)];
        const Kind kind = span.step.kind;
        parent.work_below = parent.work_below || span.work_below || !may_only_hold(kind);
        // An SDK hangs the tools that a call asked for below it, and those may ask models themselves.
        const bool passes = may_only_hold(kind) && kind != Kind::agent;
        if (is_call(kind) ? kind == parent.step.kind || !is_call(parent.step.kind)
                          : passes && span.call_below)
            parent.call_below = true;
    }
}

// Of another agent, or of a tool. Frameworks also wrap an agent into a span of the same name, and call parts
// of an agent agents.
bool RunReader::is_subagent(const Seen& span) const {
    if ((span.flags & kSubagent) != 0) return true;
    if (!span.named || !span.work_below) return false;
    for (std::int32_t above = span.parent; above >= 0; above = spans_[at(above)].parent) {
        const RunStep& step = spans_[at(above)].step;
        if (step.kind == Kind::tool) return true;
        if (step.kind == Kind::agent) return step.label != span.step.label;
    }
    return false;
}

bool RunReader::is_step(const Seen& span) const {
    const Kind kind = span.step.kind;
    if ((span.flags & kSynthesized) != 0) return (span.flags & kSubagent) != 0 && !span.root;
    if (kind == Kind::agent) return !span.root && (!span.has_child || is_subagent(span));
    if (may_only_hold(kind)) return !span.root && !span.has_child;
    if (is_call(kind) && span.call_below) return false;
    if (span.root && span.work_below) return false;
    if (is_call(kind) || span.parent < 0) return true;
    const RunStep& parent = spans_[at(span.parent)].step;
    return parent.kind != kind || parent.label != span.step.label;
}

RunSteps RunReader::finish() {
    look_below();
    RunSteps out;
    std::vector<std::int32_t> steps(spans_.size(), -1); // the step that a span is or is in
    for (std::size_t i = 0; i < spans_.size(); ++i) {
        Seen& span = spans_[i];
        const std::int32_t around = span.parent < 0 ? -1 : steps[at(span.parent)];
        steps[i] = around;
        if (!is_step(span)) continue;
        steps[i] = static_cast<std::int32_t>(out.size());
        // Parents are asked for kind and label only, so the texts may go.
        RunStep step = span.step;
        step.parent = around;
        if (around >= 0) {
            const RunStep& holder = out[at(around)];
            step.depth = holder.depth + 1;
            step.within = joined(holder.within, holder.likeness);
        }
        if (step.kind == Kind::agent && span.has_child) {
            step.container = true;
            step.arguments.clear();
            step.output.clear();
            hash(step);
        }
        out.push_back(std::move(step));
    }
    spans_.clear();
    index_.clear();
    return out;
}

} // namespace clew
