// A handler of live requests for tests: remembers what came and answers at once, later, or never.
#pragma once

#include "importers/live/exchange.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace clew::test {

class RecordingHandler : public live::Handler {
public:
    // What is answered; without one, {"got": bytes of the body}.
    std::function<void(const live::Request&, Answer)> answer_with;

    void handle(live::Request request, Answer answer) override {
        {
            const std::lock_guard lock(mutex_);
            requests_.push_back(request);
        }
        changed_.notify_all();
        if (answer_with) return answer_with(request, std::move(answer));
        live::Reply reply;
        reply.body = "{\"got\":" + std::to_string(request.body->size()) + "}";
        answer(std::move(reply));
    }
    void refused(live::Refusal refusal) override {
        {
            const std::lock_guard lock(mutex_);
            refusals_.push_back(std::move(refusal));
        }
        changed_.notify_all();
    }

    // For `answer_with`: answers that are to wait, and all of them once there are `count`.
    void keep(Answer answer) {
        {
            const std::lock_guard lock(mutex_);
            kept_.push_back(std::move(answer));
        }
        changed_.notify_all();
    }
    std::vector<Answer> kept(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(10), [&] { return kept_.size() >= count; });
        return std::exchange(kept_, {});
    }

    std::vector<live::Request> requests() {
        const std::lock_guard lock(mutex_);
        return requests_;
    }
    std::vector<live::Refusal> refusals() {
        const std::lock_guard lock(mutex_);
        return refusals_;
    }
    // The last of at least `count` within ten seconds; else an empty one.
    live::Request request(std::size_t count) { return wait_for(requests_, count); }
    live::Refusal refusal(std::size_t count) { return wait_for(refusals_, count); }

private:
    template <class T>
    T wait_for(const std::vector<T>& list, std::size_t count) {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, std::chrono::seconds(10), [&] { return list.size() >= count; }))
            return {};
        return list.back();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<live::Request> requests_;
    std::vector<live::Refusal> refusals_;
    std::vector<Answer> kept_;
};

} // namespace clew::test
