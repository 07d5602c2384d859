#include "app/findings_pass.h"

#include "app/prompts_pass.h"
#include "app/user_rules.h"
#include "views/findings/findings_of.h"

#include <sys/resource.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace clew::app {

namespace {

constexpr std::int64_t kListed = 5'000;
constexpr std::size_t kTracesInBatch = 200;
constexpr std::size_t kFindingsInBatch = 5'000;
constexpr auto kBatchTime = std::chrono::milliseconds(500);
// Between two batches imports and other processes get their turn.
constexpr auto kPause = std::chrono::milliseconds(2);
constexpr int kNice = 10;

class Batch {
public:
    Batch(Store& store, std::int64_t version)
        : store_(store)
        , version_(version) {}

    Result<void> add(TraceFindings found) {
        findings_ += found.findings.size();
        found_.push_back(std::move(found));
        const bool full = found_.size() >= kTracesInBatch || findings_ >= kFindingsInBatch ||
                          FindingsPass::Clock::now() - begun_ >= kBatchTime;
        return full ? keep() : Result<void>();
    }
    Result<void> keep() {
        if (found_.empty()) return {};
        auto kept = store_.store_findings(version_, found_);
        found_.clear();
        findings_ = 0;
        std::this_thread::sleep_for(kPause);
        begun_ = FindingsPass::Clock::now();
        return kept;
    }

private:
    Store& store_;
    std::int64_t version_;
    std::vector<TraceFindings> found_;
    std::size_t findings_ = 0;
    FindingsPass::Clock::time_point begun_ = FindingsPass::Clock::now();
};

} // namespace

Result<std::int64_t> update_findings(Store& store, const RuleSettings& settings, const std::stop_token& stop,
                                     const std::function<bool(const StaleTrace&)>& skip) {
    const std::int64_t version = findings_version(settings);
    std::int64_t looked_at = 0;
    std::unordered_set<TraceId> left; // skipped, or not to be read: they are listed again
    for (;;) {
        const auto limit = kListed + static_cast<std::int64_t>(left.size());
        auto stale = store.traces().stale_findings(version, limit, stop);
        if (!stale) return stale.error();
        Batch batch(store, version);
        for (const StaleTrace& trace : *stale) {
            if (left.contains(trace.id)) continue;
            if (skip && skip(trace)) {
                left.insert(trace.id);
                continue;
            }
            // Another program may have been faster.
            if (const auto known = store.traces().findings(trace.id, stop);
                known && known->version == version)
                continue;
            auto found = views::findings_of(store.traces(), trace.id, settings, stop);
            if (stop.stop_requested()) {
                if (auto kept = batch.keep(); !kept) return kept.error();
                return Error{"cancelled", {}, {}};
            }
            if (!found) {
                // Removed meanwhile, or damaged: whoever opens it is told.
                left.insert(trace.id);
                continue;
            }
            ++looked_at;
            if (auto kept = batch.add({trace.id, trace.generation, std::move(*found)}); !kept)
                return kept.error();
        }
        if (auto kept = batch.keep(); !kept) return kept.error();
        if (static_cast<std::int64_t>(stale->size()) < limit) return looked_at;
    }
}

Result<void> update_findings_for(Store& store, const std::string& filter) {
    if (filter.empty()) return {};
    TraceQuery query;
    query.filter = filter;
    query.limit = 0;
    const auto page = store.traces().traces(query);
    if (!page || page->findings_missing == 0) return {}; // a wrong filter is said where it is asked
    auto updated = update_findings(store, read_user_rules().settings);
    if (!updated) return updated.error();
    return {};
}

FindingsPass::FindingsPass(Store& store, RuleSettings settings, Pauses pauses)
    : store_(store)
    , pauses_(pauses)
    , settings_(std::move(settings))
    , listener_(store.subscribe([this](const Committed& committed) { note_commit(committed); }))
    , thread_([this](const std::stop_token& stop) { loop(stop); }) {
}

FindingsPass::~FindingsPass() {
    store_.unsubscribe(listener_);
    thread_.request_stop();
    {
        const std::scoped_lock lock(mutex_);
        run_.request_stop();
    }
    thread_.join();
}

