#include "importers/formats/claude_code_output.h"

#include "model/base/text.h"

#include <utility>

namespace clew::claude_code {

void Attributes::key(std::string_view key) {
    json_ += json_.empty() ? "[{\"key\":" : ",{\"key\":";
    append_json_string(json_, key);
    json_ += ",\"value\":{";
}

void Attributes::text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    key(name);
    json_ += "\"stringValue\":";
    append_json_string(json_, value);
    json_ += "}}";
}

void Attributes::integer(std::string_view name, std::optional<std::int64_t> value) {
    if (!value) return;
    key(name);
    json_ += "\"intValue\":\"" + std::to_string(*value) + "\"}}";
}

void Attributes::texts(std::string_view name, const std::vector<std::string>& values) {
    if (values.empty()) return;
    key(name);
    json_ += "\"arrayValue\":{\"values\":[";
    bool first = true;
    for (const auto& value : values) {
        json_ += first ? "{\"stringValue\":" : ",{\"stringValue\":";
        first = false;
        append_json_string(json_, value);
        json_ += '}';
    }
    json_ += "]}}}";
}

std::string Attributes::take() {
    if (!json_.empty()) json_ += ']';
    return std::exchange(json_, {});
}

void Output::span(OwnedSpan&& owned) {
    if (stopped_) return;
    static const Resource resource{
        R"({"attributes":[{"key":"service.name","value":{"stringValue":"claude-code"}}]})",
        {},
        "claude-code"};
    const auto text = std::make_shared<OwnedSpan>(std::move(owned));
    Span span = text->span;
    span.name = text->name;
    span.status_message = text->status_message;
    span.detail = text->detail;
    span.model = text->model;
    span.request_model = text->model;
    if (span.kind == Kind::llm) span.provider = "anthropic";
    span.agent = text->agent;
    span.tool = text->tool;
    span.session = text->session;
    span.trace_own_id = text->session;
    span.trace_name = text->trace_name;
    span.own_id = text->own_id;
    span.attributes = text->attributes;
    span.links = text->links;
    span.flags |= kDerivedId;
    span.resource = &resource;
    span.owner = text;
    if (!sink_->add(std::move(span))) stopped_ = true;
}

void Output::event(TraceId trace, SpanId span, TimeNs time, std::string_view name, std::string_view raw) {
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
    Attributes attributes;
    attributes.text("claude_code.record", raw);
    const std::string list = attributes.take();
    json += list.empty() ? "[]" : list;
    json += '}';
    if (!sink_->add_log({trace, span, time, text->name, text->event, text})) stopped_ = true;
}

void Output::note(Note&& note) {
    sink_->note(std::move(note));
}

} // namespace clew::claude_code
