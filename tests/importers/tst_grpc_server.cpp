// The gRPC server against gRPC's own client, and against what is no gRPC.

#include "importers/sources/grpc_server.h"
#include "tests/support/live_handler.h"
#include "tests/support/raw_client.h"

#include <QtTest>

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <fstream>
#include <future>
#include <random>
#include <thread>

using namespace clew;
using namespace clew::test;

namespace {

constexpr const char* kTraces = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

GrpcServerOptions options() {
    GrpcServerOptions out;
    out.port = 0;
    out.largest_message = 1 << 20;
    return out;
}

struct Running {
    explicit Running(const GrpcServerOptions& chosen = options())
        : server(std::move(GrpcServer::start(chosen, handler)).value())
        , port(server->port()) {
        handler.answer_with = [](const live::Request&, live::Handler::Answer answer) {
            answer(protobuf("answer"));
        };
    }
    static live::Reply protobuf(std::string body, int status = 200) {
        live::Reply reply;
        reply.status = status;
        reply.content_type = "application/x-protobuf";
        reply.body = std::move(body);
        return reply;
    }

    RecordingHandler handler;
    std::unique_ptr<GrpcServer> server;
    std::uint16_t port;
};

struct Answered {
    grpc::Status status;
    std::string body;
};

class Client {
public:
    explicit Client(std::uint16_t port, const std::string& host = "127.0.0.1") {
        grpc::ChannelArguments arguments;
        arguments.SetMaxReceiveMessageSize(-1);
        arguments.SetMaxSendMessageSize(-1);
        arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1); // a connection of its own
        stub_ = std::make_unique<grpc::GenericStub>(grpc::CreateCustomChannel(
            host + ":" + std::to_string(port), grpc::InsecureChannelCredentials(), arguments));
    }

    std::future<Answered> start(const std::string& method, const std::string& message, bool packed = false,
                                const std::pair<std::string, std::string>& metadata = {}) {
        struct State {
            grpc::ClientContext context;
            grpc::ByteBuffer request;
            grpc::ByteBuffer response;
            std::promise<Answered> promise;
        };
        const auto state = std::make_shared<State>();
        const grpc::Slice slice(message);
        state->request = grpc::ByteBuffer(&slice, 1);
        state->context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
        if (packed) state->context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
        if (!metadata.first.empty()) state->context.AddMetadata(metadata.first, metadata.second);
        auto out = state->promise.get_future();
        stub_->UnaryCall(
            &state->context, method, {}, &state->request, &state->response, [state](grpc::Status status) {
                Answered answered{std::move(status), {}};
                std::vector<grpc::Slice> slices;
                if (answered.status.ok() && state->response.Dump(&slices).ok())
                    for (const grpc::Slice& piece : slices)
                        answered.body.append(reinterpret_cast<const char*>(piece.begin()), piece.size());
                state->promise.set_value(std::move(answered));
            });
        return out;
    }
    Answered call(const std::string& method, const std::string& message, bool packed = false,
                  const std::pair<std::string, std::string>& metadata = {}) {
        return start(method, message, packed, metadata).get();
    }

private:
    std::unique_ptr<grpc::GenericStub> stub_;
};

int threads_of_this_process() {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("Threads:")) return std::stoi(line.substr(8));
    return 0;
}

} // namespace

