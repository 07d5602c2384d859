#include "importers/sources/http_answer.h"

#include <microhttpd.h>

#include <utility>

namespace clew {

namespace {

struct Ticket {
    explicit Ticket(std::shared_ptr<PendingAnswer> pending_answer)
        : pending(std::move(pending_answer)) {}
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    ~Ticket() { pending->give(live::error_reply({}, 500, "The request was not answered.")); }

    std::shared_ptr<PendingAnswer> pending;
};

} // namespace

live::Handler::Answer PendingAnswer::answer_for(const std::shared_ptr<PendingAnswer>& pending) {
    return [ticket = std::make_shared<Ticket>(pending)](live::Reply reply) {
        ticket->pending->give(std::move(reply));
    };
}

void PendingAnswer::give(live::Reply reply) {
    const std::lock_guard lock(mutex_);
    if (given_ || connection_ == nullptr) return;
    given_ = true;
    reply_ = std::move(reply);
    if (std::exchange(sleeping_, false)) MHD_resume_connection(connection_);
}

// Asleep only under the lock: an answer before it needs no waking, one behind it finds `sleeping_`. Waking a
// connection that does not sleep yet would be lost, or wake the next request of it.
std::optional<live::Reply> PendingAnswer::take_or_sleep(const std::atomic<bool>& nobody_waits) {
    const std::lock_guard lock(mutex_);
    if (reply_) return std::exchange(reply_, std::nullopt);
    if (nobody_waits) {
        given_ = true;
        return unavailable();
    }
    sleeping_ = true;
    MHD_suspend_connection(connection_);
    return std::nullopt;
}

void PendingAnswer::gone() {
    const std::lock_guard lock(mutex_);
    connection_ = nullptr;
    reply_.reset();
}

live::Reply PendingAnswer::unavailable() {
    live::Reply reply = live::error_reply({}, 503, "Clew is closing; send it again later.");
    reply.retry_after = 1;
    return reply;
}

} // namespace clew
