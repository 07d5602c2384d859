// Rules: what they find in one trace. No model is asked. Values; any thread.
#pragma once

#include "model/base/time.h"
#include "model/trace/finding.h"

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace clew {

struct Thresholds {
    std::int64_t loop_calls = 5;        // more than this many equal calls are a loop
    std::int64_t retry_calls = 3;       // from this many failed calls in a row
    std::int64_t ping_pong_edits = 2;   // a text that came back this many times
    DurationNs idle_gap = 60 * kSecond; // nothing ran for so long
    double growth = 2.0;                // input of a call over that of the call before, from growth_from on
    std::int64_t growth_from = 8'000;
    bool operator==(const Thresholds&) const = default;
};

class RuledTrace; // model/analysis/findings/ruled_trace.h

struct Rule {
    std::string_view id; // "loop": stable
    std::string_view title;
    std::string_view what; // one sentence: what it finds
    Severity severity = Severity::warning;
    void (*find)(const RuledTrace& trace, const Thresholds& thresholds, std::vector<Finding>& out);
};

// Counts up where a rule finds other things than before: stored results of earlier versions are stale.
inline constexpr int kRulesVersion = 2;

std::span<const Rule> finding_rules();
const Rule* find_rule(std::string_view id);

// In the order of rules, then of spans. `off`: rules that are turned off.
std::vector<Finding> find_all(const RuledTrace& trace, const Thresholds& thresholds = {},
                              const std::set<std::string, std::less<>>& off = {});

} // namespace clew
