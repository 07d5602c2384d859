#include "views/findings/trace_findings.h"

#include "model/base/numbers.h"
#include "views/findings/finding_rules.h"
#include "views/findings/findings_of.h"
#include "views/text.h"

#include <QStringList>

#include <algorithm>

namespace clew::views {

TraceFindings::TraceFindings(ViewContext& context, QObject* parent)
    : QObject(parent)
    , m_context(context) {
    if (context.rules) connect(context.rules, &FindingRules::changed, this, &TraceFindings::refresh);
}

void TraceFindings::show(TraceId trace) {
    if (trace == m_trace) return;
    m_trace = trace;
    m_findings.reset();
    m_error.reset();
    m_asker.cancel();
    emit changed();
    refresh();
}

void TraceFindings::refresh() {
    if (m_trace.valid()) ask();
}

void TraceFindings::ask() {
    m_asker.ask(
        [&traces = m_context.traces, trace = m_trace,
         settings =
             m_context.rules ? m_context.rules->settings() : RuleSettings{}](const std::stop_token& stop) {
            auto found = current_findings(traces, trace, settings, stop);
            if (found)
                std::ranges::stable_sort(*found, [](const Finding& a, const Finding& b) {
                    return static_cast<int>(a.severity) > static_cast<int>(b.severity);
                });
            return found;
        },
        [this](Result<std::vector<Finding>> found) {
            if (!found) {
                if (found.error().code == "cancelled") return;
                m_error = found.error();
                m_findings = std::make_shared<const std::vector<Finding>>();
            } else {
                m_error.reset();
                if (m_findings && *m_findings == *found) return;
                m_findings = std::make_shared<const std::vector<Finding>>(std::move(*found));
            }
            emit changed();
        });
}

FindingsPtr TraceFindings::findings() const {
    static const auto kNone = std::make_shared<const std::vector<Finding>>();
    return m_findings ? m_findings : kNone;
}

FindingCounts TraceFindings::counts() const {
    FindingCounts out;
    for (const Finding& finding : *findings())
        out.add(finding.severity);
    return out;
}

SpanMarks TraceFindings::marks() const {
    SpanMarks out;
    const FindingsPtr all = findings();
    for (const Finding& finding : *all) {
        if (finding.severity == Severity::info) continue;
        for (const SpanId span : finding.spans) {
            SpanMark& mark = out[span];
            const QString title = ruleTitle(finding.rule);
            mark.severity = std::max(mark.severity, finding.severity);
            if (!mark.words.split(QStringLiteral(", ")).contains(title))
                mark.words += mark.words.isEmpty() ? title : QStringLiteral(", ") + title;
        }
    }
    return out;
}

QString ruleTitle(const std::string& rule) {
    const Rule* known = find_rule(rule);
    return known ? fromUtf8(known->title) : fromUtf8(rule);
}

QString wastedText(const Wasted& wasted) {
    QStringList parts;
    if (wasted.tokens && *wasted.tokens > 0)
        parts << TraceFindings::tr("%1 tokens").arg(fromUtf8(format_tokens(*wasted.tokens)));
    if (wasted.cost && *wasted.cost > 0) parts << fromUtf8(format_cost(*wasted.cost));
    if (wasted.time && *wasted.time > 0) parts << fromUtf8(format_duration(*wasted.time));
    return parts.join(QStringLiteral(" · "));
}

QString severityText(Severity severity) {
    switch (severity) {
    case Severity::error: return TraceFindings::tr("Error");
    case Severity::warning: return TraceFindings::tr("Warning");
    case Severity::info: break;
    }
    return TraceFindings::tr("Information");
}

} // namespace clew::views
