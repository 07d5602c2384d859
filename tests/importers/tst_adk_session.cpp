#include "importers/registry.h"
#include "tests/support/feed.h"
#include "tests/support/span_values.h"

#include <QtTest>

#include <string>

using namespace clew;
using namespace clew::test;

namespace {

constexpr TimeNs kStart = 1'770'112'800 * kSecond;

Fed read_file(const std::string& name) {
    return feed(adk_session_format, {{name, read_fixture(CLEW_TEST_DATA "/adk_session/" + name)}});
}

Fed read_text(const std::string& text) {
    return feed(adk_session_format, {{"t.json", text}});
}

} // namespace

class TestAdkSession : public QObject {
    Q_OBJECT
private slots:
    void readsASession();
    void readsTheFirstVersion();
    void readsEventsAlone();
    void anySplitGivesTheSame_data();
    void anySplitGivesTheSame();
    void aGrownSessionKeepsItsIds();
    void oddInput_data();
    void oddInput();
};

void TestAdkSession::readsASession() {
    const Fed fed = read_file("session.json");
    QVERIFY(fed.result.ok());
    const std::string expected = "agent Weather in two towns?\n"
                                 "  workflow turn\n"
                                 "    llm chat gemini-x\n"
                                 "    tool get_weather\n"
                                 "    tool get_weather\n"
                                 "    llm chat gemini-x\n"
                                 "    tool transfer_to_agent\n"
                                 "    agent poet\n"
                                 "      llm chat gemini-y\n"
                                 "  workflow turn\n"
                                 "    llm chat\n"
                                 "    llm chat\n";
    QCOMPARE(tree_of(fed.sink), expected);
    QCOMPARE(fed.sink.notes.size(), std::size_t{1});
    QVERIFY(fed.sink.find_note("adk_session.partial") != nullptr);

    const CollectedSpan call = inner_span(fed, "ev2");
    QCOMPARE(call.usage.input, std::optional<std::int64_t>(100));
    QCOMPARE(call.usage.cache_read, std::optional<std::int64_t>(40));
    QCOMPARE(call.usage.output, std::optional<std::int64_t>(25));
    QCOMPARE(call.usage.reasoning, std::optional<std::int64_t>(5));
    QCOMPARE(call.start, kStart);
    QCOMPARE(call.end, kStart + 2 * kSecond);
    QCOMPARE(call.agent, std::string("lead"));
    QCOMPARE(call.session, std::string("sess-1"));
    QCOMPARE(call.user, std::string("user-7"));
    QCOMPARE(call.detail, std::string("→ get_weather, get_weather"));
    QCOMPARE(messages_of(call, "gen_ai.input.messages")[0]["parts"][0]["text"].get<std::string>(),
             std::string("Weather in two towns?"));
    QCOMPARE(messages_of(call, "gen_ai.output.messages")[0]["parts"].size(), std::size_t{3});

    const CollectedSpan sunny = inner_span(fed, "adk-1");
    QCOMPARE(sunny.start, kStart + 2 * kSecond);
    QCOMPARE(sunny.end, kStart + 3 * kSecond);
    QCOMPARE(sunny.time_quality, TimeQuality::exact);
    QCOMPARE(sunny.detail, std::string("A"));
    QVERIFY((sunny.flags & kSilentFailure) == 0);
    QVERIFY((inner_span(fed, "adk-2").flags & kSilentFailure) != 0);
    QVERIFY((fed.sink.find("poet")->flags & kSubagent) != 0);

    const CollectedSpan failed = inner_span(fed, "ev9");
    QCOMPARE(failed.status, Status::error);
    QCOMPARE(failed.status_message, std::string("quota"));
    QCOMPARE(int(inner_span(fed, "ev11").unexecuted_calls), 1);
    QCOMPARE(fed.sink.logs.size(), std::size_t{1});
    QCOMPARE(fed.sink.logs[0].time, kStart + 12 * kSecond);

    const CollectedSpan turn = inner_span(fed, "e-1");
    QCOMPARE(turn.end, kStart + 7 * kSecond);
    QCOMPARE(text_of(turn, "output.value"), std::string("Sunny in A."));
    const CollectedSpan root = root_span(fed);
    QCOMPARE(root.agent, std::string("lead"));
    QCOMPARE(root.trace_own_id, std::string("sess-1"));
    QCOMPARE(root.end, kStart + 13 * kSecond);
    QCOMPARE(value_of(root, "adk.state")["colour"].get<std::string>(), std::string("blue"));
}

