// Genkit traces: what its telemetry server is posted (/api/traces) and keeps as files, a trace with its
// spans.
//
//   {"traceId":"<32 hex>","displayName":"chatFlow","startTime":1760000000000,"endTime":1760000001500,
//    "spans":{"<16 hex>":{"spanId":…,"traceId":…,"parentSpanId":…,"startTime":1760000000000.5,"endTime":…,
//      "displayName":"generate","attributes":{"genkit:type":"action","genkit:input":"{…}"},
//      "spanKind":"INTERNAL","instrumentationLibrary":{"name":"genkit-tracer","version":"v1"},
//      "status":{"code":0,"message":""},"links":[],
//      "timeEvents":{"timeEvent":[{"time":…,"annotation":{"description":"exception","attributes":{}}}]}}}}
//
// Times are milliseconds. A trace may come in several pieces, each with some of its spans. A span that still
// runs has end 0.

#include "importers/registry.h"
#include "importers/support/json_keys.h"
#include "importers/support/span_records.h"

#include <array>
#include <cmath>
#include <memory>

namespace clew::genkit {

namespace {

using json::Element;
using json::Object;

constexpr std::array<std::string_view, 1> kWhole = {"spans"};

// Milliseconds with a fraction; 0 is not yet.
TimeNs millis_of(Object object, std::string_view key) {
    constexpr double kLargest = 9.2e12; // of what fits into nanoseconds
    const auto millis = json::number_of(object, key);
    if (!millis || *millis <= 0 || *millis > kLargest) return kNoTime;
    const double whole = std::floor(*millis);
    return static_cast<TimeNs>(whole) * kMillisecond +
           std::llround((*millis - whole) * static_cast<double>(kMillisecond));
}

class GenkitTraces final : public SpanRecords {
public:
    GenkitTraces()
        : SpanRecords("genkit", Layout::automatic, kWhole) {}

private:
    Result<void> read(Element root) override {
        if (!read_value(root, 0)) no_span();
        return {};
    }

    bool read_value(Element value, int depth) {
        constexpr int kDeepest = 3; // lists of traces
        if (depth > kDeepest) return false;
        if (const auto array = json::as_array(value)) {
            bool any = array->begin() == array->end();
            for (const Element element : *array)
                any = read_value(element, depth + 1) || any;
            return any;
        }
        const auto object = json::as_object(value);
        if (!object) return false;
        if (const auto traces = json::member(*object, "traces")) return read_value(*traces, depth + 1);
        const auto spans = json::object_of(*object, "spans");
        if (!spans) return false;
        for (const auto member : *spans) {
            const auto span = json::as_object(member.value);
            if (span)
                read_span(*span, member.key, *object);
            else
                no_span();
            if (out.stopped()) break;
        }
        return true;
    }

    void read_span(Object record, std::string_view key, Object trace) {
        Span& span = build.begin(place());
        span.name = build.keep(json::text_of(record, "displayName"));
        span.start = millis_of(record, "startTime");
        span.end = millis_of(record, "endTime");
        build.span_kind(json::text_of(record, "spanKind"));
        if (const auto attributes = json::object_of(record, "attributes")) {
            for (const auto member : *attributes)
                build.attribute(member.key, member.value);
            if (json::text_of(*attributes, "genkit:state") == "error") span.status = Status::error;
        }
        read_status(record, span);
        read_events(record);
        read_links(record);
        for (const auto member : record)
            read_other(member.key, member.value);
        build.resource({}, {});
        const auto library = json::object_of(record, "instrumentationLibrary");
        build.scope(library ? json::text_of(*library, "name") : "genkit",
                    library ? json::text_of(*library, "version") : std::string_view());
        const std::string_view trace_name = build.keep(json::text_of(trace, "displayName"));
        const std::string_view own = json::text_of(record, "spanId");
        const std::string_view in_trace = json::text_of(record, "traceId");
        Span done = build.take({in_trace.empty() ? json::text_of(trace, "traceId") : in_trace,
                                own.empty() ? key : own, json::text_of(record, "parentSpanId")});
        if (!done.parent.valid() && done.trace_name.empty()) done.trace_name = trace_name;
        out.add(std::move(done));
    }

    void read_status(Object record, Span& span) {
        constexpr std::int64_t kError = 2; // OpenTelemetry's code
        const auto status = json::object_of(record, "status");
        if (!status) return;
        const auto code = json::integer_of(*status, "code");
        if (code == kError) span.status = Status::error;
        if (code == 1 && span.status != Status::error) span.status = Status::ok;
        span.status_message = build.keep(json::text_of(*status, "message"));
    }

    void read_events(Object record) {
        const auto events = json::object_of(record, "timeEvents");
        if (!events) return;
        for (const Object event : json::objects_of(*events, "timeEvent")) {
            const auto annotation = json::object_of(event, "annotation");
            list_.clear();
            if (annotation)
                if (const auto attributes = json::object_of(*annotation, "attributes"))
                    list_.rest({}, *attributes, {});
            build.event(millis_of(event, "time"),
                        annotation ? json::text_of(*annotation, "description") : std::string_view(),
                        list_.close());
        }
    }

    void read_links(Object record) {
        for (const Object link : json::objects_of(record, "links")) {
            const Object context = json::object_of(link, "context").value_or(link);
            list_.clear();
            if (const auto attributes = json::object_of(link, "attributes")) list_.rest({}, *attributes, {});
            build.link(json::text_of(context, "traceId"), json::text_of(context, "spanId"), list_.close());
        }
    }

    void read_other(std::string_view key, Element value) {
        for (const std::string_view known :
             {"spanId", "traceId", "parentSpanId", "startTime", "endTime", "displayName", "attributes",
              "spanKind", "instrumentationLibrary", "status", "links", "timeEvents"})
            if (key == known) return;
        build.attribute(std::string("genkit.") += key, value);
    }

    AttributeList list_;
};

Confidence sniff(const Head& head) {
    JsonKeys objects(head.bytes);
    if (!objects.next() || !objects.has("traceId") || !objects.has("spans")) return Confidence::no;
    const auto says = [&](std::string_view words) {
        return objects.text().find(words) != std::string_view::npos;
    };
    // Jaeger has traceID and processes; others list spans in an array.
    if (says("\"spans\":[") || says("\"spans\": [")) return Confidence::no;
    return says("\"displayName\"") && (says("\"instrumentationLibrary\"") || says("\"genkit:"))
               ? Confidence::yes
               : Confidence::maybe;
}

constexpr std::array<std::string_view, 3> kSuffixes = {".json", ".jsonl", ".ndjson"};

} // namespace
} // namespace clew::genkit

namespace clew {

const Format genkit_traces_format = {
    .id = "genkit-traces",
    .title = "Genkit traces",
    .suffixes = genkit::kSuffixes,
    .sniff = genkit::sniff,
    .create = []() -> std::unique_ptr<Importer> { return std::make_unique<genkit::GenkitTraces>(); },
};

} // namespace clew
