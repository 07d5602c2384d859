#include "importers/sources/grpc_server.h"

#include "importers/live/printable.h"
#include "importers/sources/grpc_status.h"
#include "importers/sources/listen_socket.h"

#include <fmt/format.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <array>
#include <limits>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

namespace clew {

namespace {

constexpr int kThreads = 4;
constexpr int kHandshakeMs = 10'000; // who connects and says nothing is cut
constexpr int kStreamsOfAConnection = 128;
constexpr std::size_t kReadableBehind = 64; // simdjson reads in whole blocks
constexpr const char* kProtobuf = "application/x-protobuf";

struct Service {
    std::string_view method;
    std::string_view path;
};
constexpr std::array<Service, 3> kServices = {
    Service{"/opentelemetry.proto.collector.trace.v1.TraceService/Export", "/v1/traces"},
    Service{"/opentelemetry.proto.collector.logs.v1.LogsService/Export", "/v1/logs"},
    Service{"/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", "/v1/metrics"},
};

std::string_view path_of(std::string_view method) {
    for (const Service& service : kServices)
        if (service.method == method) return service.path;
    return {};
}

std::shared_ptr<const std::string> joined(const grpc::ByteBuffer& buffer) {
    auto out = std::make_shared<std::string>();
    out->reserve(buffer.Length() + kReadableBehind);
    std::vector<grpc::Slice> slices;
    if (!buffer.Dump(&slices).ok()) return out;
    for (const grpc::Slice& slice : slices)
        out->append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    return out;
}

live::Request request_of(const grpc::GenericCallbackServerContext& context) {
    live::Request request;
    request.transport = live::Transport::grpc;
    request.path = path_of(context.method());
    request.content_type = kProtobuf;
    for (const auto& [name, value] : context.client_metadata())
        request.headers.try_emplace(live::lower({name.data(), name.size()}), value.data(), value.size());
    request.body = std::make_shared<std::string>();
    return request;
}

// One call. gRPC's own threads come in by the On… methods; it ends by one Finish, whoever is first: the
// answer, or the cancellation. `Way` is what the answer holds, so that it may come when the call has gone.
class Call final : public grpc::ServerGenericBidiReactor {
public:
    Call(const GrpcServerOptions& options, live::Handler& handler,
         const grpc::GenericCallbackServerContext& context)
        : options_(options)
        , handler_(handler)
        , way_(std::make_shared<Way>(this)) {
        request_ = request_of(context);
        if (request_.path.empty()) {
            refuse(404, fmt::format("{} is no service of Clew; it takes OTLP's traces, logs and metrics.",
                                    live::printable(context.method(), 100)));
        } else if (const auto bar = live::barred(options_.gate, request_.headers)) {
            refuse(bar->status, bar->reason);
        } else {
            StartRead(&message_);
        }
    }

    void OnReadDone(bool ok) override {
        if (!ok) {
            return refuse(400,
                          fmt::format("The call brought no whole message: it was broken off, is damaged, "
                                      "or is larger than {} bytes.",
                                      options_.largest_message));
        }
        request_.body = joined(message_);
        request_.received_bytes = message_.Length();
        message_.Clear();
        const auto ticket = std::make_shared<Ticket>(way_);
        handler_.handle(std::move(request_),
                        [ticket](const live::Reply& reply) { ticket->way->finish(reply); });
    }
    void OnCancel() override {
        way_->finish(live::error_reply(protobuf_request(), 503, "The call was cancelled."));
    }
    void OnDone() override { delete this; }

private:
    struct Way {
        explicit Way(Call* its_call)
            : call(its_call) {}
        void finish(const live::Reply& reply) {
            const std::lock_guard lock(mutex);
            if (Call* const one = std::exchange(call, nullptr)) one->send(reply);
        }

        std::mutex mutex;
        Call* call; // null once finished
    };
    // Dropped without an answer, it gives one: the client must not wait for ever.
    struct Ticket {
        explicit Ticket(std::shared_ptr<Way> its_way)
            : way(std::move(its_way)) {}
        Ticket(const Ticket&) = delete;
        Ticket& operator=(const Ticket&) = delete;
        ~Ticket() {
            way->finish(live::error_reply(protobuf_request(), 500, "The request was not answered."));
        }

