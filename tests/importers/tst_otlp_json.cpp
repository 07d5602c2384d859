#include "importers/registry.h"
#include "model/trace/span_detail.h"
#include "tests/support/feed.h"

#include <QTest>

using namespace clew;
using namespace clew::test;

namespace {

constexpr TimeNs kBase = 1'760'000'000'000'000'000;

std::string fixture(const std::string& name) {
    return read_fixture(CLEW_TEST_DATA "/otlp_json/" + name);
}
Fed read_file(const std::string& name) {
    return feed(otlp_json_format, {{name, fixture(name)}});
}
Fed read_text(const std::string& text) {
    return feed(otlp_json_format, {{"t.json", text}});
}

SpanId id(std::uint64_t last) {
    return {0xeee19b7ec3c1b100u | last};
}

std::string one_span(const std::string& members) {
    return R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c",)"
           R"("spanId":"eee19b7ec3c1b170","name":"n",)" +
           members + "}]}]}]}";
}

std::string json_of(const CollectedSpan& span, const std::string& key) {
    for (const auto& attribute : plain_attributes(span.attributes))
        if (attribute.key == key) return attribute.json;
    return "missing";
}

Confidence sniffed(const std::string& bytes) {
    Head head;
    head.bytes = std::string_view{bytes}.substr(0, 65536);
    head.whole = bytes.size() <= 65536;
    return otlp_json_format.sniff(head);
}

} // namespace

class TestOtlpJson : public QObject {
    Q_OBJECT
private slots:
    void readsEveryFixtureTheSameHoweverItIsSplit_data();
    void readsEveryFixtureTheSameHoweverItIsSplit();
    void readsHotFieldsAndKeepsTheRestRaw();
    void joinsLogRecordsAndCountsOtherSignals();
    void findsTheScopeBehindItsSpans();
    void acceptsSnakeCase();
    void acceptsAttributesAsAnObject();
    void joinsIdsInEveryWriting();
    void derivesIdsFromForeignOnes();
    void readsEveryEnvelope_data();
    void readsEveryEnvelope();
    void mendsWhatNoParserTakes();
    void dropsLinesThatDoNotParseAndKeepsTheOthers();
    void keepsTheCompleteSpansOfACutDocument();
    void saysWhatIsOddAboutTimesNamesAndKinds();
    void refusesADocumentThatIsTooDeepAndReadsTheNext();
    void readsALineOfEightMegabytes();
    void marksToolsWhoseResultsSayThatTheyFailed();
    void stopsWhenTheSinkSaysSo();
    void goesOnWhereItWas();
    void recognisesItsFiles();
};

void TestOtlpJson::readsEveryFixtureTheSameHoweverItIsSplit_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("spans");
    const std::pair<const char*, int> files[] = {{"agent_run.json", 5},
                                                 {"agent_run.jsonl", 5},
                                                 {"array_of_requests.json", 2},
                                                 {"attributes_as_object.json", 1},
                                                 {"base64_and_upper_ids.json", 2},
                                                 {"cut.json", 4},
                                                 {"foreign_ids.json", 3},
                                                 {"garbage_lines.jsonl", 2},
                                                 {"jaeger_answer.json", 1},
                                                 {"mixed_signals.jsonl", 2},
                                                 {"odd_times.json", 3},
                                                 {"pretty_stream.json", 3},
                                                 {"scope_behind_spans.json", 1},
                                                 {"snake_case.json", 1},
                                                 {"tempo.json", 2},
                                                 {"unclean.jsonl", 3}};
    for (const auto& [name, spans] : files)
        QTest::newRow(name) << QString(name) << spans;
}

void TestOtlpJson::readsEveryFixtureTheSameHoweverItIsSplit() {
    QFETCH(QString, name);
    QFETCH(int, spans);
    const std::vector<FedPart> parts{{name.toStdString(), fixture(name.toStdString())}};
    QVERIFY(!parts[0].bytes.empty());
    QCOMPARE(feed(otlp_json_format, parts).sink.spans.size(), std::size_t(spans));
    QCOMPARE(split_difference(otlp_json_format, parts, 3), std::string{});
    QCOMPARE(sniffed(parts[0].bytes), Confidence::yes);
}

