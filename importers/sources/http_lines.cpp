#include "importers/sources/http_lines.h"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace clew {

HttpLines::HttpLines(Clock::duration look_every, std::function<void()> cut)
    : look_every_(look_every)
    , cut_(std::move(cut))
    , thread_([this](const std::stop_token& stop) { watch(stop); }) {
}

HttpLines::Line* HttpLines::opened(int fd, Clock::duration within) {
    auto line = std::make_unique<Line>();
    line->fd = fd;
    line->within(within);
    Line* const out = line.get();
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    if (lines_.size() == 1) wake_.notify_one();
    return out;
}

void HttpLines::closed(Line* line) {
    const std::lock_guard lock(mutex_);
    std::erase_if(lines_, [&](const auto& one) { return one.get() == line; });
}

int HttpLines::cut_late_ones() {
    int cut = 0;
    const auto now = Clock::now().time_since_epoch().count();
    for (const auto& line : lines_) {
        if (line->until > now) continue;
        shutdown(line->fd, SHUT_RDWR); // the transport sees an end and closes it
        line->without_end();
        ++cut;
    }
    return cut;
}

void HttpLines::watch(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        if (lines_.empty()) { // an idle server wakes nobody
            wake_.wait(lock, stop, [&] { return !lines_.empty(); });
            continue;
        }
        wake_.wait_for(lock, stop, look_every_, [] { return false; });
        const int cut = cut_late_ones();
        lock.unlock();
        for (int i = 0; i < cut; ++i)
            cut_();
        lock.lock();
    }
}

} // namespace clew
