// Langfuse exports in every spelling: the same trace as API JSON, pages, blob storage rows, batches and CSV.
#include "importers/support/csv_reader.h"
#include "model/trace/dialects/messages.h"
#include "tests/support/feed.h"

#include <QTest>

#include <map>

namespace clew {
extern const Format langfuse_format;
extern const Format langfuse_csv_format;
} // namespace clew

using namespace clew;
using namespace clew::test;

namespace {

constexpr TimeNs kStart = 1'743'580'800 * kSecond; // 2025-04-02T08:00:00Z

FedPart part(const std::string& path) {
    return {path.substr(path.rfind('/') + 1), read_fixture(CLEW_TEST_DATA "/" + path)};
}

// What a store would hold: the last word on each span, empty says nothing.
struct Stored {
    explicit Stored(const Fed& fed)
        : logs(fed.sink.logs) {
        for (const auto& span : fed.sink.spans) {
            const auto [it, fresh] = spans.try_emplace({span.trace, span.id}, span);
            if (fresh) continue;
            CollectedSpan kept = span;
            const CollectedSpan& old = it->second;
            if (kept.name.empty()) kept.name = old.name;
            if (kept.attributes.empty()) kept.attributes = old.attributes;
            if (kept.events.empty()) kept.events = old.events;
            if (kept.session.empty()) kept.session = old.session;
            if (kept.user.empty()) kept.user = old.user;
            if (kept.trace_name.empty()) kept.trace_name = old.trace_name;
            if (!kept.usage.stated()) kept.usage = old.usage;
            it->second = kept;
        }
    }
    [[nodiscard]] const CollectedSpan& named(std::string_view name, Kind kind) const {
        for (const auto& [key, span] : spans)
            if (span.name == name && span.kind == kind) return span;
        qFatal("no span %s", std::string(name).c_str());
    }
    [[nodiscard]] const CollectedSpan& root() const {
        for (const auto& [key, span] : spans)
            if (!span.parent.valid()) return span;
        qFatal("no root");
    }
    std::map<std::pair<TraceId, SpanId>, CollectedSpan> spans;
    std::vector<CollectedLog> logs;
};

Stored read(const std::string& name) {
    return Stored(feed(langfuse_format, {part("langfuse/" + name)}));
}
Stored read_csv(const std::string& name) {
    return Stored(feed(langfuse_csv_format, {part("langfuse_csv/" + name)}));
}

Conversation conversation(const CollectedSpan& span) {
    SpanDetail detail;
    detail.kind = span.kind;
    detail.attributes = span.attributes;
    return conversation_of(detail);
}

bool holds(const std::string& text, std::string_view words) {
    return text.find(words) != std::string::npos;
}

} // namespace

class LangfuseTest : public QObject {
    Q_OBJECT
private slots:
    void a_trace_is_the_root_of_its_observations();
    void a_generation_is_whole();
    void tools_and_events();
    void scores_become_evaluations();
    void the_full_observations_win();
    void observations_alone_get_a_root();
    void every_spelling_gives_the_same_spans_data();
    void every_spelling_gives_the_same_spans();
    void batches_are_joined();
    void csv_rows_hold_line_ends_and_quotes();
    void csv_reader_reads_what_the_standard_says();
    void odd_input_is_survived();
    void any_split_reads_the_same_data();
    void any_split_reads_the_same();
};

