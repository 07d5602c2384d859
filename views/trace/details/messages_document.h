// A conversation as a document: composition, folded system text, tool calls beside their results, reasoning
// folded, this call marked. Pure; any thread.
#pragma once

#include "views/trace/details/details_data.h"
#include "views/trace/details/flow_document.h"

namespace clew::views {

FlowDocument messagesDocument(const DetailsData& data, const BuildOptions& options);

// What failed and why, for the top of a document; nothing where nothing failed.
void addFailureCard(FlowDocument& document, const DetailsData& data);

} // namespace clew::views
