// A log record as the event of a span: {"timeUnixNano","name","attributes":[… body, severityNumber,
// severityText]}. Any thread.
#pragma once

#include "model/base/time.h"

#include <string>
#include <string_view>

namespace clew {

struct OtlpLogEvent {
    std::string_view name;       // eventName, else attribute event.name
    std::string_view attributes; // OTLP/JSON array; may be empty
    std::string body;            // OTLP/JSON values; empty where there is none
    std::string severity_number;
    std::string severity_text;

    // Some agents name the event in the body alone ("claude_code.api_request").
    [[nodiscard]] std::string_view resolved_name() const;
    [[nodiscard]] std::string json(TimeNs time) const;
};

} // namespace clew
