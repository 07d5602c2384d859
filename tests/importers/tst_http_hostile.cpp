// The HTTP server against broken, slow and hostile clients: each gets its answer or is cut, and a normal
// request beside it is answered all the same.

#include "tests/support/gzip.h"
#include "tests/support/http_fixture.h"
#include "tests/support/sanitizer.h"

#include <QtTest>

#include <chrono>
#include <random>
#include <string>
#include <thread>

using namespace clew;
using namespace clew::test;

#define ANSWERS_AT_ONCE(on)                                                                                  \
    do {                                                                                                     \
        const double took = (on).normal_request();                                                           \
        QVERIFY2(took >= 0 && took < 1000, qPrintable(QString::number(took)));                               \
    } while (false)

class HttpHostileTest : public QObject {
    Q_OBJECT

private slots:
    void broken_data() {
        QTest::addColumn<QByteArray>("request");
        const auto row = [](const char* name, const char* request) {
            QTest::newRow(name) << QByteArray(request);
        };
        row("negative length", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\nhello");
        row("signed length", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: +5\r\n\r\nhello");
        row("no number", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: five\r\n\r\nhello");
        row("empty length", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: \r\n\r\nhello");
        row("hex length", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0x5\r\n\r\nhello");
        row("list length", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5, 5\r\n\r\nhello");
        row("huge length",
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999999\r\n\r\nx");
        row("two lengths",
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 0\r\n\r\nhello");
        row("two hosts",
            "POST / HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\nContent-Length: 5\r\n\r\nhello");
        row("no host", "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello");
        row("length and chunks", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
                                 "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        row("unknown transfer",
            "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n");
        row("chunk size", "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
                          "chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n");
        row("negative chunk", "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
                              "chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n");
        row("huge chunk", "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "fffffffffffffffff\r\nhello\r\n0\r\n\r\n");
        row("chunk without end", "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
                                 "chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n");
        row("no HTTP", "hello world how are you\r\n\r\n");
        row("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        row("TLS", "\x16\x03\x01\x02\x01\x01\x01\r\n\r\n");
        row("bad header", "POST / HTTP/1.1\r\nHost: localhost\r\nnonsense\r\nContent-Length: 5\r\n\r\nhello");
    }
    // Never a 200: a client would take it for kept.
    void broken() {
        QFETCH(QByteArray, request);
        RunningHttp on;
        RawClient client(on.port);
        client.send({request.constData(), static_cast<std::size_t>(request.size())});
        client.end_sending();
        const auto reply = client.reply(2000);
        QVERIFY2(reply.status == 0 || (reply.status >= 400 && reply.status <= 505),
                 qPrintable(QString::number(reply.status)));
        QVERIFY(client.is_closed_within(2000));
        QCOMPARE(on.handler.requests().size(), 0U);
        ANSWERS_AT_ONCE(on);
    }
    void refusalsOfTheLibraryAreReported() {
        RunningHttp on;
        RawClient client(on.port);
        client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\nhello");
        QCOMPARE(client.reply().status, 400);
        QCOMPARE(on.handler.refusal(1).status, 400);
    }
    void cutRequests() {
        HttpServerOptions chosen = http_options();
        chosen.idle = std::chrono::seconds(1);
        RunningHttp on(chosen);
        const std::string request =
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n0123456789";
        std::vector<RawClient> clients;
        for (std::size_t size = 0; size < request.size(); ++size) {
            clients.emplace_back(on.port);
            clients.back().send(request.substr(0, size));
            clients.back().end_sending();
        }
        for (RawClient& client : clients)
            QVERIFY(client.is_closed_within(5000));
        QCOMPARE(on.handler.requests().size(), 0U);
        const int status = on.handler.refusal(1).status;
        QVERIFY(status == 400 || status == 408);
        ANSWERS_AT_ONCE(on);
    }
    void clientsThatLeaveWhileTheyAreAnswered() {
        RunningHttp on;
        on.handler.answer_with = [](const live::Request& request, live::Handler::Answer answer) {
            if (request.path == "/n") return answer({});
            std::jthread([answer = std::move(answer)] {
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
                live::Reply reply;
                reply.body = std::string(1 << 20, 'x');
                answer(reply);
            }).detach();
        };
        for (int i = 0; i < 50; ++i) {
            RawClient client(on.port);
            client.send("POST /gone HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
            if (i % 2 == 0) (void)on.handler.request(static_cast<std::size_t>(i + 1));
        }
        ANSWERS_AT_ONCE(on);
        on.server.reset();
        std::this_thread::sleep_for(std::chrono::milliseconds(50)); // the last answers find nobody
    }
    void halfOpenConnections() {
        RunningHttp on;
        std::vector<RawClient> half;
        for (int i = 0; i < 400; ++i) {
            half.emplace_back(on.port);
            half.back().send(i % 2 == 0
                                 ? "POST / HTTP/1.1\r\nHost: loc"
                                 : "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nab");
        }
        ANSWERS_AT_ONCE(on);
    }
    void moreConnectionsThanAllowed() {
        HttpServerOptions chosen = http_options();
        chosen.connections = 8;
        chosen.idle = std::chrono::seconds(1);
        RunningHttp on(chosen);
        std::vector<RawClient> many;
        for (int i = 0; i < 30; ++i) {
            many.emplace_back(on.port);
            many.back().send("POST / HT");
        }
        // Those beyond wait until the idle ones are cut; nobody is lost.
        RawClient client(on.port);
        client.send("POST /n HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
        QCOMPARE(client.reply(20'000).status, 200);
    }
    void idleConnectionsAreCut() {
        HttpServerOptions chosen = http_options();
        chosen.idle = std::chrono::seconds(1);
        RunningHttp on(chosen);
        RawClient silent(on.port);
        RawClient half(on.port);
        half.send("POST /half HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nab");
        RawClient kept(on.port);
        kept.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
        QCOMPARE(kept.reply().status, 200);
        QVERIFY(silent.is_closed_within(5000));
        QVERIFY(half.is_closed_within(5000));
        QVERIFY(kept.is_closed_within(5000));
        QCOMPARE(on.handler.refusal(1).status, 408);
        QCOMPARE(on.handler.refusal(1).path, std::string("/half"));
    }
    void slowAnswersAreNotIdle() {
        HttpServerOptions chosen = http_options();
        chosen.idle = std::chrono::seconds(1);
        chosen.request = std::chrono::seconds(1);
        RunningHttp on(chosen);
        on.handler.answer_with = [&](const live::Request&, live::Handler::Answer answer) {
            on.handler.keep(std::move(answer));
        };
        RawClient client(on.port);
        client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
        const auto answer = on.handler.kept(1).at(0);
        std::this_thread::sleep_for(std::chrono::milliseconds(2500));
        answer({});
        QCOMPARE(client.reply().status, 200);
    }
    // One byte now and then is never idle; the whole request has its time.
    void drippingClientsAreCut() {
        HttpServerOptions chosen = http_options();
        chosen.request = std::chrono::seconds(1);
        RunningHttp on(chosen);
        RawClient line(on.port);
        RawClient header(on.port);
        header.send("POST / HTTP/1.1\r\nHost: localhost\r\nX: ");
        RawClient body(on.port);
        body.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n");
        const auto begin = std::chrono::steady_clock::now();
        bool open = true;
        while (open && std::chrono::steady_clock::now() - begin < std::chrono::seconds(10)) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            open = false;
            for (RawClient* client : {&line, &header, &body})
                open = client->send("x") || open;
        }
        QVERIFY(!open);
        QCOMPARE(on.handler.refusal(1).status, 408);
        ANSWERS_AT_ONCE(on);
    }
    void clientsThatDoNotRead() {
        RunningHttp on;
        on.handler.answer_with = [](const live::Request& request, live::Handler::Answer answer) {
            live::Reply reply;
            if (request.path != "/n") reply.body = std::string(8 << 20, 'x');
            answer(reply);
        };
        std::vector<RawClient> deaf;
        for (int i = 0; i < (kThreadSanitizer ? 3 : 10); ++i) {
            deaf.emplace_back(on.port);
            deaf.back().send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
        }
        ANSWERS_AT_ONCE(on);
    }
    void anySplitIntoPackets() {
        RunningHttp on;
        std::mt19937 random{11};
        std::string text;
        for (int i = 0; i < 500; ++i)
            text += std::to_string(random());
        const std::string packed = gzip(text);
        const std::string plain =
            "POST /v1/traces?a=b HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
        const std::string sized =
            plain + "Content-Encoding: gzip\r\nContent-Length: " + std::to_string(packed.size()) +
            "\r\n\r\n" + packed;
        std::string in_chunks = plain + "Transfer-Encoding: chunked\r\n\r\n";
        for (std::size_t at = 0; at < text.size(); at += 1000) {
            const std::string piece = text.substr(at, 1000);
            in_chunks += QByteArray::number(static_cast<qulonglong>(piece.size()), 16).toStdString() +
                         "\r\n" + piece + "\r\n";
        }
        in_chunks += "0\r\n\r\n";
        for (int round = 0; round < (kThreadSanitizer ? 20 : 80); ++round) {
            const std::string& request = round % 2 == 0 ? sized : in_chunks;
            RawClient client(on.port);
            const std::size_t largest = round % 3 == 0 ? 3 : 400;
            for (std::size_t at = 0; at < request.size();) {
                const std::size_t size = std::min(1 + random() % largest, request.size() - at);
                QVERIFY(client.send(std::string_view(request).substr(at, size)));
                at += size;
            }
            QCOMPARE(client.reply().status, 200);
            QVERIFY(*on.handler.request(static_cast<std::size_t>(round + 1)).body == text);
        }
    }
    void mutations() {
        HttpServerOptions chosen = http_options();
        chosen.idle = std::chrono::seconds(1);
        RunningHttp on(chosen);
        std::mt19937 random{13};
        std::vector<RawClient> clients;
        const std::string packed = gzip(std::string(3000, 'x') + "end");
        const std::vector<std::string> valid = {
            "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
            "application/x-protobuf\r\nContent-Encoding: "
            "gzip\r\nContent-Length: " +
                std::to_string(packed.size()) + "\r\n\r\n" + packed,
            "POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
            "chunked\r\n\r\n5\r\nhello\r\n3\r\nabc\r\n0\r\n\r\n",
            "GET /info?x=%41 HTTP/1.1\r\nHost: 127.0.0.1:1\r\nAuthorization: Basic QTpC\r\n\r\n",
        };
        for (int round = 0; round < (kThreadSanitizer ? 100 : 400); ++round) {
            std::string request = valid[random() % valid.size()];
            for (std::size_t i = 0, count = 1 + random() % 4; i < count; ++i) {
                const std::size_t at = random() % request.size();
                switch (random() % 4) {
                case 0: request[at] = static_cast<char>(random()); break;
                case 1: request.erase(at, 1 + random() % 5); break;
                case 2: request.insert(at, std::string(1 + random() % 3, static_cast<char>(random()))); break;
                default: request.insert(at, request.substr(random() % request.size(), random() % 40)); break;
                }
                if (request.empty()) request = "x";
            }
            clients.emplace_back(on.port);
            clients.back().send(request);
            clients.back().end_sending();
            if (clients.size() < 100) continue;
            for (RawClient& client : clients)
                QVERIFY(client.is_closed_within(5000));
            clients.clear();
        }
        ANSWERS_AT_ONCE(on);
    }
    void endsWhileClientsSend() {
        for (int round = 0; round < 5; ++round) {
            RunningHttp on;
            std::atomic<bool> stop{false};
            std::vector<std::jthread> senders;
            for (int i = 0; i < 4; ++i) {
                senders.emplace_back([&] {
                    while (!stop) {
                        RawClient client(on.port);
                        for (int n = 0; n < 20 && !stop; ++n) {
                            if (!client.send(
                                    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"))
                                break;
                            if (client.reply(1000).status == 0) break;
                        }
                    }
                });
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(30));
            on.server.reset();
            stop = true;
        }
    }
};

QTEST_APPLESS_MAIN(HttpHostileTest)
#include "tst_http_hostile.moc"
