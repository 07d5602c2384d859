// Receiver: the Handler behind all transports: finds the endpoint of a request, reads it, has it kept, and
// answers when it is kept in the way that was asked for.
//
// Requests are read on a few threads of its own, so that a large one keeps no transport waiting. Public
// functions on any thread; destroyed after the transports.
#pragma once

#include "importers/live/counters.h"
#include "importers/live/endpoint.h"
#include "importers/live/exchange.h"
#include "importers/live/intake.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace clew {
class TaughtKeys;
}

namespace clew::live {

class Receiver final : public Handler {
public:
    Receiver(const IntakeOptions& options, Intake::MakeTarget make_target,
             std::shared_ptr<const TaughtKeys> taught = nullptr);
    ~Receiver() override; // close()

    void handle(Request request, Answer answer) override;
    void refused(Refusal refusal) override;

    // Returns once everything received is stored, or counted as lost; what comes later is answered 503.
    void close();

    // Posts are answered 503 with Retry-After, which SDKs try again.
    void set_paused(bool paused) { paused_ = paused; }
    void set_durability(Durability durability) { intake_.set_durability(durability); }
    void clear() { counters_.clear(); }

    // Everything but addresses, which the transports know; endpoints in a stable order.
    [[nodiscard]] LiveStatus status() const;
    [[nodiscard]] Counters& counters() { return counters_; }
    [[nodiscard]] const Counters& counters() const { return counters_; }

private:
    using Clock = std::chrono::steady_clock;
    struct Call {
        Request request;
        Answer answer;
        Clock::time_point come;
    };
    void read_loop(const std::stop_token& stop);
    void receive(Call call);
    void answer(const Call& call, Reply reply);
    [[nodiscard]] Endpoint* endpoint_of(const Request& request) const;

    Counters counters_;
    const std::vector<std::unique_ptr<Endpoint>> endpoints_;
    Intake intake_;
    std::atomic<bool> paused_{false};
    const std::size_t room_;

    std::mutex mutex_;
    std::condition_variable_any come_;
    std::deque<Call> calls_;
    bool closed_ = false;
    std::vector<std::jthread> readers_; // last: end before what they use
};

} // namespace clew::live
