// A conversation as a document: composition, folded system text, tool calls beside their results, reasoning
// folded, this call marked. Pure; any thread.
#pragma once

#include "model/analysis/step/step.h"
#include "views/trace/details/details_data.h"
#include "views/trace/details/flow_document.h"

namespace clew::views {

// `step` tells what is new since the call before, and where the cache broke; null while that is not known.
FlowDocument messagesDocument(const DetailsData& data, const BuildOptions& options,
                              const Step* step = nullptr);

// What failed and why, for the top of a document; nothing where nothing failed.
void addFailureCard(FlowDocument& document, const DetailsData& data);

} // namespace clew::views
