#include "model/analysis/findings/ruled_trace.h"

#include "model/analysis/canonical_json.h"
#include "model/analysis/findings/json_depth.h"
#include "model/analysis/tool_payload.h"
#include "model/base/hash.h"
#include "model/base/text.h"
#include "model/trace/dialects/messages.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace clew {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kContent = std::size_t{256} << 10; // of one text
constexpr std::size_t kShownOfResult = 400;
constexpr std::size_t kText = std::size_t{64} << 10; // of one argument or result

std::string bounded(std::string_view text, std::size_t size) {
    return std::string(utf8_prefix(text, size));
}

const std::string* find(const std::vector<PlainAttribute>& attributes, std::string_view key) {
    const auto found = std::ranges::find(attributes, key, &PlainAttribute::key);
    return found == attributes.end() ? nullptr : &found->json;
}

std::optional<std::int64_t> count_of(const std::vector<PlainAttribute>& attributes,
                                     std::initializer_list<std::string_view> keys) {
    for (const auto key : keys) {
        const std::string* json = find(attributes, key);
        if (json == nullptr) continue;
        const Json value = Json::parse(plain_text(*json), nullptr, false);
        if (value.is_number_integer() && value.get<std::int64_t>() >= 0) return value.get<std::int64_t>();
    }
    return {};
}

// The last reason that the call states, in an attribute or on a message.
std::string finish_reason_of(const std::vector<PlainAttribute>& attributes, const Conversation& talk) {
    for (const auto key :
         {"gen_ai.response.finish_reasons", "gen_ai.response.finish_reason", "ai.response.finishReason",
          "llm.finish_reason", "gen_ai.completion.0.finish_reason"}) {
        const std::string* json = find(attributes, key);
        if (json == nullptr) continue;
        Json value = Json::parse(*json, nullptr, false);
        if (value.is_string() && value.get_ref<const std::string&>().starts_with('['))
            value = Json::parse(value.get<std::string>(), nullptr, false);
        if (value.is_string()) return value.get<std::string>();
        if (value.is_array() && !value.empty() && value.back().is_string())
            return value.back().get<std::string>();
    }
    for (auto message = talk.messages.rbegin(); message != talk.messages.rend(); ++message)
        if (message->output && !message->finish_reason.empty()) return message->finish_reason;
    return {};
}

// {"type":"json_schema","json_schema":{"schema":{…}}}, {"format":{"schema":{…}}}, or the schema itself.
std::string schema_in(std::string_view text) {
    if (is_too_deep(text)) return {};
    const std::string plain = plain_text(text);
    if (is_too_deep(plain)) return {};
    Json value = Json::parse(plain, nullptr, false);
    for (int depth = 0; depth < 4 && value.is_object(); ++depth) {
        if (value.contains("properties") || value.value("type", Json()) == "object") return value.dump();
        bool deeper = false;
        for (const char* key : {"json_schema", "schema", "format"}) {
            if (!value.contains(key)) continue;
            value = Json(value[key]);
            deeper = true;
            break;
        }
        if (!deeper) break;
    }
    return {};
}

// Of the last exception among the events; SDKs put it there and leave the status without a word.
std::string said_by_exception(std::string_view events) {
    if (events.find("exception.message") == std::string_view::npos || is_too_deep(events)) return {};
    const Json list = Json::parse(events, nullptr, false);
    std::string out;
    if (!list.is_array()) return out;
    for (const Json& event : list) {
        if (!event.is_object() || !event.contains("attributes")) continue;
        for (const PlainAttribute& one : plain_attributes(event["attributes"].dump()))
            if (one.key == "exception.message") out = plain_text(one.json);
    }
    return bounded(out, kText);
}

// Nothing, or a list of nothing under the name that lists of results have.
bool says_nothing(std::string_view result) {
    const std::string_view text = trimmed(result);
    if (is_too_deep(text)) return false;
    if (text.empty()) return true;
    if (text.front() != '{' && text.front() != '[' && text != "null" && text != "\"\"") return false;
    const Json value = Json::parse(text, nullptr, false);
    if (value.is_null() || (value.is_string() && value.get_ref<const std::string&>().empty())) return true;
    if (value.is_array()) return value.empty();
    if (!value.is_object()) return false;
    if (value.empty()) return true;
    bool empty_list = false;
    for (const auto& [key, member] : value.items()) {
        if (key == "errors" || key == "warnings") {
            if (!member.empty()) return false;
        } else if (member.is_array() || (key == "content" && member.is_string())) {
            if (!member.empty() && member != Json("")) return false;
            empty_list = true;
        } else if (member.is_object() && !member.empty()) {
            return false; // more than a list and its counts
        } else if (member.is_string() && key != "status" && key != "next" && key != "query" &&
                   !member.get_ref<const std::string&>().empty()) {
            return false;
        } else if (member.is_number() && key != "status" && key != "page" && member != Json(0)) {
            return false;
        }
    }
    return empty_list;
}

