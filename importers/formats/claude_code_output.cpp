#include "importers/formats/claude_code_output.h"

#include <utility>

namespace clew::claude_code {

void Output::span(SpanDraft&& draft) {
    if (draft.span.kind == Kind::llm) draft.provider = "anthropic";
    draft.trace_own_id = draft.session;
    draft.span.flags |= kDerivedId;
    out_.add(std::move(draft));
}

void Output::event(TraceId trace, SpanId span, TimeNs time, std::string_view name, std::string_view raw) {
    AttributeList attributes;
    attributes.text("claude_code.record", raw);
    out_.add_event(trace, span, time, name, attributes.take());
}

void Output::note(Note&& note) {
    out_.note(std::move(note));
}

} // namespace clew::claude_code
