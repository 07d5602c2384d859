#include "model/store/questions.h"

#include <sqlite3.h>

namespace clew {

namespace {
constexpr int kStepsBetweenLooks = 20'000; // of SQLite's machine: well below a millisecond
}

Reading::StopWatch::StopWatch(Database& db, std::stop_token stop)
    : db_(db)
    , stop_(std::move(stop)) {
    sqlite3_progress_handler(db_.handle(), kStepsBetweenLooks, &StopWatch::asked_to_stop, this);
}

Reading::StopWatch::~StopWatch() {
    sqlite3_progress_handler(db_.handle(), 0, nullptr, nullptr);
}

int Reading::StopWatch::asked_to_stop(void* self) {
    return static_cast<StopWatch*>(self)->stop_.stop_requested() ? 1 : 0;
}

Result<Reading> Reading::begin(StoreCore& core, const std::stop_token& stop) {
    auto lease = core.lease_reader(stop);
    if (!lease) return lease.error();
    auto watch = std::make_unique<StopWatch>(**lease, stop);
    auto transaction = Transaction::begin(**lease, Transaction::Kind::read);
    if (!transaction) return transaction.error();
    return Reading(std::move(*lease), std::move(watch), std::move(*transaction));
}

} // namespace clew
