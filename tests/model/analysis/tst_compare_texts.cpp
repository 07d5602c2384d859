// What comparing rests on: sequences that are matched at bounded cost, texts by words, gates.

#include "model/analysis/compare/gate.h"
#include "model/analysis/compare/matching.h"
#include "model/analysis/compare/word_diff.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <random>

using namespace clew;

namespace {

using Keys = std::vector<std::uint64_t>;

// The length of a longest common subsequence, by the book.
std::size_t longest(const Keys& a, const Keys& b) {
    std::vector<std::size_t> row(b.size() + 1, 0);
    for (const std::uint64_t key : a) {
        std::size_t corner = 0;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t above = row[j + 1];
            row[j + 1] = key == b[j] ? corner + 1 : std::max(above, row[j]);
            corner = above;
        }
    }
    return row.back();
}

bool is_matching(const Keys& a, const Keys& b, const std::vector<MatchedPair>& pairs) {
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        if (pairs[i].a >= a.size() || pairs[i].b >= b.size() || a[pairs[i].a] != b[pairs[i].b]) return false;
        if (i > 0 && (pairs[i].a <= pairs[i - 1].a || pairs[i].b <= pairs[i - 1].b)) return false;
    }
    return true;
}

Keys random_keys(std::mt19937& random, std::size_t size, std::uint64_t kinds) {
    Keys out(size);
    for (std::uint64_t& key : out)
        key = std::uniform_int_distribution<std::uint64_t>(0, kinds - 1)(random);
    return out;
}

QString words_of(const std::vector<WordRun>& runs) {
    QString out;
    for (const WordRun& run : runs) {
        const QString text = QString::fromStdString(run.text);
        out += run.change == WordChange::same      ? text
               : run.change == WordChange::removed ? QStringLiteral("[-%1]").arg(text)
                                                   : QStringLiteral("[+%1]").arg(text);
    }
    return out;
}

ComparedFigures figures_for_gates() {
    ComparedFigures out;
    out.a.tokens = 1'000;
    out.b.tokens = 1'050;
    out.a.costs.reported = kUsd / 10;
    out.b.costs.reported = kUsd / 10 + kUsd / 200;
    out.a.duration = 60 * kSecond;
    out.b.duration = 45 * kSecond;
    out.a.steps = 10;
    out.b.steps = 12;
    out.b.errors = 1;
    out.a.findings = 2;
    out.b.findings = 2;
    out.new_findings = {"loop: search was called 6 times"};
    return out;
}

} // namespace

