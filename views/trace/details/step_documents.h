// What the messages of a call show of the step: the bar over them, what is new since the previous call, where
// the cache broke, and which messages fold because they were resent. Pure; any thread.
#pragma once

#include "model/analysis/step/step.h"
#include "views/trace/details/flow_document.h"

#include <QString>

#include <cstddef>
#include <vector>

namespace clew::views {

// "≈ 31 tok", or "120 chars" where no tokens are reported.
QString promptSizeText(const PromptSize& size);

// The bar; its shares have no actions yet. `change` may be null: not known yet, or there is no earlier call.
FlowBlock compositionBlock(const PromptComposition& composition, const PromptChange* change);

// One row: how much is new since which call, and the way there.
void addSincePrevious(FlowDocument& document, const Step& step);

// "Cache broke here: …"; for the place that PromptChange::differs_at names.
void addBreakMark(FlowDocument& document, const Step& step);
[[nodiscard]] bool hasBreakMark(const PromptChange& change);

// What stands beside the role of a message: "new", "resent", "changed".
FlowText changeLabel(MessageChange change);

// Stretches of messages that the previous prompt had: they fold to one row each.
struct ResentRun {
    std::size_t first = 0, last = 0; // messages, last one included
    std::int64_t messages = 0;
    PromptSize size;
    [[nodiscard]] QString key() const { return QStringLiteral("resent/%1").arg(first); }
};
std::vector<ResentRun> resentRuns(const Step& step);

} // namespace clew::views
