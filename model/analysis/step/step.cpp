#include "model/analysis/step/step.h"

#include "model/trace/dialects/messages.h"

#include <algorithm>
#include <utility>

namespace clew {

namespace {

constexpr std::size_t kSameAgent = 8, kOthers = 4;
constexpr std::size_t kBareLooks = 3; // where records seem to keep no history

const SnapshotSpan& at(const TraceSnapshot& trace, std::int32_t span) {
    return trace.spans[static_cast<std::size_t>(span)];
}

// The nearest agent above; turns that an importer made belong to the session above them.
std::int32_t agent_of(const TraceSnapshot& trace, std::int32_t span) {
    std::int32_t top = span;
    for (std::int32_t up = at(trace, span).parent; up != kNoSpan; up = at(trace, up).parent) {
        const SnapshotSpan& one = at(trace, up);
        if ((one.flags & kSubagent) != 0) return up;
        if (one.kind == Kind::agent && (one.flags & kSynthesized) == 0) return up;
        top = up;
    }
    return top;
}

// A call as an outer and an inner SDK saw it stands twice, one below the other: each is compared with its own
// kind.
bool inside_call(const TraceSnapshot& trace, std::int32_t span) {
    for (std::int32_t up = at(trace, span).parent; up != kNoSpan; up = at(trace, up).parent) {
        if (at(trace, up).kind == Kind::llm) return true;
        if (at(trace, up).kind == Kind::tool || at(trace, up).kind == Kind::agent) return false;
    }
    return false;
}

} // namespace

EarlierCalls earlier_calls(const TraceSnapshot& trace, std::int32_t self) {
    EarlierCalls out;
    const TimeNs start = at(trace, self).start;
    const std::int32_t agent = agent_of(trace, self);
    const bool inner = inside_call(trace, self);
    std::vector<std::int32_t> same, others;
    for (std::int32_t i = 0; i < static_cast<std::int32_t>(trace.spans.size()); ++i) {
        const SnapshotSpan& one = at(trace, i);
        if (i == self || one.kind != Kind::llm) continue;
        const bool timed = start != kNoTime && one.start != kNoTime && one.start != start;
        if (timed ? one.start > start : i > self) continue;
        if (inside_call(trace, i) != inner) continue;
        (agent_of(trace, i) == agent ? same : others).push_back(i);
    }
    const auto nearest = [&](std::vector<std::int32_t>& calls, std::size_t most) {
        const auto count = static_cast<std::ptrdiff_t>(std::min(most, calls.size()));
        std::partial_sort(calls.begin(), calls.begin() + count, calls.end(),
                          [&](std::int32_t a, std::int32_t b) {
                              const TimeNs first = at(trace, a).start, second = at(trace, b).start;
                              return first != second ? first > second : a > b;
                          });
        calls.resize(static_cast<std::size_t>(count));
    };
    nearest(same, kSameAgent);
    nearest(others, kOthers);
    out.same_agent = std::move(same);
    out.others = std::move(others);
    return out;
}

Step step_of(const TraceSnapshot& trace, std::int32_t self, CallPrompt call, const ReadSpan& read) {
    Step out;
    out.call = std::move(call);
    // What goes on; what has something of it, behind a compaction; what came before where records keep no
    // history.
    std::optional<CallPrompt> best, sharing, before;
    const bool bare = out.call.inputs == 0 || out.call.keeps_only_new();
    std::int64_t longest = 0;
    bool found = false, nearest = true;
    const auto look = [&](std::int32_t candidate, bool same_agent) {
        const auto span = read(at(trace, candidate).id);
        if (!span) return;
        CallPrompt other = call_prompt(*span, std::make_shared<const Conversation>(conversation_of(*span)));
        const Overlap overlap = overlap_of(other, out.call);
        // Nothing new is a repeated call, which follows at once; later it is the same words by chance.
        const bool repeats = overlap.prefix_items == overlap.items && !overlap.with_answer;
        const bool first = std::exchange(nearest, false);
        if (overlap.prefix_items > 0 && (overlap.with_answer || (!bare && (!repeats || first)))) {
            if (best && overlap.prefix_bytes <= longest) return;
            longest = overlap.prefix_bytes;
            found = overlap.with_answer;
            best = std::move(other);
        } else if (same_agent && bare && !before) {
            before = std::move(other);
        } else if (same_agent && !bare && overlap.prefix_items == 0 && overlap.shared_items > 1 && !sharing) {
            sharing = std::move(other);
        }
    };
    const EarlierCalls earlier = earlier_calls(trace, self);
    const std::size_t most = bare ? kBareLooks : earlier.same_agent.size();
    for (std::size_t i = 0; i < std::min(most, earlier.same_agent.size()) && !found; ++i)
        look(earlier.same_agent[i], true);
    if (!best && !sharing && !before)
        for (const std::int32_t one : earlier.others)
            if (!found) look(one, false);
    const std::optional<CallPrompt>& chosen = best ? best : sharing ? sharing : before;
    if (!chosen) return out;
    out.previous = chosen->span;
    if (const std::int32_t at_ = trace.find(chosen->span); at_ != kNoSpan)
        out.previous_name = trace.text(at(trace, at_).name);
    out.change = compare_prompts(*chosen, out.call);
    return out;
}

} // namespace clew
