#include "views/compare/compared_run.h"

#include "views/findings/findings_of.h"

#include <utility>

namespace clew::views {

Result<ComparedRun> compared_run(TraceStore& traces, TraceId trace, const std::optional<RuleSettings>& rules,
                                 const std::stop_token& stop) {
    auto row = traces.trace(trace, stop);
    if (!row) return row.error();
    ComparedRun out;
    out.row = std::move(*row);
    RunReader reader;
    auto read = traces.each_span(
        trace,
        [&](const SpanDetail& span) {
            reader.add(span);
            return !stop.stop_requested();
        },
        stop);
    if (!read) return read.error();
    if (stop.stop_requested()) return Error{"cancelled", {}, {}};
    out.steps = reader.finish();

    RunFigures& figures = out.figures;
    if (out.row.input_tokens || out.row.output_tokens)
        figures.tokens = out.row.input_tokens.value_or(0) + out.row.output_tokens.value_or(0);
    figures.costs = out.row.costs();
    figures.duration = between(out.row.start, out.row.end);
    figures.steps = static_cast<std::int64_t>(out.steps.size());
    figures.errors = out.row.errors;
    if (!rules) return out;
    auto found = current_findings(traces, trace, *rules, stop);
    if (!found) return found.error();
    out.findings = std::move(*found);
    figures.findings = static_cast<std::int64_t>(out.findings.size());
    return out;
}

} // namespace clew::views
