#include "model/analysis/turns.h"
#include "model/base/text.h"
#include "model/trace/span.h"
#include "tests/support/memory_store.h"

#include <QTest>

using namespace clew;
using namespace clew::test;

namespace {

constexpr TraceId kTrace{7, 7};

SpanDetail detail(std::uint64_t id, std::uint64_t parent, Kind kind, int at) {
    SpanDetail out;
    out.trace = kTrace;
    out.id = {id};
    out.parent = {parent};
    out.kind = kind;
    out.name = "s" + std::to_string(id);
    out.start = at * kSecond;
    out.end = (at + 1) * kSecond;
    return out;
}

std::string attribute(const std::string& key, const std::string& json) {
    return "[{\"key\":\"" + key + "\",\"value\":{\"stringValue\":" + json_string(json) + "}}]";
}

} // namespace

class TestTurns : public QObject {
    Q_OBJECT

private slots:
    void runIsOneTurn() {
        const auto trace = make_snapshot(kTrace, {detail(1, 0, Kind::agent, 0), detail(2, 1, Kind::llm, 1),
                                                  detail(3, 1, Kind::tool, 2), detail(4, 1, Kind::llm, 3)});
        const auto turns = turns_of(*trace);
        QCOMPARE(turns.size(), std::size_t{1});
        QCOMPARE(turns[0].span, 0);
        QCOMPARE(turns[0].first_call, 1);
        QCOMPARE(turns[0].last_call, 3);
        QCOMPARE(turns[0].llm_calls, 2);
        QCOMPARE(turns[0].tool_calls, 1);
    }

    // A coding agent's session: the importer makes a span a turn; what a subagent said last is no answer.
    void sessionHasTurns() {
        auto first = detail(2, 1, Kind::workflow, 0);
        auto second = detail(4, 1, Kind::workflow, 10);
        first.flags = second.flags = kSynthesized;
        auto helper = detail(6, 4, Kind::agent, 12);
        helper.flags = kSubagent;
        const auto trace =
            make_snapshot(kTrace, {detail(1, 0, Kind::agent, 0), first, detail(3, 2, Kind::llm, 1), second,
                                   detail(5, 4, Kind::llm, 11), helper, detail(7, 6, Kind::llm, 13)});
        const auto turns = turns_of(*trace);
        QCOMPARE(turns.size(), std::size_t{2});
        QCOMPARE(turns[0].first_call, 2);
        QCOMPARE(turns[1].span, 3);
        QCOMPARE(turns[1].last_call, 4);
        QCOMPARE(turns[1].llm_calls, 2); // the subagent's counts
    }

    void emptyTraceHasNone() { QVERIFY(turns_of(TraceSnapshot{}).empty()); }

    void wordsComeFromTheTurnOrItsCalls() {
        auto call = detail(2, 1, Kind::llm, 1);
        call.attributes = attribute("gen_ai.input.messages", kHistory);
        auto last = detail(3, 1, Kind::llm, 2);
        last.attributes = attribute("gen_ai.output.messages", kAnswer);
        const SpanDetail turn = detail(1, 0, Kind::agent, 0);
        auto words = words_of(&turn, &call, &last);
        QCOMPARE(words.question, std::string("And the second?"));
        QCOMPARE(words.answer, std::string("Paris"));
        SpanDetail stated = turn;
        stated.attributes = attribute("input.value", "Where?");
        words = words_of(&stated, &call, &last);
        QCOMPARE(words.question, std::string("Where?"));
        QVERIFY(words_of(nullptr, nullptr, nullptr).question.empty());
    }

private:
    static const std::string kHistory, kAnswer;
};

const std::string TestTurns::kHistory =
    "[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"The first?\"}]},"
    "{\"role\":\"assistant\",\"parts\":[{\"type\":\"text\",\"content\":\"Rome\"}]},"
    "{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"And the second?\"}]}]";
const std::string TestTurns::kAnswer =
    "[{\"role\":\"assistant\",\"parts\":[{\"type\":\"text\",\"content\":\"Paris\"}]}]";

QTEST_GUILESS_MAIN(TestTurns)
#include "tst_turns.moc"