void TestOtlpJson::readsHotFieldsAndKeepsTheRestRaw() {
    const Fed fed = read_file("agent_run.json");
    QVERIFY(fed.result.ok());
    const auto* agent = fed.sink.find(id(0x70));
    const auto* chat = fed.sink.find(id(0x71));
    const auto* tool = fed.sink.find(id(0x72));
    const auto* failed = fed.sink.find(id(0x73));
    const auto* running = fed.sink.find(id(0x74));
    QVERIFY(agent && chat && tool && failed && running);

    QCOMPARE(to_hex(agent->trace), std::string("5b8efff798038103d269b633813fc60c"));
    QVERIFY(!agent->parent.valid());
    QCOMPARE(agent->kind, Kind::agent);
    QCOMPARE(agent->agent, std::string("planner"));
    QCOMPARE(agent->session, std::string("talk-7"));
    QCOMPARE(agent->user, std::string("ann"));
    QCOMPARE(agent->detail, std::string("What is the weather in Oslo?"));
    QCOMPARE(agent->service_name, std::string("weather-demo"));
    QCOMPARE(agent->resource_schema_url, std::string("https://example.org/resource"));
    QCOMPARE(agent->scope_name, std::string("my.agent"));
    QCOMPARE(agent->scope_schema_url, std::string("https://example.org/scope"));

    QCOMPARE(chat->parent, agent->id);
    QCOMPARE(chat->start, kBase + 1'000'000);
    QCOMPARE(chat->end, kBase + 2 * kSecond);
    QCOMPARE(chat->kind, Kind::llm);
    QCOMPARE(chat->status, Status::ok);
    QCOMPARE(chat->model, std::string("small-1-2026"));
    QCOMPARE(chat->request_model, std::string("small-1"));
    QCOMPARE(chat->provider, std::string("acme"));
    QCOMPARE(chat->prompt_name, std::string("weather"));
    QCOMPARE(chat->prompt_version, std::string("3"));
    QCOMPARE(chat->usage.input, std::optional<std::int64_t>(120));
    QCOMPARE(chat->usage.output, std::optional<std::int64_t>(30));
    QCOMPARE(chat->usage.cache_read, std::optional<std::int64_t>(64));
    QVERIFY(!chat->usage.reasoning);
    QCOMPARE(chat->first_token, chat->start + 250 * kMillisecond);
    QCOMPARE(json_of(*chat, "stop"), std::string(R"(["a","b"])"));
    QVERIFY(chat->rest.starts_with(
        R"("kind":3,"traceState":"a=b","flags":257,"droppedAttributesCount":2,"futureMember":{)"));
    QVERIFY(chat->rest.find("2.5") != std::string::npos);

    QCOMPARE(tool->kind, Kind::tool);
    QCOMPARE(tool->tool, std::string("get_weather"));
    QCOMPARE(tool->detail, std::string("Oslo"));
    QVERIFY(tool->events.find("retry") != std::string::npos);
    QVERIFY(tool->links.find("0000000000000002") != std::string::npos);

    QCOMPARE(failed->status, Status::error);
    QCOMPARE(failed->status_message, std::string("boom"));
    QCOMPARE(failed->kind, Kind::tool);
    QVERIFY((failed->flags & kMcp) != 0);

    QCOMPARE(running->end, kNoTime);
    QVERIFY(fed.sink.notes.empty());
}

void TestOtlpJson::joinsLogRecordsAndCountsOtherSignals() {
    const Fed fed = read_file("mixed_signals.jsonl");
    QCOMPARE(fed.sink.logs.size(), std::size_t(2));
    QCOMPARE(fed.sink.logs[0].span, id(0x71));
    QCOMPARE(fed.sink.logs[0].name, std::string("gen_ai.choice"));
    QCOMPARE(fed.sink.logs[0].time, kBase + 2);
    QVERIFY(fed.sink.logs[0].event.find(R"({"key":"body","value":{"kvlistValue")") != std::string::npos);
    QVERIFY(fed.sink.logs[0].event.find(R"({"key":"severityNumber","value":{"intValue":"9"}})") !=
            std::string::npos);
    QCOMPARE(fed.sink.logs[1].span, id(0x71));
    QCOMPARE(fed.sink.logs[1].name, std::string("gen_ai.user.message"));
    QCOMPARE(fed.sink.logs[1].time, kBase + 3);
    const auto* metrics = fed.sink.find_note("otlp.metrics");
    QVERIFY(metrics != nullptr);
    QCOMPARE(metrics->args[0], std::string("2"));
    QCOMPARE(metrics->line, std::optional<std::uint64_t>(4));
    QVERIFY(fed.sink.find_note("otlp.logs_without_span") != nullptr);
}

void TestOtlpJson::findsTheScopeBehindItsSpans() {
    const Fed fed = read_file("scope_behind_spans.json");
    QCOMPARE(fed.sink.spans.at(0).scope_name, std::string("late"));
    QCOMPARE(fed.sink.spans.at(0).service_name, std::string("weather-demo"));
    QCOMPARE(fed.sink.spans.at(0).resource_schema_url, std::string("r"));
}

