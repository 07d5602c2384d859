// Genkit traces: a whole trace, a trace in two posts, odd documents.
#include "importers/registry.h"
#include "tests/importers/span_checks.h"

#include <QTest>

using namespace clew;
using namespace clew::test;

namespace {

FedPart part(const std::string& name) {
    return {name, read_fixture(CLEW_TEST_DATA "/genkit_traces/" + name)};
}

} // namespace

class TestGenkitTraces : public QObject {
    Q_OBJECT
private slots:
    void readsATrace() {
        const Fed fed = feed(genkit_traces_format, {part("trace.json")});
        QVERIFY(fed.result);
        QVERIFY(fed.sink.notes.empty());
        QCOMPARE(fed.sink.spans.size(), std::size_t{4});
        const CollectedSpan& flow = *fed.sink.find(SpanId{1});
        QCOMPARE(to_hex(flow.trace), std::string("8f2c1d0e9b7a46538f2c1d0e9b7a4653"));
        QVERIFY(!flow.parent.valid());
        QCOMPARE(flow.start, TimeNs{1760000000000000000});
        QCOMPARE(flow.end, TimeNs{1760000001500250000});
        QCOMPARE(flow.session, std::string("s-1"));
        QCOMPARE(flow.trace_name, std::string("refundFlow"));
        const CollectedSpan& call = *fed.sink.find(SpanId{2});
        QCOMPARE(call.kind, Kind::llm);
        QCOMPARE(call.parent, SpanId{1});
        QCOMPARE(call.usage.input, std::optional<std::int64_t>(120));
        QCOMPARE(call.usage.output, std::optional<std::int64_t>(20)); // thoughts stand beside the output
        QCOMPARE(call.scope_name, std::string("genkit-tracer"));
    }

    void errorsAndWhatStillRuns() {
        const Fed fed = feed(genkit_traces_format, {part("trace.json")});
        const CollectedSpan& tool = *fed.sink.find(SpanId{3});
        QCOMPARE(tool.kind, Kind::tool);
        QCOMPARE(tool.status, Status::error);
        QCOMPARE(tool.status_message, std::string("order service is down"));
        QVERIFY(tool.events.find("exception.message") != std::string::npos);
        QCOMPARE(fed.sink.find(SpanId{4})->end, kNoTime);
    }

    void aTraceInTwoPosts() {
        const Fed fed = feed(genkit_traces_format, {part("posts.jsonl")});
        QVERIFY(fed.result);
        QCOMPARE(fed.sink.spans.size(), std::size_t{3});
        QCOMPARE(fed.sink.find(SpanId{1})->trace, fed.sink.find(SpanId{3})->trace);
    }

    void oddDocuments() {
        for (const char* text :
             {"{}", "[]", "{\"traceId\":\"x\",\"spans\":[]}", "{\"traceId\":\"x\",\"spans\":{\"a\":1}}",
              "{\"spans\":{\"a\":{\"startTime\":1e300,\"endTime\":-5}}}"}) {
            const Fed fed = feed(genkit_traces_format, {{"odd", text}});
            QVERIFY(fed.result);
        }
        QVERIFY(spans_of_broken(genkit_traces_format, part("trace.json").bytes) > 0);
    }

    void anySplitIsTheSame() {
        for (const char* name : {"trace.json", "posts.jsonl"})
            QCOMPARE(split_difference(genkit_traces_format, {part(name)}), std::string());
    }
};

QTEST_GUILESS_MAIN(TestGenkitTraces)
#include "tst_genkit_traces.moc"
