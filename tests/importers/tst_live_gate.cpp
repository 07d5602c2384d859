// Who may talk to the live endpoints, what refusals look like, and how clients are called.

#include "importers/live/exchange.h"
#include "importers/live/gate.h"

#include <QtTest>

using namespace clew;
using namespace clew::live;

namespace {

using Headers = std::map<std::string, std::string, std::less<>>;

int status(const GateRules& rules, const Headers& headers) {
    const auto bar = barred(rules, headers);
    return bar ? bar->status : 200;
}

} // namespace

class LiveGateTest : public QObject {
    Q_OBJECT

private slots:
    void hosts_data() {
        QTest::addColumn<QString>("host");
        QTest::addColumn<bool>("passes");
        for (const char* host : {"localhost", "LOCALHOST:4318", "localhost.", "localhost:", "127.0.0.1",
                                 "127.0.0.1:80", "127.255.3.4", "[::1]", "[::1]:4318", "[0:0:0:0:0:0:0:1]"})
            QTest::newRow(host) << host << true;
        for (const char* host : {"",
                                 "evil.example",
                                 "localhost.evil.example",
                                 "127.0.0.1.evil.example",
                                 "128.0.0.1",
                                 "0.0.0.0",
                                 "127.1",
                                 "2130706433",
                                 "0x7f.0.0.1",
                                 "[::]",
                                 "[::1",
                                 "[::1]x",
                                 "[::1]:x",
                                 "::1",
                                 "localhost:80:80",
                                 "localhost:x",
                                 "localhost@evil.example",
                                 "evil.example:80@localhost",
                                 "localhost/",
                                 "[::ffff:10.0.0.1]",
                                 "10.0.0.1"})
            QTest::newRow(qPrintable("not " + QString(host))) << host << false;
    }
    void hosts() {
        QFETCH(QString, host);
        QFETCH(bool, passes);
        QCOMPARE(status({}, {{"host", host.toStdString()}}), passes ? 200 : 421);
        QCOMPARE(status({true, "t"}, {{"host", host.toStdString()}, {"x-api-key", "t"}}), 200);
    }
    void hostMayBeMissing() { QCOMPARE(status({}, {}), 200); }
    void origins_data() {
        QTest::addColumn<QString>("origin");
        QTest::addColumn<bool>("local");
        for (const char* origin :
             {"http://localhost", "https://localhost:3000", "HTTP://127.0.0.1:5173", "http://[::1]:80"})
            QTest::newRow(origin) << origin << true;
        for (const char* origin :
             {"https://evil.example", "http://localhost.evil.example", "localhost", "//localhost", "http://",
              "", "file://", "http://localhost, https://evil.example",
              "http://evil.example#http://localhost"})
            QTest::newRow(qPrintable("not " + QString(origin))) << origin << false;
    }
    void origins() {
        QFETCH(QString, origin);
        QFETCH(bool, local);
        QCOMPARE(is_local_origin(origin.toStdString()), local);
        QCOMPARE(status({}, {{"host", "localhost"}, {"origin", origin.toStdString()}}), local ? 200 : 403);
        const Headers with_token = {{"host", "x"}, {"origin", origin.toStdString()}, {"x-api-key", "t"}};
        QCOMPARE(status({false, "t"}, with_token), local ? 200 : 403);
    }
    void nullOriginSendsButIsNotLocal() {
        QCOMPARE(status({}, {{"origin", "null"}}), 200);
        QVERIFY(!is_local_origin("null"));
    }
    void tokens_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        QTest::addColumn<bool>("passes");
        const auto basic = [](const char* pair) { return "Basic " + QByteArray(pair).toBase64(); };
        QTest::newRow("none") << "x"
                              << "s3cret" << false;
        QTest::newRow("bearer") << "authorization"
                                << "Bearer s3cret" << true;
        QTest::newRow("bearer, small, spaces") << "authorization"
                                               << " bearer   s3cret " << true;
        QTest::newRow("bearer wrong") << "authorization"
                                      << "Bearer s3creT" << false;
        QTest::newRow("bearer twice as long") << "authorization"
                                              << "Bearer s3crets3cret" << false;
        QTest::newRow("bearer begins so") << "authorization"
                                          << "Bearer s3cre" << false;
        QTest::newRow("bearer empty") << "authorization"
                                      << "Bearer " << false;
        QTest::newRow("bare") << "authorization"
                              << "s3cret" << false;
        QTest::newRow("key") << "x-api-key"
                             << "s3cret" << true;
        QTest::newRow("key wrong") << "x-api-key"
                                   << "" << false;
        QTest::newRow("user") << "authorization" << QString(basic("s3cret:x")) << true;
        QTest::newRow("password") << "authorization" << QString(basic("pk-1:s3cret")) << true;
        QTest::newRow("unpadded") << "authorization" << QString(basic("pk:s3cret")).remove('=') << true;
        QTest::newRow("pair wrong") << "authorization" << QString(basic("pk:x")) << false;
        QTest::newRow("no pair") << "authorization" << QString(basic("s3cret")) << false;
        QTest::newRow("no base64") << "authorization"
                                   << "Basic !!!!" << false;
    }
    void tokens() {
        QFETCH(QString, name);
        QFETCH(QString, value);
        QFETCH(bool, passes);
        const Headers headers = {{"host", "localhost"}, {name.toStdString(), value.toStdString()}};
        QCOMPARE(status({true, "s3cret"}, headers), passes ? 200 : 401);
        QCOMPARE(status({false, "s3cret"}, headers), passes ? 200 : 401);
        QCOMPARE(status({true, ""}, headers), 200);
        QCOMPARE(status({false, ""}, headers), 401); // open to all is no rule
    }
    void preflights() {
        Request request;
        request.method = "OPTIONS";
        request.headers = {{"host", "localhost"}, {"origin", "http://localhost:1"}};
        QVERIFY(!is_preflight(request));
        request.headers["access-control-request-method"] = "POST";
        QVERIFY(is_preflight(request));
        QVERIFY(!barred_preflight({true, "token"}, request.headers));
        request.headers["origin"] = "https://evil.example";
        QCOMPARE(barred_preflight({true, "token"}, request.headers)->status, 403);
    }
    void clientNames() {
        QCOMPARE(client_name({}), std::string("unknown client"));
        QCOMPARE(client_name({{"user-agent", "OTel-OTLP-Exporter-Python/1.27.0"}}),
                 std::string("OTel-OTLP-Exporter-Python 1.27.0"));
        QCOMPARE(client_name({{"user-agent", "grpc-python/1.66.1 grpc-c/43.0.0 (linux; chttp2)"}}),
                 std::string("grpc-python 1.66.1"));
        QCOMPARE(client_name({{"user-agent", "curl"}}), std::string("curl"));
        QCOMPARE(client_name({{"user-agent", "  "}}), std::string("unknown client"));
        QCOMPARE(client_name({{"user-agent", "x/1"},
                              {"x-langfuse-sdk-name", "python"},
                              {"x-langfuse-sdk-version", "3.2"}}),
                 std::string("langfuse-python 3.2"));
        QCOMPARE(client_name({{"user-agent", "Mozilla/5.0 (X11)"}, {"origin", "http://localhost:3000"}}),
                 std::string("web page of http://localhost:3000"));
        const auto odd = client_name({{"user-agent", std::string(300, 'x') + "\x01\xff"}});
        QCOMPARE(odd.size(), 80U);
        QCOMPARE(client_name({{"user-agent", "a\x1b[31m\xff/1"}}), std::string("a?[31m? 1"));
    }
    void errorsInTheClientsEncoding() {
        Request request;
        const Reply json = error_reply(request, 400, "“a” is \xff bad.");
        QCOMPARE(json.status, 400);
        QCOMPARE(json.content_type, std::string("application/json"));
        const auto parsed = QJsonDocument::fromJson(QByteArray::fromStdString(json.body)).object();
        QCOMPARE(parsed["code"].toInt(), 3);
        QVERIFY(parsed["message"].toString().startsWith(QStringLiteral("“a” is ")));
        QCOMPARE(parsed["detail"], parsed["message"]);
        request.content_type = "application/x-protobuf";
        const Reply protobuf = error_reply(request, 503, "wait");
        QCOMPARE(protobuf.content_type, request.content_type);
        QCOMPARE(protobuf.body, std::string("\x08\x0e\x12\x04wait"));
    }
};

QTEST_APPLESS_MAIN(LiveGateTest)
#include "tst_live_gate.moc"
