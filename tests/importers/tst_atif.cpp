#include "importers/registry.h"
#include "tests/support/feed.h"
#include "tests/support/span_values.h"

#include <QtTest>

#include <string>

using namespace clew;
using namespace clew::test;

namespace {

Fed read_file(const std::string& name) {
    return feed(atif_format, {{name, read_fixture(CLEW_TEST_DATA "/atif/" + name)}});
}

Fed read_text(const std::string& text) {
    return feed(atif_format, {{"t.json", text}});
}

CollectedSpan own(const Fed& fed, std::string_view id) {
    for (const auto& span : fed.sink.spans)
        if (span.own_id == id) return span;
    return {};
}

TimeNs at(int seconds) {
    return parse_iso8601("2026-02-03T10:00:00Z").value_or(0) + seconds * kSecond;
}

} // namespace

class TestAtif : public QObject {
    Q_OBJECT
private slots:
    void readsATrajectory();
    void readsSubagents();
    void laysOutWhatHasNoTimes();
    void anySplitGivesTheSame_data();
    void anySplitGivesTheSame();
    void aGrownFileKeepsItsIds();
    void oddInput_data();
    void oddInput();
};

void TestAtif::readsATrajectory() {
    const Fed fed = read_file("trajectory.json");
    QVERIFY(fed.result.ok());
    const std::string expected = "agent Fix the greeting.\n"
                                 "  workflow turn\n"
                                 "    llm chat vendor/m-small\n"
                                 "    tool bash\n"
                                 "    tool bash\n"
                                 "    llm chat vendor/m-large\n"
                                 "    tool submit\n"
                                 "    llm chat vendor/m-large\n"
                                 "    generic observation\n"
                                 "  workflow turn\n";
    QCOMPARE(tree_of(fed.sink), expected);
    QCOMPARE(fed.sink.notes.size(), std::size_t{1});
    QVERIFY(fed.sink.find_note("atif.token_ids") != nullptr);

    const CollectedSpan call = own(fed, "3");
    QCOMPARE(call.usage.input, std::optional<std::int64_t>(200));
    QCOMPARE(call.usage.cache_read, std::optional<std::int64_t>(50));
    QCOMPARE(call.usage.cache_write, std::optional<std::int64_t>(11));
    QCOMPARE(call.usage.output, std::optional<std::int64_t>(30));
    QCOMPARE(call.usage.reasoning, std::optional<std::int64_t>(7));
    QCOMPARE(call.reported_cost, std::optional<PicoUsd>(kUsd / 4));
    QCOMPARE(call.start, at(1));
    QCOMPARE(call.end, at(4));
    QCOMPARE(call.agent, std::string("terminator"));
    QCOMPARE(call.session, std::string("sess-1"));
    QCOMPARE(int(call.unexecuted_calls), 1);
    QCOMPARE(words_of(call, "gen_ai.input.messages"),
             std::string("system: You use a terminal.\nuser: Fix the greeting.\n"));
    const auto answer = messages_of(call, "gen_ai.output.messages").at(0);
    QCOMPARE(answer["reasoning_content"].get<std::string>(), std::string("Where?"));
    QCOMPARE(answer["tool_calls"].size(), std::size_t{3});
    QCOMPARE(text_of(call, "atif.reasoning_effort"), std::string("low"));

    QCOMPARE(own(fed, "c1").detail, std::string("ls"));
    QCOMPARE(own(fed, "c1").start, at(4));
    const CollectedSpan failed = own(fed, "c2");
    QCOMPARE(failed.status, Status::error);
    QVERIFY((failed.flags & kToolError) != 0);
    QVERIFY((own(fed, "c4").flags & kSilentFailure) != 0);
    QCOMPARE(own(fed, "4").detail, std::string("→ submit"));
    QCOMPARE(value_of(own(fed, "5"), "atif.extra")["note"].get<std::string>(), std::string("last"));

    const CollectedSpan root = root_span(fed);
    QCOMPARE(root.trace_own_id, std::string("sess-1"));
    QCOMPARE(root.usage.input, std::optional<std::int64_t>(900));
    QCOMPARE(root.reported_cost, std::optional<PicoUsd>(kUsd * 3 / 4));
    QVERIFY((root.flags & kAggregateUsage) != 0);
    QCOMPARE(root.start, at(1));
    QCOMPARE(root.end, at(9));
    QCOMPARE(text_of(root, "atif.notes"), std::string("A note"));
}

