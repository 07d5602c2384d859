// A live store for tests: remembers what was committed, and fails or waits where the test says so.
#pragma once

#include "model/trace/sink.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace clew::test {

// Where the next call fails.
enum class Failing { nowhere, make, source, add, ask, commit, durable };

// Outlives its targets. Any thread.
class FakeLiveStore {
public:
    struct Kept {
        std::string source;
        std::uint64_t span = 0;
        bool operator==(const Kept&) const = default;
    };

    Result<std::unique_ptr<LiveTarget>> make();

    void fail(Failing where) {
        const std::scoped_lock lock(mutex_);
        failing_ = where;
    }
    // No target is made, or no commit comes to its end, until it is let go.
    void hold(bool makes, bool commits) {
        {
            const std::scoped_lock lock(mutex_);
            hold_makes_ = makes;
            hold_commits_ = commits;
        }
        changed_.notify_all();
    }
    // Returns once so many commits were asked for, or false after half a minute.
    bool asked(std::size_t count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(30), [&] { return asked_ >= count; });
    }
    bool making(std::size_t count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(30), [&] { return making_ >= count; });
    }

    std::vector<Kept> kept() {
        const std::scoped_lock lock(mutex_);
        return kept_;
    }
    std::vector<std::uint64_t> spans() {
        std::vector<std::uint64_t> out;
        for (const Kept& one : kept())
            out.push_back(one.span);
        return out;
    }
    std::vector<std::uint64_t> durable() {
        const std::scoped_lock lock(mutex_);
        return durable_;
    }
    std::size_t targets() {
        const std::scoped_lock lock(mutex_);
        return targets_;
    }
    std::size_t commits() {
        const std::scoped_lock lock(mutex_);
        return asked_;
    }

private:
    friend class FakeLiveTarget;
    std::mutex mutex_;
    std::condition_variable changed_;
    Failing failing_ = Failing::nowhere;
    bool hold_makes_ = false, hold_commits_ = false;
    std::size_t asked_ = 0, making_ = 0, targets_ = 0;
    std::vector<Kept> kept_;
    std::vector<std::uint64_t> durable_;
};

class FakeLiveTarget final : public LiveTarget {
public:
    explicit FakeLiveTarget(FakeLiveStore& store)
        : store_(store) {}

    Result<void> use_source(const SourceHead& head) override {
        const std::scoped_lock lock(store_.mutex_);
        if (broken(Failing::source)) return full();
        source_ = head.path;
        return {};
    }
    bool add(Span&& span) override {
        const std::scoped_lock lock(store_.mutex_);
        if (broken(Failing::add)) return false;
        added_.push_back({source_, span.id.value});
        return true;
    }
    bool add_log(LogRecord&& record) override {
        const std::scoped_lock lock(store_.mutex_);
        if (broken(Failing::add)) return false;
        added_.push_back({source_ + " log", record.span.value});
        return true;
    }
    void note(Note&& note) override {
        const std::scoped_lock lock(store_.mutex_);
        added_.push_back({source_ + ' ' + std::string(note.code), 0});
    }
    Result<Ticket> ask_commit() override {
        const std::scoped_lock lock(store_.mutex_);
        if (broken(Failing::ask)) return full();
        asked_for_.push_back(std::exchange(added_, {}));
        ++store_.asked_;
        store_.changed_.notify_all();
        return asked_for_.size();
    }
    Result<void> wait_committed(Ticket ticket) override {
        std::unique_lock lock(store_.mutex_);
        store_.changed_.wait(lock, [this] { return !store_.hold_commits_; });
        if (broken(Failing::commit)) return full();
        for (; committed_ < ticket; ++committed_)
            store_.kept_.insert(store_.kept_.end(), asked_for_[committed_].begin(),
                                asked_for_[committed_].end());
        return {};
    }
    Result<void> make_durable(const std::vector<Written>& spans) override {
        const std::scoped_lock lock(store_.mutex_);
        if (store_.failing_ == Failing::durable) return full();
        for (const Written& one : spans)
            store_.durable_.push_back(one.span.value);
        return {};
    }

    static Error full() { return {"store.full", {"the store"}, {}}; }

private:
    // A target that failed once takes no more; the store's mutex is held.
    bool broken(Failing at) { return dead_ = dead_ || store_.failing_ == at; }

    FakeLiveStore& store_;
    std::string source_;
    std::vector<FakeLiveStore::Kept> added_;
    std::vector<std::vector<FakeLiveStore::Kept>> asked_for_; // by ticket, from 1
    Ticket committed_ = 0;
    bool dead_ = false;
};

inline Result<std::unique_ptr<LiveTarget>> FakeLiveStore::make() {
    std::unique_lock lock(mutex_);
    ++making_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !hold_makes_; });
    if (failing_ == Failing::make) return FakeLiveTarget::full();
    ++targets_;
    return std::unique_ptr<LiveTarget>(std::make_unique<FakeLiveTarget>(*this));
}

} // namespace clew::test
