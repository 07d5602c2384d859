// What tools gave back, and what they were given.

#include "model/analysis/findings/json_schema.h"
#include "model/analysis/findings/rules.h"
#include "model/base/numbers.h"
#include "model/base/text.h"

#include <map>
#include <nlohmann/json.hpp>

namespace clew::rules {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kShown = 120; // of a result or an argument, in evidence

// Some frameworks record what they handed to the tool, in their language's own words: {'query': None}.
bool is_written_by_model(std::string_view arguments) {
    if (arguments.starts_with('[')) return true;
    if (!arguments.starts_with('{')) return false;
    const std::string_view inside = trimmed(arguments.substr(1));
    return inside.starts_with('"') || inside.starts_with('}');
}

} // namespace

void silent_tool_failure(const RuledTrace& trace, const Thresholds&, Found& out) {
    for (std::size_t i = 0; i < trace.spans().size(); ++i) {
        const RuledSpan& span = trace.spans()[i];
        if ((span.flags & kSilentFailure) == 0 || span.failed()) continue;
        const auto at = static_cast<std::int32_t>(i);
        Finding finding = finding_at(trace, "silent_tool_failure", Severity::error, {at},
                                     {tool_name(span), one_line(span.result, kShown)});
        finding.wasted = spent_by(trace, {at});
        out.push_back(std::move(finding));
    }
}

// One of a tool: that a command says nothing is its way of saying that it went well.
void empty_result(const RuledTrace& trace, const Thresholds&, Found& out) {
    std::map<std::string, std::vector<std::int32_t>> empty;
    for (std::size_t i = 0; i < trace.spans().size(); ++i) {
        const RuledSpan& span = trace.spans()[i];
        if (!is_tool(span) || span.failed() || (span.flags & kSilentFailure) != 0 || span.end == kNoTime)
            continue;
        if (span.empty_result) empty[tool_name(span)].push_back(static_cast<std::int32_t>(i));
    }
    for (const auto& [tool, spans] : empty) {
        const std::string shown =
            one_line(trace.spans()[static_cast<std::size_t>(spans.front())].result, kShown);
        std::string how = trimmed(shown).empty() ? std::string() : ": " + shown;
        if (spans.size() > 1)
            how = ", " + format_count(static_cast<std::int64_t>(spans.size())) + " times" + how;
        out.push_back(
            finding_at(trace, "empty_result", Severity::info, spans, {tool, std::move(how)}, spans.size()));
    }
}

void schema_violation(const RuledTrace& trace, const Thresholds&, Found& out) {
    JsonSchemas schemas;
    for (std::size_t i = 0; i < trace.spans().size(); ++i) {
        const RuledSpan& span = trace.spans()[i];
        const auto at = static_cast<std::int32_t>(i);
        if (is_tool(span) && span.argument_schema && is_written_by_model(span.arguments)) {
            if (const auto wrong = schemas.violation(*span.argument_schema, span.arguments))
                out.push_back(finding_at(trace, "schema_violation", Severity::warning, {at},
                                         {"The arguments of " + tool_name(span), *wrong}));
        } else if (span.kind == Kind::llm && span.output_schema && !span.output_text.empty()) {
            if (const auto wrong = schemas.violation(*span.output_schema, span.output_text))
                out.push_back(finding_at(trace, "schema_violation", Severity::warning, {at},
                                         {"The answer of " + span.model, *wrong}));
        }
    }
}

} // namespace clew::rules