class GrpcServerTest : public QObject {
    Q_OBJECT

private slots:
    void services() {
        Running on;
        Client client(on.port);
        const auto answered = client.call(kTraces, "hello");
        QVERIFY2(answered.status.ok(), answered.status.error_message().c_str());
        QCOMPARE(answered.body, std::string("answer"));
        const auto request = on.handler.request(1);
        QVERIFY(request.transport == live::Transport::grpc);
        QCOMPARE(request.method, std::string("POST"));
        QCOMPARE(request.path, std::string("/v1/traces"));
        QCOMPARE(request.content_type, std::string("application/x-protobuf"));
        QCOMPARE(*request.body, std::string("hello"));
        QVERIFY(request.body->capacity() >= request.body->size() + 64);
        QVERIFY(live::client_name(request.headers).starts_with("grpc-c++ 1."));
        QVERIFY(client.call("/opentelemetry.proto.collector.logs.v1.LogsService/Export", "x").status.ok());
        QCOMPARE(on.handler.request(2).path, std::string("/v1/logs"));
        QVERIFY(
            client.call("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", "x").status.ok());
        QCOMPARE(on.handler.request(3).path, std::string("/v1/metrics"));
        QVERIFY(client.call(kTraces, "").status.ok());
        QCOMPARE(*on.handler.request(4).body, std::string());
        for (const char* other : {"/opentelemetry.proto.collector.trace.v1.TraceService/Import", "/x/y", "/"})
            QCOMPARE(client.call(other, "x").status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
        QCOMPARE(on.handler.requests().size(), 4U);
        QCOMPARE(on.handler.refusals().size(), 3U);
        qInfo("%d threads, client included", threads_of_this_process());
    }
    void packedMessages() {
        Running on;
        Client client(on.port);
        QVERIFY(client.call(kTraces, std::string(500'000, 'x'), true).status.ok());
        QCOMPARE(on.handler.request(1).body->size(), std::size_t{500'000});
        // Small as sent, too large unpacked.
        QCOMPARE(client.call(kTraces, std::string(50'000'000, 'x'), true).status.error_code(),
                 grpc::StatusCode::RESOURCE_EXHAUSTED);
        QCOMPARE(client.call(kTraces, std::string(1'100'000, 'x')).status.error_code(),
                 grpc::StatusCode::RESOURCE_EXHAUSTED);
        QCOMPARE(on.handler.requests().size(), 1U);
        QVERIFY(on.handler.refusal(2).reason.find("larger than 1048576 bytes") != std::string::npos);
        QVERIFY(client.call(kTraces, "x").status.ok());
    }
    void statuses_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<int>("code");
        QTest::newRow("202") << 202 << int{grpc::StatusCode::OK};
        QTest::newRow("400") << 400 << int{grpc::StatusCode::INVALID_ARGUMENT};
        QTest::newRow("401") << 401 << int{grpc::StatusCode::UNAUTHENTICATED};
        QTest::newRow("403") << 403 << int{grpc::StatusCode::PERMISSION_DENIED};
        QTest::newRow("404") << 404 << int{grpc::StatusCode::UNIMPLEMENTED};
        QTest::newRow("413") << 413 << int{grpc::StatusCode::RESOURCE_EXHAUSTED};
        QTest::newRow("429") << 429 << int{grpc::StatusCode::UNAVAILABLE};
        QTest::newRow("503") << 503 << int{grpc::StatusCode::UNAVAILABLE};
        QTest::newRow("500") << 500 << int{grpc::StatusCode::INTERNAL};
    }
    void statuses() {
        QFETCH(int, status);
        QFETCH(int, code);
        Running on;
        on.handler.answer_with = [&](const live::Request& request, live::Handler::Answer answer) {
            live::Reply reply = live::error_reply(request, status, "so it is");
            if (status == 503) reply.retry_after = 7;
            answer(reply);
        };
        Client client(on.port);
        const auto answered = client.call(kTraces, "x");
        QCOMPARE(int{answered.status.error_code()}, code);
        if (status >= 300) QCOMPARE(answered.status.error_message(), std::string("so it is"));
        if (code == grpc::StatusCode::UNAVAILABLE) {
            const std::string details = answered.status.error_details();
            QVERIFY(details.find("type.googleapis.com/google.rpc.RetryInfo") != std::string::npos);
            QVERIFY(
                details.ends_with(std::string("\x12\x04\x0a\x02\x08") + (status == 503 ? '\x07' : '\x01')));
        } else {
            QCOMPARE(answered.status.error_details(), std::string());
        }
    }
    void repliesThatAreNoProtobuf() {
        Running on;
        on.handler.answer_with = [](const live::Request&, live::Handler::Answer answer) { answer({}); };
        const auto answered = Client(on.port).call(kTraces, "x");
        QVERIFY(answered.status.ok());
        QCOMPARE(answered.body, std::string());
    }
    void tokens() {
        GrpcServerOptions chosen = options();
        chosen.gate.token = "secret";
        Running on(chosen);
        Client client(on.port);
        QCOMPARE(client.call(kTraces, "x").status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
        QCOMPARE(on.handler.refusal(1).status, 401);
        QVERIFY(client.call(kTraces, "x", false, {"authorization", "Bearer secret"}).status.ok());
        QVERIFY(client.call(kTraces, "x", false, {"x-api-key", "secret"}).status.ok());
    }
    void answersThatComeLater() {
        Running on;
        std::vector<std::jthread> threads;
        std::mutex mutex;
        on.handler.answer_with = [&](const live::Request& request, live::Handler::Answer answer) {
            const std::lock_guard lock(mutex);
            threads.emplace_back([answer = std::move(answer), body = *request.body] {
                std::this_thread::sleep_for(std::chrono::milliseconds(body.size() % 9));
                answer(Running::protobuf(body));
                answer(Running::protobuf("")); // only the first counts
            });
        };
        Client client(on.port);
        std::vector<std::future<Answered>> calls;
        for (std::size_t i = 0; i < 100; ++i)
            calls.push_back(client.start(kTraces, std::string(i, 'x')));
        for (std::size_t i = 0; i < 100; ++i)
            QCOMPARE(calls[i].get().body.size(), i);
    }
    void forgottenAnswers() {
        Running on;
        on.handler.answer_with = [](const live::Request&, live::Handler::Answer) {};
        QCOMPARE(Client(on.port).call(kTraces, "x").status.error_code(), grpc::StatusCode::INTERNAL);
    }
    void ports() {
        Running on;
        GrpcServerOptions again = options();
        again.port = on.port;
        const auto taken = GrpcServer::start(again, on.handler);
        QVERIFY(!taken.ok());
        QCOMPARE(taken.error().code, std::string_view("live.port_taken"));
        on.server.reset();
        const auto next = GrpcServer::start(again, on.handler);
        QVERIFY(next.ok());
        QVERIFY(Client(on.port).call(kTraces, "x").status.ok());
        GrpcServerOptions nowhere = options();
        nowhere.address = "nowhere.example";
        QCOMPARE(GrpcServer::start(nowhere, on.handler).error().code, std::string_view("live.cannot_listen"));
    }
    void addressesOfTheNewKind() {
        GrpcServerOptions chosen = options();
        chosen.address = "::1";
        RecordingHandler handler;
        const auto server = GrpcServer::start(chosen, handler);
        if (!server) QSKIP("no IPv6 here");
        QVERIFY(Client((*server)->port(), "[::1]").call(kTraces, "x").status.ok());
    }
    void runningAnswersGoOutAtTheEnd() {
        Running on;
        on.handler.answer_with = [&](const live::Request&, live::Handler::Answer answer) {
            on.handler.keep(std::move(answer));
        };
        Client client(on.port);
        auto call = client.start(kTraces, "x");
        const auto answer = on.handler.kept(1).at(0);
        const std::jthread later([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
            answer(Running::protobuf("ok"));
        });
        on.server.reset();
        QCOMPARE(call.get().body, std::string("ok"));
    }
    void answersAfterTheEnd() {
        GrpcServerOptions chosen = options();
        chosen.last_answers = std::chrono::milliseconds(100);
        Running on(chosen);
        on.handler.answer_with = [&](const live::Request&, live::Handler::Answer answer) {
            on.handler.keep(std::move(answer));
        };
        Client client(on.port);
        auto call = client.start(kTraces, "x");
        const auto answer = on.handler.kept(1).at(0);
        on.server.reset();
        QVERIFY(!call.get().status.ok());
        answer(Running::protobuf("ok"));
    }
    void whatIsNoGrpc() {
        Running on;
        std::vector<RawClient> clients;
        std::mt19937 random{17};
        const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        for (int i = 0; i < 200; ++i) {
            clients.emplace_back(on.port);
            std::string junk = i % 2 == 0 ? preface : "";
            if (i % 4 == 0) junk += std::string("\0\0\0\4\0\0\0\0\0", 9);
            for (std::size_t n = random() % 200; n > 0; --n)
                junk += static_cast<char>(random());
            clients.back().send(i % 5 == 0 ? "POST / HTTP/1.1\r\nHost: localhost\r\n\r\n" : junk);
        }
        QVERIFY(Client(on.port).call(kTraces, "x").status.ok());
    }
    void roundTrip() {
        Running on;
        Client client(on.port);
        std::vector<double> times;
        for (int i = 0; i < 500; ++i) {
            const auto begin = std::chrono::steady_clock::now();
            QVERIFY(client.call(kTraces, std::string(200, 'x')).status.ok());
            times.push_back(
                std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
        }
        std::sort(times.begin(), times.end());
        qInfo("round trip: median %.3f ms, 99 %% %.3f ms", times[250], times[495]);
    }
};

QTEST_APPLESS_MAIN(GrpcServerTest)
#include "tst_grpc_server.moc"
