// Findings: what deterministic rules noticed in a trace: which spans, the evidence, and what it wasted. The
// rules are in model/analysis/findings; stores keep what they found. Values; any thread.
#pragma once

#include "model/base/ids.h"
#include "model/base/money.h"
#include "model/base/time.h"
#include "model/trace/sink.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clew {

// What would not have been spent. Unknown is nullopt, which is not 0.
struct Wasted {
    std::optional<std::int64_t> tokens;
    std::optional<PicoUsd> cost;
    std::optional<DurationNs> time;
    bool operator==(const Wasted&) const = default;
};

struct Finding {
    std::string rule; // Rule::id
    Severity severity = Severity::warning;
    TraceId trace;
    std::vector<SpanId> spans;     // the first is the one to look at
    std::vector<std::string> args; // of the rule's sentence: the evidence
    Wasted wasted;
    bool operator==(const Finding&) const = default;
};

// The evidence as a sentence of the message table ("finding.<rule>").
std::string evidence(const Finding& finding);

std::string_view severity_name(Severity severity); // "error", "warning", "info"
std::optional<Severity> severity_from_name(std::string_view name);

// How many of each severity; `troubles` are those that badges count.
struct FindingCounts {
    std::int64_t errors = 0, warnings = 0, infos = 0;
    [[nodiscard]] std::int64_t troubles() const { return errors + warnings; }
    void add(Severity severity) {
        ++(severity == Severity::error ? errors : severity == Severity::warning ? warnings : infos);
    }
    bool operator==(const FindingCounts&) const = default;
};

} // namespace clew
