// LangSmith, Langfuse, OpenAI Agents, Zipkin and aitracer as requests: what is taken, what is refused, and
// the bodies of the answers.

#include "tests/support/feed.h"
#include "tests/support/live_request.h"
#include "tests/support/merged_spans.h"

#include <QtTest>

#include <nlohmann/json.hpp>

using namespace clew;
using namespace clew::live;
using namespace clew::test;

namespace {

const std::string kRunId = "0c000000-aaaa-4bbb-8ccc-000000000001";
const std::string kOrder = "20250301T120000000000Z" + kRunId;
const std::string kNamed =
    "'id':'" + kRunId + "','trace_id':'" + kRunId + "','dotted_order':'" + kOrder + "'";
const std::string kBegun = "{" + kNamed +
                           ",'name':'answer','run_type':'chain','start_time':'2025-03-01T12:00:00.000Z',"
                           "'inputs':{'q':'hi'}}";
const std::string kEnded = "{" + kNamed + ",'end_time':'2025-03-01T12:00:01.000Z','outputs':{'a':'ho'}}";
const std::string kIngested = "202 application/json {'message':'Runs ingested'}";
const std::string kBoundary = "b-1";

std::string part(const std::string& name, const std::string& bytes,
                 const std::string& type = "application/json") {
    return "--" + kBoundary + "\r\nContent-Disposition: form-data; name=\"" + name +
           "\"\r\nContent-Type: " + type + "\r\n\r\n" + quoted(bytes) + "\r\n";
}

Request multipart(const std::string& parts) {
    Request out = live_request("/runs/multipart", parts + "--" + kBoundary + "--\r\n", "multipart/form-data");
    out.boundary = kBoundary;
    return out;
}

Request json(std::string path, std::string body, std::string method = "POST") {
    return live_request(std::move(path), quoted(std::move(body)), "application/json", std::move(method));
}

std::string fixture(const char* path) {
    return read_fixture(std::string(CLEW_TEST_DATA "/") + path);
}

bool says(const std::string& text, const std::string& what) {
    return text.find(what) != std::string::npos;
}

} // namespace

class LiveEndpointsTest : public QObject {
    Q_OBJECT

private slots:
    void langsmithAnswersWhatItsClientAsks() {
        for (const char* path : {"/info", "/api/v1/info", "/info/"}) {
            const Taken taken = take(live_get(path));
            QCOMPARE(taken.endpoint, std::string("langsmith"));
            QCOMPARE(taken.reply.status, 200);
            const auto info = nlohmann::json::parse(taken.reply.body);
            QCOMPARE(info["batch_ingest_config"]["use_multipart_endpoint"].get<bool>(), true);
            QCOMPARE(info["instance_flags"]["zstd_compression_enabled"].get<bool>(), false);
        }
        for (const char* path : {"/sessions", "/settings", "/commits/a/b/latest", "/runs/x", "/datasets"}) {
            const Taken taken = take(live_get(path));
            QCOMPARE(taken.endpoint, std::string("langsmith"));
            QCOMPARE(taken.reply.status, 404);
            QVERIFY(says(taken.reply.body, "\"detail\""));
        }
        QCOMPARE(take(json("/datasets", "{}")).reply.status, 404);
    }

    void langsmithRunByRun() {
        Endpoints endpoints;
        QCOMPARE(words(endpoints.take(json("/runs", kBegun)).reply), kIngested);
        const Taken taken =
            endpoints.take(json("/runs/" + kRunId, "{'end_time':'2025-03-01T12:00:01.000Z'}", "PATCH"));
        QCOMPARE(words(taken.reply), kIngested);
        QCOMPARE(taken.source, std::string("LangSmith / langsmith"));
        QCOMPARE(taken.sink.spans.size(), std::size_t{1});
        QCOMPARE(taken.sink.spans[0].name, std::string("answer"));
        QVERIFY(taken.sink.spans[0].end != kNoTime);
    }

