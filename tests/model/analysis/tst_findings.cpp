// Findings: each rule on made traces that have it and on near ones that do not; precision and recall over all
// of them; hostile content.
#include "model/analysis/canonical_json.h"
#include "model/analysis/findings/rule.h"
#include "model/analysis/findings/ruled_trace.h"
#include "model/base/messages.h"
#include "tests/model/analysis/finding_cases.h"

#include <QTest>

#include <set>

using namespace clew;
using namespace clew::test;

class TestFindings : public QObject {
    Q_OBJECT
private slots:
    void eachCase() {
        int right = 0, extra = 0, missed = 0;
        for (const Case& one : cases()) {
            Made made;
            one.make(made);
            const auto found = made.rules();
            for (const auto& rule : found)
                one.expected.contains(rule) ? ++right : ++extra;
            for (const auto& rule : one.expected)
                missed += !found.contains(rule);
            std::string all;
            for (const auto& rule : found)
                all += rule + " ";
            if (found != one.expected) qWarning("%s: found %s", one.name, all.c_str());
        }
        const double precision = static_cast<double>(right) / std::max(1, right + extra);
        const double recall = static_cast<double>(right) / std::max(1, right + missed);
        qInfo("precision %.3f, recall %.3f over %zu cases", precision, recall, cases().size());
        QCOMPARE(extra, 0);
        QCOMPARE(missed, 0);
    }

    void aLoopSaysWhatItWasted() {
        Made made;
        for (int i = 0; i < 7; ++i) {
            made.call(100, 10);
            made.tool("read", "{}");
        }
        const auto found = made.findings();
        QCOMPARE(found.size(), std::size_t{1});
        QCOMPARE(found[0].spans.size(), std::size_t{7});
        QCOMPARE(found[0].wasted.tokens.value_or(0), std::int64_t{6 * 110});
        QCOMPARE(found[0].wasted.time.value_or(0), 12 * kSecond);
        QVERIFY(evidence(found[0]).find("7 times") != std::string::npos);
    }

    void everyRuleHasASentence() {
        for (const Rule& rule : finding_rules()) {
            QVERIFY2(find_message("finding." + std::string(rule.id)) != nullptr,
                     std::string(rule.id).c_str());
            QVERIFY(find_rule(rule.id) == &rule);
        }
        QVERIFY(find_rule("no such rule") == nullptr);
    }

    void rulesCanBeTurnedOff() {
        RuledTrace trace(kTrace);
        SpanDetail span;
        span.trace = kTrace;
        span.id = {1};
        span.kind = Kind::llm;
        span.start = 2;
        span.end = 1;
        trace.add(span);
        QVERIFY(!find_all(trace).empty());
        std::set<std::string, std::less<>> off;
        for (const Rule& rule : finding_rules())
            off.emplace(rule.id);
        QVERIFY(find_all(trace, {}, off).empty());
    }

    void hostileContentEnds() {
        (void)hostile().findings();
        QCOMPARE(canonical_json("{\"b\":1,\"a\":[ 2 ]}"), std::string("{\"a\":[2],\"b\":1}"));
        QCOMPARE(canonical_json("plain "), std::string("plain"));
    }
};

QTEST_APPLESS_MAIN(TestFindings)
#include "tst_findings.moc"
