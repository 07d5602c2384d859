// What the HTTP server takes and refuses: packed bodies, sizes, and who may talk.

#include "tests/support/gzip.h"
#include "tests/support/http_fixture.h"

#include <QtTest>

#include <zstd.h>

#include <string>

using namespace clew;
using namespace clew::test;

namespace {

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

} // namespace

class HttpLimitsTest : public QObject {
    Q_OBJECT

private slots:
    void packedBodies() {
        RunningHttp on;
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
        RunningHttp on;
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
        RunningHttp on;
        const std::size_t limit = http_options().largest_body;
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
        RunningHttp on;
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
        RunningHttp on;
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
        RunningHttp on;
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
        HttpServerOptions chosen = http_options();
        chosen.gate.token = "secret";
        RunningHttp on(chosen);
        const auto reply = ask(on.port, post("/", "", "x"));
        QCOMPARE(reply.status, 401);
        QVERIFY(reply.headers.at("www-authenticate").starts_with("Bearer"));
        QCOMPARE(ask(on.port, post("/", "Authorization: Bearer secret\r\n", "x")).status, 200);
        RawClient asking(on.port); // is told before it sends
        asking.send(
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n");
        QCOMPARE(asking.reply(5000, false, true).status, 401);
    }
};

QTEST_APPLESS_MAIN(HttpLimitsTest)
#include "tst_http_limits.moc"
