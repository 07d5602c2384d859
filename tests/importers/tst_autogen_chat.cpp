#include "importers/registry.h"
#include "tests/support/feed.h"
#include "tests/support/span_values.h"

#include <QtTest>

#include <string>

using namespace clew;
using namespace clew::test;

namespace {

std::string fixture(const std::string& name) {
    return read_fixture(CLEW_TEST_DATA "/autogen_chat/" + name);
}

Fed read_file(const std::string& name) {
    return feed(autogen_chat_format, {{name, fixture(name)}});
}

Fed read_text(const std::string& text) {
    return feed(autogen_chat_format, {{"t.json", text}});
}

} // namespace

class TestAutogenChat : public QObject {
    Q_OBJECT
private slots:
    void readsMessages();
    void readsOldChats();
    void readsAnnotatedRuns();
    void readsOrchestratedRuns();
    void anySplitGivesTheSame_data();
    void anySplitGivesTheSame();
    void oddInput_data();
    void oddInput();
};

void TestAutogenChat::readsMessages() {
    const Fed fed = read_file("task_result.json");
    QVERIFY(fed.result.ok());
    QVERIFY(fed.sink.notes.empty());
    const std::string expected = "agent Weather in A?\n"
                                 "  generic user\n"
                                 "  llm helper\n"
                                 "  tool weather\n"
                                 "  llm critic\n"
                                 "  tool code\n";
    QCOMPARE(tree_of(fed.sink), expected);
    const CollectedSpan call = inner_span(fed, "m3");
    QCOMPARE(call.usage.input, std::optional<std::int64_t>(80));
    QCOMPARE(call.usage.output, std::optional<std::int64_t>(10));
    QCOMPARE(int(call.unexecuted_calls), 1);
    QCOMPARE(call.detail, std::string("→ weather, lost"));
    const auto answer = messages_of(call, "gen_ai.output.messages").at(0);
    QCOMPARE(answer["reasoning_content"].get<std::string>(), std::string("I should ask."));
    const CollectedSpan tool = inner_span(fed, "c1");
    QCOMPARE(tool.status, Status::error);
    QCOMPARE(tool.detail, std::string("A"));
    QCOMPARE(tool.end - tool.start, kSecond);
    QCOMPARE(words_of(inner_span(fed, "m6"), "gen_ai.input.messages"),
             std::string("tool: boom\nuser: boom\n"));
    QVERIFY((inner_span(fed, "m7").flags & kSilentFailure) != 0);
    QCOMPARE(fed.sink.logs.size(), std::size_t{2});
    const CollectedSpan root = root_span(fed);
    QCOMPARE(root.usage.input, std::optional<std::int64_t>(200));
    QCOMPARE(root.time_quality, TimeQuality::derived);
    QCOMPARE(text_of(root, "output.value"), std::string("That failed."));
    QCOMPARE(tree_of(read_file("messages.jsonl").sink), expected);
}

void TestAutogenChat::readsOldChats() {
    const Fed fed = read_file("chat_result.json");
    const std::string expected = "agent Plot it\n"
                                 "  generic user_proxy\n"
                                 "  llm assistant\n"
                                 "  tool user_proxy\n";
    QCOMPARE(tree_of(fed.sink), expected);
    QCOMPARE(root_span(fed).reported_cost, std::optional<PicoUsd>(kUsd / 4));
    QCOMPARE(root_span(fed).time_quality, TimeQuality::synthetic);
    QVERIFY((fed.sink.spans[2].flags & kSilentFailure) == 0);
}

void TestAutogenChat::readsAnnotatedRuns() {
    const Fed fed = read_file("annotated.json");
    const std::string expected = "agent How high is it?\n"
                                 "  generic Tower_Expert\n"
                                 "  tool Computer_terminal\n"
                                 "  llm Tower_Expert\n"
                                 "  llm Tower_Expert\n";
    QCOMPARE(tree_of(fed.sink), expected);
    const auto& call = fed.sink.spans[2];
    QCOMPARE(call.agent, std::string("Tower_Expert"));
    QCOMPARE(text_of(call, "gen_ai.system_instructions"), std::string("## Your role\nTowers."));
    QVERIFY((fed.sink.spans[1].flags & kSilentFailure) != 0);
    // The mistake is where it was made, the verdict on the whole.
    QCOMPARE(fed.sink.logs.size(), std::size_t{2});
    QCOMPARE(fed.sink.logs[0].span, call.id);
    QCOMPARE(fed.sink.logs[0].name, std::string("gen_ai.evaluation.result"));
    QVERIFY(fed.sink.logs[0].event.find("It guessed.") != std::string::npos);
    QCOMPARE(fed.sink.logs[1].span, root_span(fed).id);
    QCOMPARE(root_span(fed).trace_own_id, std::string("q-1"));
    QCOMPARE(text_of(root_span(fed), "autogen.ground_truth"), std::string("7 m"));
}

void TestAutogenChat::readsOrchestratedRuns() {
    const Fed fed = read_file("orchestrated.json");
    const std::string expected = "agent Find it\n"
                                 "  generic human\n"
                                 "  llm Orchestrator (thought)\n"
                                 "  llm Orchestrator (-> WebSurfer)\n"
                                 "  llm WebSurfer\n"
                                 "  tool ComputerTerminal\n";
    QCOMPARE(tree_of(fed.sink), expected);
    QCOMPARE(fed.sink.spans[1].agent, std::string("Orchestrator"));
    QCOMPARE(fed.sink.logs[0].span, fed.sink.spans[3].id);
}

void TestAutogenChat::anySplitGivesTheSame_data() {
    QTest::addColumn<QString>("name");
    for (const char* name :
         {"task_result.json", "messages.jsonl", "chat_result.json", "annotated.json", "orchestrated.json"})
        QTest::newRow(name) << QString(name);
}

void TestAutogenChat::anySplitGivesTheSame() {
    QFETCH(const QString, name);
    const std::string text = fixture(name.toStdString());
    QVERIFY(!text.empty());
    QCOMPARE(split_difference(autogen_chat_format, {{name.toStdString(), text}}), std::string{});
}

void TestAutogenChat::oddInput_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("spans");
    const auto row = [](const char* name, const char* text, int spans) {
        QTest::newRow(name) << QString(text) << spans;
    };
    row("no messages", R"({"x":1})", 0);
    row("an empty list", R"({"messages":[]})", 0);
    row("wrong types",
        R"({"history":[1,{"role":[],"content":{}},{"content":null,"role":"a"}],"mistake_step":"99999",)"
        R"("system_prompt":[],"question":7})",
        3);
    row("results without calls",
        R"([{"type":"ToolCallExecutionEvent","source":"a","content":[0,{"call_id":"x","content":"y"}]}])", 2);
    row("messages without members", R"([{"type":"TextMessage","source":"a"},{"type":7},5])", 3);
}

void TestAutogenChat::oddInput() {
    QFETCH(const QString, text);
    QFETCH(const int, spans);
    const Fed fed = read_text(text.toStdString());
    QVERIFY(fed.result.ok());
    QCOMPARE(int(stored(fed.sink).size()), spans);
    QVERIFY(spans > 0 || fed.sink.find_note("autogen_chat.no_messages") != nullptr);
}

QTEST_GUILESS_MAIN(TestAutogenChat)
#include "tst_autogen_chat.moc"
