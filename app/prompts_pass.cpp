#include "app/prompts_pass.h"

#include "model/analysis/prompts/call_prompts.h"

#include <chrono>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

namespace clew::app {

namespace {

// Listing sorts what is left, so that few lists are better.
constexpr std::int64_t kListedPrompts = 50'000;
constexpr std::size_t kTracesKept = 200;
constexpr std::size_t kCallsKept = 5'000;
// Between two batches imports and other processes get their turn.
constexpr auto kPromptsPause = std::chrono::milliseconds(2);

Result<std::vector<PromptOfCall>> prompts_of(TraceStore& traces, TraceId trace, const std::stop_token& stop) {
    CallPrompts prompts;
    auto read = traces.each_span(
        trace,
        [&](const SpanDetail& span) {
            prompts.add(span);
            return !stop.stop_requested();
        },
        stop);
    if (!read) return read.error();
    if (stop.stop_requested()) return Error{"cancelled", {}, {}};
    return prompts.take();
}

} // namespace

Result<std::int64_t> update_prompts(Store& store, const std::stop_token& stop,
                                    const std::function<bool(const StaleTrace&)>& skip) {
    std::int64_t looked_at = 0;
    std::unordered_set<TraceId> left; // skipped, or not to be read: they are listed again
    for (;;) {
        const auto limit = kListedPrompts + static_cast<std::int64_t>(left.size());
        auto stale = store.traces().stale_prompts(kPromptsVersion, limit, stop);
        if (!stale) return stale.error();
        std::vector<TracePrompts> batch;
        std::size_t calls = 0;
        const auto keep = [&]() -> Result<void> {
            if (batch.empty()) return {};
            auto kept = store.store_prompts(kPromptsVersion, batch);
            batch.clear();
            calls = 0;
            std::this_thread::sleep_for(kPromptsPause);
            return kept;
        };
        for (const StaleTrace& trace : *stale) {
            if (left.contains(trace.id)) continue;
            if (skip && skip(trace)) {
                left.insert(trace.id);
                continue;
            }
            auto found = prompts_of(store.traces(), trace.id, stop);
            if (stop.stop_requested()) {
                if (auto kept = keep(); !kept) return kept.error();
                return Error{"cancelled", {}, {}};
            }
            if (!found) {
                // Removed meanwhile, or damaged: whoever opens it is told.
                left.insert(trace.id);
                continue;
            }
            ++looked_at;
            calls += found->size();
            batch.push_back({trace.id, trace.generation, std::move(*found)});
            if (batch.size() >= kTracesKept || calls >= kCallsKept)
                if (auto kept = keep(); !kept) return kept.error();
        }
        if (auto kept = keep(); !kept) return kept.error();
        if (static_cast<std::int64_t>(stale->size()) < limit) return looked_at;
    }
}

} // namespace clew::app
