// Time in which nothing ran, and how fast the calls answered, by traces made by hand.

#include "model/analysis/gaps.h"
#include "model/analysis/rates.h"
#include "tests/support/synthetic_snapshot.h"

#include <QTest>

using namespace clew;
using test::PlannedSpan;

namespace {

PlannedSpan planned(std::uint64_t id, std::uint64_t parent, Kind kind, std::int64_t from, std::int64_t to) {
    PlannedSpan span;
    span.id = id;
    span.parent = parent;
    span.kind = kind;
    span.start = from * kMillisecond;
    span.end = to < 0 ? kNoTime : to * kMillisecond;
    return span;
}

// "from-to" in ms since the start.
QString shown(const Gaps& gaps) {
    QStringList out;
    for (const Gap& gap : gaps.list)
        out << QStringLiteral("%1-%2")
                   .arg((gap.from - test::kSnapshotStart) / kMillisecond)
                   .arg((gap.to - test::kSnapshotStart) / kMillisecond);
    return out.join(QLatin1Char(' '));
}

} // namespace

class TestGapsAndRates : public QObject {
    Q_OBJECT
private slots:
    void between_what_works() {
        const auto trace =
            test::build_snapshot({planned(1, 0, Kind::agent, 0, 1000), planned(2, 1, Kind::llm, 0, 200),
                                  planned(3, 1, Kind::tool, 300, 500), planned(4, 1, Kind::tool, 350, 600),
                                  planned(5, 1, Kind::llm, 900, 1000)});
        const Gaps gaps = gaps_of(*trace);
        QCOMPARE(shown(gaps), QStringLiteral("200-300 600-900"));
        QCOMPARE(gaps.sum, 400 * kMillisecond);
        QCOMPARE(gaps.longest, std::size_t(1));
        const auto id = [&](std::int32_t at) { return trace->spans[static_cast<std::size_t>(at)].id.value; };
        QCOMPARE(id(gaps.list[1].before), std::uint64_t(4));
        QCOMPARE(id(gaps.list[1].after), std::uint64_t(5));
    }
    void what_holds_others_does_not_work_and_blinks_are_none() {
        const auto trace = test::build_snapshot(
            {planned(1, 0, Kind::agent, 0, 1000), planned(2, 1, Kind::workflow, 100, 900),
             planned(3, 2, Kind::tool, 100, 105), planned(4, 2, Kind::tool, 110, 200),
             planned(5, 2, Kind::tool, 700, 900)});
        QCOMPARE(shown(gaps_of(*trace)), QStringLiteral("200-700"));
    }
    void running_spans_work_until_the_end() {
        const auto trace =
            test::build_snapshot({planned(1, 0, Kind::agent, 0, -1), planned(2, 1, Kind::tool, 0, -1),
                                  planned(3, 1, Kind::tool, 500, 600)});
        QVERIFY(gaps_of(*trace).list.empty());
        auto laid_out = *trace;
        laid_out.time_quality = TimeQuality::synthetic;
        QVERIFY(gaps_of(laid_out).list.empty());
        QVERIFY(gaps_of(TraceSnapshot{}).list.empty());
    }
    void the_gap_before_a_call() {
        const auto trace =
            test::build_snapshot({planned(1, 0, Kind::agent, 0, 1000), planned(2, 1, Kind::llm, 50, 200),
                                  planned(3, 2, Kind::tool, 200, 400), planned(4, 1, Kind::llm, 430, 500),
                                  planned(5, 1, Kind::tool, 450, 460)});
        const auto before = [&](std::uint64_t id) { return gap_before(*trace, trace->find({id})); };
        QVERIFY(!before(1));
        QCOMPARE(before(2).value_or(-1), 50 * kMillisecond); // since its parent began
        QCOMPARE(before(4).value_or(-1), 30 * kMillisecond); // behind the tool that the call before asked for
        QVERIFY(!before(5));                                 // another one still ran
    }
    void first_tokens_and_rates() {
        std::vector<PlannedSpan> plan{planned(1, 0, Kind::agent, 0, 100'000)};
        for (std::uint64_t i = 1; i <= 20; ++i) {
            plan.push_back(planned(1 + i, 1, Kind::llm, static_cast<std::int64_t>(i) * 1'000,
                                   static_cast<std::int64_t>(i) * 1'000 + 600));
            plan.back().output = static_cast<std::int64_t>(i) * 10;
        }
        const auto trace = test::build_snapshot(plan);
        std::int64_t wait = 100;
        for (SnapshotSpan& span : trace->spans)
            if (span.kind == Kind::llm) span.first_token = span.start + wait * kMillisecond;
        const CallRates rates = call_rates(*trace);
        QCOMPARE(rates.calls, 20);
        QVERIFY(rates.after_first);
        QCOMPARE(rates.first_token->median, 100e6);
        QCOMPARE(rates.first_token->p95, 100e6);
        QCOMPARE(rates.first_token->calls, 20);
        // 10 to 200 tokens in half a second: 20 to 400 a second; 95 % reach 40 (the 19th best of 20).
        QCOMPARE(rates.per_second->median, 220.0);
        QCOMPARE(rates.per_second->p95, 40.0);
    }
    void rates_that_can_only_be_wrong_are_none() {
        QVERIFY(!token_rate(0, kNoTime, 0, 10));
        QVERIFY(!token_rate(0, kNoTime, kNoTime, 10));
        QVERIFY(!token_rate(0, kNoTime, kSecond, {}));
        QVERIFY(!token_rate(0, kNoTime, kSecond, 0));
        QVERIFY(!token_rate(0, kNoTime, 1, 1'000));
        QVERIFY(!token_rate(0, kSecond, kSecond, 10)); // the first token is the end
        QVERIFY(!time_to_first_token(10, 5));
        QCOMPARE(token_rate(0, kNoTime, 2 * kSecond, 10)->per_second, 5.0);
        QVERIFY(!token_rate(0, kNoTime, 2 * kSecond, 10)->after_first);
        QCOMPARE(token_rate(0, kSecond, 2 * kSecond, 10)->per_second, 10.0);
        QVERIFY(!call_rates(TraceSnapshot{}).first_token);
    }
};

QTEST_APPLESS_MAIN(TestGapsAndRates)
#include "tst_gaps_and_rates.moc"
