// The HTTP server as well-behaved clients see it. Its limits: tst_http_limits; hostile clients:
// tst_http_hostile.

#include "model/base/messages.h"
#include "tests/support/http_fixture.h"
#include "tests/support/sanitizer.h"

#include <QtTest>

#include <algorithm>
#include <thread>

using namespace clew;
using namespace clew::test;

class HttpServerTest : public QObject {
    Q_OBJECT

private slots:
    void passesOnWhatCame() {
        RunningHttp on;
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
        RunningHttp on;
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
        RunningHttp on;
        ask(on.port, "GET http://localhost:4318/v1/traces?x HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QCOMPARE(on.handler.request(1).path, std::string("/v1/traces"));
    }
    void answersThatComeLater() {
        RunningHttp on;
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
        RunningHttp on;
        on.handler.answer_with = [&](const live::Request& request, live::Handler::Answer answer) {
            if (request.path == "/slow") return on.handler.keep(std::move(answer));
            answer({});
        };
        std::vector<RawClient> slow;
        for (int i = 0; i < 50; ++i) {
            slow.emplace_back(on.port);
            slow.back().send(post("/slow", "", "x"));
        }
        const auto waiting = on.handler.kept(50);
        QCOMPARE(waiting.size(), 50U);
        QCOMPARE(ask(on.port, post("/quick", "", "x")).status, 200);
        for (const auto& answer : waiting)
            answer({});
        for (auto& client : slow)
            QCOMPARE(client.reply().status, 200);
    }
    void forgottenAnswers() {
        RunningHttp on;
        on.handler.answer_with = [](const live::Request&, live::Handler::Answer) {};
        QCOMPARE(ask(on.port, post("/", "", "x")).status, 500);
    }
    void replies() {
        RunningHttp on;
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
        RunningHttp on;
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
        RunningHttp on;
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
        RunningHttp on;
        const std::string head = "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
        QCOMPARE(ask(on.port, head + "5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: x\r\n\r\n").body, got(6));
        QCOMPARE(*on.handler.request(1).body, std::string("hello!"));
        QCOMPARE(ask(on.port, head + "0\r\n\r\n").body, got(0));
    }
    void continues() {
        RunningHttp on;
        RawClient client(on.port);
        client.send(
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        QCOMPARE(client.reply(5000, false, true).status, 100);
        client.send("ab");
        QCOMPARE(client.reply().body, got(2));
    }
    void ports() {
        RunningHttp on;
        HttpServerOptions again = http_options();
        again.port = on.port;
        const auto taken = HttpServer::start(again, on.handler);
        QVERIFY(!taken.ok());
        QCOMPARE(taken.error().code, std::string_view("live.port_taken"));
        QVERIFY(sentence(taken.error()).find("127.0.0.1 port " + std::to_string(on.port)) !=
                std::string::npos);
        QVERIFY(find_message("live.cannot_listen") != nullptr);
        HttpServerOptions elsewhere = http_options();
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
        HttpServerOptions chosen = http_options();
        chosen.address = "::1";
        RecordingHandler handler;
        const auto server = HttpServer::start(chosen, handler);
        if (!server) QSKIP("no IPv6 here");
        RawClient client((*server)->port(), true);
        client.send("GET / HTTP/1.1\r\nHost: [::1]:4318\r\n\r\n");
        QCOMPARE(client.reply().status, 200);
    }
    void runningAnswersGoOutAtTheEnd() {
        RunningHttp on;
        on.handler.answer_with = [&](const live::Request&, live::Handler::Answer answer) {
            on.handler.keep(std::move(answer));
        };
        RawClient client(on.port);
        client.send(post("/", "", "x"));
        const auto answer = on.handler.kept(1).at(0);
        const std::jthread later([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
            answer({});
        });
        on.server.reset();
        QCOMPARE(client.reply().status, 200);
        QVERIFY(!RawClient(on.port).connected());
    }
    void answersAfterTheEnd() {
        HttpServerOptions chosen = http_options();
        chosen.last_answers = std::chrono::milliseconds(100);
        RunningHttp on(chosen);
        on.handler.answer_with = [&](const live::Request&, live::Handler::Answer answer) {
            on.handler.keep(std::move(answer));
        };
        RawClient client(on.port);
        client.send(post("/", "", "x"));
        const auto answer = on.handler.kept(1).at(0);
        on.server.reset();
        QCOMPARE(client.reply().status, 503);
        answer({});
    }
    void roundTrip() {
        RunningHttp on;
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
