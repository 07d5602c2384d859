// OTLP as requests: what is taken, what is refused, and the bodies of the answers.

#include "tests/support/live_request.h"

#include <QtTest>

#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>

using namespace clew;
using namespace clew::live;
using namespace clew::test;

namespace {

const std::string kTrace = "5b8efff798038103d269b633813fc60c";

std::string span_json(const std::string& trace, const std::string& id) {
    return quoted("{'traceId':'" + trace + "','spanId':'" + id +
                  "','name':'a','startTimeUnixNano':'1760000000000000000',"
                  "'endTimeUnixNano':'1760000001000000000'}");
}

std::string traces_json(const std::string& spans) {
    return quoted("{'resourceSpans':[{'resource':{'attributes':[{'key':'service.name','value':"
                  "{'stringValue':'bot'}}]},'scopeSpans':[{'spans':[") +
           spans + "]}]}]}";
}

const std::string kGood = traces_json(span_json(kTrace, "eee19b7ec3c1b174"));

std::string message(std::uint32_t field, const std::string& inner) {
    std::string out;
    protozero::pbf_writer(out).add_message(field, inner);
    return out;
}

std::string traces_protobuf(const std::vector<std::string>& ids) {
    std::string spans;
    for (const std::string& id : ids) {
        std::string span;
        protozero::pbf_writer writer(span);
        writer.add_bytes(1, "\x5b\x8e\xff\xf7\x98\x03\x81\x03\xd2\x69\xb6\x33\x81\x3f\xc6\x0c");
        writer.add_bytes(2, id);
        writer.add_string(5, "a");
        writer.add_fixed64(7, 1'760'000'000'000'000'000);
        writer.add_fixed64(8, 1'760'000'001'000'000'000);
        spans += message(2, span);
    }
    return message(1, message(2, spans));
}

// A google.rpc.Status as "code message".
std::string status_of(const std::string& body) {
    protozero::pbf_reader reader(body);
    std::string code, text;
    while (reader.next()) {
        if (reader.tag() == 1)
            code = std::to_string(reader.get_int32());
        else if (reader.tag() == 2)
            text = reader.get_string();
        else
            reader.skip();
    }
    return code + ' ' + text;
}

const char* const kProtobuf = "application/x-protobuf";

const std::string kRejected =
    "{'partialSuccess':{'rejectedSpans':'2','errorMessage':'2 spans were rejected: their ids are neither "
    "hex nor base64 of the right length.'}}";

const std::string kBad = "{'code':3,'message':'";
const std::string kOnlyPost = "{'code':12,'message':'/v1/traces takes POST only.";

} // namespace