void FindingsPass::note_commit(const Committed& committed) {
    if (committed.traces.empty() && !committed.many) return;
    {
        const std::scoped_lock lock(mutex_);
        const auto at = Clock::now();
        // Its own commits come back as well, maybe together with others: nothing is stale then.
        ++commits_;
        if (committed.many) all_touched_ = at;
        for (const TraceId trace : committed.traces)
            touched_[trace] = at;
    }
    changed_.notify_one();
}

void FindingsPass::set_settings(RuleSettings settings) {
    {
        const std::scoped_lock lock(mutex_);
        if (settings == settings_) return;
        settings_ = std::move(settings);
        ++commits_;
        urgent_ = true;
        run_.request_stop();
    }
    changed_.notify_one();
}

void FindingsPass::set_source(std::function<RuleSettings()> source) {
    const std::scoped_lock lock(mutex_);
    source_ = std::move(source);
}

void FindingsPass::set_paused(bool paused) {
    {
        const std::scoped_lock lock(mutex_);
        if (paused_ == paused) return;
        paused_ = paused;
        if (paused) {
            run_.request_stop();
            ++commits_; // what was stopped is taken up again
        } else {
            urgent_ = true;
        }
    }
    changed_.notify_one();
}

// False = the end. Otherwise there is work, and nothing was committed for a while.
bool FindingsPass::wait_for_work(std::unique_lock<std::mutex>& lock, const std::stop_token& stop) {
    for (;;) {
        const auto ready = [this] { return !paused_ && commits_ != done_; };
        if (paused_ || !left_)
            changed_.wait(lock, stop, ready);
        else
            changed_.wait_until(lock, stop, *left_, ready);
        if (stop.stop_requested()) return false;
        if (paused_) continue;
        const auto latest = Clock::now() + pauses_.longest;
        while (!urgent_ && !paused_ && commits_ != done_ && Clock::now() < latest) {
            const std::uint64_t seen = commits_;
            changed_.wait_for(lock, stop, pauses_.quiet,
                              [&] { return commits_ != seen || urgent_ || paused_; });
            if (stop.stop_requested()) return false;
            if (commits_ == seen) break;
        }
        if (!paused_) return true;
    }
}

// Its spans may still come: what is found before would be said of half a run.
bool FindingsPass::settling(const StaleTrace& trace) {
    if (!trace.running) return false;
    const std::scoped_lock lock(mutex_);
    const auto known = touched_.find(trace.id);
    const auto last = std::max(all_touched_, known == touched_.end() ? Clock::time_point{} : known->second);
    return last != Clock::time_point{} && Clock::now() - last < pauses_.settled;
}

void FindingsPass::loop(const std::stop_token& stop) {
    // Whoever reads and draws goes first. Linux knows priorities by thread.
    static_cast<void>(::setpriority(PRIO_PROCESS, 0, kNice));
    for (;;) {
        RuleSettings settings;
        std::function<RuleSettings()> source;
        std::stop_token run;
        std::uint64_t seen = 0;
        {
            std::unique_lock lock(mutex_);
            if (!wait_for_work(lock, stop)) return;
            urgent_ = false;
            seen = commits_;
            settings = settings_;
            source = source_;
            run_ = std::stop_source();
            run = run_.get_token();
        }
        if (source) settings = source();
        bool left = false;
        const auto later = [&](const StaleTrace& trace) {
            const bool waits = settling(trace);
            left = left || waits;
            return waits;
        };
        auto updated = update_findings(store_, settings, run, later);
        if (updated) updated = update_prompts(store_, run, later);
        const std::scoped_lock lock(mutex_);
        if (stop.stop_requested()) return;
        const bool stopped = !updated && updated.error().code == "cancelled";
        if (!stopped) done_ = seen;
        // Another program may be writing for long: it is tried again as well.
        left_.reset();
        if (left || (!updated && !stopped)) left_ = Clock::now() + pauses_.settled;
        std::erase_if(touched_, [&](const auto& one) { return Clock::now() - one.second > pauses_.settled; });
    }
}

} // namespace clew::app