void TestAdkSession::readsTheFirstVersion() {
    const Fed fed = read_file("first.session.json");
    QVERIFY(fed.sink.notes.empty());
    const CollectedSpan call = inner_span(fed, "o2");
    QCOMPARE(call.model, std::string("gemini-r-1"));
    QCOMPARE(call.request_model, std::string("gemini-r"));
    QCOMPARE(call.usage.input, std::optional<std::int64_t>(30));
    QCOMPARE(text_of(call, "gen_ai.system_instructions"), std::string("Be root."));
    QCOMPARE(int(call.unexecuted_calls), 0);
    const CollectedSpan tool = *fed.sink.find("f");
    QCOMPARE(tool.end - tool.start, kSecond / 2);
    QCOMPARE(text_of(tool, "gen_ai.tool.call.result"), std::string("{}"));
}

void TestAdkSession::readsEventsAlone() {
    const Fed lines = read_file("events.jsonl");
    QCOMPARE(tree_of(lines.sink), tree_of(read_file("session.json").sink));
    QCOMPARE(root_span(lines).trace_own_id, std::string("e-1"));
    const Fed fed = read_file("no_times.json");
    QVERIFY(fed.sink.find_note("times.synthetic") != nullptr);
    QCOMPARE(root_span(fed).time_quality, TimeQuality::synthetic);
    QVERIFY(inner_span(fed, "adk-1").end > inner_span(fed, "adk-1").start);
}

void TestAdkSession::anySplitGivesTheSame_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"session.json", "first.session.json", "events.jsonl", "no_times.json"})
        QTest::newRow(name) << QString(name);
}

void TestAdkSession::anySplitGivesTheSame() {
    QFETCH(const QString, name);
    const std::string text = read_fixture(CLEW_TEST_DATA "/adk_session/" + name.toStdString());
    QVERIFY(!text.empty());
    QCOMPARE(split_difference(adk_session_format, {{name.toStdString(), text}}), std::string{});
}

void TestAdkSession::aGrownSessionKeepsItsIds() {
    const std::string text = read_fixture(CLEW_TEST_DATA "/adk_session/session.json");
    const Fed part = read_text(text.substr(0, text.find("\"e-2\"")));
    QVERIFY(part.sink.find_note("json.cut_document") != nullptr);
    const Fed whole = feed(adk_session_format, {{"other.json", text}});
    QVERIFY(part.sink.spans.size() > 5);
    for (const auto& span : part.sink.spans)
        QVERIFY(whole.sink.find(span.id) != nullptr);
}

void TestAdkSession::oddInput_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("spans");
    const auto row = [](const char* name, const char* text, int spans) {
        QTest::newRow(name) << QString(text) << spans;
    };
    row("no event", R"({"id":"x"})", 0);
    row("no events", R"({"id":"x","appName":"a","userId":"u","events":[]})", 1);
    row("wrong types",
        R"({"id":7,"events":[1,{"author":"user"},{"author":"a","content":{"parts":[0,{"functionCall":3},)"
        R"({"functionCall":{}}],"role":"model"},"usageMetadata":[],"timestamp":{}}],"event_logs":[0,{"event_id":"x"}]})",
        3);
    row("a response without its call",
        R"([{"author":"user","invocationId":"i","content":{"parts":[{"functionResponse":{"name":"f"}}]}}])",
        2);
    row("no invocation",
        R"([{"author":"user","content":{"parts":[{"text":"a"}]}},{"author":"user","content":{"parts":[{"text":"b"}]}}])",
        3);
}

void TestAdkSession::oddInput() {
    QFETCH(const QString, text);
    QFETCH(const int, spans);
    const Fed fed = read_text(text.toStdString());
    QVERIFY(fed.result.ok());
    QCOMPARE(int(stored(fed.sink).size()), spans);
    QVERIFY(spans > 0 || fed.sink.find_note("adk_session.no_event") != nullptr);
}

QTEST_GUILESS_MAIN(TestAdkSession)
#include "tst_adk_session.moc"