    void langsmithPatchBeforePost() {
        Endpoints endpoints;
        QCOMPARE(words(endpoints.take(json("/runs/batch", "{'post':[],'patch':[" + kEnded + "]}")).reply),
                 kIngested);
        const Taken taken = endpoints.take(json("/runs/batch", "{'post':[" + kBegun + "]}"));
        QCOMPARE(words(taken.reply), kIngested);
        QCOMPARE(taken.sink.spans.size(), std::size_t{1});
        QVERIFY(taken.sink.spans[0].end != kNoTime);
        QVERIFY(says(taken.sink.spans[0].attributes, "ho"));
    }

    void langsmithMultipart() {
        const Taken taken = take(multipart(
            part("post." + kRunId,
                 "{" + kNamed +
                     ",'name':'answer','run_type':'chain','start_time':'2025-03-01T12:00:00.000Z'}") +
            part("post." + kRunId + ".inputs", "{'q':'hi'}") + part("patch." + kRunId, kEnded) +
            part("patch." + kRunId + ".error", "") +
            part("attachment." + kRunId + ".a;b.txt", "some text", "text/plain; length=9") +
            part("feedback.f-1", "{'id':'f-1','run_id':'" + kRunId + "','trace_id':'" + kRunId +
                                     "','key':'helpful','score':1}")));
        QCOMPARE(words(taken.reply), kIngested);
        const auto spans = merged_spans(taken.sink);
        QCOMPARE(spans.size(), std::size_t{1});
        QCOMPARE(spans[0].name, std::string("answer"));
        QVERIFY(says(spans[0].attributes, "hi") && says(spans[0].attributes, "ho"));
        QVERIFY2(says(spans[0].attributes, "a;b.txt"), spans[0].attributes.c_str());
        QCOMPARE(taken.sink.logs.size(), std::size_t{1});
        QVERIFY(says(taken.sink.logs[0].event, "helpful"));
    }

    void langsmithBadMultipart_data() {
        QTest::addColumn<QByteArray>("parts");
        QTest::addColumn<QString>("why");
        const auto row = [](const char* name, const std::string& parts, const char* why) {
            QTest::newRow(name) << QByteArray::fromStdString(parts) << why;
        };
        row("no id", part("post", "{}"), "a part has no id in its name (post)");
        row("another thing", part("get.1", "{}"),
            "a part is neither a run, feedback nor an attachment (get.1)");
        row("no object", part("post.1", "[1]"), "a run is no JSON object (post.1)");
        row("feedback that is none", part("feedback.1", "7"), "feedback is no JSON object (feedback.1)");
        row("cut", "--b-1\r\nContent-Disposition: form-data; name=\"post.1\"\r\n\r\n{",
            "the last part is cut");
        row("broken run", part("post.1", "{'id':}"), "");
        row("broken member", part("post.1", "{'id':'1'}") + part("post.1.inputs", "{'a':"), "");
        row("a member that closes its run",
            part("post.1", "{'id':'1'}") + part("post.1.inputs", "1}],'patch':[{'id':'2'}"), "");
    }

    void langsmithBadMultipart() {
        QFETCH(QByteArray, parts);
        QFETCH(QString, why);
        Request request = multipart(parts.toStdString());
        if (why.contains("cut")) request.body = live_body(parts.toStdString());
        const Taken taken = take(request);
        QVERIFY2(taken.reply.status == 400, words(taken.reply).c_str());
        QVERIFY2(says(taken.reply.body, why.toStdString()), taken.reply.body.c_str());
    }

    void langsmithRefuses() {
        for (const char* path : {"/runs", "/runs/batch", "/feedback"}) {
            for (const char* body : {"", "[]", "7", "{'id':", "{'id':'1'}}", "{'a' 'b'}"})
                QCOMPARE(take(json(path, body)).reply.status, 400);
        }
        QCOMPARE(take(json("/runs/x", "[]", "PATCH")).reply.status, 400);
        QCOMPARE(take(json("/runs/query", "{}")).reply.status, 404); // asks for runs
        for (const char* method : {"DELETE", "PUT", "POST"})
            QCOMPARE(take(json("/runs/" + kRunId, "{}", method)).reply.status, 404);
    }