void LangfuseTest::a_trace_is_the_root_of_its_observations() {
    const Stored stored = read("trace.json");
    QCOMPARE(stored.spans.size(), std::size_t{9});
    const CollectedSpan& root = stored.root();
    QCOMPARE(root.name, std::string("parcel question"));
    QCOMPARE(to_hex(root.trace), std::string("5f1d0c2a9b8e4d7f8a1b2c3d4e5f6071"));
    QVERIFY(root.flags & kSynthesized);
    QCOMPARE(root.start, kStart);
    QCOMPARE(root.end, kStart + 6 * kSecond);
    QCOMPARE(root.session, std::string("chat-5"));
    QCOMPARE(root.user, std::string("u-2"));
    QCOMPARE(root.trace_name, std::string("parcel question"));
    for (const char* word : {"langfuse.trace.tags", "langfuse.trace.metadata.channel", "langfuse.release",
                             "langfuse.environment", "Where is parcel 9?"})
        QVERIFY2(holds(root.attributes, word), word);
    const CollectedSpan& turn = stored.named("support turn", Kind::workflow);
    const CollectedSpan& agent = stored.named("helper", Kind::agent);
    QCOMPARE(turn.parent, root.id);
    QCOMPARE(to_hex(turn.id), std::string("00000000000000a1"));
    QCOMPARE(turn.time_quality, TimeQuality::exact);
    QCOMPARE(agent.parent, turn.id);
    QCOMPARE(agent.agent, std::string("helper"));
    QCOMPARE(agent.session, std::string("c-3"));
    QVERIFY(holds(agent.attributes, "langfuse.observation.metadata.step"));
    QVERIFY(holds(agent.attributes, "langfuse.observation.metadata.attributes.langfuse.trace.public"));
}

void LangfuseTest::a_generation_is_whole() {
    const Stored stored = read("trace.json");
    const CollectedSpan& plan = stored.named("plan", Kind::llm);
    QCOMPARE(plan.model, std::string("gpt-4o-mini"));
    QCOMPARE(plan.usage, (Usage{100, 20, {}, 15, 5}));
    QCOMPARE(plan.reported_cost, std::optional<PicoUsd>(30'000'000));
    QCOMPARE(plan.first_token, kStart + 700 * kMillisecond);
    QCOMPARE(plan.prompt_name, std::string("support"));
    QCOMPARE(plan.prompt_version, std::string("4"));
    QVERIFY(holds(plan.attributes, "gen_ai.request.temperature"));
    QVERIFY(!holds(plan.attributes, "gen_ai.request.max_tokens"));
    const Conversation said = conversation(plan);
    QCOMPARE(said.messages.size(), std::size_t{3});
    QCOMPARE(said.messages[1].parts.front().text, std::string("Where is parcel 9?"));
    QCOMPARE(said.messages[2].parts.front().tool_name, std::string("track"));

    const CollectedSpan& running = stored.named("answer", Kind::llm);
    QCOMPARE(running.end, kNoTime);
    QCOMPARE(running.usage, (Usage{30, {}, {}, 6, {}}));
    QCOMPARE(running.reported_cost, std::optional<PicoUsd>(10'000'000));
}

void LangfuseTest::tools_and_events() {
    const Stored stored = read("trace.json");
    const CollectedSpan& silent = stored.named("track", Kind::tool);
    QVERIFY(silent.flags & kSilentFailure);
    QCOMPARE(silent.tool, std::string("track"));
    QCOMPARE(silent.detail, std::string("9"));
    const CollectedSpan& failed = stored.named("mcp__mail__send", Kind::tool);
    QCOMPARE(failed.status, Status::error);
    QCOMPARE(failed.status_message, std::string("no route"));
    QVERIFY(failed.flags & kToolError);
    QVERIFY(failed.flags & kMcp);
    const CollectedSpan& event = stored.named("noted", Kind::generic);
    QCOMPARE(event.start, event.end);
    QCOMPARE(stored.named("search", Kind::retriever).detail, std::string("parcel rules"));
}

void LangfuseTest::scores_become_evaluations() {
    const Stored stored = read("trace.json");
    QCOMPARE(stored.logs.size(), std::size_t{2});
    QCOMPARE(stored.logs[0].span, SpanId{}); // of the whole trace
    QCOMPARE(stored.logs[0].name, std::string("gen_ai.evaluation.result"));
    QCOMPARE(stored.logs[0].time, kStart + 50 * kSecond);
    QVERIFY(holds(stored.logs[0].event, "Half right"));
    QVERIFY(holds(stored.logs[0].event, "ANNOTATION"));
    QCOMPARE(stored.logs[1].span, stored.named("plan", Kind::llm).id);
    QVERIFY(holds(stored.logs[1].event, "terse"));
}

