// Writes a session's spans and events to the sink.
#pragma once

#include "importers/support/attribute_list.h"
#include "importers/support/span_draft.h"

#include <string_view>

namespace clew::claude_code {

inline constexpr std::string_view kFormatId = "claude-code";
inline constexpr std::string_view kRecords = "claude_code.records";

class Output {
public:
    void to(SpanSink& sink) { out_.to(sink); }
    [[nodiscard]] bool stopped() const { return out_.stopped(); }

    // Fills what all spans of sessions share.
    void span(SpanDraft&& draft);
    // `raw` is the record itself; it is kept whole.
    void event(TraceId trace, SpanId span, TimeNs time, std::string_view name, std::string_view raw);
    void note(Note&& note);

private:
    SpanOutput out_{std::string(kFormatId)};
};

} // namespace clew::claude_code