void TestAtif::readsSubagents() {
    const Fed fed = read_file("subagents.json");
    const std::string expected = "agent Delegate it\n"
                                 "  workflow turn\n"
                                 "    llm chat m-large\n"
                                 "    tool delegate\n"
                                 "      agent Look it up\n"
                                 "        workflow turn\n"
                                 "          llm chat m-small\n"
                                 "    generic step\n"
                                 "    generic observation\n"
                                 "  agent lost\n";
    QCOMPARE(tree_of(fed.sink), expected);
    const CollectedSpan sub = own(fed, "traj-sub");
    QVERIFY((sub.flags & kSubagent) != 0);
    QCOMPARE(sub.start, at(3));
    QCOMPARE(sub.end, at(5));
    QVERIFY((sub.flags & kAggregateUsage) != 0);
    QCOMPARE(sub.agent, std::string("helper"));
    const CollectedSpan tool = own(fed, "d1");
    QCOMPARE(tool.start, at(2));
    QCOMPARE(tool.end, at(6));
    QCOMPARE(tool.time_quality, TimeQuality::exact);
    const CollectedSpan call = *fed.sink.find("chat m-large");
    QCOMPARE(call.start, at(1) + kSecond / 2);
    QVERIFY(text_of(call, "gen_ai.tool.definitions").find("delegate") != std::string::npos);
    // What was copied is told to the model again, and is no call of this run.
    QVERIFY(words_of(call, "gen_ai.input.messages").find("assistant: earlier answer") != std::string::npos);
}

void TestAtif::laysOutWhatHasNoTimes() {
    const Fed fed = read_file("no_times.json");
    QVERIFY(fed.sink.find_note("times.synthetic") != nullptr);
    const CollectedSpan root = root_span(fed);
    QCOMPARE(root.time_quality, TimeQuality::synthetic);
    QCOMPARE(root.usage.input, std::optional<std::int64_t>(5));
    QCOMPARE(root.reported_cost, std::optional<PicoUsd>(kUsd / 2));
    const CollectedSpan tool = own(fed, "a");
    QCOMPARE(tool.time_quality, TimeQuality::synthetic);
    QVERIFY(tool.start >= own(fed, "2").end);
    QVERIFY(tool.end > tool.start);
}

void TestAtif::anySplitGivesTheSame_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"trajectory.json", "subagents.json", "no_times.json"})
        QTest::newRow(name) << QString(name);
}

void TestAtif::anySplitGivesTheSame() {
    QFETCH(const QString, name);
    const std::string text = read_fixture(CLEW_TEST_DATA "/atif/" + name.toStdString());
    QVERIFY(!text.empty());
    QCOMPARE(split_difference(atif_format, {{name.toStdString(), text}}), std::string{});
}

void TestAtif::aGrownFileKeepsItsIds() {
    const std::string text = read_fixture(CLEW_TEST_DATA "/atif/trajectory.json");
    // A file that is still being written holds the steps so far.
    const std::size_t cut = text.find("\"step_id\": 5");
    const Fed part = read_text(text.substr(0, cut));
    QVERIFY(part.sink.find_note("json.cut_document") != nullptr);
    const Fed whole = feed(atif_format, {{"other.json", text}});
    QVERIFY(part.sink.spans.size() > 5);
    for (const auto& span : part.sink.spans)
        QVERIFY(whole.sink.find(span.id) != nullptr);
}

void TestAtif::oddInput_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("spans");
    const auto row = [](const char* name, const char* text, int spans) {
        QTest::newRow(name) << QString(text) << spans;
    };
    row("no steps", R"({"schema_version":"ATIF-v1.4"})", 0);
    row("empty", R"({"schema_version":"ATIF-v1.4","steps":[]})", 1);
    row("wrong types",
        R"({"steps":[1,"x",{"step_id":{},"source":7,"message":[],"observation":{"results":[0,{}]}},)"
        R"({"source":"agent","tool_calls":[3,{}],"observation":{"results":{}},"metrics":[],"extra":7}],)"
        R"("agent":[],"final_metrics":"x","subagent_trajectories":[1,{}]})",
        4);
    row("times that go back",
        R"({"steps":[{"source":"agent","timestamp":"2026-02-03T10:00:09Z"},)"
        R"({"source":"agent","timestamp":"2026-02-03T10:00:01Z"}]})",
        3);
    row("a subagent that holds itself by name",
        R"({"steps":[],"subagent_trajectories":[{"session_id":"a","steps":[{"source":"system","observation":)"
        R"({"results":[{"subagent_trajectory_ref":{"session_id":"a"}}]}}]}]})",
        3);
}

void TestAtif::oddInput() {
    QFETCH(const QString, text);
    QFETCH(const int, spans);
    const Fed fed = read_text(text.toStdString());
    QVERIFY(fed.result.ok());
    QCOMPARE(int(fed.sink.spans.size()), spans);
    QVERIFY(spans > 0 || fed.sink.find_note("atif.no_trajectory") != nullptr);
    for (const auto& span : fed.sink.spans)
        QVERIFY(span.end >= span.start);
}

QTEST_GUILESS_MAIN(TestAtif)
#include "tst_atif.moc"
