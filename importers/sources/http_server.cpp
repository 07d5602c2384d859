#include "importers/sources/http_server.h"

#include "importers/sources/http_exchange.h"
#include "importers/sources/listen_socket.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace clew {

namespace {

constexpr unsigned kThreads = 4; // unpacking 64 MiB in one leaves three for the rest
constexpr std::size_t kRoomForAnswers = 64 << 10;
constexpr rlim_t kOwnDescriptors = 128; // files, databases, other sockets of this process
constexpr std::chrono::milliseconds kLastWords{500};

// The daemon's calls, on the threads of the connections.

void* request_begins(void* context, const char* uri, MHD_Connection* connection) {
    const MHD_ConnectionInfo* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    auto* const line = info == nullptr ? nullptr : static_cast<HttpLines::Line*>(info->socket_context);
    return new HttpExchange(*static_cast<HttpContext*>(context), line, uri); // until request_ended()
}

MHD_Result request_proceeds(void* /*context*/, MHD_Connection* connection, const char* /*url*/,
                            const char* method, const char* /*version*/, const char* data, std::size_t* size,
                            void** exchange) {
    if (*exchange == nullptr) return MHD_NO;
    return static_cast<HttpExchange*>(*exchange)->proceed(connection, method, data, size);
}

void request_ended(void* /*context*/, MHD_Connection* /*connection*/, void** exchange,
                   MHD_RequestTerminationCode how) {
    const std::unique_ptr<HttpExchange> ended(static_cast<HttpExchange*>(*exchange));
    *exchange = nullptr;
    if (ended) ended->over(how);
}

void line_changed(void* context, MHD_Connection* connection, void** line,
                  MHD_ConnectionNotificationCode what) {
    auto& own = *static_cast<HttpContext*>(context);
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const MHD_ConnectionInfo* info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        if (info != nullptr) *line = own.lines.opened(info->connect_fd, own.options.request);
    } else if (*line != nullptr) {
        own.lines.closed(static_cast<HttpLines::Line*>(*line));
        *line = nullptr;
    }
}

std::string_view reason_of(unsigned status) {
    switch (status) {
    case 413: return "The body of the request is too large.";
    case 414: return "The address of the request is too long.";
    case 431: return "The headers of the request are too large.";
    case 505: return "The request is not HTTP/1.0 or HTTP/1.1.";
    default: return "The request is not well-formed HTTP.";
    }
}

// The library refuses what it cannot parse without asking; its log is the only place where that shows.
void library_says(void* context, const char* format, va_list arguments) {
    constexpr std::string_view kRefusal = "Error processing request (HTTP response code is %u";
    if (context == nullptr || !std::string_view(format).starts_with(kRefusal)) return;
    const unsigned status = va_arg(arguments, unsigned);
    static_cast<HttpContext*>(context)->handler.refused(
        {"", "unknown client", static_cast<int>(status), std::string(reason_of(status))});
}

// Above what the process may open, the library could only stop to accept.
unsigned affordable(unsigned connections) {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return connections;
    const rlim_t most =
        limit.rlim_cur > 2 * kOwnDescriptors ? limit.rlim_cur - kOwnDescriptors : limit.rlim_cur / 2;
    return std::max(1U, static_cast<unsigned>(std::min<rlim_t>(connections, most)));
}

class MicroHttpServer final : public HttpServer {
public:
    MicroHttpServer(const HttpServerOptions& options, live::Handler& handler)
        : context_(options, handler) {}
    MicroHttpServer(const MicroHttpServer&) = delete;
    MicroHttpServer& operator=(const MicroHttpServer&) = delete;
    ~MicroHttpServer() override;

    Result<void> listen();
    [[nodiscard]] std::uint16_t port() const override { return port_; }

private:
    HttpContext context_;
    MHD_Daemon* daemon_ = nullptr;
    std::uint16_t port_ = 0;
};

Result<void> MicroHttpServer::listen() {
    const HttpServerOptions& options = context_.options;
    auto socket = ListenSocket::open(options.address, options.port);
    if (!socket) return socket.error();
    const unsigned connections = affordable(options.connections);
    // The daemon gets a copy to close. Where it fails it may have closed it or not; ours ends the listening.
    const int copy = fcntl(socket->descriptor(), F_DUPFD_CLOEXEC, 0);
    daemon_ = copy < 0 ? nullptr
                       : MHD_start_daemon(
                             MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0,
                             nullptr, nullptr, request_proceeds, &context_,                //
                             MHD_OPTION_EXTERNAL_LOGGER, library_says, &context_,          //
                             MHD_OPTION_LISTEN_SOCKET, copy,                               //
                             MHD_OPTION_THREAD_POOL_SIZE, std::min(kThreads, connections), //
                             MHD_OPTION_CONNECTION_LIMIT, connections,                     //
                             MHD_OPTION_CONNECTION_TIMEOUT,
                             static_cast<unsigned>(std::max<std::int64_t>(1, options.idle.count())), //
                             MHD_OPTION_CONNECTION_MEMORY_LIMIT, 2 * options.largest_header + kRoomForAnswers,
                             MHD_OPTION_STRICT_FOR_CLIENT, 1,                        //
                             MHD_OPTION_URI_LOG_CALLBACK, request_begins, &context_, //
                             MHD_OPTION_NOTIFY_COMPLETED, request_ended, &context_,  //
                             MHD_OPTION_NOTIFY_CONNECTION, line_changed, &context_,  //
                             MHD_OPTION_END);
    if (daemon_ == nullptr) {
        const int number = errno;
        shutdown(socket->descriptor(), SHUT_RDWR);
        return Error{"live.cannot_listen",
                     {options.address, std::to_string(options.port),
                      number == 0 ? "its threads did not start" : std::generic_category().message(number)},
                     {}};
    }
    port_ = socket->port();
    return {};
}

MicroHttpServer::~MicroHttpServer() {
    if (daemon_ == nullptr) return;
    context_.closing = true;
    // Closed only at the end: a thread may still ask the system about this number, which must not be
    // another's.
    const int listening = MHD_quiesce_daemon(daemon_);
    if (listening >= 0) shutdown(listening, SHUT_RDWR);
    if (!context_.wait_for_all(context_.options.last_answers)) {
        context_.nobody_waits = true;
        context_.wake_all(); // the daemon aborts the program if one sleeps when it stops
        context_.wait_for_all(kLastWords);
    }
    context_.nobody_waits = true;
    context_.wake_all();
    MHD_stop_daemon(daemon_);
    if (listening >= 0) close(listening);
}

} // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::start(const HttpServerOptions& options,
                                                      live::Handler& handler) {
    auto server = std::make_unique<MicroHttpServer>(options, handler);
    if (auto listening = server->listen(); !listening) return listening.error();
    return std::unique_ptr<HttpServer>(std::move(server));
}

} // namespace clew
