// A span that owns its text while an importer builds it, and the way to the sink that keeps the text alive.
// For formats whose spans are made from several records; bulk formats write Span with borrowed text. One
// thread at a time.
#pragma once

#include "model/trace/dialects/taught.h"
#include "model/trace/sink.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace clew {

struct SpanDraft {
    Span span; // ids, times, kind, status, usage, flags: everything but its text
    std::string name, status_message, detail, model, request_model, provider, agent, tool, session, user,
        prompt_name, prompt_version, trace_name, trace_own_id, own_id, attributes, events, links, rest;
};

// The span of a draft, whose text it borrows.
Span borrowed_span(const SpanDraft& draft);

// Fills what is still empty among the columns of `draft` (kind, model, usage, tool, session, detail, cost …)
// from its attributes, as for OTLP spans: one table of keys serves all formats (model/trace/dialects).
void read_columns(SpanDraft& draft, std::string_view scope_name = {});
// The same from the keys that a user taught alone.
void read_taught_columns(SpanDraft& draft, const TaughtKeys& taught);

class SpanOutput {
public:
    // `service` names what wrote the source; it becomes the resource of spans that bring none.
    explicit SpanOutput(std::string service);

    void to(SpanSink& sink) { sink_ = &sink; }
    [[nodiscard]] SpanSink& sink() { return *sink_; } // for importers that hand on to others
    // Of the spans that follow and bring none.
    void set_resource(Resource resource) {
        resource_ = std::make_shared<const Resource>(std::move(resource));
    }
    // What drafts leave empty is filled from these keys.
    void teach(std::shared_ptr<const TaughtKeys> taught) { taught_ = std::move(taught); }
    // The sink wants no more: end with error "cancelled".
    [[nodiscard]] bool stopped() const { return stopped_; }

    void add(SpanDraft&& draft);
    void add(Span&& span); // of whoever keeps its text alive itself
    // `attributes` as AttributeList::take() makes them.
    void add_event(TraceId trace, SpanId span, TimeNs time, std::string_view name,
                   std::string_view attributes);
    void note(Note&& note);

private:
    std::shared_ptr<const Resource> resource_;
    std::shared_ptr<const TaughtKeys> taught_;
    SpanSink* sink_ = nullptr;
    bool stopped_ = false;
};

} // namespace clew
