// The rules by name; the table that is asked is in findings.cpp.
#pragma once

#include "model/analysis/findings/rule.h"
#include "model/analysis/findings/ruled_trace.h"

namespace clew::rules {

using Found = std::vector<Finding>;

void silent_tool_failure(const RuledTrace& trace, const Thresholds& limits, Found& out);
void empty_result(const RuledTrace& trace, const Thresholds& limits, Found& out);
void schema_violation(const RuledTrace& trace, const Thresholds& limits, Found& out);
void loop(const RuledTrace& trace, const Thresholds& limits, Found& out);
void retry_storm(const RuledTrace& trace, const Thresholds& limits, Found& out);
void ping_pong(const RuledTrace& trace, const Thresholds& limits, Found& out);
void context_overflow(const RuledTrace& trace, const Thresholds& limits, Found& out);
void context_growth(const RuledTrace& trace, const Thresholds& limits, Found& out);
void truncated_output(const RuledTrace& trace, const Thresholds& limits, Found& out);
void token_drift(const RuledTrace& trace, const Thresholds& limits, Found& out);
void missing_usage(const RuledTrace& trace, const Thresholds& limits, Found& out);
void unpriced(const RuledTrace& trace, const Thresholds& limits, Found& out);
void idle_gap(const RuledTrace& trace, const Thresholds& limits, Found& out);
void inconsistent_time(const RuledTrace& trace, const Thresholds& limits, Found& out);
void sensitive_content(const RuledTrace& trace, const Thresholds& limits, Found& out);

// ---- what rules share

inline bool is_tool(const RuledSpan& span) {
    return span.kind == Kind::tool || span.kind == Kind::retriever;
}
inline const std::string& tool_name(const RuledSpan& span) {
    return span.tool.empty() ? span.name : span.tool;
}
// Tokens, money and time of these spans together; unknown where none states it.
Wasted spent_by(const RuledTrace& trace, const std::vector<std::int32_t>& spans);
// The calls of `owner` that began after `from` and no later than `until`.
std::vector<std::int32_t> calls_between(const RuledTrace& trace, std::int32_t owner, TimeNs from,
                                        TimeNs until);
inline constexpr std::size_t kSpansOfAFinding = 100;
// A finding of the rule at these spans, the first of them where they are more than `most`.
Finding finding_at(const RuledTrace& trace, std::string_view rule, Severity severity,
                   const std::vector<std::int32_t>& spans, std::vector<std::string> args,
                   std::size_t most = kSpansOfAFinding);
// Spans in the order in which they began.
std::vector<std::int32_t> by_start(const RuledTrace& trace);

} // namespace clew::rules
