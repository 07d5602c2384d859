// Indexer: builds the text index of a store while nothing else is going on, as long as it lives.
#pragma once

#include "model/store/store.h"

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

namespace clew::app {

class Indexer {
public:
    explicit Indexer(Store& store); // outlives the indexer
    ~Indexer();
    Indexer(const Indexer&) = delete;
    Indexer& operator=(const Indexer&) = delete;

private:
    void loop(const std::stop_token& stop);

    Store& store_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::uint64_t commits_ = 1; // what the store holds already counts
    int listener_ = 0;
    std::jthread thread_; // last: ends before what it uses
};

} // namespace clew::app