class LiveOtlpTest : public QObject {
    Q_OBJECT

private slots:
    void paths_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("endpoint");
        for (const char* path :
             {"/v1/traces", "/v1/traces/", "/mycollector/v1/traces", "/otel/v1/traces", "/"})
            QTest::newRow(path) << path << "otlp-http";
        QTest::newRow("langfuse") << "/api/public/otel/v1/traces"
                                  << "langfuse-otlp";
        for (const char* path : {"/v1/trace", "/v1development/profiles", "/v1", ""})
            QTest::newRow(*path == 0 ? "none" : path) << path << "";
    }

    void paths() {
        QFETCH(QString, path);
        QFETCH(QString, endpoint);
        const Taken taken = take(live_request(path.toStdString(), kGood));
        QCOMPARE(QString::fromStdString(taken.endpoint), endpoint);
        if (endpoint.isEmpty()) return;
        QCOMPARE(words(taken.reply), std::string("200 application/json {}"));
        QCOMPARE(taken.sink.spans.size(), std::size_t{1});
        QCOMPARE(taken.sink.spans[0].service_name, std::string("bot"));
    }

    void grpc() {
        Request request = live_request("/v1/traces", traces_protobuf({"12345678"}), kProtobuf);
        request.transport = Transport::grpc;
        const Taken taken = take(request);
        QCOMPARE(taken.endpoint, std::string("otlp-grpc"));
        QCOMPARE(taken.sink.spans.size(), std::size_t{1});
        QCOMPARE(taken.source, std::string("OTLP over gRPC / otlp-protobuf"));
    }

    void contentTypes_data() {
        QTest::addColumn<QString>("type");
        QTest::addColumn<bool>("protobuf");
        QTest::addColumn<int>("status");
        QTest::newRow("json") << "application/json" << false << 200;
        QTest::newRow("protobuf") << "application/x-protobuf" << true << 200;
        QTest::newRow("protobuf by another name") << "application/protobuf" << true << 200;
        QTest::newRow("json, not stated") << "" << false << 200;
        QTest::newRow("protobuf, not stated") << "" << true << 200;
        QTest::newRow("text") << "text/plain" << false << 415;
        QTest::newRow("form") << "application/x-www-form-urlencoded" << true << 415;
        QTest::newRow("protobuf called json") << "application/json" << true << 400;
        QTest::newRow("json called protobuf") << "application/x-protobuf" << false << 400;
    }

    void contentTypes() {
        QFETCH(QString, type);
        QFETCH(bool, protobuf);
        QFETCH(int, status);
        const std::string body = protobuf ? traces_protobuf({"12345678"}) : kGood;
        const Taken taken = take(live_request("/v1/traces", body, type.toStdString()));
        QCOMPARE(taken.reply.status, status);
        if (status == 200) {
            QCOMPARE(taken.sink.spans.size(), std::size_t{1});
            QCOMPARE(words(taken.reply),
                     protobuf ? "200 application/x-protobuf " : std::string("200 application/json {}"));
            QCOMPARE(taken.source,
                     protobuf ? "OTLP over HTTP / otlp-protobuf" : std::string("OTLP over HTTP / otlp-json"));
        } else if (type == kProtobuf) {
            QCOMPARE(taken.reply.content_type, std::string(kProtobuf));
            QVERIFY(status_of(taken.reply.body).starts_with("3 "));
        } else {
            QVERIFY(unquoted(taken.reply.body).starts_with(kBad));
            QVERIFY(!taken.reply.reason.empty());
        }
    }

    void methods() {
        for (const char* method : {"GET", "PUT", "DELETE", "PATCH", "HEAD"}) {
            const Reply reply = take(live_request("/v1/traces", {}, "application/json", method)).reply;
            QCOMPARE(reply.status, 405);
            QVERIFY(reply.headers == (std::vector<std::pair<std::string, std::string>>{{"Allow", "POST"}}));
            QVERIFY(unquoted(reply.body).starts_with(kOnlyPost));
        }
        // Whoever looks at the address with a browser is not told of POST.
        QCOMPARE(take(live_get("/")).endpoint, std::string());
    }

    void nothingToExport() {
        for (const char* path : {"/v1/traces", "/v1/logs", "/v1/metrics"}) {
            for (const char* body : {"", "{}", " \n", "{'resourceSpans':[]}"})
                QCOMPARE(words(take(live_request(path, quoted(body))).reply),
                         std::string("200 application/json {}"));
            const Taken taken = take(live_request(path, "", kProtobuf));
            QCOMPARE(words(taken.reply), std::string("200 application/x-protobuf "));
            QCOMPARE(taken.sink.notes.size(), std::size_t{0});
        }
    }

    void logsAndMetrics() {
        const std::string logs =
            quoted("{'resourceLogs':[{'scopeLogs':[{'logRecords':[{'eventName':'gen_ai.evaluation.result',"
                   "'timeUnixNano':'1760000000000000000','traceId':'" +
                   kTrace +
                   "','spanId':'eee19b7ec3c1b174','attributes':[{'key':'gen_ai.evaluation.name',"
                   "'value':{'stringValue':'kind'}}]}]}]}]}");
        const Taken taken = take(live_request("/v1/logs", logs));
        QCOMPARE(words(taken.reply), std::string("200 application/json {}"));
        QCOMPARE(taken.sink.logs.size(), std::size_t{1});
        QCOMPARE(taken.sink.logs[0].name, std::string("gen_ai.evaluation.result"));
        const Taken metrics = take(live_request(
            "/v1/metrics", quoted("{'resourceMetrics':[{'scopeMetrics':[{'metrics':[{'name':'x'}]}]}]}")));
        QCOMPARE(words(metrics.reply), std::string("200 application/json {}"));
        QCOMPARE(metrics.sink.spans.size(), std::size_t{0});
    }

    void broken_data() {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("type");
        const auto json = [](const char* name, const std::string& body) {
            QTest::newRow(name) << QByteArray::fromStdString(quoted(body)) << "application/json";
        };
        json("no object", "[1]");
        json("a number", "7");
        json("text", "hello");
        json("cut", kGood.substr(0, kGood.size() / 2));
        json("cut before its end", kGood.substr(0, kGood.size() - 1));
        json("no list", "{'resourceSpans':{'scopeSpans':[]}}");
        json("no list of logs", "{'resourceLogs':7}");
        json("closed twice", kGood + "}");
        json("a second document, cut", kGood + "{");
        json("no colon", "{'resourceSpans'[]}");
        const std::string good = traces_protobuf({"12345678"});
        for (const std::size_t size : {std::size_t{1}, std::size_t{3}, good.size() / 2, good.size() - 1})
            QTest::addRow("protobuf of %d bytes", static_cast<int>(size))
                << QByteArray::fromStdString(good.substr(0, size)) << kProtobuf;
        QTest::newRow("protobuf of zeros") << QByteArray(64, '\0') << kProtobuf;
        QTest::newRow("protobuf of ones") << QByteArray(64, '\xff') << kProtobuf;
        QTest::newRow("protobuf with a length beyond all bounds")
            << QByteArray("\x0a\xff\xff\xff\xff\x0f", 6) << kProtobuf;
    }

    void broken() {
        QFETCH(QByteArray, body);
        QFETCH(QString, type);
        const Taken taken = take(live_request("/v1/traces", body.toStdString(), type.toStdString()));
        QCOMPARE(taken.reply.status, 400);
        if (type == kProtobuf)
            QVERIFY2(status_of(taken.reply.body).starts_with("3 "), status_of(taken.reply.body).c_str());
        else
            QVERIFY2(unquoted(taken.reply.body).starts_with(kBad), taken.reply.body.c_str());
    }

    // Whatever a body is cut to: refused, or what it says is complete.
    void cutAnywhere() {
        for (std::size_t size = 1; size < kGood.size(); ++size)
            QCOMPARE(take(live_request("/v1/traces", kGood.substr(0, size))).reply.status, 400);
        const std::string protobuf = traces_protobuf({"12345678", "22345678"});
        for (std::size_t size = 1; size < protobuf.size(); ++size)
            QCOMPARE(take(live_request("/v1/traces", protobuf.substr(0, size), kProtobuf)).reply.status, 400);
    }

    void partialSuccess() {
        const std::string mixed =
            traces_json(span_json(kTrace, "eee19b7ec3c1b174") + ',' + span_json("xyz", "eee19b7ec3c1b175") +
                        ',' + span_json(kTrace, "0000000000000000"));
        const Taken taken = take(live_request("/v1/traces", mixed));
        QCOMPARE(taken.sink.spans.size(), std::size_t{1});
        QCOMPARE(taken.reply.status, 200);
        QVERIFY2(unquoted(taken.reply.body) == kRejected, taken.reply.body.c_str());
        QVERIFY(taken.sink.find_note("live.bad_ids") != nullptr);
    }

    void partialSuccessInProtobuf() {
        const Taken taken = take(live_request("/v1/traces", traces_protobuf({"12345678", "123"}), kProtobuf));
        QCOMPARE(taken.sink.spans.size(), std::size_t{1});
        QCOMPARE(taken.reply.status, 200);
        QCOMPARE(taken.reply.content_type, std::string(kProtobuf));
        protozero::pbf_reader response(taken.reply.body);
        QVERIFY(response.next(1));
        QVERIFY(status_of(response.get_message().data().to_string()).starts_with("1 1 spans were rejected"));
    }

    void wrongTypesInside() {
        for (const char* body :
             {"{'resourceSpans':[7]}", "{'resourceSpans':[{'scopeSpans':7}]}", "{'resourceSpans':[null]}",
              "{'resourceSpans':[{'scopeSpans':[{'spans':[[]]}]}]}",
              "{'resourceSpans':[{'scopeSpans':[{'spans':[{'traceId':7}]}]}]}"}) {
            const Taken taken = take(live_request("/v1/traces", quoted(body)));
            QVERIFY2(taken.reply.status == 200 || taken.reply.status == 400, body);
            QCOMPARE(taken.sink.spans.size(), std::size_t{0});
        }
    }
};

QTEST_GUILESS_MAIN(LiveOtlpTest)
#include "tst_live_otlp.moc"
