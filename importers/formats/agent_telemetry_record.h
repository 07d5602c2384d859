// One record of an AgentTelemetry log: what it says, and what becomes of it in a span's attributes. Used by
// agent_telemetry.cpp alone. Views live as long as the parser's document and the line.
#pragma once

#include "importers/support/json_values.h"
#include "model/base/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace clew::agent_telemetry {

using json::Element;
using json::Object;

struct Record {
    std::string_view raw; // the line
    Object object;
    std::string_view run_id;
    std::string_view event_type;
    std::string seq; // as a canonical number, else the source's own text; empty = none
    std::optional<std::int64_t> seq_number;
    TimeNs time = kNoTime;           // ts_epoch
    bool time_in_other_unit = false; // ts_epoch was no number of seconds
    std::optional<DurationNs> latency;
    bool bad_latency = false; // there is one, but it is no duration

    [[nodiscard]] bool is_header() const;
    [[nodiscard]] bool is_inference() const { return event_type == "inference"; }
    [[nodiscard]] bool is_tool() const { return event_type == "tool_use"; }
};

Record read_record(std::string_view raw, Object object);

// Whether an object without "run_id" is a record all the same.
bool looks_like_record(Object object);

// Unlike json_values', numbers that are written as texts are none here.
std::optional<std::int64_t> count_of(Object object,
                                     std::string_view key); // nullopt where it is no number ≥ 0
std::optional<double> number_of(Object object, std::string_view key);
bool is_truthy(Object object, std::string_view key); // as Python has it
std::string plain_text(Element value);               // a string's text, else compact JSON, also of null
using json::json_of;
using json::text_of;

// A span's or the root's attributes as an OTLP/JSON array: GenAI names for what has one, everything else as
// it is, and the record itself.
std::string attributes_of(const Record& record, unsigned attempt);
std::string attributes_of_header(const Record& record);
std::string attributes_without_header(std::string_view run_id);

// Bare NaN and Infinity, which Python writes, as strings. Empty where there is none.
std::string without_bare_numbers(std::string_view json);

} // namespace clew::agent_telemetry
