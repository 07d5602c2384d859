// The words and numbers of a span as rows, tool tips, the item model and screen readers show them. Pure.
#pragma once

#include "views/text.h"
#include "views/trace/trace_picture.h"

#include <QString>

namespace clew::views {

// "Now" for a running span; everything else ends where it says. nullopt where start is not known.
std::optional<DurationNs> spanDuration(const SnapshotSpan& span, TimeNs now);

struct TokenText {
    QString input; // "6.1k", empty = not said
    QString output;
    bool sum = false; // of the subtree
};
TokenText tokenText(const SnapshotSpan& span, bool collapsed);

struct CostText {
    QString text; // empty = not said
    bool sum = false;
};
CostText costText(const SnapshotSpan& span, bool collapsed);

QString durationText(const SnapshotSpan& span, TimeNs now);

// Second text beside the name: why it failed, that it is a retry or an orphan, how much is folded away, else
// its own.
QString detailText(const TracePicture& picture, std::int32_t span, bool collapsed);

// Icon at the right end of the name: "status-error" …; empty where all is well.
QString statusIcon(const SnapshotSpan& span);
// The same in words; empty where all is well.
QString statusWords(const TracePicture& picture, std::int32_t span);

// Everything exact: full name, state, start, duration in ns, tokens, cost.
QString spanToolTip(const TracePicture& picture, std::int32_t span, TimeNs now);
QString kindWords(const SnapshotSpan& span); // "LLM call", "tool over MCP"

// For one line of a view: cut where nobody could see it, so that a name of a megabyte costs no more than
// another.
QString shownText(std::string_view text);

} // namespace clew::views
