// Human judgements: thumbs, label, numeric scores, comment; on a trace or a span. Pure values.
#pragma once

#include "model/base/ids.h"
#include "model/base/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace clew {

enum class Thumb : std::int8_t { down = -1, none = 0, up = 1 };

struct JudgementTarget {
    TraceId trace;
    SpanId span; // invalid = the trace as a whole
    bool operator==(const JudgementTarget&) const = default;
};

// The current judgement of one author on one target. Absent parts are empty.
struct Judgement {
    JudgementTarget target;
    Thumb thumb = Thumb::none;
    std::vector<std::string> labels;                    // in the order they were given
    std::vector<std::pair<std::string, double>> scores; // name, value
    std::string comment;
    std::string author;
    TimeNs time = kNoTime; // of the last change
    [[nodiscard]] bool empty() const {
        return thumb == Thumb::none && labels.empty() && scores.empty() && comment.empty();
    }
};

} // namespace clew
