// Times and attribute values from their words in OTLP/JSON, shared by the JSON and the protobuf reader. Any
// thread.
#pragma once

#include "model/base/time.h"
#include "model/trace/dialects/columns.h"
#include "model/trace/kind.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace clew {

// "1544712660000000000", the same as a number with or without an exponent, or ISO 8601; "" and "0" are
// kNoTime. nullopt where it is none or out of range.
std::optional<TimeNs> read_otlp_time(std::string_view text);
// The same from the wire's fixed64.
std::optional<TimeNs> read_otlp_time(std::uint64_t nanoseconds);

// A number or the specification's word ("SPAN_KIND_CLIENT", "STATUS_CODE_ERROR"), with or without its prefix.
std::string_view read_otlp_span_kind(std::string_view text); // "0" … "5"; empty where it is none
std::optional<Status> read_otlp_status(std::string_view text);

AttributeValue
escaped_value(std::string_view inside); // the inside of a JSON string; `text` where it has no escapes
AttributeValue text_value(std::string_view text);
AttributeValue integer_value(std::string_view digits); // none where they are none
AttributeValue integer_value(std::int64_t number);
AttributeValue real_value(std::string_view digits); // also NaN, Infinity
AttributeValue real_value(double number);
AttributeValue boolean_value(bool truth);
AttributeValue json_value(std::string_view json);

} // namespace clew
