// The tools that a call was offered: one row, which unfolds to names, descriptions and parameters. Pure; any
// thread.
#pragma once

#include "model/analysis/step/prompt.h"
#include "model/trace/message.h"
#include "views/trace/details/flow_document.h"

#include <vector>

namespace clew::views {

// Nothing where there are none. `size`: of all of them.
void addToolDefinitions(FlowDocument& document, const std::vector<ToolDefinition>& tools,
                        const PromptSize& size, const BuildOptions& options);

} // namespace clew::views