        std::shared_ptr<Way> way;
    };

    static live::Request protobuf_request() {
        live::Request request;
        request.content_type = kProtobuf;
        return request;
    }

    void refuse(int status, const std::string& reason) {
        handler_.refused({request_.path, live::client_name(request_.headers), status, reason});
        way_->finish(live::error_reply(request_, status, reason));
    }

    // Under the lock of `way_`, once. May delete this at any time after it began.
    void send(const live::Reply& reply) {
        const grpc::Status status = grpc_status(reply);
        if (!status.ok()) return Finish(status);
        // An empty message is a whole answer; text of another encoding would be none.
        const grpc::Slice slice(reply.content_type == kProtobuf ? reply.body : std::string{});
        answer_ = grpc::ByteBuffer(&slice, 1);
        StartWriteAndFinish(&answer_, grpc::WriteOptions(), status);
    }

    const GrpcServerOptions& options_;
    live::Handler& handler_;
    std::shared_ptr<Way> way_;
    live::Request request_;
    grpc::ByteBuffer message_;
    grpc::ByteBuffer answer_;
};

class CoreGrpcServer final : public GrpcServer, public grpc::CallbackGenericService {
public:
    CoreGrpcServer(const GrpcServerOptions& options, live::Handler& handler)
        : options_(options)
        , handler_(handler) {}
    CoreGrpcServer(const CoreGrpcServer&) = delete;
    CoreGrpcServer& operator=(const CoreGrpcServer&) = delete;
    ~CoreGrpcServer() override {
        if (server_) server_->Shutdown(std::chrono::system_clock::now() + options_.last_answers);
    }

    Result<void> listen();
    [[nodiscard]] std::uint16_t port() const override { return port_; }

    grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
        return new Call(options_, handler_, *context); // until OnDone()
    }

private:
    const GrpcServerOptions options_;
    live::Handler& handler_;
    std::unique_ptr<grpc::Server> server_;
    std::uint16_t port_ = 0;
};

Result<void> CoreGrpcServer::listen() {
    // gRPC says on its standard error alone why it cannot listen: a socket of ours asks before it.
    if (const auto probe = ListenSocket::open(options_.address, options_.port); !probe) return probe.error();
    const bool v6 = options_.address.find(':') != std::string::npos;
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort(
        fmt::format("{}:{}", v6 ? '[' + options_.address + ']' : options_.address, options_.port),
        grpc::InsecureServerCredentials(), &port);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeMs);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsOfAConnection);
    builder.SetMaxReceiveMessageSize(
        static_cast<int>(std::min<std::size_t>(options_.largest_message, std::numeric_limits<int>::max())));
    builder.SetResourceQuota(grpc::ResourceQuota("clew").SetMaxThreads(kThreads));
    builder.RegisterCallbackGenericService(this);
    server_ = builder.BuildAndStart();
    if (!server_ || port <= 0) {
        server_.reset();
        return Error{"live.cannot_listen",
                     {options_.address, std::to_string(options_.port), "gRPC did not start"},
                     {}};
    }
    port_ = static_cast<std::uint16_t>(port);
    return {};
}

// gRPC 1.51 ends the threads of its callback API with the last server, and frees their queue twice where the
// next one starts meanwhile (the address sanitizer shows it). A server without a port, never ended, keeps
// them.
void keep_callback_threads() {
    static grpc::Server* const keeper = [] {
        grpc::ServerBuilder builder;
        builder.RegisterCallbackGenericService(new grpc::CallbackGenericService);
        return builder.BuildAndStart().release();
    }();
    static_cast<void>(keeper);
}

} // namespace

Result<std::unique_ptr<GrpcServer>> GrpcServer::start(const GrpcServerOptions& options,
                                                      live::Handler& handler) {
    keep_callback_threads();
    auto server = std::make_unique<CoreGrpcServer>(options, handler);
    if (auto listening = server->listen(); !listening) return listening.error();
    return std::unique_ptr<GrpcServer>(std::move(server));
}

} // namespace clew
