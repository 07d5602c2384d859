// Writes a session's spans and events to the sink: owns their text until the sink has taken it.
#pragma once

#include "model/trace/sink.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace clew::claude_code {

// An OTLP/JSON attribute array that grows.
class Attributes {
public:
    void text(std::string_view key, std::string_view value); // left out where empty
    void integer(std::string_view key, std::optional<std::int64_t> value);
    void texts(std::string_view key, const std::vector<std::string>& values); // left out where empty
    [[nodiscard]] std::string take();

private:
    void key(std::string_view key);
    std::string json_;
};

// A Span that owns its text.
struct OwnedSpan {
    Span span; // everything but its text
    std::string name, status_message, detail, model, agent, tool, session, trace_name, own_id, attributes,
        links;
};

class Output {
public:
    void to(SpanSink& sink) { sink_ = &sink; }
    [[nodiscard]] bool stopped() const { return stopped_; }

    void span(OwnedSpan&& owned);
    // `raw` is the record itself; it is kept whole.
    void event(TraceId trace, SpanId span, TimeNs time, std::string_view name, std::string_view raw);
    void note(Note&& note);

private:
    SpanSink* sink_ = nullptr;
    bool stopped_ = false;
};

inline constexpr std::string_view kFormatId = "claude-code";
inline constexpr std::string_view kRecords = "claude_code.records";

} // namespace clew::claude_code
