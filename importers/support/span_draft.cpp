#include "importers/support/span_draft.h"

#include "importers/support/json_values.h"
#include "model/base/arena.h"
#include "model/base/text.h"
#include "model/trace/dialects/columns.h"

#include <utility>

namespace clew {

namespace {

struct Kept {
    SpanDraft draft;
    std::shared_ptr<const Resource> resource;
};

// One OTLP value, shallowly.
AttributeValue value_of(json::Object value, std::string& scratch) {
    AttributeValue out;
    using Type = AttributeValue::Type;
    for (const auto member : value) {
        const std::string_view kind = member.key;
        if (kind == "stringValue") {
            out.type = Type::text;
            out.text = json::as_text(member.value);
        } else if (kind == "intValue") {
            out.type = Type::integer;
            out.integer = json::integer_of(value, kind).value_or(0);
        } else if (kind == "doubleValue") {
            out.type = Type::real;
            out.real = json::number_of(value, kind).value_or(0);
        } else if (kind == "boolValue") {
            out.type = Type::boolean;
            out.boolean = json::flag_of(value, kind);
        } else {
            out.type = Type::json;
            scratch = json::json_of(member.value);
            out.text = scratch;
        }
        break;
    }
    return out;
}

void fill_columns(SpanDraft& draft, std::string_view scope_name, const TaughtKeys* only) {
    simdjson::dom::parser parser;
    json::Array attributes;
    if (draft.attributes.empty() || parser.parse(draft.attributes).get(attributes) != simdjson::SUCCESS)
        return;
    ColumnReader reader;
    reader.reset();
    reader.teach(only);
    Arena arena;
    for (const json::Element element : attributes) {
        const auto object = json::as_object(element);
        const auto value = object ? json::object_of(*object, "value") : std::nullopt;
        if (!value) continue;
        const std::string_view key = json::text_of(*object, "key");
        if (only != nullptr ? !only->find(key) : !ColumnReader::wants(key)) continue;
        std::string scratch;
        AttributeValue one = value_of(*value, scratch);
        if (one.type == AttributeValue::Type::json) one.text = arena.copy(one.text);
        reader.see(key, one);
    }
    if (!scope_name.empty()) reader.see_scope(scope_name);
    Span seen = draft.span;
    seen.name = draft.name;
    seen.status_message = draft.status_message;
    reader.apply(seen, arena);
    Span& span = draft.span;
    if (span.kind == Kind::generic) span.kind = seen.kind;
    if (span.status == Status::unset) span.status = seen.status;
    span.flags |= seen.flags;
    if (span.unexecuted_calls == 0) span.unexecuted_calls = seen.unexecuted_calls;
    if (!span.usage.stated()) span.usage = seen.usage;
    if (!span.reported_cost) span.reported_cost = seen.reported_cost;
    if (span.first_token == kNoTime) span.first_token = seen.first_token;
    const auto fill = [](std::string& to, std::string_view from) {
        if (to.empty()) to = from;
    };
    fill(draft.detail, seen.detail);
    fill(draft.model, seen.model);
    fill(draft.request_model, seen.request_model);
    fill(draft.provider, seen.provider);
    fill(draft.agent, seen.agent);
    fill(draft.tool, seen.tool);
    fill(draft.session, seen.session);
    fill(draft.user, seen.user);
    fill(draft.prompt_name, seen.prompt_name);
    fill(draft.prompt_version, seen.prompt_version);
    fill(draft.trace_name, seen.trace_name);
    fill(draft.status_message, seen.status_message);
}

} // namespace

Span borrowed_span(const SpanDraft& draft) {
    Span span = draft.span;
    span.name = draft.name;
    span.status_message = draft.status_message;
    span.detail = draft.detail;
    span.model = draft.model;
    span.request_model = draft.request_model;
    span.provider = draft.provider;
    span.agent = draft.agent;
    span.tool = draft.tool;
    span.session = draft.session;
    span.user = draft.user;
    span.prompt_name = draft.prompt_name;
    span.prompt_version = draft.prompt_version;
    span.trace_name = draft.trace_name;
    span.trace_own_id = draft.trace_own_id;
    span.own_id = draft.own_id;
    span.attributes = draft.attributes;
    span.events = draft.events;
    span.links = draft.links;
    span.rest = draft.rest;
    return span;
}

void read_columns(SpanDraft& draft, std::string_view scope_name) {
    fill_columns(draft, scope_name, nullptr);
}

void read_taught_columns(SpanDraft& draft, const TaughtKeys& taught) {
    fill_columns(draft, {}, &taught);
}

SpanOutput::SpanOutput(std::string service) {
    auto resource = std::make_shared<Resource>();
    resource->json = R"({"attributes":[{"key":"service.name","value":{"stringValue":)";
    append_json_string(resource->json, service);
    resource->json += "}}]}";
    resource->service_name = std::move(service);
    resource_ = std::move(resource);
}

void SpanOutput::add(SpanDraft&& draft) {
    if (stopped_) return;
    if (taught_) read_taught_columns(draft, *taught_);
    const auto kept = std::make_shared<const Kept>(Kept{std::move(draft), resource_});
    Span span = borrowed_span(kept->draft);
    if (span.model.empty()) span.model = span.request_model;
    if (span.request_model.empty()) span.request_model = span.model;
    if (span.resource == nullptr) span.resource = kept->resource.get();
    span.owner = kept;
    add(std::move(span));
}

void SpanOutput::add(Span&& span) {
    if (!stopped_ && !sink_->add(std::move(span))) stopped_ = true;
}

void SpanOutput::add_event(TraceId trace, SpanId span, TimeNs time, std::string_view name,
                           std::string_view attributes) {
    if (stopped_) return;
    struct Text {
        std::string name, event;
    };
    const auto text = std::make_shared<Text>();
    text->name = name;
    std::string& json = text->event;
    json = "{";
    if (time != kNoTime) json += "\"timeUnixNano\":\"" + std::to_string(time) + "\",";
    json += "\"name\":";
    append_json_string(json, name);
    json += ",\"attributes\":";
    json += attributes.empty() ? std::string_view("[]") : attributes;
    json += '}';
    if (!sink_->add_log({trace, span, time, text->name, text->event, text})) stopped_ = true;
}

void SpanOutput::note(Note&& note) {
    sink_->note(std::move(note));
}

} // namespace clew