class CompareTextsTest : public QObject {
    Q_OBJECT

private slots:
    void matchingIsAsLongAsCanBe() {
        std::mt19937 random(7);
        for (int i = 0; i < 500; ++i) {
            const Keys a = random_keys(random, random() % 60, 1 + random() % 12);
            const Keys b = random_keys(random, random() % 60, 1 + random() % 12);
            const auto pairs = match_sequences(a, b);
            QVERIFY(is_matching(a, b, pairs));
            QCOMPARE(pairs.size(), longest(a, b));
        }
    }
    void matchingIsBounded() {
        // Wholly different orders of the same few keys: nothing is worse.
        std::mt19937 random(7);
        const Keys a = random_keys(random, 50'000, 40), b = random_keys(random, 50'000, 40);
        QElapsedTimer time;
        time.start();
        const auto pairs = match_sequences(a, b);
        QVERIFY2(time.elapsed() < 20'000, qPrintable(QString::number(time.elapsed())));
        QVERIFY(is_matching(a, b, pairs));
        QVERIFY2(pairs.size() > 8'000, qPrintable(QString::number(pairs.size())));
    }
    void words_data() {
        QTest::addColumn<QString>("a");
        QTest::addColumn<QString>("b");
        QTest::addColumn<QString>("diff");
        QTest::newRow("equal") << "one two"
                               << "one two"
                               << "one two";
        QTest::newRow("nothing") << ""
                                 << ""
                                 << "";
        QTest::newRow("all new") << ""
                                 << "one two"
                                 << "[+one two]";
        QTest::newRow("a word") << "It costs 60 s."
                                << "It costs 5 s."
                                << "It costs [-60][+5] s.";
        QTest::newRow("several words") << "refund has been sent."
                                       << "refund needs a check."
                                       << "refund [-has been sent][+needs a check].";
        QTest::newRow("added behind") << "Yes"
                                      << "Yes, sir"
                                      << "Yes[+, sir]";
        QTest::newRow("no character is cut") << "Größe"
                                             << "Grüße"
                                             << "[-Größe][+Grüße]";
    }
    void words() {
        QFETCH(QString, a);
        QFETCH(QString, b);
        const auto runs = diff_words(a.toStdString(), b.toStdString());
        QTEST(words_of(runs), "diff");
        std::string was, is;
        for (const WordRun& run : runs) {
            if (run.change != WordChange::added) was += run.text;
            if (run.change != WordChange::removed) is += run.text;
        }
        QCOMPARE(QString::fromStdString(was), a);
        QCOMPARE(QString::fromStdString(is), b);
    }
    void largeTextsTakeBoundedTime() {
        std::string a, b;
        for (int i = 0; i < 200'000; ++i) {
            a += "w" + std::to_string(i * 7 % 1'001) + " ";
            b += "w" + std::to_string(i * 13 % 997) + " ";
        }
        QElapsedTimer time;
        time.start();
        QVERIFY(!diff_words(a, b).empty());
        QVERIFY2(time.elapsed() < 20'000, qPrintable(QString::number(time.elapsed())));
    }
    void gates_data() {
        QTest::addColumn<QString>("gate");
        QTest::addColumn<bool>("passed");
        for (const char* holds :
             {"cost<=+5%",     "cost<=+$0.005", "cost<=0.105",   "cost>=$0.1",        "tokens<=+5%",
              "tokens<=+50",   "tokens<=2k",    "tokens<=1.05k", "duration<=+0%",     "duration<=-25%",
              "duration<=45s", "duration<=45",  "duration<=1m",  "duration>=45000ms", "steps<=+2",
              "steps<=+20%",   "steps<=12",     "errors<=1",     "errors<=+1",        "findings<=+0",
              "no-new-errors"})
            QTest::newRow(holds) << holds << true;
        for (const char* fails : {"cost<=+4.9%", "cost<=0.1", "tokens<=+4%", "tokens>=+60", "duration<=-26%",
                                  "duration<=44s", "steps<=+1", "steps>=+3", "errors<=0", "no-new-findings"})
            QTest::newRow(fails) << fails << false;
    }
    void gates() {
        QFETCH(QString, gate);
        const auto read = read_gate(gate.toStdString());
        QVERIFY(read.ok());
        const GateResult result = check(*read, figures_for_gates());
        QVERIFY(!result.why.empty() && result.why.ends_with('.'));
        QTEST(result.passed, "passed");
    }
    void gatesThatCannotBeRead() {
        for (const char* text : {"", "cost", "cost<5", "cost<=", "cost<=+", "cost<=x", "cost<=5%", "price<=5",
                                 "steps<=5s", "duration<=5d", "tokens<=$5", "cost<=+5%%", "no-new-steps",
                                 "steps<=nan", "steps<=inf", "steps<=--2", "steps<=1e999"})
            QVERIFY2(!read_gate(text), text);
    }
    void whatIsUnknownPassesNoGate() {
        ComparedFigures figures = figures_for_gates();
        figures.b.costs = {};
        QVERIFY(!check(*read_gate("cost<=100"), figures).passed);
        figures.b.costs.reported = kUsd / 100;
        QVERIFY(check(*read_gate("cost<=100"), figures).passed);
        figures.b.costs.unpriced = 2; // the sum is too low
        const GateResult unsure = check(*read_gate("cost<=100"), figures);
        QVERIFY(!unsure.passed && unsure.why.find("2 calls") != std::string::npos);
        figures = figures_for_gates();
        figures.a.tokens.reset();
        QVERIFY(!check(*read_gate("tokens<=+5%"), figures).passed);
        QVERIFY(check(*read_gate("tokens<=5000"), figures).passed);
        const RunDelta change = delta(figures.a, figures.b);
        QVERIFY(!change.tokens);
        QCOMPARE(change.duration, std::optional<DurationNs>(-15 * kSecond));
        QCOMPARE(change.steps, std::int64_t(2));
    }
};

QTEST_GUILESS_MAIN(CompareTextsTest)
#include "tst_compare_texts.moc"
