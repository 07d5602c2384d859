// The members of OTLP/JSON objects by name, in the style of the specification (camelCase) and of some writers
// (snake_case). Any thread.
#pragma once

#include "model/trace/dialects/key_table.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace clew {

enum class OtlpMember : std::uint8_t {
    unknown,
    // a request
    resource_spans,
    resource_logs,
    resource_metrics,
    envelope, // holds a request: Jaeger's and Tempo's answers
    // a resource's batch and a scope's batch
    resource,
    scope_batches,
    scope,
    spans,
    log_records,
    schema_url,
    // a span
    trace_id,
    span_id,
    parent_span_id,
    name,
    kind,
    start_time,
    end_time,
    attributes,
    events,
    links,
    status,
    trace_state,
    flags,
    dropped_attributes,
    dropped_events,
    dropped_links,
    // a status
    code,
    message,
    // events, log records, attributes
    time,
    observed_time,
    severity_number,
    severity_text,
    body,
    event_name,
    key,
    value,
    values,
    // values
    string_value,
    bool_value,
    int_value,
    double_value,
    array_value,
    kvlist_value,
    bytes_value,
};

struct OtlpMemberName {
    std::string_view key;
    OtlpMember member;
    bool canonical; // as the specification writes it
};

inline constexpr auto kOtlpMemberNames = std::to_array<OtlpMemberName>({
    {"resourceSpans", OtlpMember::resource_spans, true},
    {"resource_spans", OtlpMember::resource_spans, false},
    {"batches", OtlpMember::resource_spans, false},
    {"resourceLogs", OtlpMember::resource_logs, true},
    {"resource_logs", OtlpMember::resource_logs, false},
    {"resourceMetrics", OtlpMember::resource_metrics, true},
    {"resource_metrics", OtlpMember::resource_metrics, false},
    {"result", OtlpMember::envelope, false},
    {"data", OtlpMember::envelope, false},
    {"trace", OtlpMember::envelope, false},
    {"resource", OtlpMember::resource, true},
    {"scopeSpans", OtlpMember::scope_batches, true},
    {"scope_spans", OtlpMember::scope_batches, false},
    {"instrumentationLibrarySpans", OtlpMember::scope_batches, false},
    {"instrumentation_library_spans", OtlpMember::scope_batches, false},
    {"scopeLogs", OtlpMember::scope_batches, true},
    {"scope_logs", OtlpMember::scope_batches, false},
    {"instrumentationLibraryLogs", OtlpMember::scope_batches, false},
    {"scope", OtlpMember::scope, true},
    {"instrumentationLibrary", OtlpMember::scope, false},
    {"instrumentation_library", OtlpMember::scope, false},
    {"spans", OtlpMember::spans, true},
    {"logRecords", OtlpMember::log_records, true},
    {"log_records", OtlpMember::log_records, false},
    {"logs", OtlpMember::log_records, false},
    {"schemaUrl", OtlpMember::schema_url, true},
    {"schema_url", OtlpMember::schema_url, false},
    {"traceId", OtlpMember::trace_id, true},
    {"trace_id", OtlpMember::trace_id, false},
    {"spanId", OtlpMember::span_id, true},
    {"span_id", OtlpMember::span_id, false},
    {"parentSpanId", OtlpMember::parent_span_id, true},
    {"parent_span_id", OtlpMember::parent_span_id, false},
    {"name", OtlpMember::name, true},
    {"kind", OtlpMember::kind, true},
    {"startTimeUnixNano", OtlpMember::start_time, true},
    {"start_time_unix_nano", OtlpMember::start_time, false},
    {"endTimeUnixNano", OtlpMember::end_time, true},
    {"end_time_unix_nano", OtlpMember::end_time, false},
    {"attributes", OtlpMember::attributes, true},
    {"events", OtlpMember::events, true},
    {"links", OtlpMember::links, true},
    {"status", OtlpMember::status, true},
    {"traceState", OtlpMember::trace_state, true},
    {"trace_state", OtlpMember::trace_state, false},
    {"flags", OtlpMember::flags, true},
    {"droppedAttributesCount", OtlpMember::dropped_attributes, true},
    {"dropped_attributes_count", OtlpMember::dropped_attributes, false},
    {"droppedEventsCount", OtlpMember::dropped_events, true},
    {"dropped_events_count", OtlpMember::dropped_events, false},
    {"droppedLinksCount", OtlpMember::dropped_links, true},
    {"dropped_links_count", OtlpMember::dropped_links, false},
    {"code", OtlpMember::code, true},
    {"message", OtlpMember::message, true},
    {"timeUnixNano", OtlpMember::time, true},
    {"time_unix_nano", OtlpMember::time, false},
    {"observedTimeUnixNano", OtlpMember::observed_time, true},
    {"observed_time_unix_nano", OtlpMember::observed_time, false},
    {"severityNumber", OtlpMember::severity_number, true},
    {"severity_number", OtlpMember::severity_number, false},
    {"severityText", OtlpMember::severity_text, true},
    {"severity_text", OtlpMember::severity_text, false},
    {"body", OtlpMember::body, true},
    {"eventName", OtlpMember::event_name, true},
    {"event_name", OtlpMember::event_name, false},
    {"key", OtlpMember::key, true},
    {"value", OtlpMember::value, true},
    {"values", OtlpMember::values, true},
    {"stringValue", OtlpMember::string_value, true},
    {"string_value", OtlpMember::string_value, false},
    {"boolValue", OtlpMember::bool_value, true},
    {"bool_value", OtlpMember::bool_value, false},
    {"intValue", OtlpMember::int_value, true},
    {"int_value", OtlpMember::int_value, false},
    {"doubleValue", OtlpMember::double_value, true},
    {"double_value", OtlpMember::double_value, false},
    {"arrayValue", OtlpMember::array_value, true},
    {"array_value", OtlpMember::array_value, false},
    {"kvlistValue", OtlpMember::kvlist_value, true},
    {"kvlist_value", OtlpMember::kvlist_value, false},
    {"bytesValue", OtlpMember::bytes_value, true},
    {"bytes_value", OtlpMember::bytes_value, false},
});

namespace detail {
inline constexpr KeyTable kOtlpMemberTable{kOtlpMemberNames};
}

inline const OtlpMemberName& otlp_member(std::string_view key) {
    static constexpr OtlpMemberName kUnknown{"", OtlpMember::unknown, true};
    const auto* found = detail::kOtlpMemberTable.find(key);
    return found == nullptr ? kUnknown : *found;
}

// The specification's name of a member.
constexpr std::string_view otlp_member_name(OtlpMember member) {
    for (const auto& name : kOtlpMemberNames)
        if (name.member == member && name.canonical) return name.key;
    return {};
}

} // namespace clew
