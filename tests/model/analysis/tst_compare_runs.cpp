// Two runs step by step: hand-aligned pairs, random edits that must be found, why steps differ.

#include "model/analysis/canonical_json.h"
#include "model/analysis/compare/difference.h"
#include "model/base/messages.h"
#include "tests/model/analysis/compare_cases.h"

#include <QTest>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

using namespace clew;
using namespace clew::test;

namespace {

QString why_of(const RunSteps& a, const RunSteps& b) {
    const Alignment alignment = align(a, b);
    if (!alignment.first_divergence) return {};
    const AlignedStep& step = alignment.steps[*alignment.first_divergence];
    const StepDifference found = difference(step.a < 0 ? nullptr : &a[static_cast<std::size_t>(step.a)],
                                            step.b < 0 ? nullptr : &b[static_cast<std::size_t>(step.b)]);
    if (find_message(found.code) == nullptr) return QStringLiteral("no sentence");
    return QString::fromStdString(sentence(found.code, found.args));
}

struct Edited {
    std::vector<Made> run;
    // What the first divergence may be: as the edit was made, and as what stands between two steps that stay
    // is paired.
    std::vector<std::pair<SpanId, SpanId>> first;
};

// Applies edits to steps without others inside; those between two kept steps are one stretch.
Edited edited(RandomRuns& random, const std::vector<Made>& run, int edits) {
    enum class What : std::uint8_t { keep, remove, change, insert };
    std::map<std::size_t, What> plan;
    while (static_cast<int>(plan.size()) < edits) {
        const std::size_t at = 1 + random.below(static_cast<std::uint32_t>(run.size() - 1));
        if (run[at].kind == Kind::agent) continue;
        plan[at] = static_cast<What>(1 + random.below(3));
    }
    Edited out;
    const std::vector<Made> copy = random.again(run);
    std::vector<SpanId> gone, come;
    std::optional<std::pair<SpanId, SpanId>> script;
    bool over = false;
    for (std::size_t i = 0; i < run.size(); ++i) {
        const What what = plan.contains(i) ? plan[i] : What::keep;
        const bool other = what == What::change;
        if (what == What::insert || other) {
            Made made = other ? copy[i] : random.step();
            if (!other) {
                made.id += RandomRuns::kOtherIds;
                made.parent = copy[i].parent;
                made.start = copy[i].start;
            } else if (made.kind == Kind::tool && random.chance(3)) {
                made.label += "-other";
            } else if (made.kind == Kind::tool && random.chance(2)) {
                made.asked = "{\"q\":\"edited\",\"limit\":10}";
            } else {
                made.said = "edited " + std::to_string(random.below(1'000));
            }
            out.run.push_back(made);
            if (!over) come.push_back({made.id});
        }
        if (!over && (what == What::remove || other)) gone.push_back({run[i].id});
        if (!over && !script && what != What::keep)
            script = std::pair(what == What::insert ? SpanId{} : SpanId{run[i].id},
                               what == What::remove ? SpanId{} : SpanId{out.run.back().id});
        if (what == What::keep || what == What::insert) {
            over = over || script;
            out.run.push_back(copy[i]);
        }
    }
    out.first.push_back(*script);
    out.first.emplace_back(gone.empty() ? SpanId{} : gone.front(), come.empty() ? SpanId{} : come.front());
    return out;
}

} // namespace

class CompareRunsTest : public QObject {
    Q_OBJECT

private slots:
    void whatIsAStep() {
        // Root, chain and the agent around everything are none; a subagent is one, and what it does is in it.
        const RunSteps steps = run_of({"llm m-1 hi = hello", "chain plan", "  tool search {\"q\":1} = r",
                                       "agent helper", "  llm m-2 go = went", "  tool search {\"q\":2} = r"});
        QStringList words;
        for (const RunStep& step : steps)
            words << QString::number(step.depth) + QString::fromStdString(step.label);
        QCOMPARE(words, QStringList({"0m-1", "0search", "0helper", "1m-2", "1search"}));
        QVERIFY(steps[2].container);
        QCOMPARE(steps[3].parent, 2);
        QCOMPARE(QString::fromStdString(steps[1].arguments), QStringLiteral("{\"q\":1}"));
    }
    void wrappersAreNoSteps() {
        // An SDK's call around the provider's; a client's tool around the server's; a call around its tool is
        // one.
        QCOMPARE(run_of({"llm m-1", "  llm m-1 hi = hello"}).size(), std::size_t(1));
        QCOMPARE(run_of({"llm m-1", "  chain try", "    llm m-1 hi = hello"}).size(), std::size_t(1));
        QCOMPARE(run_of({"tool search {} = r", "  tool search {} = r"}).size(), std::size_t(1));
        QCOMPARE(run_of({"llm m-1 hi = hello", "  tool search {} = r", "    llm m-2 a = b"}).size(),
                 std::size_t(3));
        QCOMPARE(run_of({}).size(), std::size_t(0));
        // A run that is one call is one step; a tool that is the root around others is none.
        QCOMPARE(steps_of({{1, 0, Kind::llm, "m-1", "hi", "hello"}}).size(), std::size_t(1));
        QCOMPARE(
            steps_of({{1, 0, Kind::tool, "agent", "hi", "hello"}, {2, 1, Kind::llm, "m-1", "a", "b"}}).size(),
            std::size_t(1));
        QCOMPARE(steps_of({{1, 0, Kind::agent, "turn", {}, {}, {}, kSynthesized}}).size(), std::size_t(0));
    }
    void handAligned_data() {
        QTest::addColumn<QStringList>("a");
        QTest::addColumn<QStringList>("b");
        QTest::addColumn<QString>("steps");
        QTest::addColumn<QString>("why");
        const QStringList base{"llm m-1 hi = plan", "tool search {\"q\":1} = r1", "tool read {\"f\":2} = r2",
                               "llm m-1 = done"};
        const auto with = [&](int at, const QString& line) {
            QStringList out = base;
            out[at] = line;
            return out;
        };
        const auto inserted = [&](int at, const QString& line) {
            QStringList out = base;
            out.insert(at, line);
            return out;
        };
        QStringList removed = base;
        removed.removeAt(1);
        QTest::newRow("same") << base << base << "=1:1 =2:2 =3:3 =4:4"
                              << "";
        QTest::newRow("empty") << QStringList() << QStringList() << ""
                               << "";
        QTest::newRow("one empty") << QStringList() << QStringList{"tool x {} = r"} << "+1"
                                   << "The tool x is in the second run only.";
        QTest::newRow("inserted") << base << inserted(1, "tool think {} = hm") << "=1:1 +2 =2:3 =3:4 =4:5"
                                  << "The tool think is in the second run only.";
        QTest::newRow("removed") << base << removed << "=1:1 -2 =3:2 =4:3"
                                 << "The tool search is in the first run only.";
        QTest::newRow("argument") << base << with(1, "tool search {\"q\":5} = r1") << "=1:1 ~2:2 =3:3 =4:4"
                                  << "The same tool search with another argument: q 1 became 5.";
        QTest::newRow("further argument")
            << base << with(1, "tool search {\"n\":9,\"q\":1} = r1") << "=1:1 ~2:2 =3:3 =4:4"
            << "The same tool search with a further argument: n is 9.";
        QTest::newRow("result") << base << with(1, "tool search {\"q\":1} = r9") << "=1:1 ~2:2 =3:3 =4:4"
                                << "The same tool search with another result: “r1” became “r9”.";
        QTest::newRow("other tool") << base << with(1, "tool find {\"q\":1} = r1") << "=1:1 ~2:2 =3:3 =4:4"
                                    << "Another tool: search became find.";
        QTest::newRow("other model") << base << with(0, "llm m-9 hi = plan") << "~1:1 =2:2 =3:3 =4:4"
                                     << "Another model: m-1 became m-9.";
        QTest::newRow("other question") << base << with(0, "llm m-1 hey = plan") << "~1:1 =2:2 =3:3 =4:4"
                                        << "The same llm m-1 was asked something else: “hi” became “hey”.";
        QTest::newRow("other answer")
            << base << with(3, "llm m-1 = gone") << "=1:1 =2:2 =3:3 ~4:4"
            << "The same call of llm m-1 was answered otherwise: “done” became “gone”.";
        QTest::newRow("other kind") << base << with(1, "retriever search {\"q\":1} = r1")
                                    << "=1:1 ~2:2 =3:3 =4:4"
                                    << "Another kind of step: tool search became retriever search.";
        QTest::newRow("fails") << base << with(1, "tool search {\"q\":1} = r1!timeout")
                               << "=1:1 ~2:2 =3:3 =4:4"
                               << "The same tool search fails in the second run: timeout.";
        // What was tried again is one step more, and the attempts that are equal are found.
        QTest::newRow("retried") << base
                                 << QStringList{base[0], "tool search {\"q\":1} = !timeout", base[1], base[2],
                                                base[3]}
                                 << "=1:1 +2 =2:3 =3:4 =4:5"
                                 << "The tool search is in the second run only.";
        QTest::newRow("swapped") << base << QStringList{base[0], base[2], base[1], base[3]}
                                 << "=1:1 -2 =3:2 +3 =4:4"
                                 << "The tool search is in the first run only.";
        // Of repeated calls the last are too many.
        QTest::newRow("repeated") << QStringList{"tool poll {} = wait", "tool poll {} = wait",
                                                 "tool poll {} = done"}
                                  << QStringList{"tool poll {} = wait", "tool poll {} = wait",
                                                 "tool poll {} = wait", "tool poll {} = done"}
                                  << "=1:1 =2:2 +3 =3:4"
                                  << "The tool poll is in the second run only.";
        // Every answer differs; the tools hold the runs together.
        QTest::newRow("all answers differ")
            << base
            << QStringList{"llm m-1 hi = other", base[1], "tool think {} = hm", base[2], "llm m-1 = another"}
            << "~1:1 =2:2 +3 =3:4 ~4:5"
            << "The same call of llm m-1 was answered otherwise: “plan” became “other”.";
        // Like steps find each other before others are paired.
        QTest::newRow("like ones") << QStringList{base[0], "tool read {\"f\":2} = r2", base[3]}
                                   << QStringList{base[0], "tool think {} = hm", "tool read {\"f\":3} = r3",
                                                  base[3]}
                                   << "=1:1 +2 ~2:3 =3:4"
                                   << "The tool think is in the second run only.";
        QTest::newRow("more removed than added")
            << QStringList{base[0], "tool a {} = 1", "tool b {} = 2", base[3]}
            << QStringList{base[0], "tool c {} = 3", base[3]} << "=1:1 ~2:2 -3 =4:3"
            << "Another tool: a became c.";
        // The same work, once by a subagent: it is the subagent that is too many.
        QTest::newRow("nesting") << QStringList{base[0], "agent helper", "  " + base[1], "  " + base[2],
                                                base[3]}
                                 << base << "=1:1 -2 =3:2 =4:3 =5:4"
                                 << "The agent helper is in the first run only.";
        // Of two equal steps that in the subagent stays with it.
        QTest::newRow("inside and outside") << QStringList{"agent helper", "  tool t {} = r", "tool t {} = r"}
                                            << QStringList{"agent helper", "tool t {} = r"} << "=1:1 -2 =3:2"
                                            << "The tool t is in the first run only.";
        QTest::newRow("in a subagent")
            << QStringList{"agent helper", "  tool t {\"a\":1} = r", base[3]}
            << QStringList{"agent helper", "  tool s {} = q", "  tool t {\"a\":1} = r", base[3]}
            << "=1:1 +2 =2:3 =3:4"
            << "The tool s is in the second run only.";
    }
    void handAligned() {
        QFETCH(QStringList, a);
        QFETCH(QStringList, b);
        const RunSteps first = run_of(a), second = run_of(b, 7'000 * kSecond, 500);
        QTEST(words_of(align(first, second)), "steps");
        QTEST(why_of(first, second), "why");
    }
    void timesAndIdsAreNoDifference() {
        const auto said = [](const char* id, const char* time) {
            return QStringList{QStringLiteral("tool book {\"request_id\":\"%1\",\"room\":4} = "
                                              "{\"at\":\"%2\",\"id\":\"%1\"}")
                                   .arg(QLatin1String(id), QLatin1String(time))};
        };
        const RunSteps a = run_of(said("0b9f6a34-1c1d-4a52-9a55-0a0d2f3e4b5c", "2026-01-31T08:00:01Z"));
        const RunSteps b =
            run_of(said("7e9f6a34-1c1d-4a52-9a55-0a0d2f3e4b5d", "2026-02-28T18:30:59Z"), kSecond, 90);
        QVERIFY(!align(a, b).first_divergence);
        // The order of keys and white space neither.
        QVERIFY(!align(run_of({"tool t {\"a\":1,\"b\":2} = {\"x\":[1,2]}"}),
                       run_of({"tool t { \"b\": 2, \"a\": 1 } = { \"x\": [1, 2] }"}))
                     .first_divergence);
    }
    void oneFormAtOnceIsTheSameForm() {
        for (const std::string& text :
             {std::string("{\"b\":1,\"a\":{\"ts\":5,\"x\":[\"2026-01-31T08:00\"]}}"),
              std::string("\"{\\\"b\\\":1,\\\"a\\\":2}\""), std::string(" plain text "),
              std::string("[1, 2,  3]"), std::string("17"), std::string("\"said\""),
              std::string("at 2026-01-31T08:00:00Z {"), std::string(), std::string(900, '['),
              std::string("{\"a\":") + std::string(300, '[') + std::string(300, ']') + "}"})
            QCOMPARE(canonical_without_volatile(text), without_volatile(canonical_json(text)));
    }
    void resultsOfToolsInAPromptAreNoStepsOfTheCall() {
        const auto call = [](const char* result) {
            SpanDetail span;
            span.id = {2};
            span.parent = {1};
            span.kind = Kind::llm;
            span.model = "m-1";
            const std::string messages = std::string("[{\"role\":\"user\",\"content\":\"go\"},"
                                                     "{\"role\":\"assistant\",\"content\":\"let me see\"},"
                                                     "{\"role\":\"tool\",\"content\":\"") +
                                         result + "\"}]";
            span.attributes = "[" + otlp_text("gen_ai.input.messages", messages) + "]";
            return span;
        };
        RunReader a, b;
        a.add(call("one"));
        b.add(call("two"));
        QVERIFY(!align(a.finish(), b.finish()).first_divergence);
    }
    void randomEditsAreFound() {
        constexpr int kCases = 2'000;
        int recovered = 0, made = 0;
        for (std::uint32_t seed = 0; made < kCases; ++seed) {
            RandomRuns random(seed);
            const std::vector<Made> run = random.run(4 + static_cast<int>(random.below(50)));
            const auto steps =
                std::ranges::count_if(run, [](const Made& one) { return one.kind != Kind::agent; });
            if (steps < 4) continue;
            ++made;
            const RunSteps a = steps_of(run);
            if (made % 4 == 0 && align(a, steps_of(random.again(run))).first_divergence)
                QFAIL("the same run differs");
            const Edited other = edited(random, run, 1 + static_cast<int>(random.below(4)));
            const RunSteps b = steps_of(other.run);
            const Alignment alignment = align(a, b);
            if (!alignment.first_divergence) continue;
            const AlignedStep& first = alignment.steps[*alignment.first_divergence];
            const std::pair found{first.a < 0 ? SpanId{} : a[static_cast<std::size_t>(first.a)].id,
                                  first.b < 0 ? SpanId{} : b[static_cast<std::size_t>(first.b)].id};
            if (std::ranges::find(other.first, found) != other.first.end()) ++recovered;
        }
        const double rate = 100.0 * recovered / made;
        qInfo("first divergence of %d random edits recovered: %.2f %%", made, rate);
        QVERIFY2(rate >= 99.0, qPrintable(QString::number(rate)));
    }
    void everyStepIsInItOnceAndInOrder() {
        for (std::uint32_t seed = 0; seed < 200; ++seed) {
            RandomRuns random(seed);
            const RunSteps a = steps_of(random.run(40)), b = steps_of(random.run(30));
            std::int32_t next_a = 0, next_b = 0;
            for (const AlignedStep& step : align(a, b).steps) {
                QVERIFY(step.a >= 0 || step.b >= 0);
                if (step.a >= 0) QCOMPARE(step.a, next_a++);
                if (step.b >= 0) QCOMPARE(step.b, next_b++);
                if (step.change == StepChange::same)
                    QCOMPARE(a[static_cast<std::size_t>(step.a)].whole,
                             b[static_cast<std::size_t>(step.b)].whole);
            }
            QCOMPARE(static_cast<std::size_t>(next_a), a.size());
            QCOMPARE(static_cast<std::size_t>(next_b), b.size());
        }
    }
    void deepRunsEndNothing() {
        std::vector<Made> deep{{1, 0, Kind::agent, "root"}};
        for (std::uint64_t i = 2; i < 20'000; ++i)
            deep.push_back({i, i - 1, Kind::tool, "t" + std::to_string(i % 7), "{}", "r"});
        const RunSteps steps = steps_of(deep);
        QCOMPARE(steps.back().depth, static_cast<std::int32_t>(steps.size()) - 1);
        QVERIFY(!align(steps, steps).first_divergence);
        std::string nested(5'000, '[');
        QCOMPARE(steps_of({{1, 0, Kind::tool, "t", nested, nested}}).size(), std::size_t(1));
    }
};

QTEST_GUILESS_MAIN(CompareRunsTest)
#include "tst_compare_runs.moc"
