// HttpLines: the open connections of an HttpServer and until when each must have brought its request. The
// transport's own time-out counts from the last byte, so a client that sends one every second would stay for
// ever; a thread here cuts such lines.
//
// Safe from several threads. A Line lives from opened() to closed(), which must come before its descriptor is
// closed: then a number that was given out anew is never cut.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

namespace clew {

class HttpLines {
public:
    using Clock = std::chrono::steady_clock;

    struct Line {
        int fd = -1;
        std::atomic<Clock::rep> until{kNever};

        void within(Clock::duration time) { until = (Clock::now() + time).time_since_epoch().count(); }
        void without_end() { until = kNever; }
    };

    // `cut` is called on the own thread for every line that was cut, without a lock.
    HttpLines(Clock::duration look_every, std::function<void()> cut);

    Line* opened(int fd, Clock::duration within);
    void closed(Line* line);

private:
    static constexpr Clock::rep kNever = INT64_MAX;

    void watch(const std::stop_token& stop);
    int cut_late_ones();

    Clock::duration look_every_;
    std::function<void()> cut_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::list<std::unique_ptr<Line>> lines_;
    std::jthread thread_; // last: ends before what it uses
};

} // namespace clew
