// RuleSettings: which rules are turned off, and their thresholds: as values, as JSON text, and as a version
// that tells results of other settings (or of an earlier Clew's rules) from those of these. Values; any
// thread.
//
//   {"off": ["idle_gap"], "thresholds": {"loop_calls": 8, "idle_gap": 30}}
#pragma once

#include "model/analysis/findings/rule.h"
#include "model/base/result.h"

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace clew {

struct RuleSettings {
    Thresholds thresholds;
    std::set<std::string, std::less<>> off;
    [[nodiscard]] bool is_off(std::string_view rule) const { return off.contains(rule); }
    bool operator==(const RuleSettings&) const = default;
};

// A threshold as settings know it; numbers in `unit`.
struct ThresholdEntry {
    std::string_view id;    // "loop_calls"
    std::string_view rule;  // Rule::id
    std::string_view words; // "More equal calls than"
    std::string_view unit;  // "calls", "s", "times", "tokens"
    double least, most;
    int decimals;
    double (*get)(const Thresholds&);
    void (*set)(Thresholds&, double);
};
std::span<const ThresholdEntry> threshold_table();

// "loop_calls=8", "idle_gap=30"; errors: finding.unknown_threshold, finding.bad_threshold.
Result<void> set_threshold(RuleSettings& settings, std::string_view assignment);

std::string rule_settings_json(const RuleSettings& settings);
// "" is the default. What another version of Clew knows and this one does not is left out; errors:
// finding.bad_settings, finding.bad_threshold.
Result<RuleSettings> read_rule_settings(std::string_view json);

// Of stored results; never 0.
std::int64_t findings_version(const RuleSettings& settings);

// "silent_tool_failure, empty_result, …"
std::string rule_names();

} // namespace clew
