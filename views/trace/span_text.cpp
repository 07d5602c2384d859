#include "views/trace/span_text.h"

#include "model/base/numbers.h"
#include "model/base/text.h"
#include "model/trace/span.h"
#include "views/text.h"

#include <QStringList>

#include <fmt/format.h>

namespace clew::views {

namespace {

QString tokens(std::int64_t value) {
    return value == kUnknownCount ? QString() : fromUtf8(format_tokens(value));
}

const SnapshotSpan& spanOf(const TracePicture& picture, std::int32_t span) {
    return picture.snapshot->spans[static_cast<std::size_t>(span)];
}

bool running(const SnapshotSpan& span) {
    return span.end == kNoTime && span.start != kNoTime;
}

QString line(const char* name, const QString& value) {
    return QStringLiteral("<tr><td style='padding-right:12px'>%1</td><td>%2</td></tr>")
        .arg(QString::fromUtf8(name), value.toHtmlEscaped());
}

} // namespace

QString shownText(std::string_view text) {
    static constexpr std::size_t kMost = 600;
    return fromUtf8(utf8_prefix(text, kMost));
}

std::optional<DurationNs> spanDuration(const SnapshotSpan& span, TimeNs now) {
    return between(span.start, span.end == kNoTime ? now : span.end);
}

TokenText tokenText(const SnapshotSpan& span, bool collapsed) {
    // A parent that states nothing itself shows its sum as well when it is open: the row of an agent tells
    // what it took.
    const bool own = span.input_tokens != kUnknownCount || span.output_tokens != kUnknownCount;
    if (own && !collapsed) return {tokens(span.input_tokens), tokens(span.output_tokens), false};
    return {tokens(span.subtree_input), tokens(span.subtree_output), span.subtree > 1};
}

CostText costText(const SnapshotSpan& span, bool collapsed) {
    const CostKinds own = span.costs();
    const bool shows_own = (own.known() || own.unpriced > 0) && !collapsed;
    const CostKinds costs = shows_own ? own : span.subtree_costs();
    if (!costs.known() && costs.unpriced == 0) return {};
    return {fromUtf8(format_costs(costs)), !shows_own && span.subtree > 1};
}

QString durationText(const SnapshotSpan& span, TimeNs now) {
    return fromUtf8(format_duration(spanDuration(span, now)));
}

QString detailText(const TracePicture& picture, std::int32_t index, bool collapsed) {
    const SnapshotSpan& span = spanOf(picture, index);
    const TraceSnapshot& trace = *picture.snapshot;
    QString text;
    if (span.status == Status::error && span.status_message != 0) {
        text = shownText(trace.text(span.status_message));
    } else if (span.cycle) {
        text = QStringLiteral("its parents form a ring");
    } else if (span.orphan) {
        text = QStringLiteral("parent not in store");
    } else if (span.detail != 0) {
        text = shownText(trace.text(span.detail));
    } else if (const auto it = picture.attempts.find(index); it != picture.attempts.end()) {
        text = QStringLiteral("attempt %1 of %2").arg(it->second.number).arg(it->second.count);
    } else if ((span.flags & kSubagent) != 0) {
        text = QStringLiteral("subagent");
    }
    if (!collapsed || span.subtree < 2) return text;
    const QString folded = plural(span.subtree - 1, "span", "spans");
    return text.isEmpty() ? folded : text + QStringLiteral(" · ") + folded;
}

QString statusIcon(const SnapshotSpan& span) {
    if (span.status == Status::error) return QStringLiteral("status-error");
    if ((span.flags & kSilentFailure) != 0) return QStringLiteral("status-silent-failure");
    if (span.orphan || span.cycle) return QStringLiteral("status-orphan");
    if (running(span)) return QStringLiteral("status-running");
    if ((span.flags & kRetry) != 0) return QStringLiteral("status-retry");
    return {};
}

QString statusWords(const TracePicture& picture, std::int32_t index) {
    const SnapshotSpan& span = spanOf(picture, index);
    QStringList words;
    if (span.status == Status::error)
        words << QStringLiteral("error");
    else if ((span.flags & kSilentFailure) != 0)
        words << QStringLiteral("silent failure: ok by status, not by result");
    if (span.orphan) words << QStringLiteral("orphan: its parent is not in the store");
    if (span.cycle) words << QStringLiteral("its parents form a ring, which was cut here");
    if (running(span)) words << QStringLiteral("running: no end is known");
    if (const auto it = picture.attempts.find(index); it != picture.attempts.end())
        words << QStringLiteral("attempt %1 of %2").arg(it->second.number).arg(it->second.count);
    else if ((span.flags & kRetry) != 0)
        words << QStringLiteral("retry");
    if (clockTrouble(*picture.snapshot, span))
        words << (span.end != kNoTime && span.end < span.start ? QStringLiteral("ends before it starts")
                                                               : QStringLiteral("starts outside its parent"));
    return words.join(QStringLiteral("; "));
}

QString kindWords(const SnapshotSpan& span) {
    if ((span.flags & kMcp) != 0) return QStringLiteral("tool over MCP");
    if (span.kind == Kind::llm) return QStringLiteral("LLM call");
    if (span.kind == Kind::generic) return QStringLiteral("span");
    return fromUtf8(kind_name(span.kind));
}

QString spanToolTip(const TracePicture& picture, std::int32_t index, TimeNs now) {
    const SnapshotSpan& span = spanOf(picture, index);
    const TraceSnapshot& trace = *picture.snapshot;
    QString text = QStringLiteral("<b>%1</b>").arg(shownText(trace.text(span.name)).toHtmlEscaped());
    if (span.detail != 0)
        text += QStringLiteral("<br>%1").arg(shownText(trace.text(span.detail)).toHtmlEscaped());
    text += QStringLiteral("<table cellspacing='0'>") + line("Kind", kindWords(span));
    if (const QString state = statusWords(picture, index); !state.isEmpty()) text += line("State", state);
    if (span.status_message != 0)
        text += line("Message", shownText(trace.text(span.status_message)).left(400));
    if (span.start != kNoTime) {
        text += line("Start", fromUtf8(iso8601(span.start)));
        text += line("After", fromUtf8(format_duration(between(trace.start, span.start))));
    }
    if (const auto duration = spanDuration(span, now)) {
        const QString exact = fromUtf8(format_count(*duration)) + QStringLiteral("\u00a0ns");
        text += line(running(span) ? "So far" : "Duration",
                     durationText(span, now) + QStringLiteral(" (%1)").arg(exact));
    }
    if (const auto it = picture.attempts.find(index); it != picture.attempts.end() && it->second.wait)
        text += line("Waited", fromUtf8(format_duration(it->second.wait)));
    const auto amounts = [&](const char* name, std::int64_t input, std::int64_t output) {
        if (!if_said(input) && !if_said(output)) return;
        text += line(name, QStringLiteral("%1 in, %2 out")
                               .arg(if_said(input) ? fromUtf8(format_count(input)) : fromUtf8(kUnknown),
                                    if_said(output) ? fromUtf8(format_count(output)) : fromUtf8(kUnknown)));
    };
    const auto money = [&](const char* name, const CostKinds& costs) {
        const auto exact_usd = [](PicoUsd cost) { return fmt::format("${:.12g}", to_usd(cost)); };
        QStringList kinds;
        if (costs.reported) kinds << fromUtf8(exact_usd(*costs.reported)) + QStringLiteral(" reported");
        if (costs.computed) kinds << fromUtf8(exact_usd(*costs.computed)) + QStringLiteral(" computed");
        if (costs.unpriced > 0) kinds << plural(costs.unpriced, "call unpriced", "calls unpriced");
        if (!kinds.isEmpty()) text += line(name, kinds.join(QStringLiteral(", ")));
    };
    amounts("Tokens", span.input_tokens, span.output_tokens);
    money("Cost", span.costs());
    if (span.subtree > 1) {
        amounts("Tokens, all below", span.subtree_input, span.subtree_output);
        money("Cost, all below", span.subtree_costs());
        text += line("Spans below", fromUtf8(format_count(span.subtree - 1)));
    }
    return text + QStringLiteral("</table>");
}

} // namespace clew::views