void LangfuseTest::the_full_observations_win() {
    const Stored stored = read("shared.json");
    QCOMPARE(stored.spans.size(), std::size_t{9});
    QCOMPARE(conversation(stored.named("plan", Kind::llm)).messages.size(), std::size_t{3});
    QCOMPARE(stored.logs.size(), std::size_t{2});
}

void LangfuseTest::observations_alone_get_a_root() {
    const Stored stored = read("page.json");
    QCOMPARE(stored.spans.size(), std::size_t{5});
    QCOMPARE(stored.root().id, read("trace.json").root().id);
    QCOMPARE(stored.root().name, std::string("parcel question"));
    QCOMPARE(stored.root().session, std::string("chat-5"));
    QCOMPARE(stored.root().end, kStart + 6 * kSecond);
    QVERIFY(stored.root().flags & kSynthesized);
}

void LangfuseTest::every_spelling_gives_the_same_spans_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"shared.json", "blob.jsonl", "observations.csv"})
        QTest::newRow(name) << QString(name);
}

void LangfuseTest::every_spelling_gives_the_same_spans() {
    QFETCH(const QString, name);
    const Stored expected = read("trace.json");
    const Stored stored = name.endsWith(".csv") ? read_csv(name.toStdString()) : read(name.toStdString());
    QCOMPARE(stored.spans.size(), expected.spans.size());
    for (const auto& [key, span] : expected.spans) {
        QVERIFY2(stored.spans.contains(key), span.name.c_str());
        const CollectedSpan& other = stored.spans.at(key);
        QCOMPARE(other.parent, span.parent);
        QCOMPARE(other.kind, span.kind);
        QCOMPARE(other.start, span.start);
        QCOMPARE(other.usage, span.usage);
        QCOMPARE(other.model, span.model);
        QCOMPARE(other.flags, span.flags);
    }
}

void LangfuseTest::batches_are_joined() {
    const Fed fed = feed(langfuse_format, {part("langfuse/batches.jsonl")});
    const Stored stored(fed);
    QCOMPARE(stored.spans.size(), std::size_t{4});
    const CollectedSpan& root = stored.root();
    QCOMPARE(root.trace_own_id, std::string("my-trace"));
    QCOMPARE(root.end, kStart + 2 * kSecond);
    QVERIFY(holds(root.attributes, "langfuse.trace.input"));
    QVERIFY(holds(root.attributes, "langfuse.trace.output"));
    const CollectedSpan& step = stored.named("step", Kind::workflow);
    QCOMPARE(step.start, kStart + 500 * kMillisecond); // of its event: it states none
    QCOMPARE(step.end, kStart + 2 * kSecond);
    const CollectedSpan& call = stored.named("call", Kind::llm);
    QCOMPARE(call.parent, step.id);
    QCOMPARE(call.end, kStart + 1800 * kMillisecond);
    QCOMPARE(call.usage, (Usage{7, 3, {}, 2, {}}));
    QVERIFY(holds(call.attributes, "langfuse.observation.metadata.a"));
    QVERIFY(holds(call.attributes, "langfuse.observation.metadata.b"));
    QCOMPARE(stored.logs.size(), std::size_t{1});
    QCOMPARE(stored.logs[0].span, call.id);
    QVERIFY(fed.sink.find_note("langfuse.sdk_log"));
}

