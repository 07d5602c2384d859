// Intake: batches of many requests → the store, and word back when each is kept.
//
// A bounded queue; one thread stores, one waits for commits, so that requests share commits while the store
// is busy. Where the store fails, batches whose clients wait are given back with the error; those that were
// answered already (sampled) are kept and tried again. submit() on any thread; the callbacks run on the
// intake's threads and must not wait.
#pragma once

#include "importers/live/batch.h"
#include "model/base/result.h"
#include "model/trace/live_status.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace clew::live {

struct IntakeOptions {
    Durability durability = Durability::complete;
    std::size_t room = 4096; // requests
    std::size_t room_bytes = std::size_t{96}
                             << 20;             // of their bodies; unpacked they take about three times that
    std::chrono::milliseconds flush_every{500}; // sampled: the loss window
};

class Intake {
public:
    using MakeTarget = std::function<Result<std::unique_ptr<LiveTarget>>()>;
    using Kept = std::function<void(Result<void>)>;

    Intake(IntakeOptions options, MakeTarget make_target);
    ~Intake(); // close()
    Intake(const Intake&) = delete;
    Intake& operator=(const Intake&) = delete;

    // false = no room, or closing; `kept` is not called then. `kept` is called once: at once for `sampled`,
    // else when the batch is in the store, or cannot be.
    bool submit(Batch&& batch, std::size_t bytes, Kept kept);

    // Takes no more and returns once what is queued is stored; what cannot be stored then is counted in
    // lost(). One thread at a time.
    void close();

    void set_durability(Durability durability) { durability_ = durability; }
    [[nodiscard]] Durability durability() const { return durability_; }
    [[nodiscard]] std::size_t queued() const;
    [[nodiscard]] std::size_t room() const { return options_.room; }
    [[nodiscard]] std::uint64_t lost() const { return lost_; } // spans
    [[nodiscard]] std::string trouble() const;                 // why nothing is stored now; "" = nothing

private:
    using Clock = std::chrono::steady_clock;
    struct Item {
        Batch batch;
        std::size_t bytes = 0;
        Kept kept;            // empty: answered already
        bool durable = false; // to be read back
        Clock::time_point come;
        std::uint64_t number = 0; // in the order in which they came
    };
    struct Group {
        std::shared_ptr<LiveTarget> target;
        LiveTarget::Ticket ticket = 0;
        std::vector<Item> items;
        bool durable = false;
    };

    void store_loop(const std::stop_token& stop);
    void commit_loop();
    [[nodiscard]] Clock::time_point due() const;
    std::vector<Item> next_group(const std::stop_token& stop);
    Result<Group> store(std::vector<Item>& items);
    void settle(Group group);
    void give_back(std::vector<Item> items, const Error& error);

    const IntakeOptions options_;
    const MakeTarget make_target_;
    std::atomic<Durability> durability_;
    std::atomic<std::uint64_t> lost_{0};

    mutable std::mutex mutex_;
    std::condition_variable_any come_;
    std::deque<Item> queue_;
    std::uint64_t next_number_ = 0;
    std::size_t queued_bytes_ = 0;
    std::size_t waiting_ = 0;  // of the queue: whose clients wait
    std::size_t in_store_ = 0; // requests handed on, not yet kept
    std::optional<Error> trouble_;
    Clock::time_point again_; // not before this is the store tried after a failure
    bool closing_ = false;

    std::mutex groups_mutex_;
    std::condition_variable groups_changed_;
    std::deque<Group> groups_;
    std::size_t groups_open_ = 0;
    bool no_more_groups_ = false;

    std::shared_ptr<LiveTarget> target_;                    // the storing thread's
    std::atomic<const LiveTarget*> failed_target_{nullptr}; // compared, never used

    std::jthread store_thread_;
    std::thread commit_thread_;
};

} // namespace clew::live
