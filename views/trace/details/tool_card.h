// A tool call beside its result, and the cards that say that something failed. Pure; any thread.
#pragma once

#include "views/trace/details/details_data.h"
#include "views/trace/details/flow_document.h"

namespace clew::views {

struct ToolCard {
    const MessagePart& call;
    const MessagePart* result = nullptr;
    const ToolRun* run = nullptr; // the span that ran it, where the trace has it
    QString key;
    bool isNew = false; // the result came since the call before
};

enum class ToolOutcome { Pending, Done, Error, Silent };

ToolOutcome addToolCard(FlowDocument& document, const ToolCard& card, const BuildOptions& options);
// A result whose call is not in this conversation.
void addResultCard(FlowDocument& document, const MessagePart& result, const ToolRun* run, const QString& key,
                   const BuildOptions& options);

// A red card: title, a second line that says why, a link. `dashed`: ok by status, not by result.
void addNotice(FlowDocument& document, const QString& title, const QString& second, const QString& link,
               const QString& action, bool dashed, int below);

} // namespace clew::views
