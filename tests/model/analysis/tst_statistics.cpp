// Intervals and verdicts by published worked examples, and by how often they hold in simulations.

#include "model/analysis/statistics/comparison.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>
#include <random>

using namespace clew;

namespace {

bool near(double got, double wanted, double within) {
    return std::abs(got - wanted) <= within;
}

// Student's (1908) hours of additional sleep, as R ships them.
const std::vector<double> kSleepA{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
const std::vector<double> kSleepB{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};

constexpr int kPairs = 10'000;

// Its own distributions, so that every standard library simulates the same.
class Luck {
public:
    double uniform() { return (static_cast<double>(bits_() >> 11u) + 0.5) / 9007199254740992.0; }
    double normal() {
        return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform());
    }
    double exponential() { return -std::log(uniform()); }
    Share share(double p, std::int64_t n) {
        Share out{0, n};
        for (std::int64_t i = 0; i < n; ++i)
            out.hits += uniform() < p ? 1 : 0;
        return out;
    }
    std::vector<double> values(int n, double scale, const std::function<double(Luck&)>& draw) {
        std::vector<double> out;
        for (int i = 0; i < n; ++i)
            out.push_back(scale * draw(*this));
        return out;
    }

private:
    std::mt19937_64 bits_{20261120};
};

struct Coverage {
    int given = 0, held = 0;
    void add(const std::optional<Interval>& interval, double truth) {
        given += interval.has_value();
        held += interval && interval->holds(truth);
    }
    [[nodiscard]] double share() const { return static_cast<double>(held) / given; }
};

// Prints the figure that docs/prompts.md states.
bool holds(const QString& what, const Coverage& coverage) {
    qInfo("%s: %d intervals, %.2f %% hold", qPrintable(what), coverage.given, 100 * coverage.share());
    return coverage.given == kPairs && near(coverage.share(), kConfidence, 0.01);
}

MetricSample sample(const char* id, Summary summary, bool more, std::vector<double> a,
                    std::vector<double> b) {
    return {id, summary, more, std::move(a), std::move(b)};
}

} // namespace

class TestStatistics : public QObject {
    Q_OBJECT
private slots:
    // Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
    void sharesByNewcombesExamples_data() {
        QTest::addColumn<int>("hits");
        QTest::addColumn<int>("n");
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        QTest::newRow("81/263") << 81 << 263 << 0.2553 << 0.3662;
        QTest::newRow("15/148") << 15 << 148 << 0.0624 << 0.1605;
        QTest::newRow("0/20") << 0 << 20 << 0.0 << 0.1611;
        QTest::newRow("1/29") << 1 << 29 << 0.0061 << 0.1718;
    }
    void sharesByNewcombesExamples() {
        QFETCH(int, hits);
        QFETCH(int, n);
        QFETCH(double, low);
        QFETCH(double, high);
        const auto got = share_interval({hits, n});
        QVERIFY(got);
        QVERIFY2(near(got->low, low, 6e-5) && near(got->high, high, 6e-5),
                 qPrintable(QStringLiteral("%1 %2").arg(got->low).arg(got->high)));
    }

    // Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10: first share − second share.
    void differencesOfSharesByNewcombesExamples_data() {
        QTest::addColumn<QList<int>>("shares");
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        QTest::newRow("a") << QList<int>{56, 70, 48, 80} << 0.0524 << 0.3339;
        QTest::newRow("b") << QList<int>{9, 10, 3, 10} << 0.1705 << 0.8090;
        QTest::newRow("d") << QList<int>{5, 56, 0, 29} << -0.0381 << 0.1926;
        QTest::newRow("e") << QList<int>{0, 10, 0, 20} << -0.1611 << 0.2775;
        QTest::newRow("f") << QList<int>{0, 10, 0, 10} << -0.2775 << 0.2775;
        QTest::newRow("g") << QList<int>{10, 10, 0, 20} << 0.6791 << 1.0;
        QTest::newRow("h") << QList<int>{10, 10, 0, 10} << 0.6075 << 1.0;
    }
    void differencesOfSharesByNewcombesExamples() {
        QFETCH(QList<int>, shares);
        QFETCH(double, low);
        QFETCH(double, high);
        const auto got = share_difference({shares[2], shares[3]}, {shares[0], shares[1]});
        QVERIFY(got);
        QVERIFY2(near(got->low, low, 6e-5) && near(got->high, high, 6e-5),
                 qPrintable(QStringLiteral("%1 %2").arg(got->low).arg(got->high)));
    }