void add_text(std::string& to, std::string_view text) {
    if (to.size() >= kContent || text.empty()) return;
    if (!to.empty()) to += '\n';
    to += utf8_prefix(text, kContent - std::min(kContent, to.size()));
}

} // namespace

SharedText RuledTrace::shared(const std::string& text) {
    SharedText& known = texts_[text];
    if (!known) known = std::make_shared<const std::string>(text);
    return known;
}

void RuledTrace::look_for_sensitive(std::string_view text, RuledSpan& span) {
    if (text.empty() || !looked_at_.insert(hash64(text)).second) return;
    for (Sensitive& found : sensitive_in(utf8_prefix(text, kContent)))
        span.sensitive.push_back(std::move(found));
}

void RuledTrace::read_call(const SpanDetail& detail, const Conversation& talk, RuledSpan& span) {
    const auto attributes = plain_attributes(detail.attributes);
    span.finish_reason = finish_reason_of(attributes, talk);
    span.stated_total = count_of(attributes, {"gen_ai.usage.total_tokens", "llm.usage.total_tokens",
                                              "llm.token_count.total", "ai.usage.totalTokens"});
    for (const ToolDefinition& tool : talk.tools)
        if (!tool.parameters_json.empty()) schemas_[tool.name] = shared(tool.parameters_json);
    for (const auto key : {"gen_ai.request.response_format", "gen_ai.output.schema", "response_format",
                           "llm.response_format", "ai.schema"}) {
        const std::string* format = find(attributes, key);
        const std::string schema = format ? schema_in(*format) : std::string();
        if (schema.empty()) continue;
        span.output_schema = shared(schema);
        break;
    }
    for (const Message& message : talk.messages) {
        for (const MessagePart& part : message.parts) {
            if (message.output && part.type == PartType::text && span.output_schema)
                add_text(span.output_text, part.text);
            // Words beside calls are no answer yet.
            if (message.output && part.type == PartType::tool_call) span.output_schema.reset();
            look_for_sensitive(part.text, span);
            if (part.type == PartType::tool_result || part.type == PartType::tool_call)
                look_for_sensitive(part.json, span);
        }
    }
}

void RuledTrace::read_tool(const SpanDetail& detail, const Conversation& talk, RuledSpan& span) {
    const ToolPayload said = tool_payload(detail, talk);
    span.arguments = bounded(canonical_json(said.arguments), kText);
    const std::string result = bounded(said.result, kText);
    span.empty_result = said.has_result && says_nothing(result);
    span.result = bounded(result, kShownOfResult);
    if (const auto schema = schemas_.find(span.tool.empty() ? span.name : span.tool);
        schema != schemas_.end())
        span.argument_schema = schema->second;
    look_for_sensitive(span.arguments, span);
    look_for_sensitive(result, span);
}

void RuledTrace::add(const SpanDetail& detail) {
    RuledSpan span;
    span.id = detail.id;
    span.kind = detail.kind;
    span.status = detail.status;
    span.flags = detail.flags;
    span.start = detail.start;
    span.end = detail.end;
    span.exact_times = detail.time_quality == TimeQuality::exact;
    span.name = detail.name;
    span.tool = detail.tool;
    span.model = detail.model.empty() ? detail.request_model : detail.model;
    span.status_message = detail.status_message;
    if (span.status_message.empty() && span.failed()) span.status_message = said_by_exception(detail.events);
    span.usage = detail.usage;
    span.cost = detail.reported_cost ? detail.reported_cost : detail.computed_cost;
    if (const auto parent = index_.find(detail.parent); detail.parent.valid() && parent != index_.end())
        span.parent = parent->second;
    const Conversation talk = conversation_of(detail);
    if (span.kind == Kind::tool || span.kind == Kind::retriever)
        read_tool(detail, talk, span);
    else
        read_call(detail, talk, span);
    place(span);
    index_.emplace(span.id, static_cast<std::int32_t>(spans_.size()));
    spans_.push_back(std::move(span));
}

// Beside the others of its agent; parents are there already.
void RuledTrace::place(const RuledSpan& span) {
    const auto at = static_cast<std::int32_t>(spans_.size());
    std::int32_t owner = at;
    if (span.parent >= 0) {
        const RuledSpan& parent = spans_[static_cast<std::size_t>(span.parent)];
        owner = parent.kind == Kind::agent || parent.parent < 0
                    ? span.parent
                    : owners_[static_cast<std::size_t>(span.parent)];
    }
    owners_.push_back(owner);
    if (span.kind != Kind::llm || span.start == kNoTime) return;
    auto& calls = calls_[owner];
    const auto later = std::ranges::upper_bound(calls, span.start, {}, [this](std::int32_t one) {
        return spans_[static_cast<std::size_t>(one)].start;
    });
    calls.insert(later, at);
}

const std::vector<std::int32_t>& RuledTrace::calls_of(std::int32_t owner) const {
    static const std::vector<std::int32_t> kNone;
    const auto found = calls_.find(owner);
    return found == calls_.end() ? kNone : found->second;
}

} // namespace clew
