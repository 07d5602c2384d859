// Counters: what came in by which way from whom, for LiveStatus. Any thread; time is the steady clock's.
#pragma once

#include "model/base/time.h"
#include "model/trace/live_status.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace clew::live {

class Counters {
public:
    Counters();

    struct Received {
        std::string_view endpoint; // EndpointCard::id
        std::string_view client;   // "" = a file or a pipe
        std::string_view service;  // "" = not said
        std::uint64_t spans = 0;
        std::uint64_t bytes = 0;
    };
    void received(const Received& what);
    void refused(std::string_view client, std::string_view reason);
    void answered(std::chrono::nanoseconds after);
    void clear();

    // since, spans, bytes, requests, refused, rates, latencies, clients, and of each endpoint its counts.
    // Endpoints that brought nothing are left to the caller.
    void fill(LiveStatus& status) const;
    // Counts of an endpoint into its card.
    void fill(LiveEndpoint& endpoint) const;

private:
    using Clock = std::chrono::steady_clock;
    static constexpr int kSeconds = 120;
    static constexpr std::size_t kClients = 200;
    static constexpr std::size_t kLatencies = 1000;

    // Counts of the last two minutes, second by second.
    struct Seconds {
        std::array<std::uint32_t, kSeconds> spans{};
        std::int64_t newest = 0; // the second that the newest count is of
        void add(std::int64_t second, std::uint64_t count);
        [[nodiscard]] std::uint32_t at(std::int64_t second) const;
        [[nodiscard]] double rate(std::int64_t now) const; // over the last 10 s
    };
    struct Tally {
        std::uint64_t spans = 0, requests = 0, refused = 0;
        Seconds seconds;
        std::string service, last_refusal;
        TimeNs last = kNoTime;
    };

    [[nodiscard]] std::int64_t second() const;
    Tally& client(std::string_view name);

    mutable std::mutex mutex_;
    Clock::time_point begun_;
    TimeNs since_ = kNoTime;
    std::uint64_t bytes_ = 0;
    Tally all_;
    std::map<std::string, Tally, std::less<>> endpoints_, clients_;
    std::vector<DurationNs> latencies_; // a ring
    std::size_t next_latency_ = 0;
};

} // namespace clew::live
