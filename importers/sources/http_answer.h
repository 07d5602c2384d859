// PendingAnswer: what waits for the handler's answer to one request, and the connection that sleeps
// meanwhile.
//
// give() on any thread, at any time, also when the connection or the server has gone. The rest on the
// connection's own thread. A connection that sleeps is never closed by the transport, so its pointer is good
// for as long as `sleeping_`.
#pragma once

#include "importers/live/exchange.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

struct MHD_Connection;

namespace clew {

class PendingAnswer {
public:
    explicit PendingAnswer(MHD_Connection* connection)
        : connection_(connection) {}

    // The function for the handler. Dropped without a call, it answers 500: the client must not wait for
    // ever.
    static live::Handler::Answer answer_for(const std::shared_ptr<PendingAnswer>& pending);

    void give(live::Reply reply); // the first one counts
    // The answer; or nullopt, then the connection sleeps until there is one.
    std::optional<live::Reply> take_or_sleep(const std::atomic<bool>& nobody_waits);
    void gone(); // the request is over

    static live::Reply unavailable();

private:
    std::mutex mutex_;
    MHD_Connection* connection_; // null once gone
    bool given_ = false;
    bool sleeping_ = false;
    std::optional<live::Reply> reply_;
};

} // namespace clew