void TestOtlpJson::acceptsSnakeCase() {
    const Fed fed = read_file("snake_case.json");
    const auto& span = fed.sink.spans.at(0);
    QCOMPARE(span.status, Status::error);
    QCOMPARE(span.start, kBase);
    QCOMPARE(span.model, std::string("m"));
    QCOMPARE(span.usage.input, std::optional<std::int64_t>(12));
    QCOMPARE(span.service_name, std::string("snakes"));
    QCOMPARE(span.scope_schema_url, std::string("u"));
    QCOMPARE(span.rest, std::string(R"("kind":3,"droppedEventsCount":1,"traceState":"k=v")"));
    QCOMPARE(
        span.attributes,
        std::string(R"([{"key":"gen_ai.request.model","value":{"stringValue":"m"}},)"
                    R"({"key":"gen_ai.usage.input_tokens","value":{"intValue":12}},)"
                    R"({"key":"nested","value":{"kvlistValue":{"values":[{"key":"a","value":{"arrayValue":)"
                    R"({"values":[{"boolValue":true},{"doubleValue":1.5}]}}}]}}}])"));
    QCOMPARE(span.events, std::string(R"([{"timeUnixNano":"1760000000000000001","name":"e","attributes":)"
                                      R"([{"key":"q","value":{"stringValue":"w"}}]}])"));
    QCOMPARE(span.links,
             std::string(R"([{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b171"}])"));
    QVERIFY(fed.sink.find_note("otlp.rewritten") != nullptr);
}

void TestOtlpJson::acceptsAttributesAsAnObject() {
    const auto fed = read_file("attributes_as_object.json");
    const auto& span = fed.sink.spans.at(0);
    QCOMPARE(span.model, std::string("plain-model"));
    QCOMPARE(span.kind, Kind::llm);
    QCOMPARE(json_of(span, "n"), std::string("3"));
    QCOMPARE(json_of(span, "f"), std::string("2.5"));
    QCOMPARE(json_of(span, "ok"), std::string("true"));
    QCOMPARE(json_of(span, "none"), std::string("null"));
    QCOMPARE(json_of(span, "list"), std::string(R"([1,"two"])"));
    QCOMPARE(json_of(span, "map"), std::string(R"({"k":"v"})"));
    QCOMPARE(json_of(span, "already"), std::string(R"("wrapped")"));
}

void TestOtlpJson::joinsIdsInEveryWriting() {
    const Fed fed = read_file("base64_and_upper_ids.json");
    QCOMPARE(fed.sink.spans.at(0).id, id(0x70));
    QCOMPARE(fed.sink.spans.at(1).id, id(0x71));
    QCOMPARE(fed.sink.spans.at(1).parent, id(0x70));
    QCOMPARE(fed.sink.spans.at(0).trace, fed.sink.spans.at(1).trace);
    QVERIFY(fed.sink.notes.empty());
}

void TestOtlpJson::derivesIdsFromForeignOnes() {
    const Fed fed = read_file("foreign_ids.json");
    const auto& first = fed.sink.spans.at(0);
    const auto& second = fed.sink.spans.at(1);
    const auto& nameless = fed.sink.spans.at(2);
    QCOMPARE(first.trace, second.trace);
    QCOMPARE(second.parent, first.id);
    QCOMPARE(first.own_id, std::string("first"));
    QCOMPARE(first.trace_own_id, std::string("run-1"));
    QVERIFY((first.flags & kDerivedId) != 0);
    QVERIFY(nameless.id.valid() && nameless.trace.valid());
    QVERIFY(fed.sink.find_note("otlp.derived_id") != nullptr);
    QVERIFY(fed.sink.find_note("otlp.missing_id") != nullptr);
    QCOMPARE(read_file("foreign_ids.json").sink.spans.at(2).id, nameless.id);
}

void TestOtlpJson::readsEveryEnvelope_data() {
    QTest::addColumn<QString>("name");
    QTest::newRow("array") << "array_of_requests.json";
    QTest::newRow("Tempo") << "tempo.json";
    QTest::newRow("Jaeger") << "jaeger_answer.json";
    QTest::newRow("pretty-printed stream") << "pretty_stream.json";
}

void TestOtlpJson::readsEveryEnvelope() {
    QFETCH(QString, name);
    const Fed fed = read_file(name.toStdString());
    const auto* agent = fed.sink.find(id(0x70));
    QVERIFY(agent != nullptr);
    QCOMPARE(agent->agent, std::string("planner"));
    QCOMPARE(agent->service_name, std::string("weather-demo"));
    QVERIFY(!agent->scope_name.empty());
    QVERIFY(fed.sink.notes.empty());
}

