// The HTTP server as well-behaved clients see it, and its limits. What hostile ones try: tst_http_hostile.

#include "importers/sources/http_server.h"
#include "model/base/messages.h"
#include "tests/support/gzip.h"
#include "tests/support/live_handler.h"
#include "tests/support/raw_client.h"
#include "tests/support/sanitizer.h"

#include <QtTest>

#include <zstd.h>

#include <algorithm>
#include <thread>

using namespace clew;
using namespace clew::test;

namespace {

HttpServerOptions options() {
    HttpServerOptions out;
    out.port = 0;
    out.largest_body = 1 << 20;
    return out;
}

struct Running {
    explicit Running(const HttpServerOptions& chosen = options())
        : server(std::move(HttpServer::start(chosen, handler)).value())
        , port(server->port()) {}

    RecordingHandler handler;
    std::unique_ptr<HttpServer> server;
    std::uint16_t port;
};

std::string post(std::string_view path, std::string_view headers, std::string_view body) {
    return "POST " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

RawReply ask(std::uint16_t port, const std::string& request) {
    RawClient client(port);
    client.send(request);
    return client.reply();
}

std::string zstd(const std::string& text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
    return out;
}

std::string deflated(const std::string& text, int window) {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string got(std::size_t bytes) {
    return "{\"got\":" + std::to_string(bytes) + "}";
}

} // namespace

class HttpServerTest : public QObject {
    Q_OBJECT

private slots:
    void passesOnWhatCame() {
        Running on;
        const auto reply =
            ask(on.port, post("/a%20b%2fc%zz?q=%20&r",
                              "Content-Type: Multipart/Form-Data; charset=x; boundary=\"a;b\"\r\n"
                              "X-Thing:  one \r\nx-thing: two\r\n",
                              "hello"));
        QCOMPARE(reply.status, 200);
        QCOMPARE(reply.headers.at("content-type"), std::string("application/json"));
        QCOMPARE(reply.body, got(5));
        const auto request = on.handler.request(1);
        QVERIFY(request.transport == live::Transport::http);
        QCOMPARE(request.method, std::string("POST"));
        QCOMPARE(request.path, std::string("/a b/c%zz"));
        QCOMPARE(request.query, std::string("q=%20&r"));
        QCOMPARE(request.content_type, std::string("multipart/form-data"));
        QCOMPARE(request.boundary, std::string("a;b"));
        QCOMPARE(QString::fromStdString(request.headers.at("x-thing")).trimmed(), QStringLiteral("one"));
        QCOMPARE(*request.body, std::string("hello"));
        QVERIFY(request.body->capacity() >= request.body->size() + 64);
        QCOMPARE(request.received_bytes, 5U);
    }
    void methods() {
        Running on;
        for (const char* method : {"GET", "POST", "PUT", "PATCH", "OPTIONS"})
            QCOMPARE(ask(on.port, std::string(method) + " / HTTP/1.1\r\nHost: localhost\r\n\r\n").status,
                     200);
        RawClient head(on.port);
        head.send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QCOMPARE(head.reply(5000, true).status, 200);
        QCOMPARE(head.reply().body, got(0));
        const auto reply = ask(on.port, "DELETE / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QCOMPARE(reply.status, 405);
        QCOMPARE(reply.headers.at("allow"), std::string("GET, HEAD, POST, PUT, PATCH, OPTIONS"));
        QCOMPARE(on.handler.refusal(1).status, 405);
    }
    void absoluteAddresses() {
        Running on;
        ask(on.port, "GET http://localhost:4318/v1/traces?x HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QCOMPARE(on.handler.request(1).path, std::string("/v1/traces"));
    }
    void answersThatComeLater() {
        Running on;
        std::vector<std::jthread> threads;
        std::mutex mutex;
        on.handler.answer_with = [&](const live::Request& request, live::Handler::Answer answer) {
            const std::lock_guard lock(mutex);
            threads.emplace_back([answer = std::move(answer), n = request.body->size()] {
                if (n % 2 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(n % 7));
                live::Reply reply;
                reply.body = got(n);
                reply.status = 202;
                answer(reply);
                answer(reply); // only the first counts
            });
        };
        std::vector<RawClient> clients;
        for (int i = 0; i < 20; ++i)
            clients.emplace_back(on.port);
        for (int round = 0; round < (kThreadSanitizer ? 5 : 20); ++round) {
            for (std::size_t i = 0; i < clients.size(); ++i)
                QVERIFY(clients[i].send(post("/", "", std::string(i, 'x'))));
            for (std::size_t i = 0; i < clients.size(); ++i) {
                const auto reply = clients[i].reply();
                QCOMPARE(reply.status, 202);
                QCOMPARE(reply.body, got(i));
            }
        }
    }
    void waitingRequestsBlockNobody() {
        Running on;
        std::vector<live::Handler::Answer> waiting;
        std::mutex mutex;
        on.handler.answer_with = [&](const live::Request& request, live::Handler::Answer answer) {
            const std::lock_guard lock(mutex);
            if (request.path == "/slow") return waiting.push_back(std::move(answer));
            answer({});
        };
        std::vector<RawClient> slow;
        for (int i = 0; i < 50; ++i) {
            slow.emplace_back(on.port);
            slow.back().send(post("/slow", "", "x"));
        }
        QCOMPARE(on.handler.request(50).path, std::string("/slow"));
        QCOMPARE(ask(on.port, post("/quick", "", "x")).status, 200);
        for (auto& answer : waiting)
            answer({});
        for (auto& client : slow)
            QCOMPARE(client.reply().status, 200);
    }
    void forgottenAnswers() {
        Running on;
        on.handler.answer_with = [](const live::Request&, live::Handler::Answer) {};
        QCOMPARE(ask(on.port, post("/", "", "x")).status, 500);
    }
    void replies() {
        Running on;
        on.handler.answer_with = [](const live::Request&, live::Handler::Answer answer) {
            live::Reply reply;
            reply.status = 503;
            reply.content_type = "text/plain";
            reply.body = std::string(3 << 20, 'r');
            reply.retry_after = 2;
            reply.headers.emplace_back("X-More", "yes");
            reply.headers.emplace_back("X-Split", "a\r\nInjected: b");
            answer(reply);
        };
        const auto reply = ask(on.port, post("/", "", "x"));
        QCOMPARE(reply.status, 503);
        QCOMPARE(reply.headers.at("content-type"), std::string("text/plain"));
        QCOMPARE(reply.headers.at("retry-after"), std::string("2"));
        QCOMPARE(reply.headers.at("x-more"), std::string("yes"));
        QVERIFY(!reply.headers.contains("injected"));
        QCOMPARE(reply.body.size(), std::size_t{3 << 20});
    }
    void pipelining() {
        Running on;
        std::vector<std::jthread> threads; // answers out of step, and must come in order
        on.handler.answer_with = [&](const live::Request& request, live::Handler::Answer answer) {
            live::Reply reply;
            reply.body = *request.body;
            if (request.body->size() % 2 == 0) return answer(reply);
            threads.emplace_back([answer = std::move(answer), reply] {
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
                answer(reply);
            });
        };
        RawClient client(on.port);
        std::string all;
        for (std::size_t i = 0; i < 30; ++i)
            all += post("/", "", std::string(i, 'x'));
        client.send(all);
        for (std::size_t i = 0; i < 30; ++i)
            QCOMPARE(client.reply().body, std::string(i, 'x'));
    }
    void closesWhereAsked() {
        Running on;
        RawClient old(on.port);
        old.send("POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\nx");
        QCOMPARE(old.reply().body, got(1));
        QVERIFY(old.is_closed_within(2000));
        RawClient closing(on.port);
        closing.send(post("/", "Connection: close\r\n", "x"));
        QCOMPARE(closing.reply().body, got(1));
        QVERIFY(closing.is_closed_within(2000));
        RawClient staying(on.port);
        staying.send(post("/", "", "x"));
        QCOMPARE(staying.reply().status, 200);
        QVERIFY(!staying.is_closed_within(100));
    }
    void chunks() {
        Running on;
        const std::string head = "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
        QCOMPARE(ask(on.port, head + "5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: x\r\n\r\n").body, got(6));
        QCOMPARE(*on.handler.request(1).body, std::string("hello!"));
        QCOMPARE(ask(on.port, head + "0\r\n\r\n").body, got(0));
    }
    void continues() {
        Running on;
        RawClient client(on.port);
        client.send(
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        QCOMPARE(client.reply(5000, false, true).status, 100);
        client.send("ab");
        QCOMPARE(client.reply().body, got(2));
    }
    void packedBodies() {
        Running on;
        std::string text;
        for (int i = 0; i < 20'000; ++i)
            text += "{\"n\":" + std::to_string(i) + "}";
        const auto packed = [&](const char* encoding, const std::string& body) {
            return ask(on.port, post("/", "Content-Encoding: " + std::string(encoding) + "\r\n", body)).body;
        };
        QCOMPARE(packed("gzip", gzip(text)), got(text.size()));
        QCOMPARE(on.handler.request(1).received_bytes, gzip(text).size());
        QVERIFY(*on.handler.request(1).body == text);
        QCOMPARE(packed("x-GZIP", gzip(text) + gzip("more")), got(text.size() + 4));
        QCOMPARE(packed("deflate", deflated(text, 15)), got(text.size()));
        QCOMPARE(packed("deflate", deflated(text, -15)), got(text.size()));
        QCOMPARE(packed("zstd", zstd(text)), got(text.size()));
        QCOMPARE(packed("identity", text), got(text.size()));
        QCOMPARE(packed("gzip", ""), got(0));
        QCOMPARE(on.handler.refusals().size(), 0U);
    }
    void damagedBodies() {
        Running on;
        const std::string text(5000, 'x');
        const auto status = [&](const char* encoding, const std::string& body) {
            return ask(on.port, post("/", "Content-Encoding: " + std::string(encoding) + "\r\n", body))
                .status;
        };
        std::string flipped = gzip(text);
        flipped[flipped.size() / 2] ^= 0x55;
        QCOMPARE(status("gzip", flipped), 400);
        QCOMPARE(status("gzip", gzip(text).substr(0, 20)), 400);
        QCOMPARE(status("gzip", gzip(text) + "junk"), 400);
        QCOMPARE(status("gzip", text), 400);
        QCOMPARE(status("deflate", deflated(text, 15).substr(0, 12)), 400);
        QCOMPARE(status("deflate", "x"), 400);
        QCOMPARE(status("deflate", deflated(text, -15) + "junk"), 400);
        QCOMPARE(status("zstd", zstd(text).substr(0, 10)), 400);
        QCOMPARE(status("zstd", text), 400);
        QCOMPARE(status("br", text), 415);
        QCOMPARE(status("gzip, gzip", text), 415);
        QCOMPARE(on.handler.requests().size(), 0U);
        QCOMPARE(on.handler.refusals().size(), 11U);
        QVERIFY(on.handler.refusals()[0].reason.find("damaged") != std::string::npos);
    }
    void tooLarge() {
        Running on;
        const std::size_t limit = options().largest_body;
        QCOMPARE(ask(on.port, post("/", "", std::string(limit, 'x'))).body, got(limit));
        RawClient large(on.port); // told before it sends
        large.send("POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nUser-Agent: foo/1.2\r\nContent-Length: "
                   "10737418240\r\n\r\nabc");
        QCOMPARE(large.reply().status, 413);
        QVERIFY(large.is_closed_within(2000));
        QCOMPARE(on.handler.refusal(1).client, std::string("foo 1.2"));
        QCOMPARE(on.handler.refusal(1).path, std::string("/v1/traces"));
        // Unpacked too large, though small as sent; the connection stays.
        RawClient client(on.port);
        client.send(post("/", "Content-Encoding: gzip\r\n", gzip(std::string(limit + 1, 'x'))));
        QCOMPARE(client.reply().status, 413);
        client.send(post("/", "Content-Encoding: gzip\r\n", gzip(std::string(limit, 'x'))));
        QCOMPARE(client.reply().body, got(limit));
        client.send(post("/", "Content-Encoding: zstd\r\n", zstd(std::string(100 * limit, 'x'))));
        QCOMPARE(client.reply().status, 413);
        client.send(post("/", "Content-Encoding: deflate\r\n", deflated(std::string(2 * limit, 'x'), 15)));
        QCOMPARE(client.reply().status, 413);
    }
    void tooLargeInChunks() {
        Running on;
        const std::string head = "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
        const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
        RawClient client(on.port);
        client.send(head);
        for (int i = 0; i < 20; ++i) // a little above: read to its end
            QVERIFY(client.send(chunk));
        client.send("0\r\n\r\n");
        QCOMPARE(client.reply().status, 413);
        RawClient endless(on.port);
        endless.send(head);
        int sent = 0;
        while (sent < 1000 && endless.send(chunk))
            ++sent;
        QVERIFY(sent < 200);
        QCOMPARE(endless.reply().status, 413);
    }
    void largeHeaders() {
        Running on;
        QCOMPARE(ask(on.port, post("/", "X: " + std::string(60'000, 'x') + "\r\n", "x")).status, 200);
        QCOMPARE(ask(on.port, post("/", "X: " + std::string(70'000, 'x') + "\r\n", "x")).status, 431);
        QCOMPARE(on.handler.refusal(1).status, 431);
        RawClient endless(on.port);
        endless.send("POST / HTTP/1.1\r\nHost: localhost\r\nX: ");
        int sent = 0;
        while (sent < 1000 && endless.send(std::string(0x10000, 'x')))
            ++sent;
        QVERIFY(sent < 100);
        QCOMPARE(on.handler.refusal(2).status, 431);
    }
    void theGate() {
        Running on;
        RawClient client(on.port);
        client.send("POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 1\r\n\r\nx");
        QCOMPARE(client.reply().status, 421);
        client.send(
            post("/", "Origin: https://evil.example\r\nContent-Type: application/x-protobuf\r\n", "x"));
        const auto barred = client.reply();
        QCOMPARE(barred.status, 403);
        QCOMPARE(barred.headers.at("content-type"), std::string("application/x-protobuf"));
        QVERIFY(barred.body.starts_with(std::string("\x08\x07\x12", 3)));
        QVERIFY(!barred.headers.contains("access-control-allow-origin"));
        client.send("OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n"
                    "Access-Control-Request-Method: POST\r\n\r\n");
        QCOMPARE(client.reply().status, 403);
        QCOMPARE(on.handler.requests().size(), 0U);
        client.send("OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost:3000\r\n"
                    "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: x-a, b\r\n\r\n");
        const auto preflight = client.reply();
        QCOMPARE(preflight.status, 204);
        QCOMPARE(preflight.headers.at("access-control-allow-origin"), std::string("http://localhost:3000"));
        QCOMPARE(preflight.headers.at("access-control-allow-headers"), std::string("x-a, b"));
        QCOMPARE(on.handler.requests().size(), 0U);
        client.send(post("/", "Origin: http://localhost:3000\r\n", "x"));
        const auto allowed = client.reply();
        QCOMPARE(allowed.status, 200);
        QCOMPARE(allowed.headers.at("access-control-allow-origin"), std::string("http://localhost:3000"));
    }
    void theToken() {
        HttpServerOptions chosen = options();
        chosen.gate.token = "secret";
        Running on(chosen);
        const auto reply = ask(on.port, post("/", "", "x"));
        QCOMPARE(reply.status, 401);
        QVERIFY(reply.headers.at("www-authenticate").starts_with("Bearer"));
        QCOMPARE(ask(on.port, post("/", "Authorization: Bearer secret\r\n", "x")).status, 200);
        RawClient asking(on.port); // is told before it sends
        asking.send(
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n");
        QCOMPARE(asking.reply(5000, false, true).status, 401);
    }
    void ports() {
        Running on;
        HttpServerOptions again = options();
        again.port = on.port;
        const auto taken = HttpServer::start(again, on.handler);
        QVERIFY(!taken.ok());
        QCOMPARE(taken.error().code, std::string_view("live.port_taken"));
        QVERIFY(sentence(taken.error()).find("127.0.0.1 port " + std::to_string(on.port)) !=
                std::string::npos);
        QVERIFY(find_message("live.cannot_listen") != nullptr);
        HttpServerOptions elsewhere = options();
        elsewhere.address = "localhost"; // a name is no address
        QCOMPARE(HttpServer::start(elsewhere, on.handler).error().code,
                 std::string_view("live.cannot_listen"));
        elsewhere.address = "192.0.2.1";
        QCOMPARE(HttpServer::start(elsewhere, on.handler).error().code,
                 std::string_view("live.cannot_listen"));
        // The server closes first, so its end lingers; the port binds all the same.
        RawClient client(on.port);
        client.send(post("/", "Connection: close\r\n", "x"));
        QCOMPARE(client.reply().status, 200);
        on.server.reset();
        const auto next = HttpServer::start(again, on.handler);
        QVERIFY(next.ok());
        QCOMPARE(ask(on.port, post("/", "", "x")).status, 200);
    }
    void addressesOfTheNewKind() {
        HttpServerOptions chosen = options();
        chosen.address = "::1";
        RecordingHandler handler;
        const auto server = HttpServer::start(chosen, handler);
        if (!server) QSKIP("no IPv6 here");
        RawClient client((*server)->port(), true);
        client.send("GET / HTTP/1.1\r\nHost: [::1]:4318\r\n\r\n");
        QCOMPARE(client.reply().status, 200);
    }
    void runningAnswersGoOutAtTheEnd() {
        Running on;
        live::Handler::Answer waiting;
        on.handler.answer_with = [&](const live::Request&, live::Handler::Answer answer) {
            waiting = std::move(answer);
        };
        RawClient client(on.port);
        client.send(post("/", "", "x"));
        QCOMPARE(on.handler.request(1).method, std::string("POST"));
        const std::jthread later([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
            waiting({});
        });
        on.server.reset();
        QCOMPARE(client.reply().status, 200);
        QVERIFY(!RawClient(on.port).connected());
    }
    void answersAfterTheEnd() {
        HttpServerOptions chosen = options();
        chosen.last_answers = std::chrono::milliseconds(100);
        Running on(chosen);
        std::vector<live::Handler::Answer> waiting;
        on.handler.answer_with = [&](const live::Request&, live::Handler::Answer answer) {
            waiting.push_back(std::move(answer));
        };
        RawClient client(on.port);
        client.send(post("/", "", "x"));
        QCOMPARE(on.handler.request(1).method, std::string("POST"));
        on.server.reset();
        QCOMPARE(client.reply().status, 503);
        waiting.front()({});
    }
    void roundTrip() {
        Running on;
        RawClient client(on.port);
        const std::string request = post("/v1/traces", "", std::string(200, 'x'));
        std::vector<double> times;
        for (int i = 0; i < 2000; ++i) {
            const auto begin = std::chrono::steady_clock::now();
            client.send(request);
            QCOMPARE(client.reply().status, 200);
            times.push_back(
                std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
        }
        std::sort(times.begin(), times.end());
        qInfo("round trip: median %.3f ms, 99 %% %.3f ms", times[1000], times[1980]);
        QVERIFY(times[1000] < 20); // no answer waits for a delayed acknowledgement (40 ms)
    }
};

QTEST_APPLESS_MAIN(HttpServerTest)
#include "tst_http_server.moc"
