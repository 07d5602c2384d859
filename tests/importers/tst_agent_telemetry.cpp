#include "importers/registry.h"
#include "model/base/messages.h"
#include "model/base/text.h"
#include "tests/support/collecting_sink.h"
#include "tests/support/feed.h"

#include <QtTest>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

using namespace clew;
using namespace clew::test;

namespace {

std::string fixture(const std::string& name) {
    return read_fixture(CLEW_TEST_DATA "/agent_telemetry/" + name);
}

// What a store would hold: one span per key, the last one said.
std::map<std::pair<TraceId, SpanId>, CollectedSpan> stored(const CollectingSink& sink) {
    std::map<std::pair<TraceId, SpanId>, CollectedSpan> out;
    for (const auto& span : sink.spans)
        out[{span.trace, span.id}] = span;
    return out;
}

CollectedSpan root_of(const CollectingSink& sink, const std::string& run) {
    for (const auto& [key, span] : stored(sink))
        if (!span.parent.valid() && span.trace_own_id == run) return span;
    return {};
}

nlohmann::json attribute(const CollectedSpan& span, const std::string& key) {
    for (const auto& one : nlohmann::json::parse(span.attributes, nullptr, false))
        if (one["key"] == key) return one["value"];
    return nullptr;
}

CollectedSpan step(const CollectingSink& sink, const std::string& seq, const std::string& run = {}) {
    for (const auto& span : sink.spans)
        if (span.own_id == seq && (run.empty() || span.trace_own_id == run) && (span.flags & kLogStep) != 0)
            return span;
    return {};
}

QString sentences(const CollectingSink& sink) {
    QString out;
    for (const auto& note : sink.notes)
        out += QString::fromStdString(described(note)) + "\n";
    return out;
}

} // namespace

class TestAgentTelemetry : public QObject {
    Q_OBJECT
private slots:
    void readsARun();
    void keepsEveryValue();
    void anySplitGivesTheSame_data();
    void anySplitGivesTheSame();
    void interleavedRuns();
    void seqThatStartsAgainIsTheNextAttempt();
    void anotherRunUnderTheSameId();
    void piecesJoin();
    void idsDoNotDependOnWhatElseIsRead();
    void oddRecords();
    void goesOnWhereItWas();
    void refusesAnotherVersionsState();
    void stopsWhenTheSinkDoes();
    void longLineAndDeepLine();
    void badBytes();
    void cutEnd();
    void everyCodeHasASentence();
};

