#include "app/live/indexer.h"

#include <chrono>

namespace clew::app {

namespace {
constexpr auto kQuiet = std::chrono::seconds(3);
constexpr auto kLongest = std::chrono::seconds(30); // under steady traffic
} // namespace

Indexer::Indexer(Store& store)
    : store_(store)
    , listener_(store.subscribe([this](const Committed& committed) {
        if (committed.judged && committed.traces.empty() && !committed.many) return;
        {
            const std::scoped_lock lock(mutex_);
            ++commits_;
        }
        changed_.notify_one();
    }))
    , thread_([this](const std::stop_token& stop) { loop(stop); }) {
}

Indexer::~Indexer() {
    store_.unsubscribe(listener_);
    thread_.request_stop();
    thread_.join();
}

void Indexer::loop(const std::stop_token& stop) {
    std::uint64_t indexed = 0;
    for (;;) {
        std::uint64_t seen = 0;
        {
            std::unique_lock lock(mutex_);
            if (!changed_.wait(lock, stop, [&] { return commits_ != indexed; })) return;
            const auto latest = std::chrono::steady_clock::now() + kLongest;
            do {
                seen = commits_;
                changed_.wait_for(lock, stop, kQuiet, [&] { return commits_ != seen; });
                if (stop.stop_requested()) return;
            } while (commits_ != seen && std::chrono::steady_clock::now() < latest);
        }
        // Where it fails (another program writes for long), searches scan, and the next commit tries again.
        (void)store_.build_index(stop).ok();
        indexed = seen;
    }
}

} // namespace clew::app