void TestOtlpJson::mendsWhatNoParserTakes() {
    const Fed fed = read_file("unclean.jsonl");
    QCOMPARE(fed.sink.spans.at(0).name, std::string("lone \xef\xbf\xbd end"));
    QCOMPARE(json_of(fed.sink.spans.at(1), "nan"), std::string(R"("NaN")"));
    QCOMPARE(json_of(fed.sink.spans.at(1), "inf"), std::string(R"("-Infinity")"));
    QCOMPARE(json_of(fed.sink.spans.at(1), "big"), std::string(R"("123456789012345678901234567890")"));
    QCOMPARE(fed.sink.spans.at(2).name, std::string("bytes \xef\xbf\xbd\xef\xbf\xbd here"));
    QCOMPARE(fed.sink.find_note("otlp.repaired_text")->args[0], std::string("2"));
    QCOMPARE(fed.sink.find_note("otlp.repaired_number")->line, std::optional<std::uint64_t>(2));
    QCOMPARE(fed.sink.count(Severity::error), std::size_t(0));
}

void TestOtlpJson::dropsLinesThatDoNotParseAndKeepsTheOthers() {
    const Fed fed = read_file("garbage_lines.jsonl");
    QVERIFY(fed.result.ok());
    std::vector<std::uint64_t> lines;
    for (const auto& note : fed.sink.notes)
        if (note.code == "otlp.bad_json") lines.push_back(note.line.value_or(0));
    QCOMPARE(lines, (std::vector<std::uint64_t>{1, 3}));
    const auto* other = fed.sink.find_note("otlp.not_telemetry");
    QVERIFY(other != nullptr);
    QCOMPARE(other->line, std::optional<std::uint64_t>(5));
    QCOMPARE(other->args[0], std::string("2"));
}

void TestOtlpJson::keepsTheCompleteSpansOfACutDocument() {
    const Fed fed = read_file("cut.json");
    QVERIFY(fed.result.ok());
    QVERIFY(fed.sink.find(id(0x73)) != nullptr);
    QVERIFY(fed.sink.find(id(0x74)) == nullptr);
    QCOMPARE(fed.sink.find_note("otlp.cut")->severity, Severity::error);
}

void TestOtlpJson::saysWhatIsOddAboutTimesNamesAndKinds() {
    const Fed fed = read_file("odd_times.json");
    QCOMPARE(fed.sink.spans.at(0).start, kBase + 10);
    QCOMPARE(fed.sink.spans.at(0).end, kBase);
    QCOMPARE(fed.sink.spans.at(1).start, TimeNs(1'760'000'000'000'000'001));
    QCOMPARE(fed.sink.spans.at(1).end, kNoTime);
    QCOMPARE(fed.sink.spans.at(2).start, kNoTime);
    QCOMPARE(fed.sink.spans.at(2).rest, std::string(R"("kind":"SPAN_KIND_SIDEWAYS")"));
    QVERIFY(fed.sink.find_note("otlp.end_before_start") != nullptr);
    QCOMPARE(fed.sink.find_note("otlp.odd_value")->args[0], std::string("3"));
    QVERIFY(fed.sink.find_note("otlp.unknown_enum") != nullptr);
}

void TestOtlpJson::refusesADocumentThatIsTooDeepAndReadsTheNext() {
    const std::string deep(10'000, '[');
    const std::string close(10'000, ']');
    const Fed fed = read_text(one_span(R"("attributes":[{"key":"k","value":)" + deep + close + "}]") + "\n" +
                              one_span(R"("kind":1)") + "\n");
    QCOMPARE(fed.sink.spans.size(), std::size_t(1));
    QCOMPARE(fed.sink.find_note("otlp.too_deep")->line, std::optional<std::uint64_t>(1));

    std::string nested = R"({"intValue":"1"})";
    for (int i = 0; i < 200; ++i)
        nested = R"({"arrayValue":{"values":[)" + nested + "]}}";
    const Fed kept = read_text(one_span(R"("attributes":[{"key":"k","value":)" + nested + "}]"));
    QCOMPARE(kept.sink.spans.size(), std::size_t(1));
    QCOMPARE(json_of(kept.sink.spans[0], "k"), std::string(200, '[') + "1" + std::string(200, ']'));
}

void TestOtlpJson::readsALineOfEightMegabytes() {
    const std::string long_text(8 << 20, 'x');
    const std::string line =
        one_span(R"("attributes":[{"key":"k","value":{"stringValue":")" + long_text + "\"}}]");
    const Fed fed = feed(otlp_json_format, {{"t.jsonl", line + "\n" + one_span(R"("kind":1)")}}, in_pieces);
    QCOMPARE(fed.sink.spans.size(), std::size_t(2));
    QVERIFY(fed.sink.spans[0].attributes.size() > long_text.size());
    QCOMPARE(sniffed(line), Confidence::yes);
}

void TestOtlpJson::marksToolsWhoseResultsSayThatTheyFailed() {
    const Fed fed = read_file("agent_run.json");
    QVERIFY((fed.sink.find(id(0x72))->flags & kSilentFailure) != 0);
    QVERIFY((fed.sink.find(id(0x73))->flags & kSilentFailure) == 0); // fails by its status
    QVERIFY((fed.sink.find(id(0x70))->flags & kSilentFailure) == 0);
    const auto tool = [](const std::string& result) {
        const Fed one = read_text(one_span(R"("attributes":[{"key":"tool.name","value":{"stringValue":"t"}},)"
                                           R"({"key":"tool.result","value":{"stringValue":")" +
                                           result + "\"}}]"));
        return (one.sink.spans.at(0).flags & kSilentFailure) != 0;
    };
    QVERIFY(tool("{\\\"exit_code\\\":2}"));
    QVERIFY(!tool("{\\\"error\\\":null,\\\"exit_code\\\":0}"));
    QVERIFY(!tool("No errors were found."));
    QVERIFY(!tool(""));
}

