// Everything that is known of one span, owned: what the details pane, `show` and exports read.
#pragma once

#include "model/trace/span.h"

#include <string>
#include <vector>

namespace clew {

struct SpanDetail {
    TraceId trace;
    SpanId id;
    SpanId parent;
    std::string name, status_message, detail, model, request_model, provider, agent, tool, session, user,
        prompt_name, prompt_version, trace_own_id, own_id;
    TimeNs start = kNoTime;
    TimeNs end = kNoTime;
    TimeNs first_token = kNoTime;
    Kind kind = Kind::generic;
    Status status = Status::unset;
    TimeQuality time_quality = TimeQuality::exact;
    std::uint32_t flags = 0;
    std::uint16_t unexecuted_calls = 0;
    Usage usage;
    std::optional<PicoUsd> reported_cost;
    std::optional<PicoUsd> computed_cost; // by Clew's prices, whether one is reported or not
    bool unpriced = false;                // a call that counts, neither reported nor computed

    std::string attributes; // OTLP/JSON, as in Span
    std::string events;     // with the log records that joined
    std::string links;
    std::string rest;
    std::string resource_json, resource_schema_url;
    std::string scope_json, scope_schema_url;
    std::string source_path, source_format;
};

// One attribute as JSON text: the key, and its value as plain JSON ("x", 12, [1,2], {"a":1}); OTLP's wrappers
// are gone.
struct PlainAttribute {
    std::string key;
    std::string json;
};

// Reads an OTLP/JSON attribute array (Span::attributes) into plain JSON. Bytes become their base64 text. What
// is not an attribute array gives an empty list.
std::vector<PlainAttribute> plain_attributes(std::string_view otlp_attributes);

} // namespace clew