void TestAgentTelemetry::readsARun() {
    const auto fed = feed(agent_telemetry_format, {{"basic.jsonl", fixture("basic.jsonl")}});
    QVERIFY(fed.result.ok());
    QVERIFY2(fed.sink.notes.empty(), qPrintable(sentences(fed.sink)));
    const auto all = stored(fed.sink);
    QCOMPARE(all.size(), std::size_t{7});

    const auto root = root_of(fed.sink, "run-a");
    QCOMPARE(root.name, std::string("planner"));
    QCOMPARE(root.kind, Kind::agent);
    QCOMPARE(root.flags, std::uint32_t{kSynthesized | kDerivedId});
    QCOMPARE(root.start, 1760000000'499500000);
    QCOMPARE(root.end, 1760000006'500000000);
    QCOMPARE(root.session, std::string("s-7"));
    QCOMPARE(root.prompt_name, std::string("refund_order"));
    QCOMPARE(root.prompt_version, std::string("v1.3"));
    QCOMPARE(attribute(root, "environment")["stringValue"], nlohmann::json("staging"));
    QCOMPARE(attribute(root, "prompt_hash")["stringValue"], nlohmann::json("sha256:00ff"));
    QCOMPARE(attribute(root, "tags")["arrayValue"]["values"].size(), std::size_t{2});

    const auto call = step(fed.sink, "1");
    QCOMPARE(call.kind, Kind::llm);
    QCOMPARE(call.parent, root.id);
    QCOMPARE(call.model, std::string("m-large"));
    QCOMPARE(call.usage.input, std::optional<std::int64_t>(1200));
    QCOMPARE(call.usage.output, std::optional<std::int64_t>(80));
    QVERIFY(!call.usage.cache_read);
    QCOMPARE(call.end, 1760000001'500000000);
    QCOMPARE(call.start, 1760000000'499500000);
    QCOMPARE(call.time_quality, TimeQuality::derived);
    QCOMPARE(call.prompt_version, std::string("v1.3"));
    QCOMPARE(call.session, std::string("s-7"));

    const auto tool = step(fed.sink, "2");
    QCOMPARE(tool.kind, Kind::tool);
    QCOMPARE(tool.name, std::string("lookup_order"));
    QCOMPARE(tool.tool, std::string("lookup_order"));
    QCOMPARE(tool.detail, std::string("ORD-7"));
    QCOMPARE(tool.parent, call.id);
    QCOMPARE(tool.status, Status::unset);

    const auto failed = step(fed.sink, "3");
    QCOMPARE(failed.status, Status::error);
    QCOMPARE(failed.status_message, std::string("SMTP 550: mailbox unavailable"));
    QVERIFY((failed.flags & kToolError) != 0);
    QVERIFY((failed.flags & kSilentFailure) == 0);

    const auto silent = step(fed.sink, "4");
    QCOMPARE(silent.status, Status::unset);
    QVERIFY((silent.flags & kSilentFailure) != 0);
    QCOMPARE(silent.parent, call.id);

    const auto other = step(fed.sink, "6");
    QCOMPARE(other.kind, Kind::generic);
    QCOMPARE(other.name, std::string("checkpoint"));
    QCOMPARE(other.parent, root.id);
    for (const auto& [key, span] : all)
        QVERIFY(span.id == root.id || (span.flags & kLogStep) != 0);
}

void TestAgentTelemetry::keepsEveryValue() {
    const std::string text = fixture("basic.jsonl");
    const auto fed = feed(agent_telemetry_format, {{"basic.jsonl", text}});
    const auto call = step(fed.sink, "1");
    const std::string line =
        text.substr(text.find('\n') + 1, text.find('\n', text.find('\n') + 1) - text.find('\n') - 1);
    QCOMPARE(attribute(call, "agent_telemetry.record")["stringValue"], nlohmann::json(line));
    QCOMPARE(attribute(call, "gen_ai.usage.input_tokens")["intValue"], nlohmann::json("1200"));
    QCOMPARE(attribute(call, "gen_ai.response.finish_reasons")["arrayValue"]["values"][0]["stringValue"],
             nlohmann::json("tool_use"));
    QCOMPARE(attribute(call, "temperature")["doubleValue"], nlohmann::json(0.2));
    QCOMPARE(attribute(call, "ts_epoch")["doubleValue"], nlohmann::json(1760000001.5));
    const auto nested = attribute(call, "nested")["kvlistValue"]["values"];
    QCOMPARE(nested[0]["value"]["arrayValue"]["values"][1]["doubleValue"], nlohmann::json(2.5));
    QCOMPARE(nested[0]["value"]["arrayValue"]["values"][2], nlohmann::json::object());
    QCOMPARE(nested[1]["value"]["stringValue"], nlohmann::json("x\"y"));
    const auto tool = step(fed.sink, "2");
    QCOMPARE(attribute(tool, "gen_ai.tool.call.arguments")["stringValue"],
             nlohmann::json(R"({"limit":5,"order":"ORD-7"})"));
    QCOMPARE(attribute(tool, "gen_ai.tool.call.result")["stringValue"],
             nlohmann::json(R"({"state":"shipped"})"));
    for (const auto& span : fed.sink.spans)
        QVERIFY(nlohmann::json::parse(span.attributes, nullptr, false).is_array());
}

void TestAgentTelemetry::anySplitGivesTheSame_data() {
    QTest::addColumn<QString>("name");
    for (const char* name :
         {"basic.jsonl", "interleaved.jsonl", "restarts.jsonl", "same_id.jsonl", "odd.jsonl"})
        QTest::newRow(name) << QString(name);
}

void TestAgentTelemetry::anySplitGivesTheSame() {
    QFETCH(const QString, name);
    const std::string text = fixture(name.toStdString());
    QVERIFY(!text.empty());
    QCOMPARE(split_difference(agent_telemetry_format, {{name.toStdString(), text}}), std::string{});
}

void TestAgentTelemetry::interleavedRuns() {
    const auto fed = feed(agent_telemetry_format, {{"x.jsonl", fixture("interleaved.jsonl")}});
    const auto one = root_of(fed.sink, "one");
    const auto two = root_of(fed.sink, "two");
    QVERIFY(one.trace != two.trace);
    QCOMPARE(step(fed.sink, "2", "one").parent, step(fed.sink, "1", "one").id);
    QCOMPARE(step(fed.sink, "2", "two").parent, step(fed.sink, "1", "two").id);
    QCOMPARE(one.name, std::string("one"));
    // A header without an event type, behind its steps.
    QCOMPARE(attribute(two, "agent_version")["stringValue"], nlohmann::json("2.0"));
    QCOMPARE(stored(fed.sink).size(), std::size_t{6});
}

void TestAgentTelemetry::seqThatStartsAgainIsTheNextAttempt() {
    const auto fed = feed(agent_telemetry_format, {{"x.jsonl", fixture("restarts.jsonl")}});
    QCOMPARE(stored(fed.sink).size(), std::size_t{5});
    std::set<TraceId> traces;
    for (const auto& span : fed.sink.spans)
        traces.insert(span.trace);
    QCOMPARE(traces.size(), std::size_t{1});
    QVERIFY(fed.sink.find_note("agent_telemetry.attempt") != nullptr);
    QVERIFY(fed.sink.find_note("agent_telemetry.same_run_id") == nullptr);
    const auto root = root_of(fed.sink, "r");
    bool found = false;
    for (const auto& span : fed.sink.spans) {
        if (span.end != 1760000010'000000000) continue;
        found = true;
        // The inference of the attempt before did not ask for this tool.
        QCOMPARE(span.parent, root.id);
        QCOMPARE(attribute(span, "agent_telemetry.attempt")["intValue"], nlohmann::json("2"));
    }
    QVERIFY(found);
}

void TestAgentTelemetry::anotherRunUnderTheSameId() {
    const auto fed = feed(agent_telemetry_format, {{"x.jsonl", fixture("same_id.jsonl")}});
    std::set<TraceId> traces;
    for (const auto& span : fed.sink.spans)
        traces.insert(span.trace);
    QCOMPARE(traces.size(), std::size_t{2});
    QCOMPARE(stored(fed.sink).size(), std::size_t{4});
    const Note* note = fed.sink.find_note("agent_telemetry.same_run_id");
    QVERIFY(note != nullptr);
    QCOMPARE(note->severity, Severity::warning);
}

void TestAgentTelemetry::piecesJoin() {
    const auto fed = feed(agent_telemetry_format, {{"rot.jsonl.1", fixture("rotated/rot.jsonl.1")},
                                                   {"rot.jsonl", fixture("rotated/rot.jsonl")}});
    QVERIFY(fed.sink.notes.empty());
    QCOMPARE(stored(fed.sink).size(), std::size_t{4});
    QCOMPARE(root_of(fed.sink, "rot").end, 1760000005'000000000);
}

void TestAgentTelemetry::idsDoNotDependOnWhatElseIsRead() {
    const std::string text = fixture("restarts.jsonl");
    const auto whole = feed(agent_telemetry_format, {{"x.jsonl", text}});
    std::size_t at = 0;
    for (int line = 0; line < 3; ++line)
        at = text.find('\n', at) + 1;
    const auto rest = feed(agent_telemetry_format, {{"y.jsonl.1", text.substr(at)}});
    const auto all = stored(whole.sink);
    QVERIFY(!rest.sink.spans.empty());
    for (const auto& [key, span] : stored(rest.sink))
        QVERIFY(all.contains(key));
}

void TestAgentTelemetry::oddRecords() {
    const auto fed = feed(agent_telemetry_format, {{"odd.jsonl", fixture("odd.jsonl")}});
    QVERIFY(fed.result.ok());
    const auto call = step(fed.sink, "1", "odd");
    QVERIFY(!call.usage.input);
    QVERIFY(!call.usage.output);
    QCOMPARE(call.start, call.end);
    QCOMPARE(call.end, 1760000001'000001000);
    QCOMPARE(attribute(call, "score")["stringValue"], nlohmann::json("-Infinity"));
    QCOMPARE(call.detail, std::string("NaN in text: NaN"));
    // Line 2 is cut, 3 is no JSON, 4 and 5 are no records.
    QCOMPARE(fed.sink.count(Severity::error), std::size_t{5});
    QVERIFY(fed.sink.find_note("json.bad_record") != nullptr);
    QCOMPARE(fed.sink.find_note("json.bad_record")->line, std::optional<std::uint64_t>(2));
    const auto unnamed = step(fed.sink, "3");
    QCOMPARE(unnamed.trace_own_id, std::string("odd"));
    QCOMPARE(unnamed.status, Status::unset);
    QVERIFY((unnamed.flags & kSilentFailure) == 0);
    const auto handoff = step(fed.sink, "4");
    QCOMPARE(handoff.end, 1760000004'000000000);
    QVERIFY(fed.sink.find_note("agent_telemetry.time_unit") != nullptr);
    QVERIFY(fed.sink.find_note("agent_telemetry.bad_latency") != nullptr);
    QVERIFY(fed.sink.find_note("agent_telemetry.no_time") != nullptr);
    QCOMPARE(fed.sink.find("note")->time_quality, TimeQuality::synthetic);
    QCOMPARE(step(fed.sink, "1", "7").kind, Kind::llm);
}

void TestAgentTelemetry::goesOnWhereItWas() {
    for (const char* name : {"basic.jsonl", "interleaved.jsonl", "restarts.jsonl", "same_id.jsonl"}) {
        const std::string text = fixture(name);
        const auto whole = feed(agent_telemetry_format, {{name, text}});
        for (std::size_t cut = 0; cut <= text.size(); cut += 37) {
            const auto first = agent_telemetry_format.create();
            auto before = feed_into(*first, {{name, text.substr(0, cut)}});
            const auto saved = first->save();
            QVERIFY(saved);
            QVERIFY(saved->consumed <= cut);
            const auto second = agent_telemetry_format.create();
            QVERIFY(second->restore(*saved));
            const auto after = feed_into(*second, {{name, text.substr(saved->consumed)}});
            auto both = stored(before.sink);
            for (const auto& [key, span] : stored(after.sink))
                both[key] = span;
            QVERIFY(both == stored(whole.sink));
            QCOMPARE(second->save()->consumed, std::uint64_t{text.size()});
        }
    }
}

void TestAgentTelemetry::refusesAnotherVersionsState() {
    for (const char* state : {"", "0 3 []", "1 x", "1 3 {}", "1 3 [[]]", "1 3 [1]", "1 3",
                              R"(1 1 [["r","x","y",0,0,"z",null,null,0,1,1,null,null]])"}) {
        QVERIFY(!agent_telemetry_format.create()->restore({.consumed = 3, .state = state}));
    }
}

void TestAgentTelemetry::stopsWhenTheSinkDoes() {
    const auto importer = agent_telemetry_format.create();
    CollectingSink sink;
    sink.stop_after = 2;
    QVERIFY(importer->begin(Part{"x.jsonl", {}, kNoTime}, sink).ok());
    const auto result = importer->push(fixture("basic.jsonl"));
    QVERIFY(!result.ok());
    QCOMPARE(std::string(result.error().code), std::string("cancelled"));
    QCOMPARE(sink.spans.size(), std::size_t{2});
}

void TestAgentTelemetry::longLineAndDeepLine() {
    const auto record = [](int seq, const std::string& result) {
        return R"({"run_id":"r","seq":)" + std::to_string(seq) + R"(,"ts_epoch":176000000)" +
               std::to_string(seq) + R"(,"event_type":"tool_use","tool":"t","args":{},"result":)" + result +
               "}\n";
    };
    const std::string text = record(1, "1") + record(2, json_string(std::string(8 << 20, 'x'))) +
                             record(3, std::string(10'000, '[') + std::string(10'000, ']')) + record(4, "4");
    const auto fed = feed(agent_telemetry_format, {{"x.jsonl", text}});
    QVERIFY(fed.result.ok());
    QCOMPARE(stored(fed.sink).size(), std::size_t{4});
    QCOMPARE(fed.sink.count(Severity::error), std::size_t{1});
    QCOMPARE(fed.sink.find_note("json.bad_record")->line, std::optional<std::uint64_t>(3));
    QCOMPARE(split_difference(agent_telemetry_format, {{"x.jsonl", text}}, 1), std::string{});
}

void TestAgentTelemetry::badBytes() {
    using namespace std::string_literals;
    const std::string text =
        "{\"run_id\":\"r\",\"seq\":1,\"ts_epoch\":1,\"event_type\":\"a\xff\",\"x\":\"\xc3\"}\n"s +
        "\0\0\0\n{\"run_id\":\"r\",\"seq\":2,\"ts_epoch\":2,\"event_type\":\"b\"}\n"s;
    const auto fed = feed(agent_telemetry_format, {{"x.jsonl", text}});
    QCOMPARE(stored(fed.sink).size(), std::size_t{3});
    QVERIFY(fed.sink.find("a\uFFFD") != nullptr);
    QVERIFY(fed.sink.find_note("json.bad_utf8") != nullptr);
    QCOMPARE(fed.sink.count(Severity::error), std::size_t{1});
    for (const auto& span : fed.sink.spans)
        QVERIFY(is_utf8(span.attributes));
}

void TestAgentTelemetry::cutEnd() {
    const std::string text = fixture("basic.jsonl");
    const auto fed = feed(agent_telemetry_format, {{"x.jsonl", text.substr(0, text.size() - 10)}});
    QVERIFY(fed.result.ok());
    QCOMPARE(stored(fed.sink).size(), std::size_t{6});
    QVERIFY(fed.sink.find_note("json.cut") != nullptr);
}

void TestAgentTelemetry::everyCodeHasASentence() {
    for (const char* name :
         {"basic.jsonl", "interleaved.jsonl", "restarts.jsonl", "same_id.jsonl", "odd.jsonl"}) {
        const auto fed = feed(agent_telemetry_format, {{name, fixture(name)}});
        for (const auto& note : fed.sink.notes)
            QVERIFY2(find_message(note.code) != nullptr, std::string(note.code).c_str());
    }
}

QTEST_GUILESS_MAIN(TestAgentTelemetry)
#include "tst_agent_telemetry.moc"
