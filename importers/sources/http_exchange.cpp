#include "importers/sources/http_exchange.h"

#include "importers/live/gate.h"
#include "importers/live/printable.h"
#include "importers/sources/http_message.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <utility>

namespace clew {

namespace {

constexpr std::array<std::string_view, 6> kMethods = {"GET", "HEAD", "POST", "PUT", "PATCH", "OPTIONS"};
constexpr std::array<std::string_view, 3> kOnce = {"content-length", "transfer-encoding", "host"};

std::string_view value_of(const live::Request& request, std::string_view name) {
    const auto found = request.headers.find(name);
    return found == request.headers.end() ? std::string_view{} : live::trimmed(found->second);
}

} // namespace

HttpContext::HttpContext(const HttpServerOptions& chosen, live::Handler& who)
    : options(chosen)
    , handler(who)
    , lines(std::clamp<HttpLines::Clock::duration>(chosen.request / 8, std::chrono::milliseconds(100),
                                                   std::chrono::seconds(5)),
            [this] {
                handler.refused(
                    {"", "unknown client", 408,
                     fmt::format("The request was not complete after {} seconds.", options.request.count())});
            }) {
}

void HttpContext::started(const std::shared_ptr<PendingAnswer>& pending) {
    const std::lock_guard lock(mutex_);
    running_.insert(pending);
}

void HttpContext::ended(const std::shared_ptr<PendingAnswer>& pending) {
    const std::lock_guard lock(mutex_);
    running_.erase(pending);
    if (running_.empty()) none_left_.notify_all();
}

bool HttpContext::wait_for_all(std::chrono::milliseconds most) {
    std::unique_lock lock(mutex_);
    return none_left_.wait_for(lock, most, [&] { return running_.empty(); });
}

void HttpContext::wake_all() {
    const std::lock_guard lock(mutex_);
    for (const auto& pending : running_)
        pending->give(PendingAnswer::unavailable());
}

HttpExchange::HttpExchange(HttpContext& context, HttpLines::Line* line, std::string_view uri)
    : context_(context)
    , line_(line)
    , client_("unknown client") {
    split_uri(uri, request_);
    if (line_ != nullptr) line_->within(context_.options.request);
}

MHD_Result HttpExchange::proceed(MHD_Connection* connection, const char* method, const char* data,
                                 std::size_t* size) {
    if (!begun_) {
        begun_ = true;
        begin(connection, method);
        return at_once_ ? send(connection, refusal_reply()) : MHD_YES;
    }
    if (*size > 0) {
        const std::string_view piece(data, *size);
        *size = 0;
        return take_piece(connection, piece);
    }
    if (!pending_) return finish(connection);
    auto reply = pending_->take_or_sleep(context_.nobody_waits);
    return reply ? send(connection, std::move(*reply)) : MHD_YES;
}

void HttpExchange::begin(MHD_Connection* connection, const char* method) {
    collect(connection, method);
    client_ = live::client_name(request_.headers);
    if (const auto origin = value_of(request_, "origin"); live::is_local_origin(origin)) origin_ = origin;
    check(connection);
}

void HttpExchange::collect(MHD_Connection* connection, const char* method) {
    request_.method = method;
    const auto each = [](void* self, MHD_ValueKind /*kind*/, const char* name, const char* value) {
        auto& exchange = *static_cast<HttpExchange*>(self);
        std::string key = live::lower(name);
        const auto [at, is_new] =
            exchange.request_.headers.try_emplace(std::move(key), value == nullptr ? "" : value);
        if (!is_new && std::find(kOnce.begin(), kOnce.end(), at->first) != kOnce.end())
            exchange.repeated_ = at->first;
        return MHD_YES;
    };
    MHD_get_connection_values(connection, MHD_HEADER_KIND, each, this);
    read_content_type(request_);
}

void HttpExchange::check(MHD_Connection* connection) {
    const MHD_ConnectionInfo* info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    if (info != nullptr && info->header_size > context_.options.largest_header) {
        return refuse_at_once(431, fmt::format("The headers of the request are larger than {} bytes.",
                                               context_.options.largest_header));
    }
    check_framing();
    if (refusal_) return;
    const auto length = content_length(value_of(request_, "content-length"));
    const bool has_body = length.value_or(0) > 0 || request_.headers.contains("transfer-encoding");
    preflight_ = live::is_preflight(request_);
    if (const auto bar = preflight_ ? live::barred_preflight(context_.options.gate, request_.headers)
                                    : live::barred(context_.options.gate, request_.headers)) {
        refuse(bar->status, bar->reason);
    } else if (std::find(kMethods.begin(), kMethods.end(), request_.method) == kMethods.end()) {
        refuse(405, fmt::format("{} is not a method that Clew takes.", live::printable(request_.method, 20)));
    } else if (context_.closing) {
        refuse(503, "Clew is closing; send it again later.");
    } else {
        check_body(length);
    }
    // Who asks first is told first; who would send more than is ever read is told now.
    const bool too_long = length.value_or(0) > context_.options.largest_body;
    if (refusal_ && has_body && (too_long || !value_of(request_, "expect").empty())) at_once_ = true;
}

// Two readings of where a request ends would let one hide another (request smuggling).
void HttpExchange::check_framing() {
    const auto transfer = request_.headers.find("transfer-encoding");
    if (!repeated_.empty()) return refuse_at_once(400, fmt::format("The header {} came twice.", repeated_));
    if (transfer == request_.headers.end()) return;
    if (request_.headers.contains("content-length"))
        return refuse_at_once(400, "Content-Length and Transfer-Encoding came together.");
    if (live::lower(live::trimmed(transfer->second)) != "chunked") {
        refuse_at_once(501, fmt::format("The Transfer-Encoding “{}” is not known; chunked is.",
                                        live::printable(transfer->second)));
    }
}

void HttpExchange::check_body(std::optional<std::uint64_t> length) {
    const std::string_view encoding = value_of(request_, "content-encoding");
    if (!live::BodyReader::knows(encoding)) {
        return refuse(415, fmt::format("The Content-Encoding “{}” is not known; gzip, deflate and zstd are.",
                                       live::printable(encoding)));
    }
    if (length.value_or(0) > context_.options.largest_body) {
        return refuse(413, fmt::format("The body of {} bytes is larger than {} bytes.", *length,
                                       context_.options.largest_body));
    }
    body_.emplace(encoding, context_.options.largest_body, length);
}

MHD_Result HttpExchange::take_piece(MHD_Connection* connection, std::string_view piece) {
    if (!refusal_ && body_) {
        body_->push(piece);
        if (body_->failure()) refuse(body_->failure()->status, body_->failure()->reason);
        return MHD_YES;
    }
    dropped_ += piece.size();
    if (dropped_ <= context_.options.largest_body) return MHD_YES;
    // The transport takes no answer in the middle of a body, so it is written past it, and the line closed.
    const MHD_ConnectionInfo* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info != nullptr) {
        const std::string text = plain_text(refusal_reply());
        [[maybe_unused]] const auto sent =
            ::send(info->connect_fd, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    return MHD_NO;
}

MHD_Result HttpExchange::finish(MHD_Connection* connection) {
    if (!refusal_ && preflight_) return send(connection, preflight_reply(request_));
    if (!refusal_ && body_) {
        auto body = std::make_shared<std::string>(body_->take());
        if (body_->failure()) refuse(body_->failure()->status, body_->failure()->reason);
        request_.body = std::move(body);
        request_.received_bytes = body_->received();
    }
    if (refusal_) return send(connection, refusal_reply());
    if (line_ != nullptr) line_->without_end(); // from here on it is us who keep it waiting
    pending_ = std::make_shared<PendingAnswer>(connection);
    context_.started(pending_);
    // What the answer's encoding depends on stays here.
    live::Request request = std::move(request_);
    request_ = live::Request{};
    request_.method = request.method;
    request_.path = request.path;
    request_.content_type = request.content_type;
    context_.handler.handle(std::move(request), PendingAnswer::answer_for(pending_));
    // An answer that is there already saves the way through sleep, a tenth of a millisecond.
    auto reply = pending_->take_or_sleep(context_.nobody_waits);
    return reply ? send(connection, std::move(*reply)) : MHD_YES;
}

void HttpExchange::refuse(int status, std::string reason) {
    if (refusal_) return;
    report(status, reason);
    refusal_ = live::BodyReader::Failure{status, std::move(reason)};
}

void HttpExchange::refuse_at_once(int status, std::string reason) {
    refuse(status, std::move(reason));
    at_once_ = true;
}

void HttpExchange::report(int status, std::string reason) {
    context_.handler.refused({request_.path, client_, status, std::move(reason)});
}

live::Reply HttpExchange::refusal_reply() const {
    live::Reply reply = live::error_reply(request_, refusal_->status, refusal_->reason);
    switch (refusal_->status) {
    case 401: reply.headers.emplace_back("WWW-Authenticate", "Bearer, Basic realm=\"Clew\""); break;
    case 405: reply.headers.emplace_back("Allow", fmt::format("{}", fmt::join(kMethods, ", "))); break;
    case 415: reply.headers.emplace_back("Accept-Encoding", "gzip, deflate, zstd"); break;
    case 503: reply.retry_after = 1; break;
    default: break;
    }
    return reply;
}

MHD_Result HttpExchange::send(MHD_Connection* connection, live::Reply reply) {
    if (!origin_.empty()) allow_origin(origin_, reply);
    if (line_ != nullptr) line_->within(context_.options.request);
    return queue_reply(connection, reply);
}

void HttpExchange::over(MHD_RequestTerminationCode how) {
    if (pending_) {
        pending_->gone();
        context_.ended(pending_);
    } else if (!refusal_ && !context_.closing) {
        if (how == MHD_REQUEST_TERMINATED_TIMEOUT_REACHED)
            report(408, fmt::format("Nothing came for {} seconds in the middle of a request.",
                                    context_.options.idle.count()));
        else if (how == MHD_REQUEST_TERMINATED_CLIENT_ABORT || how == MHD_REQUEST_TERMINATED_READ_ERROR)
            report(400, "The client closed the connection in the middle of its request.");
    }
    if (line_ != nullptr) line_->within(context_.options.request + context_.options.idle);
}

} // namespace clew
