// The canonical records that importers write and the store keeps.
//
// On the bulk path a Span borrows: its text is views into an input block and an arena, both kept alive by
// `owner`. Whoever stores a Span beyond the owner's life copies what it needs. Values; one thread at a time.
#pragma once

#include "model/base/ids.h"
#include "model/base/money.h"
#include "model/base/time.h"
#include "model/trace/kind.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace clew {

// Token counts in the canonical convention: input includes cached input, output includes reasoning
// (OTel GenAI ≥ 1.37). nullopt is "not said", which is not 0.
struct Usage {
    std::optional<std::int64_t> input;
    std::optional<std::int64_t> cache_read;  // part of input
    std::optional<std::int64_t> cache_write; // part of input
    std::optional<std::int64_t> output;
    std::optional<std::int64_t> reasoning; // part of output
    // Part of cache_write, kept for an hour, which costs more than the usual five minutes.
    std::optional<std::int64_t> cache_write_1h{};
    // Spoken parts of input (of what was not cached) and of output, which have prices of their own.
    std::optional<std::int64_t> input_audio{};
    std::optional<std::int64_t> output_audio{};
    [[nodiscard]] bool stated() const { return input || output; }
    bool operator==(const Usage&) const = default;
};

// Bits of Span::flags (numbers are stored: append only).
enum SpanFlag : std::uint32_t {
    kSilentFailure = 1u << 0, // the result says that it failed, the status does not
    kToolError = 1u << 1,     // failed by the tool's own error flag (status is set too where the source does)
    kMcp = 1u << 2,           // ran over MCP
    kLogStep = 1u << 3,       // one record of a run log (counts in `steps`)
    kSynthesized = 1u << 4, // made by the importer to hold others (session, turn): not a record of the source
    kAggregateUsage = 1u << 5, // usage sums other spans' and never counts beside them
    kRetry = 1u << 6,          // a repeated attempt
    kSubagent = 1u << 7,       // root of a subagent's work
    kDerivedId = 1u << 8,      // the id is ours, not the source's
    kInferredKind = 1u << 9,   // the kind follows from a model being named, no vocabulary says it
    // How the provider processed and billed a call, where it is not the usual way.
    kBatchTier = 1u << 10,
    kFlexTier = 1u << 11,
    kPriorityTier = 1u << 12,
};

// The SpanFlag of a provider's word for how it processes and bills a call; 0 for the usual way.
inline std::uint32_t service_tier_flag(std::string_view word) {
    return word == "batch"      ? kBatchTier
           : word == "flex"     ? kFlexTier
           : word == "priority" ? kPriorityTier
                                : 0u;
}

// What produced a span (OTLP Resource) and with which library (OTLP InstrumentationScope): shared by many
// spans. JSON is OTLP's own ("attributes" arrays and all) without being interpreted; may be empty.
struct Resource {
    std::string json; // {"attributes":[…],"droppedAttributesCount":…}
    std::string schema_url;
    std::string service_name;
};
struct Scope {
    std::string json; // {"name":…,"version":…,"attributes":[…]}
    std::string schema_url;
    std::string name;
};

struct Span {
    TraceId trace;
    SpanId id;
    SpanId parent; // invalid = root
    std::string_view name;
    TimeNs start = kNoTime;
    TimeNs end = kNoTime; // kNoTime = still running
    Kind kind = Kind::generic;
    Status status = Status::unset;
    TimeQuality time_quality = TimeQuality::exact;
    std::uint32_t flags = 0;            // SpanFlag
    std::uint16_t unexecuted_calls = 0; // tool calls requested here whose execution the source does not hold
    std::string_view status_message;

    // Columns: what lists, filters and charts read without the payload. Empty = not said.
    std::string_view detail; // second text beside the name: main argument, first words; ≤ 80 bytes, one line
    std::string_view model;  // responding, else requested
    std::string_view request_model; // requested
    std::string_view provider;
    std::string_view agent;
    std::string_view tool;
    std::string_view session;
    std::string_view user;
    std::string_view prompt_name;
    std::string_view prompt_version;
    std::string_view trace_name; // names the whole trace where said
    std::string_view
        trace_own_id;        // the source's own id of the trace (run_id, session id), where it is not W3C hex
    std::string_view own_id; // the source's own id of the span, likewise
    Usage usage;
    std::optional<PicoUsd> reported_cost;
    TimeNs first_token = kNoTime;

    // Payload, raw and whole: OTLP/JSON text, valid UTF-8 (importers of other encodings write it).
    std::string_view attributes; // [{"key":…,"value":{…}},…]
    std::string_view events;     // [{"timeUnixNano":…,"name":…,"attributes":[…]},…]
    std::string_view links;      // [{"traceId":…,"spanId":…},…]
    std::string_view rest; // members of the OTLP span that have no field above: "kind":3,"traceState":"…"
                           // (no braces; unknown members included), for lossless export

    const Resource* resource = nullptr; // owned by `owner`; may be null
    const Scope* scope = nullptr;       // likewise
    std::shared_ptr<const void> owner;
};

// An OTLP log record that belongs to a span (GenAI message and evaluation events): joins the span's events
// when it is read, whether it came before, with or after the span.
struct LogRecord {
    TraceId trace;
    SpanId span; // invalid = the trace's first root, whichever span that turns out to be
    TimeNs time = kNoTime;
    std::string_view name;
    std::string_view event; // the same shape as one element of Span::events; the body is attribute "body"
    std::shared_ptr<const void> owner;
};

} // namespace clew
