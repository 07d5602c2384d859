#include "importers/live/receiver.h"

#include "model/base/messages.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace clew::live {

namespace {

constexpr int kReaders = 2;
constexpr int kRetrySoon = 1; // seconds

std::string_view service_of(const Batch& batch) {
    for (const Span& span : batch.spans)
        if (span.resource != nullptr && !span.resource->service_name.empty())
            return span.resource->service_name;
    return {};
}

Reply busy(const Request& request, std::string_view message) {
    Reply reply = error_reply(request, 503, message);
    reply.retry_after = kRetrySoon;
    return reply;
}

} // namespace

Receiver::Receiver(const IntakeOptions& options, Intake::MakeTarget make_target,
                   std::shared_ptr<const TaughtKeys> taught)
    : endpoints_(make_endpoints(std::move(taught)))
    , intake_(options, std::move(make_target))
    , room_(options.room) {
    for (int i = 0; i < kReaders; ++i)
        readers_.emplace_back([this](const std::stop_token& stop) { read_loop(stop); });
}

Receiver::~Receiver() {
    close();
}

void Receiver::close() {
    {
        const std::scoped_lock lock(mutex_);
        closed_ = true;
    }
    for (auto& reader : readers_)
        reader.request_stop();
    readers_.clear();
    intake_.close();
}

void Receiver::handle(Request request, Answer answer) {
    Call call{std::move(request), std::move(answer), Clock::now()};
    bool full = false;
    {
        const std::scoped_lock lock(mutex_);
        full = closed_ || calls_.size() >= room_;
        if (!full) calls_.push_back(std::move(call));
    }
    if (!full) {
        come_.notify_one();
        return;
    }
    counters_.refused(client_name(call.request.headers), sentence("live.queue_full", {}));
    call.answer(busy(call.request, sentence("live.queue_full", {})));
}

void Receiver::refused(Refusal refusal) {
    counters_.refused(refusal.client, refusal.reason);
}

void Receiver::read_loop(const std::stop_token& stop) {
    for (;;) {
        Call call;
        {
            std::unique_lock lock(mutex_);
            if (!come_.wait(lock, stop, [this] { return !calls_.empty(); })) return;
            call = std::move(calls_.front());
            calls_.pop_front();
        }
        receive(std::move(call));
    }
}

Endpoint* Receiver::endpoint_of(const Request& request) const {
    const auto found =
        std::ranges::find_if(endpoints_, [&](const auto& endpoint) { return endpoint->takes(request); });
    return found == endpoints_.end() ? nullptr : found->get();
}

void Receiver::answer(const Call& call, Reply reply) {
    if (reply.status >= 400 && call.request.method != "GET")
        counters_.refused(client_name(call.request.headers),
                          fmt::format("{} {}: {}", reply.status, call.request.path, reply.reason));
    call.answer(std::move(reply));
}

void Receiver::receive(Call call) {
    const Request& request = call.request;
    Endpoint* endpoint = endpoint_of(request);
    if (endpoint == nullptr) {
        answer(call, error_reply(request, 404, sentence("live.no_endpoint", std::vector{request.path})));
        return;
    }
    const bool asks = request.method == "GET" || request.method == "HEAD";
    if (paused_ && !asks) {
        answer(call, busy(request, sentence("live.paused", {})));
        return;
    }
    Batch batch;
    Reply reply = endpoint->receive(request, batch);
    if (reply.status >= 400 || batch.empty()) {
        if (reply.status < 400 && !asks) {
            counters_.received(
                {endpoint->card().id, client_name(request.headers), {}, 0, request.received_bytes});
            counters_.answered(Clock::now() - call.come);
        }
        answer(call, std::move(reply));
        return;
    }
    const std::string client = client_name(request.headers);
    const std::string service(service_of(batch));
    const std::size_t spans = batch.spans.size();
    const std::size_t bytes = request.body->size();
    // Shared: the callback may be called on another thread, or never where there is no room.
    auto waiting = std::make_shared<Call>(std::move(call));
    const auto kept = [this, waiting, endpoint, reply, client, service, spans](const Result<void>& done) {
        if (!done) {
            endpoint->forget();
            answer(*waiting, busy(waiting->request, sentence(done.error())));
            return;
        }
        counters_.received({endpoint->card().id, client, service, spans, waiting->request.received_bytes});
        counters_.answered(Clock::now() - waiting->come);
        waiting->answer(reply);
    };
    if (intake_.submit(std::move(batch), bytes, kept)) return;
    endpoint->forget();
    answer(*waiting, busy(waiting->request, sentence("live.queue_full", {})));
}

LiveStatus Receiver::status() const {
    LiveStatus status;
    counters_.fill(status);
    status.paused = paused_;
    status.durability = intake_.durability();
    status.queued = intake_.queued();
    status.queue_room = intake_.room();
    status.lost = intake_.lost();
    status.trouble = intake_.trouble();
    for (const auto& endpoint : endpoints_) {
        const EndpointCard& card = endpoint->card();
        LiveEndpoint one{.id = std::string(card.id),
                         .title = std::string(card.title),
                         .address = std::string(card.path),
                         .hint = std::string(card.hint)};
        counters_.fill(one);
        status.endpoints.push_back(std::move(one));
    }
    return status;
}

} // namespace clew::live