void TestOtlpJson::stopsWhenTheSinkSaysSo() {
    const auto importer = otlp_json_format.create();
    CollectingSink sink;
    sink.stop_after = 2;
    QVERIFY(importer->begin(Part{"x", {}, kNoTime}, sink).ok());
    const auto pushed = importer->push(fixture("agent_run.jsonl"));
    QVERIFY(!pushed.ok());
    QCOMPARE(pushed.error().code, std::string_view("cancelled"));
    QCOMPARE(sink.spans.size(), std::size_t(2));
}

void TestOtlpJson::goesOnWhereItWas() {
    const std::string text = fixture("agent_run.jsonl");
    const std::size_t half = text.size() / 2;
    const auto first = otlp_json_format.create();
    CollectingSink sink;
    QVERIFY(first->begin(Part{"x", {}, kNoTime}, sink).ok());
    QVERIFY(first->push(text.substr(0, half)).ok());
    const auto saved = first->save();
    QVERIFY(saved.has_value());
    QVERIFY(saved->consumed > 0 && saved->consumed <= half);
    const std::size_t before = sink.spans.size();

    const auto second = otlp_json_format.create();
    QVERIFY(second->restore(*saved));
    CollectingSink rest;
    QVERIFY(second->begin(Part{"x", {}, kNoTime}, rest).ok());
    QVERIFY(second->push(text.substr(saved->consumed) + "not json\n").ok());
    QVERIFY(second->end().ok());
    QCOMPARE(before + rest.spans.size(), std::size_t(5));
    QCOMPARE(rest.find_note("otlp.bad_json")->line, std::optional<std::uint64_t>(6));
    QCOMPARE(rest.find_note("otlp.bad_json")->offset, std::optional<std::uint64_t>(text.size()));
    QVERIFY(!second->restore({3, "nonsense"}));
}

void TestOtlpJson::recognisesItsFiles() {
    const std::string text = fixture("agent_run.json");
    QCOMPARE(sniffed("\xef\xbb\xbf\r\n\n" + text), Confidence::yes);
    QCOMPARE(sniffed(text.substr(0, 40)), Confidence::yes);
    std::string utf16 = "\xff\xfe";
    for (const char c : text)
        (utf16 += c) += '\0';
    QCOMPARE(sniffed(utf16), Confidence::yes);
    QCOMPARE(feed(otlp_json_format, {{"t", utf16}}).sink.spans.size(), std::size_t(5));
    QCOMPARE(sniffed(R"({"resourceMetrics":[]})"), Confidence::yes);
    QCOMPARE(sniffed("{\"note\":\"{\\\"resourceSpans\\\":[]}\"}"), Confidence::no);
    QCOMPARE(sniffed(R"({"a":{"b":{"c":{"d":{"e":{"resourceSpans":[]}}}}}})"), Confidence::no);
    QCOMPARE(sniffed(R"({"batches":[{"id":1}]})"), Confidence::maybe);
    QCOMPARE(sniffed("hello"), Confidence::no);
    QCOMPARE(sniffed(""), Confidence::no);
    QCOMPARE(sniffed("{\"type\":\"user\"}\n"), Confidence::no);
}

QTEST_GUILESS_MAIN(TestOtlpJson)
#include "tst_otlp_json.moc"
