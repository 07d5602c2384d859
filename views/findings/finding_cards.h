// The findings of one span as cards at the end of its document. Pure; any thread.
#pragma once

#include "views/findings/trace_findings.h"
#include "views/trace/details/flow_document.h"

namespace clew::views {

// `span` is the one that is shown; findings that do not name it are left out. Actions: "span:HEX" goes to the
// first of a finding's spans, or from there to the next; "findings" opens the list.
void addFindingCards(FlowDocument& document, const std::vector<Finding>& findings, SpanId span);

} // namespace clew::views
