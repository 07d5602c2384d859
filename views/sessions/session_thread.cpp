#include "views/sessions/session_thread.h"

#include "model/analysis/turns.h"
#include "model/store/filter/facets.h"

#include <algorithm>

namespace clew::views {

namespace {

// A call's detail; null where the turn has none.
std::optional<SpanDetail> detailOf(TraceStore& traces, const TraceSnapshot& trace, std::int32_t span,
                                   const std::stop_token& stop) {
    if (span == kNoSpan) return {};
    auto read = traces.span(trace.id, trace.spans[static_cast<std::size_t>(span)].id, stop);
    if (!read) return {};
    return std::move(*read);
}

ThreadTurn turnOf(TraceStore& traces, const TraceSnapshot& trace, const Turn& turn, bool whole,
                  const std::stop_token& stop) {
    const SnapshotSpan& span = trace.spans[static_cast<std::size_t>(turn.span)];
    ThreadTurn out;
    out.trace = trace.id;
    out.span = span.id;
    out.run = trace.name;
    out.start = whole ? trace.start : span.start;
    out.end = whole ? (trace.running ? kNoTime : trace.end) : span.end;
    out.llm_calls = turn.llm_calls;
    out.tool_calls = turn.tool_calls;
    out.errors = span.subtree_errors;
    out.silent_failures = span.subtree_silent;
    out.input_tokens = if_said(span.subtree_input);
    out.output_tokens = if_said(span.subtree_output);
    out.costs = span.subtree_costs();
    const auto own = detailOf(traces, trace, turn.span, stop);
    const auto first = detailOf(traces, trace, turn.first_call, stop);
    const auto last = detailOf(traces, trace, turn.last_call, stop);
    TurnWords words = words_of(own ? &*own : nullptr, first ? &*first : nullptr, last ? &*last : nullptr);
    out.question = std::move(words.question);
    out.answer = std::move(words.answer);
    return out;
}

} // namespace

Result<SessionThread> readThread(TraceStore& traces, const std::string& session, std::stop_token stop) {
    TraceQuery query;
    query.filter = facet_term("session", session);
    query.limit = kMostThreadTurns;
    auto page = traces.traces(query, stop);
    if (!page) return page.error();
    SessionThread out;
    out.session = session;
    out.runs = page->count;
    // Newest first, so that a session without end shows where it is now.
    for (const TraceRow& row : page->rows) {
        if (static_cast<int>(out.turns.size()) >= kMostThreadTurns) break;
        auto trace = traces.open(row.id, stop);
        if (!trace) {
            if (trace.error().code == "trace.unknown") continue; // removed since
            return trace.error();
        }
        std::vector<ThreadTurn> turns;
        const auto found = turns_of(**trace);
        for (const Turn& turn : found) {
            if (stop.stop_requested()) return Error{"cancelled", {}, {}};
            turns.push_back(turnOf(traces, **trace, turn, found.size() == 1, stop));
        }
        ++out.more_runs;
        out.turns.insert(out.turns.end(), std::make_move_iterator(turns.rbegin()),
                         std::make_move_iterator(turns.rend()));
    }
    out.more_runs = out.runs - out.more_runs;
    std::ranges::reverse(out.turns);
    std::ranges::stable_sort(out.turns, {}, [](const ThreadTurn& turn) { return turn.start; });
    return out;
}

} // namespace clew::views