    void langsmithAfterARefusalGoesOn() {
        Endpoints endpoints;
        QCOMPARE(words(endpoints.take(json("/runs", kBegun)).reply), kIngested);
        QCOMPARE(endpoints.take(json("/runs/batch", "{'post':[{'id':]}")).reply.status, 400);
        const Taken taken = endpoints.take(json("/runs/batch", "{'patch':[" + kEnded + "]}"));
        QCOMPARE(words(taken.reply), kIngested);
        QCOMPARE(taken.sink.spans.size(), std::size_t{1});
        QVERIFY(taken.sink.spans[0].end != kNoTime);
    }

    void langsmithFeedback() {
        const std::string body =
            "{'id':'f-1','run_id':'" + kRunId + "','key':'helpful','score':0.5,'comment':'so'}";
        const Taken taken = take(json("/feedback", body));
        QCOMPARE(words(taken.reply), "200 application/json " + body); // the same object
        QCOMPARE(taken.sink.logs.size(), std::size_t{1});
        QCOMPARE(taken.sink.logs[0].name, std::string("gen_ai.evaluation.result"));
    }

    void langfuseAnswersWhatItsClientAsks() {
        QCOMPARE(words(take(live_get("/api/public/health")).reply),
                 std::string("200 application/json {'status':'OK','version':'3.0.0'}"));
        QCOMPARE(take(live_get("/api/public/projects")).reply.status, 200);
        for (const char* path :
             {"/api/public/v2/prompts/p?version=1", "/api/public/datasets", "/api/public/traces/x"})
            QCOMPARE(take(live_get(path)).reply.status, 404);
        for (const char* method : {"PUT", "DELETE", "PATCH"})
            QCOMPARE(take(json("/api/public/ingestion", "{'batch':[]}", method)).reply.status, 404);
    }

    void langfuseIngestion() {
        const std::string trace = "{'id':'e-1','type':'trace-create','timestamp':'2025-03-01T12:00:00Z','"
                                  "body':{'id':'t-1','name':'answer'}}";
        const std::string call =
            "{'id':'e-2','type':'generation-create','timestamp':'2025-03-01T12:00:00Z','body':{'id':'g-1',"
            "'traceId':'t-1','name':'call','startTime':'2025-03-01T12:00:00Z','model':'m-1'}}";
        const Taken taken =
            take(json("/api/public/ingestion",
                      "{'batch':[" + trace + "," + call +
                          ",{'id':'e-3','type':'span-create','body':{'traceId':'t-1'}},"
                          "{'id':'e-4','body':{'id':'x'}},{'id':'e-5','type':'span-create'},7]}"));
        QCOMPARE(
            words(taken.reply),
            std::string(
                "207 application/json "
                "{'successes':[{'id':'e-1','status':201},{'id':'e-2','status':201}],'errors':["
                "{'id':'e-3','status':400,'message':'The body of the event has no "
                "id.','error':'InvalidRequestError'},"
                "{'id':'e-4','status':400,'message':'The event has no type.','error':'InvalidRequestError'},"
                "{'id':'e-5','status':400,'message':'The event has no body.','error':'InvalidRequestError'},"
                "{'id':'','status':400,'message':'The event has no body.','error':'InvalidRequestError'}]}"));
        QCOMPARE(taken.source, std::string("Langfuse / langfuse"));
        const auto spans = merged_spans(taken.sink);
        QCOMPARE(spans.size(), std::size_t{2});
        QVERIFY(span_named(spans, "g-1") != nullptr);
        QCOMPARE(words(take(json("/api/public/ingestion", "{'batch':[]}")).reply),
                 std::string("207 application/json {'successes':[],'errors':[]}"));
    }

    void langfuseScores() {
        // What the SDKs send: no word of it says that it is a score.
        const Taken taken = take(json(
            "/api/public/scores", "{'id':'s-1','traceId':'t-1','name':'helpful','value':1,'comment':'so'}"));
        QCOMPARE(words(taken.reply), std::string("200 application/json {'id':'s-1'}"));
        QCOMPARE(taken.sink.logs.size(), std::size_t{1});
        QVERIFY(says(taken.sink.logs[0].event, "helpful"));
        const std::string of_text =
            "{'traceId':'t-1','observationId':'g-1','name':'tone','value':'warm','dataType':'CATEGORICAL'}";
        const Taken without_id = take(json("/api/public/scores", of_text));
        QCOMPARE(without_id.reply.status, 200);
        QCOMPARE(without_id.sink.logs.size(), std::size_t{1});
        QVERIFY(says(without_id.sink.logs[0].event, "warm"));
        QCOMPARE(without_id.reply.body,
                 take(json("/api/public/scores", of_text)).reply.body); // again the same
        for (const char* body :
             {"{}", "{'name':'x','value':1}", "{'traceId':'t-1','value':1}", "[]", "", "7"})
            QCOMPARE(take(json("/api/public/scores", body)).reply.status, 400);
    }

