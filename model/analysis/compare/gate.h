// Gates: what a second run may cost beside the first, for scripts: cost<=+5%, steps<=+2, errors<=0,
// duration<=90s, no-new-findings. Pure. Any thread.
#pragma once

#include "model/base/numbers.h"
#include "model/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clew {

// A whole run in figures; unknown is not 0.
struct RunFigures {
    std::optional<std::int64_t> tokens; // in and out
    CostKinds costs;
    std::optional<DurationNs> duration;
    std::int64_t steps = 0;
    std::int64_t errors = 0;
    std::optional<std::int64_t> findings; // where they were looked for
};

// The second minus the first; nothing where one side is unknown.
struct RunDelta {
    std::optional<std::int64_t> tokens;
    std::optional<PicoUsd> cost;
    std::optional<DurationNs> duration;
    std::optional<std::int64_t> findings;
    std::int64_t steps = 0, errors = 0;
};
RunDelta delta(const RunFigures& a, const RunFigures& b);

enum class GateMetric : std::uint8_t {
    cost,
    tokens,
    duration,
    steps,
    errors,
    findings,
    new_errors, // no-new-errors
    new_findings
};

struct Gate {
    std::string text; // as it was written
    GateMetric metric = GateMetric::cost;
    bool at_most = true;   // else at least
    bool relative = false; // to the first run
    bool percent = false;  // of it
    double value = 0;      // USD, tokens, ns or a count; percent where it is that
};
// "compare.bad_gate".
Result<Gate> read_gate(std::string_view text);

struct ComparedFigures {
    RunFigures a, b;
    std::vector<std::string> new_errors, new_findings; // of the second run, a sentence each
};
struct GateResult {
    Gate gate;
    bool passed = false;
    std::string why; // a sentence, also where it passed
};
// Whether findings have to be looked for to judge it.
bool asks_for_findings(const Gate& gate);
// What is unknown passes no gate.
GateResult check(const Gate& gate, const ComparedFigures& figures);

} // namespace clew
