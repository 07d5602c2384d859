#include "importers/formats/openai_log.h"

#include "model/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace clew::openai {

namespace {

using json::Element;
using json::Object;

constexpr auto kParameterLists =
    std::to_array<std::string_view>({"kwargs", "parameters", "params", "model_parameters", "optional_params",
                                     "invocation_params", "model_kwargs"});
constexpr auto kRequestOwn = std::to_array<std::string_view>(
    {"model", "messages", "input", "prompt", "instructions", "system", "tools", "functions"});

bool holds(std::span<const std::string_view> keys, std::string_view key) {
    return std::ranges::find(keys, key) != keys.end();
}

// Parameters that stand in an object of their own.
void add_parameters(AttributeList& attributes, std::string_view list, Object object, const Record& record) {
    for (const auto member : object) {
        if (member.value.is_null() || add_parameter(attributes, member.key, member.value)) continue;
        // The same tools once more.
        const auto tools = record.around ? json::member(*record.around, "tools") : std::nullopt;
        if (member.key == "tools" && tools && json::json_of(*tools) == json::json_of(member.value)) continue;
        attributes.any(fmt::format("{}{}.{}", kPrefix, list, std::string_view(member.key)), member.value);
    }
}

void add_around(AttributeList& attributes, const Record& record) {
    if (!record.around) return;
    for (const auto member : *record.around) {
        const std::string_view key = member.key;
        if (member.value.is_null() || holds(record.used, key)) continue;
        AttributeList unused;
        if (record.around_is_request && (holds(kRequestOwn, key) || add_parameter(unused, key, member.value)))
            continue;
        const auto object = json::as_object(member.value);
        if (object && holds(kParameterLists, key))
            add_parameters(attributes, key, *object, record);
        else
            attributes.any(std::string(kPrefix) + std::string(key), member.value);
    }
}

std::string_view conversation_of(const Call& call) {
    for (const auto& from : {call.response, call.request}) {
        if (!from) continue;
        const auto value = json::member(*from, "conversation");
        if (!value) continue;
        const auto object = json::as_object(*value);
        return object ? json::text_of(*object, "id") : json::as_text(*value);
    }
    return {};
}

std::string_view follows(const Call& call) {
    for (const auto& from : {call.response, call.request})
        if (from)
            if (const auto id = json::text_of(*from, "previous_response_id"); !id.empty()) return id;
    return {};
}

// Session, user and prompt as the request itself names them.
void add_names(const Call& call, SpanDraft& draft) {
    for (const auto& from : {call.request, call.response}) {
        if (!from) continue;
        const auto fill = [](std::string& to, std::string_view text) {
            if (to.empty()) to = text;
        };
        if (const auto metadata = json::object_of(*from, "metadata")) {
            fill(draft.session, json::first_text(*metadata, {"session_id", "conversation_id", "thread_id"}));
            fill(draft.user, json::first_text(*metadata, {"user_id"}));
            fill(draft.agent, json::first_text(*metadata, {"agent_name", "agent"}));
        }
        fill(draft.user, json::first_text(*from, {"user", "safety_identifier"}));
        if (const auto prompt = json::object_of(*from, "prompt")) {
            fill(draft.prompt_name, json::text_of(*prompt, "id"));
            fill(draft.prompt_version, json::text_of(*prompt, "version"));
        }
    }
}

} // namespace

void CallLog::begin(TimeNs modified) {
    if (next_ == 0 && modified != kNoTime) next_ = modified;
}

std::string CallLog::own_id(const Record& record, std::string_view raw) {
    if (record.call.response)
        if (const auto id = json::text_of(*record.call.response, "id"); !id.empty()) return std::string(id);
    if (!record.own_id.empty()) return std::string(record.own_id);
    const Hash128 hash = hash128(raw);
    const std::uint32_t times = seen_[hash.low]++;
    return times == 0 ? fmt::format("sha:{:016x}{:016x}", hash.high, hash.low)
                      : fmt::format("sha:{:016x}{:016x}#{}", hash.high, hash.low, times + 1);
}

bool CallLog::set_times(const Record& record, SpanDraft& draft, bool& ended) {
    Span& span = draft.span;
    span.start = record.start;
    span.end = record.end;
    span.first_token = record.first_token;
    if (span.start != kNoTime && span.end != kNoTime) {
        ended = true;
        if (record.computed) span.time_quality = TimeQuality::derived;
        return true;
    }
    const TimeNs stamp = span.start != kNoTime ? span.start : span.end;
    const TimeNs created = record.call.response ? created_at(*record.call.response) : kNoTime;
    if (created != kNoTime && (stamp == kNoTime || span.start == kNoTime))
        span.start = stamp == kNoTime ? created : std::min(created, stamp);
    if (record.call.response && span.end == kNoTime) {
        span.end = json::time_of(*record.call.response, "completed_at");
        const auto took = json::number_of(*record.call.response, "_response_ms");
        if (span.end == kNoTime && span.start != kNoTime && took && *took >= 0 && *took < 1e11)
            span.end = span.start + static_cast<DurationNs>(*took * static_cast<double>(kMillisecond));
    }
    if (span.start == kNoTime) span.start = span.end;
    const bool known = span.start != kNoTime;
    ended = known && span.end != kNoTime && span.end > span.start;
    if (!known) {
        span.start = next_;
        next_ += kMillisecond;
    }
    // How long it took is not said.
    if (span.end == kNoTime || span.end < span.start) span.end = span.start;
    span.time_quality = known ? TimeQuality::derived : TimeQuality::synthetic;
    return known;
}

bool CallLog::add(const Record& record, std::string_view raw, AttributeList attributes) {
    const Answer answer = answer_of(record.call);
    SpanDraft draft = span_of(record.call, answer, attributes, !record.around_is_request);
    Span& span = draft.span;
    if (!span.usage.stated()) span.usage = record.usage;
    if (record.batch) span.flags |= kBatchTier;
    if (record.cost) span.reported_cost = record.cost;
    if (draft.request_model.empty()) draft.request_model = record.model;
    if (!record.provider.empty()) draft.provider = record.provider;
    if (draft.model.empty() && !record.model.empty()) draft.name += ' ' + std::string(record.model);
    if (record.failed && span.status != Status::error) {
        span.status = Status::error;
        if (record.http_status) draft.status_message = fmt::format("HTTP status {}", *record.http_status);
    }
    attributes.integer("http.response.status_code", record.http_status);
    draft.session = record.session;
    draft.user = record.user;
    add_names(record.call, draft);
    const std::string_view conversation = conversation_of(record.call);
    if (draft.session.empty()) draft.session = conversation;
    draft.trace_name = record.name;
    add_around(attributes, record);
    draft.attributes = attributes.take();
    bool ended = false;
    const bool timed = set_times(record, draft, ended);
    const CallIdentity identity{.own_id = own_id(record, raw),
                                .trace = record.trace,
                                .follows = follows(record.call),
                                .conversation = conversation};
    conversations_.add(std::move(draft), record.call, answer, identity, ended);
    return timed;
}

} // namespace clew::openai
