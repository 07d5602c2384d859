// Findings of a whole store: computed in the background, trace by trace, and kept in the store, so that no
// list has to look for them.
#pragma once

#include "model/analysis/findings/rule_settings.h"
#include "model/store/store.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <unordered_map>

namespace clew::app {

// Looks at every trace whose findings are not current under these settings, and keeps what was found, in
// small transactions. `skip` leaves traces for later. The number of traces that were looked at; "cancelled".
Result<std::int64_t> update_findings(Store& store, const RuleSettings& settings,
                                     const std::stop_token& stop = {},
                                     const std::function<bool(const StaleTrace&)>& skip = {});

// Before a filter that asks for findings is answered: those that were never computed are.
Result<void> update_findings_for(Store& store, const std::string& filter);

// A thread that does so, and then looks for prompts (prompts_pass.h), as long as it lives: after commits,
// once they have paused, at low priority. A run that is still going on waits until it has been quiet itself.
class FindingsPass {
public:
    using Clock = std::chrono::steady_clock;
    struct Pauses {
        std::chrono::milliseconds quiet{2'000};    // without a commit, before it begins
        std::chrono::milliseconds longest{30'000}; // under steady traffic
        std::chrono::milliseconds settled{5'000};  // of a running trace
    };

    FindingsPass(Store& store, RuleSettings settings) // the store outlives it
        : FindingsPass(store, std::move(settings), Pauses{}) {}
    FindingsPass(Store& store, RuleSettings settings, Pauses pauses);
    ~FindingsPass();
    FindingsPass(const FindingsPass&) = delete;
    FindingsPass& operator=(const FindingsPass&) = delete;

    void set_settings(RuleSettings settings); // begins anew, at once
    // Asked before each run, on the pass's thread, in place of the settings: what several programs keep in
    // one place. With settings of their own they would take each other's results for stale for ever.
    void set_source(std::function<RuleSettings()> source);
    // While an import runs: stops what is under way, which costs at most the batch that is not yet kept.
    void set_paused(bool paused);

private:
    void loop(const std::stop_token& stop);
    void note_commit(const Committed& committed);
    bool wait_for_work(std::unique_lock<std::mutex>& lock, const std::stop_token& stop);
    [[nodiscard]] bool settling(const StaleTrace& trace);

    Store& store_;
    const Pauses pauses_;
    std::mutex mutex_; // guards what follows, up to the listener
    std::condition_variable_any changed_;
    RuleSettings settings_;
    std::function<RuleSettings()> source_;
    bool paused_ = false;
    bool urgent_ = true; // what the store holds already counts, and needs no quiet
    std::uint64_t commits_ = 1;
    std::uint64_t done_ = 0;
    std::optional<Clock::time_point> left_; // when those that were left are looked at again
    std::stop_source run_;
    std::unordered_map<TraceId, Clock::time_point> touched_; // lately
    Clock::time_point all_touched_{};
    int listener_ = 0;
    std::jthread thread_; // last: ends before what it uses
};

} // namespace clew::app