    // R 4, ?sleep: t.test(extra ~ group): t = -1.8608, df = 17.776, p-value = 0.07939,
    // 95 percent confidence interval -3.3654832 0.2054832 (group 1 - group 2).
    void differencesOfMeansAsRStatesThem() {
        const auto got = mean_difference(moments_of(kSleepA), moments_of(kSleepB));
        QVERIFY(got);
        QVERIFY(near(got->low, -0.2054832, 1e-6));
        QVERIFY(near(got->high, 3.3654832, 1e-6));
        const auto compared = compare_metrics({sample("sleep", Summary::mean, true, kSleepA, kSleepB)});
        QVERIFY(near(*compared[0].p, 0.07939, 1e-5));
        QCOMPARE(compared[0].verdict, Verdict::no_evidence);
        QVERIFY(near(*compared[0].difference, 1.58, 1e-9));
    }

    // The usual table for medians: of 25 values the 8th and the 18th hold it in 95.7 %, so 95 % lie between
    // the 8th and 9th, and between the 17th and 18th.
    void mediansByTheirRanks() {
        std::vector<double> values;
        for (int i = 1; i <= 25; ++i)
            values.push_back(i);
        const auto got = quantile_interval(values, 0.5);
        QVERIFY(got);
        QVERIFY(got->low > 8 && got->low < 9);
        QVERIFY(near(got->low + got->high, 26, 1e-6));
        QCOMPARE(quantile(values, 0.5), 13.0);
    }
    void tailsNeedEnoughRuns() {
        std::vector<double> values(71, 1.0);
        QVERIFY(!quantile_interval(values, 0.95)); // 0.95^71 > 2.5 %
        values.push_back(1.0);
        QVERIFY(quantile_interval(values, 0.95));
        QVERIFY(!share_interval({3, 9}));
        QVERIFY(!mean_interval(moments_of(std::vector<double>(9, 1.0))));
    }

    // p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") in R.
    void holmsCorrection() {
        const auto got = holm(std::array{0.01, 0.04, 0.03, 0.005});
        const std::array wanted{0.03, 0.06, 0.06, 0.02};
        for (std::size_t i = 0; i < wanted.size(); ++i)
            QVERIFY(near(got[i], wanted[i], 1e-12));
        QCOMPARE(holm(std::array{0.9, 0.8})[1], 1.0);
        QVERIFY(holm({}).empty());
    }
    void moreMetricsNeedMoreEvidence() {
        const std::vector<double> a{10, 11, 12, 10, 11, 12, 10, 11, 12, 11};
        const std::vector<double> b{11, 12, 12, 12, 11, 13, 11, 12, 13, 11};
        std::vector<MetricSample> samples{sample("one", Summary::mean, false, a, b)};
        QCOMPARE(compare_metrics(samples)[0].verdict, Verdict::worse);
        for (int i = 0; i < 8; ++i)
            samples.push_back(sample("other", Summary::mean, false, a, a));
        const auto many = compare_metrics(samples);
        QCOMPARE(many[0].verdict, Verdict::no_evidence);
        QVERIFY(many[0].interval->low > 0); // the interval alone would say it
    }
    void fewRunsGiveNoVerdict() {
        const auto got = compare_metrics({sample("cost", Summary::mean, false, {1, 1, 1}, {9, 9, 9}),
                                          sample("none", Summary::share, true, {}, {1})});
        QCOMPARE(*got[0].difference, 8.0);
        QVERIFY(!got[0].interval && !got[0].p && got[0].too_few());
        QCOMPARE(got[0].verdict, Verdict::no_evidence);
        QVERIFY(!got[1].a && got[1].b && !got[1].difference && !got[1].too_few());
        QCOMPARE(got[1].n[1], 1);
    }
    void equalValuesHaveNoSpread() {
        const std::vector<double> a(10, 0.1), b(10, 0.3);
        const auto got = compare_metrics(
            {sample("tokens", Summary::mean, false, a, b), sample("same", Summary::mean, false, a, a)});
        QCOMPARE(got[0].verdict, Verdict::worse);
        QCOMPARE(got[1].verdict, Verdict::no_evidence);
        QVERIFY(near(got[0].interval->low, 0.2, 1e-12) && near(got[0].interval->high, 0.2, 1e-12));
    }
    void directionsAreTheMetricsOwn() {
        const std::vector<double> no(40, 0.0), yes(40, 1.0);
        const auto got = compare_metrics({sample("errors", Summary::share, false, no, yes),
                                          sample("thumbs", Summary::share, true, no, yes),
                                          sample("latency", Summary::p50, false, yes, no)});
        QCOMPARE(got[0].verdict, Verdict::worse);
        QCOMPARE(got[1].verdict, Verdict::better);
        QCOMPARE(got[2].verdict, Verdict::better);
    }

