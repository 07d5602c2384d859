// What the details pane shows of one span, gathered on a pool thread: the span, its conversation, events,
// links and judgements, and the tool spans that ran the calls its messages speak of. A value; shared
// read-only between threads.
#pragma once

#include "model/analysis/step/step.h"
#include "model/store/note_book.h"
#include "model/store/trace_store.h"
#include "model/trace/message.h"

#include <QString>
#include <QStringList>

#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace clew::views {

struct EventItem {
    TimeNs time = kNoTime;
    std::string name;
    std::vector<PlainAttribute> attributes;
    [[nodiscard]] const std::string* find(std::string_view key) const; // JSON text; null where there is none
};

struct LinkItem {
    std::string traceHex, spanHex;
    TraceId trace;
    SpanId span;
    std::vector<PlainAttribute> attributes;
};

// A tool span that ran a call of this conversation: same tool call id.
struct ToolRun {
    SpanId span;
    std::optional<DurationNs> duration;
    bool failed = false;
    bool silent = false;
    std::string statusMessage;
    std::string output; // JSON or text
};

// A score that came with the data, not from a person at this window.
struct Evaluation {
    QString name, label, explanation, by, source;
    std::optional<double> score;
    TimeNs time = kNoTime;
};

struct DetailsData {
    SpanDetail span;
    Conversation conversation;
    PromptComposition composition;       // of a model call
    std::optional<DurationNs> gapBefore; // since what ran before it beside it
    std::vector<PlainAttribute> attributes, resource, scope;
    std::vector<EventItem> events;
    std::vector<LinkItem> links;
    std::map<std::string, ToolRun> runs; // by tool call id
    std::vector<Judgement> judgements;
    std::vector<Evaluation> evaluations;
    QStringList path;                // names from the root down to the parent
    bool isRoot = false;             // judging it judges the trace
    std::map<SpanId, QString> names; // of the spans that were judged
    QString failure;                 // which key of the result says that it failed; empty = none
};
using DetailsPtr = std::shared_ptr<const DetailsData>;

// Blocks; for a pool thread. `snapshot` may be null. What cannot be parsed gives an empty list, never an
// error.
Result<DetailsPtr> loadDetails(TraceStore& store, NoteBook& noteBook, TraceId trace, SpanId span,
                               const TraceSnapshotPtr& snapshot, const std::stop_token& stop);

// What is new in a call since the one before it: reads up to a dozen earlier calls, so a question of its own.
// Null for what is no model call, and when stopped.
StepPtr loadStep(TraceStore& store, const DetailsPtr& details, const TraceSnapshotPtr& snapshot,
                 const std::stop_token& stop);

// The first field that says so in a result that failed without its status saying it: `error = "timeout"`.
QString failureReason(const std::string& resultJson);

} // namespace clew::views
