#include "app/export/agent_calls.h"

#include "model/trace/dialects/messages.h"

#include <algorithm>

namespace clew::app {

namespace {

// Depth of agents above a span, itself not counted: calls of the outermost agent have the least.
int agents_above(const TraceSnapshot& snapshot, std::int32_t at) {
    int agents = 0;
    for (std::int32_t up = snapshot.spans[static_cast<std::size_t>(at)].parent; up != kNoSpan;
         up = snapshot.spans[static_cast<std::size_t>(up)].parent) {
        const SnapshotSpan& above = snapshot.spans[static_cast<std::size_t>(up)];
        if (above.kind == Kind::agent || above.kind == Kind::tool) ++agents;
    }
    return agents;
}

} // namespace

Result<AgentCalls> agent_calls(TraceStore& traces, TraceId trace, SpanId span, std::stop_token stop) {
    auto opened = traces.open(trace, stop);
    if (!opened) return opened.error();
    const TraceSnapshot& snapshot = **opened;

    std::size_t from = 0, to = snapshot.spans.size();
    if (span.valid()) {
        const std::int32_t at = snapshot.find(span);
        if (at == kNoSpan) return Error{"id.unknown", {to_hex(span)}, to_hex(trace)};
        from = static_cast<std::size_t>(at);
        to = from + snapshot.spans[from].subtree;
        if (snapshot.spans[from].kind == Kind::llm) to = from + 1;
    }

    struct Call {
        std::int32_t at;
        int agents;
    };
    std::vector<Call> found;
    int least = -1;
    for (std::size_t i = from; i < to; ++i) {
        if (snapshot.spans[i].kind != Kind::llm) continue;
        const int agents = agents_above(snapshot, static_cast<std::int32_t>(i));
        if (least < 0 || agents < least) least = agents;
        found.push_back({static_cast<std::int32_t>(i), agents});
    }
    std::erase_if(found, [least](const Call& call) { return call.agents != least; });
    std::ranges::stable_sort(
        found, {}, [&](const Call& call) { return snapshot.spans[static_cast<std::size_t>(call.at)].start; });

    AgentCalls out;
    for (const Call& call : found) {
        auto detail = traces.span(trace, snapshot.spans[static_cast<std::size_t>(call.at)].id, stop);
        if (!detail) return detail.error();
        if (!detail->model.empty()) out.model = detail->model;
        if (!detail->prompt_name.empty()) {
            out.prompt_name = detail->prompt_name;
            out.prompt_version = detail->prompt_version;
        }
        out.calls.push_back(conversation_of(*detail));
    }
    return out;
}

} // namespace clew::app
