// A SpanSink that copies everything it is given into owned values, for tests to look at and to compare.
#pragma once

#include "model/trace/sink.h"
#include "model/trace/span.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clew::test {

struct CollectedSpan {
    TraceId trace;
    SpanId id;
    SpanId parent;
    std::string name;
    TimeNs start = kNoTime;
    TimeNs end = kNoTime;
    Kind kind = Kind::generic;
    Status status = Status::unset;
    TimeQuality time_quality = TimeQuality::exact;
    std::uint32_t flags = 0;
    std::uint16_t unexecuted_calls = 0;
    std::string status_message, detail, model, request_model, provider, agent, tool, session, user,
        prompt_name, prompt_version, trace_name, trace_own_id, own_id;
    Usage usage;
    std::optional<PicoUsd> reported_cost;
    TimeNs first_token = kNoTime;
    std::string attributes, events, links, rest;
    bool has_resource = false;
    std::string resource_json, resource_schema_url, service_name;
    bool has_scope = false;
    std::string scope_json, scope_schema_url, scope_name;

    bool operator==(const CollectedSpan&) const = default;
};

struct CollectedLog {
    TraceId trace;
    SpanId span;
    TimeNs time = kNoTime;
    std::string name;
    std::string event;

    bool operator==(const CollectedLog&) const = default;
};

inline CollectedSpan collected(const Span& span) {
    CollectedSpan out;
    out.trace = span.trace;
    out.id = span.id;
    out.parent = span.parent;
    out.name = span.name;
    out.start = span.start;
    out.end = span.end;
    out.kind = span.kind;
    out.status = span.status;
    out.time_quality = span.time_quality;
    out.flags = span.flags;
    out.unexecuted_calls = span.unexecuted_calls;
    out.status_message = span.status_message;
    out.detail = span.detail;
    out.model = span.model;
    out.request_model = span.request_model;
    out.provider = span.provider;
    out.agent = span.agent;
    out.tool = span.tool;
    out.session = span.session;
    out.user = span.user;
    out.prompt_name = span.prompt_name;
    out.prompt_version = span.prompt_version;
    out.trace_name = span.trace_name;
    out.trace_own_id = span.trace_own_id;
    out.own_id = span.own_id;
    out.usage = span.usage;
    out.reported_cost = span.reported_cost;
    out.first_token = span.first_token;
    out.attributes = span.attributes;
    out.events = span.events;
    out.links = span.links;
    out.rest = span.rest;
    if (span.resource != nullptr) {
        out.has_resource = true;
        out.resource_json = span.resource->json;
        out.resource_schema_url = span.resource->schema_url;
        out.service_name = span.resource->service_name;
    }
    if (span.scope != nullptr) {
        out.has_scope = true;
        out.scope_json = span.scope->json;
        out.scope_schema_url = span.scope->schema_url;
        out.scope_name = span.scope->name;
    }
    return out;
}

class CollectingSink : public SpanSink {
public:
    std::vector<CollectedSpan> spans;
    std::vector<CollectedLog> logs;
    std::vector<Note> notes;
    std::size_t stop_after = static_cast<std::size_t>(-1); // add() answers false from this many spans on

    bool add(Span&& span) override {
        spans.push_back(collected(span));
        span =
            Span{}; // the owner goes, as it does behind a real sink: what kept views into it shows under ASan
        return spans.size() < stop_after;
    }
    bool add_log(LogRecord&& record) override {
        logs.push_back(
            {record.trace, record.span, record.time, std::string{record.name}, std::string{record.event}});
        record = LogRecord{};
        return true;
    }
    void note(Note&& note) override { notes.push_back(std::move(note)); }

    [[nodiscard]] const CollectedSpan* find(SpanId id) const {
        for (const auto& span : spans)
            if (span.id == id) return &span;
        return nullptr;
    }
    [[nodiscard]] const CollectedSpan* find(std::string_view name) const {
        for (const auto& span : spans)
            if (span.name == name) return &span;
        return nullptr;
    }
    [[nodiscard]] const Note* find_note(std::string_view code) const {
        for (const auto& note : notes)
            if (note.code == code) return &note;
        return nullptr;
    }
    [[nodiscard]] std::size_t count(Severity severity) const {
        std::size_t n = 0;
        for (const auto& note : notes)
            n += note.severity == severity ? 1 : 0;
        return n;
    }
};

} // namespace clew::test