    void langfuseRefuses() {
        for (const char* body : {"", "[]", "7", "{}", "{'batch':7}", "{'batch':[", "{'batch':[]}}"})
            QCOMPARE(take(json("/api/public/ingestion", body)).reply.status, 400);
        QCOMPARE(take(live_request("/api/public/ingestion", "{}", "text/plain")).reply.status, 415);
        QCOMPARE(take(live_request("/api/public/scores", "x", "application/x-protobuf")).reply.status, 415);
    }

    void plain_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("endpoint");
        QTest::addColumn<QString>("answer");
        QTest::newRow("agents") << "/v1/traces/ingest"
                                << "openai_agents/payload.json"
                                << "openai-agents"
                                << "204 application/json ";
        QTest::newRow("zipkin") << "/api/v2/spans"
                                << "zipkin_json/agent.json"
                                << "zipkin"
                                << "202 application/json {}";
        QTest::newRow("aitracer") << "/api/traces"
                                  << "aitracer/batch.json"
                                  << "aitracer"
                                  << "200 application/json {}";
    }

    void plain() {
        QFETCH(QString, path);
        QFETCH(QString, file);
        QFETCH(QString, endpoint);
        QFETCH(QString, answer);
        const std::string body = fixture(qPrintable(file));
        QVERIFY(!body.empty());
        const Taken taken = take(live_request(path.toStdString(), body));
        QCOMPARE(taken.endpoint, endpoint.toStdString());
        QCOMPARE(words(taken.reply), answer.toStdString());
        QVERIFY(!taken.sink.spans.empty());
        for (const char* method : {"GET", "PUT"}) {
            const Reply reply =
                take(live_request(path.toStdString(), body, "application/json", method)).reply;
            QCOMPARE(reply.status, 405);
            QCOMPARE(reply.headers.at(0).second, std::string("POST"));
        }
        QCOMPARE(take(live_request(path.toStdString(), body, "text/xml")).reply.status, 415);
        QCOMPARE(take(live_request(path.toStdString(), body, "")).reply.status, taken.reply.status);
        for (const std::string& bad :
             {std::string("hello"), std::string("{\"a\":1}"), std::string("7"),
              body.substr(0, body.size() / 2), body.substr(0, body.find_last_of("]}"))}) {
            const Taken refused = take(live_request(path.toStdString(), bad));
            QVERIFY2(refused.reply.status == 400,
                     (words(refused.reply) + " for " + bad.substr(0, 80)).c_str());
            QVERIFY(refused.reply.body.starts_with("{\"code\":3,\"message\":\""));
        }
    }

    // A client's noise is answered, and what was open of others is not lost by it.
    void anythingIsAnswered() {
        Endpoints endpoints;
        for (const char* path :
             {"/v1/traces", "/runs", "/runs/batch", "/runs/multipart", "/feedback", "/api/public/ingestion",
              "/api/public/scores", "/v1/traces/ingest", "/api/v2/spans", "/api/traces"}) {
            for (const char* body :
                 {"", "{", "}", "[", "[[[[", "null", "true", "\"", "{'a'", "{'a':{'b':[1,2", "\\u0000",
                  "{'id':null}", "{'batch':[{'type':7}]}", "{'post':{},'patch':7}", "{'post':[7,null,[]]}",
                  "[null,7,'x',{}]", "{'data':[7,{}]}"}) {
                const Taken taken = endpoints.take(json(path, body));
                QVERIFY(!taken.endpoint.empty());
                QVERIFY2(taken.reply.status >= 200 && taken.reply.status < 500, path);
                if (taken.reply.status >= 400) QVERIFY(!taken.reply.reason.empty());
            }
        }
    }
};

QTEST_GUILESS_MAIN(LiveEndpointsTest)
#include "tst_live_endpoints.moc"