void LangfuseTest::csv_rows_hold_line_ends_and_quotes() {
    const Stored stored = read_csv("observations.csv");
    QCOMPARE(stored.root().name, std::string("parcel, \"express\""));
    QVERIFY(holds(stored.named("search", Kind::retriever).attributes, "second line"));
    QVERIFY(holds(stored.named("plan", Kind::llm).events, "helpful"));
    const Fed traces = feed(langfuse_csv_format, {part("langfuse_csv/traces.csv")});
    QCOMPARE(traces.sink.spans.size(), std::size_t{1});
    QCOMPARE(traces.sink.spans[0].usage, (Usage{130, {}, {}, 21, {}}));
    QVERIFY(traces.sink.spans[0].flags & kAggregateUsage);
    QCOMPARE(traces.sink.spans[0].end, kStart + 6 * kSecond);
    QVERIFY(traces.sink.find_note("langfuse.no_record"));
    const Stored scores = read_csv("scores.csv");
    QCOMPARE(scores.logs.size(), std::size_t{1});
    QCOMPARE(scores.logs[0].span, stored.named("plan", Kind::llm).id);
}

void LangfuseTest::csv_reader_reads_what_the_standard_says() {
    const std::string text = "\xEF\xBB\xBF\"a\";b;\"c \"\"d\"\"\"\r\n\r\n1;\"x;\ny\";\r\n;;\n\"open";
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{5}, text.size()}) {
        std::vector<std::vector<std::string>> rows;
        std::vector<std::uint64_t> lines;
        bool cut = false;
        const auto keep = [&](const CsvRow& row) -> Result<void> {
            rows.emplace_back(row.cells.begin(), row.cells.end());
            lines.push_back(row.line);
            cut = row.cut;
            return {};
        };
        CsvReader reader;
        for (std::size_t at = 0; at < text.size(); at += piece)
            QVERIFY(reader.push(std::string_view(text).substr(at, piece), keep));
        QVERIFY(reader.end(keep));
        const std::vector<std::vector<std::string>> expected = {
            {"a", "b", "c \"d\""}, {"1", "x;\ny", ""}, {"", "", ""}, {"open"}};
        QCOMPARE(rows, expected);
        QCOMPARE(lines, (std::vector<std::uint64_t>{1, 3, 5, 6}));
        QVERIFY(cut);
    }
    std::size_t cells = 0;
    CsvReader reader;
    const auto count = [&](const CsvRow& row) -> Result<void> {
        cells += row.cells.size();
        return {};
    };
    QVERIFY(reader.push("\"a\r\",\n", count));
    QCOMPARE(cells, std::size_t{2});
    CsvReader small(8);
    const auto pass = [](const CsvRow&) -> Result<void> { return {}; };
    QVERIFY(!small.push("0123456789", pass));
}

void LangfuseTest::odd_input_is_survived() {
    const Fed fed = feed(langfuse_format, {part("langfuse/odd.jsonl")});
    QVERIFY(fed.result.ok());
    for (const char* code :
         {"langfuse.no_id", "langfuse.no_record", "langfuse.score_without_trace", "langfuse.odd_observation"})
        QVERIFY2(fed.sink.find_note(code), code);
    QVERIFY(!fed.sink.find("cut"));
    const Stored stored(fed);
    const CollectedSpan& loop = stored.named("loop", Kind::workflow);
    QVERIFY(loop.parent != loop.id);
    for (const auto& note : fed.sink.notes)
        QVERIFY2(find_message(note.code) != nullptr, std::string(note.code).c_str());
}

void LangfuseTest::any_split_reads_the_same_data() {
    QTest::addColumn<QString>("path");
    for (const char* path :
         {"langfuse/trace.json", "langfuse/shared.json", "langfuse/page.json", "langfuse/blob.jsonl",
          "langfuse/batches.jsonl", "langfuse/odd.jsonl", "langfuse_csv/observations.csv",
          "langfuse_csv/traces.csv", "langfuse_csv/scores.csv"})
        QTest::newRow(path) << QString(path);
}

void LangfuseTest::any_split_reads_the_same() {
    QFETCH(const QString, path);
    const Format& format = path.endsWith(".csv") ? langfuse_csv_format : langfuse_format;
    QCOMPARE(split_difference(format, {part(path.toStdString())}), std::string{});
}

QTEST_GUILESS_MAIN(LangfuseTest)
#include "tst_langfuse.moc"
