#include "model/analysis/findings/rules.h"

#include <algorithm>
#include <array>

namespace clew {

namespace {

// A new rule is one function and one line here, and its sentence in model/base/messages.cpp.
constexpr std::array kRules = {
    Rule{"silent_tool_failure", "Silent tool failure",
         "A tool says that it went well while its result says otherwise.", Severity::error,
         rules::silent_tool_failure},
    Rule{"empty_result", "Empty result", "A tool went well and brought nothing.", Severity::info,
         rules::empty_result},
    Rule{"schema_violation", "Schema violation",
         "Arguments do not meet the tool's declared schema, or an answer its declared format.",
         Severity::warning, rules::schema_violation},
    Rule{"loop", "Loop", "One tool is called again and again with equal arguments.", Severity::warning,
         rules::loop},
    Rule{"retry_storm", "Retry storm", "A tool or a model fails several times in a row.", Severity::warning,
         rules::retry_storm},
    Rule{"ping_pong", "Ping-pong edits", "Edits of a file take each other back.", Severity::warning,
         rules::ping_pong},
    Rule{"context_overflow", "Context overflow", "A prompt did not fit, or the context was compacted.",
         Severity::error, rules::context_overflow},
    Rule{"context_growth", "Context growth",
         "The input of a call is suddenly much larger than that of the call before.", Severity::info,
         rules::context_growth},
    Rule{"idle_gap", "Idle gap", "Nothing ran for long.", Severity::info, rules::idle_gap},
    Rule{"token_drift", "Token drift", "Stated totals are not the sums of their parts.", Severity::warning,
         rules::token_drift},
    Rule{"truncated_output", "Truncated output", "An answer was cut by its length limit.", Severity::warning,
         rules::truncated_output},
    Rule{"inconsistent_time", "Inconsistent time",
         "Spans end before they start, or stand outside their parents.", Severity::warning,
         rules::inconsistent_time},
    Rule{"unpriced", "Unpriced call",
         "A call states tokens, but neither a cost nor a model with a known price.", Severity::info,
         rules::unpriced},
    Rule{"missing_usage", "Missing usage", "A call went well and states no tokens.", Severity::info,
         rules::missing_usage},
    Rule{"sensitive_content", "Sensitive content", "Secrets or personal data stand in the content.",
         Severity::error, rules::sensitive_content},
};

} // namespace

std::span<const Rule> finding_rules() {
    return kRules;
}

const Rule* find_rule(std::string_view id) {
    const auto found = std::ranges::find(kRules, id, &Rule::id);
    return found == kRules.end() ? nullptr : &*found;
}

std::vector<Finding> find_all(const RuledTrace& trace, const Thresholds& thresholds,
                              const std::set<std::string, std::less<>>& off) {
    std::vector<Finding> out;
    for (const Rule& rule : kRules)
        if (!off.contains(rule.id)) rule.find(trace, thresholds, out);
    return out;
}

} // namespace clew