    // The stated 95 % over 10,000 pairs each, within 1 %.
    void sharesHold() {
        Luck luck;
        for (const auto& [n_a, n_b] : {std::pair{10, 10}, std::pair{20, 60}}) {
            Coverage coverage;
            for (int i = 0; i < kPairs; ++i) {
                const double p = luck.uniform(), q = luck.uniform();
                coverage.add(share_difference(luck.share(p, n_a), luck.share(q, n_b)), q - p);
            }
            QVERIFY(holds(QStringLiteral("shares of any size, %1 and %2 runs").arg(n_a).arg(n_b), coverage));
        }
        Coverage coverage;
        for (int i = 0; i < kPairs; ++i)
            coverage.add(share_difference(luck.share(0.1, 100), luck.share(0.15, 100)), 0.05);
        QVERIFY(holds(QStringLiteral("shares of 10 % and 15 %, 100 and 100 runs"), coverage));
    }
    void meansHold() {
        Luck luck;
        struct Shape {
            const char* name;
            double mean;
            std::function<double(Luck&)> draw;
        };
        const std::vector<Shape> shapes{
            {"normal", 5, [](Luck& l) { return 5 + l.normal(); }},
            {"gamma (skewness 1.4)", 2, [](Luck& l) { return l.exponential() + l.exponential(); }},
            {"lognormal (skewness 1.75)", std::exp(0.125),
             [](Luck& l) { return std::exp(0.5 * l.normal()); }},
        };
        for (const Shape& shape : shapes)
            for (const auto& [n_a, n_b] : {std::pair{10, 10}, std::pair{20, 60}}) {
                Coverage coverage;
                for (int i = 0; i < kPairs; ++i)
                    coverage.add(mean_difference(moments_of(luck.values(n_a, 1, shape.draw)),
                                                 moments_of(luck.values(n_b, 1.3, shape.draw))),
                                 0.3 * shape.mean);
                QVERIFY(holds(QStringLiteral("means, %1, %2 and %3 runs").arg(shape.name).arg(n_a).arg(n_b),
                              coverage));
            }
    }
    void quantilesHold() {
        Luck luck;
        const auto draw = [](Luck& l) { return std::exp(0.5 * l.normal()); };
        struct Setting {
            double q, truth;
            int n_a, n_b;
        };
        const double tail = 0.3 * std::exp(0.5 * 1.6448536269514722);
        for (const Setting& setting :
             {Setting{0.5, 0.3, 10, 10}, Setting{0.5, 0.3, 20, 60}, Setting{0.95, tail, 72, 72}}) {
            Coverage coverage;
            for (int i = 0; i < kPairs; ++i) {
                auto a = luck.values(setting.n_a, 1, draw), b = luck.values(setting.n_b, 1.3, draw);
                std::ranges::sort(a);
                std::ranges::sort(b);
                coverage.add(quantile_difference(a, b, setting.q), setting.truth);
            }
            QVERIFY(holds(QStringLiteral("p%1, lognormal, %2 and %3 runs")
                              .arg(100 * setting.q)
                              .arg(setting.n_a)
                              .arg(setting.n_b),
                          coverage));
        }
    }
    // Groups that are equal get a verdict in one of twenty comparisons at most, whatever is looked at.
    void equalGroupsAreRarelyJudged() {
        Luck luck;
        constexpr int kComparisons = 200;
        int judged = 0;
        for (int i = 0; i < kComparisons; ++i) {
            std::vector<MetricSample> samples;
            for (int metric = 0; metric < 6; ++metric) {
                const auto draw = [](Luck& l) { return std::exp(0.8 * l.normal()); };
                samples.push_back(sample("cost", metric % 2 == 0 ? Summary::mean : Summary::p50, false,
                                         luck.values(25, 1, draw), luck.values(25, 1, draw)));
            }
            const auto got = compare_metrics(std::move(samples));
            judged += std::ranges::any_of(
                got, [](const MetricComparison& one) { return one.verdict != Verdict::no_evidence; });
        }
        qInfo("equal groups, six metrics: a verdict in %.1f %%", 100.0 * judged / kComparisons);
        QVERIFY(judged <= kComparisons * 8 / 100); // 5 % and the luck of 200
    }
};

QTEST_APPLESS_MAIN(TestStatistics)
#include "tst_statistics.moc"
