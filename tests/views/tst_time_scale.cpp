#include "views/trace/time_scale.h"

#include <QTest>

#include <cmath>

using namespace clew;
using namespace clew::views;

class TestTimeScale : public QObject {
    Q_OBJECT

private slots:
    void maps_both_ways();
    void zoom_keeps_the_time_under_the_pointer();
    void view_stays_inside_the_bounds();
    void growing_bounds_keep_the_view();
    void ticks_data();
    void ticks();
    void ticks_never_crowd();
    void labels();
};

void TestTimeScale::maps_both_ways() {
    TimeScale scale;
    scale.setBounds(1'000 * kSecond, 1'100 * kSecond);
    scale.setWidth(500);
    for (const double x : {0.0, 17.0, 250.0, 499.0})
        QVERIFY(std::abs(scale.x(scale.timeAt(x)) - x) < 0.01);
    QCOMPARE(scale.x(1'000 * kSecond), 0.0);
    QVERIFY(scale.showsAll());
    QVERIFY(scale.x(1'100 * kSecond) < 500); // air behind the end
}

void TestTimeScale::zoom_keeps_the_time_under_the_pointer() {
    TimeScale scale;
    const TimeNs start = 1'760'000'000 * kSecond;
    scale.setBounds(start, start + 3600 * kSecond);
    scale.setWidth(800);
    for (int step = 0; step < 40; ++step) {
        const TimeNs before = scale.timeAt(300);
        scale.zoom(300, 1.3);
        const double nsPerPixel = static_cast<double>(scale.end() - scale.begin()) / 800;
        QVERIFY(std::abs(static_cast<double>(scale.timeAt(300) - before)) <= nsPerPixel + 2);
    }
    QVERIFY(!scale.showsAll());
    QVERIFY(scale.end() - scale.begin() < kSecond);
}

void TestTimeScale::view_stays_inside_the_bounds() {
    TimeScale scale;
    scale.setBounds(0, 10 * kSecond);
    scale.setWidth(100);
    scale.zoom(50, 4);
    scale.pan(1e9);
    QVERIFY(scale.end() <= scale.boundsEnd());
    scale.pan(-1e9);
    QCOMPARE(scale.begin(), TimeNs{0});
    scale.zoom(50, 1e-9);
    QVERIFY(scale.showsAll());
    scale.zoom(50, 1e30);
    QVERIFY(scale.end() - scale.begin() >= 99);
    scale.show(5 * kSecond, 4 * kSecond); // turned round
    QVERIFY(scale.begin() >= 4 * kSecond - 1 && scale.end() <= 5 * kSecond + 1);
    scale.setBounds(7, 7); // no duration at all
    QVERIFY(scale.end() > scale.begin());
    QVERIFY(!scale.ticks().empty());
}

void TestTimeScale::growing_bounds_keep_the_view() {
    TimeScale scale;
    scale.setBounds(0, 10 * kSecond);
    scale.setWidth(100);
    scale.setBounds(0, 20 * kSecond);
    QVERIFY(scale.showsAll());
    scale.show(2 * kSecond, 4 * kSecond);
    scale.setBounds(0, 40 * kSecond);
    QCOMPARE(scale.begin(), 2 * kSecond);
    QCOMPARE(scale.end(), 4 * kSecond);
    scale.setBounds(-kSecond, 40 * kSecond); // an earlier span arrived
    QCOMPARE(scale.begin(), 2 * kSecond);
}

void TestTimeScale::ticks_data() {
    QTest::addColumn<qint64>("length");
    QTest::addColumn<QStringList>("labels");
    const QChar nb(0xa0);
    const auto row = [&](const char* name, qint64 length, const QString& labels) {
        QString text = labels;
        QTest::newRow(name) << length << text.replace(QLatin1Char('_'), nb).split(QLatin1Char('|'));
    };
    row("25 s", 24'600 * kMillisecond, QStringLiteral("0|5_s|10_s|15_s|20_s|25_s"));
    row("200 ms", 200 * kMillisecond, QStringLiteral("0|50_ms|100_ms|150_ms|200_ms"));
    row("3 min", 170 * kSecond, QStringLiteral("0|1_m|2_m|3_m"));
    row("2 h", 7200 * kSecond, QStringLiteral("0|30_m|1_h|1_h_30_m|2_h"));
    row("1.2 s", 1200 * kMillisecond, QStringLiteral("0|500_ms|1.0_s"));
}

void TestTimeScale::ticks() {
    QFETCH(qint64, length);
    QFETCH(QStringList, labels);
    TimeScale scale;
    scale.setBounds(kSecond, kSecond + length);
    scale.setWidth(275);
    QStringList out;
    for (const Tick& tick : scale.ticks())
        out << tick.label;
    QCOMPARE(out, labels);
}

void TestTimeScale::ticks_never_crowd() {
    TimeScale scale;
    for (DurationNs length = 1; length < 40LL * 365 * 86'400 * kSecond; length = length * 3 + 1) {
        scale.setBounds(0, length);
        scale.fit();
        const std::size_t count = scale.ticks().size();
        QVERIFY2(count >= 2 && count <= 6, qPrintable(QStringLiteral("%1 ns: %2").arg(length).arg(count)));
    }
}

void TestTimeScale::labels() {
    QCOMPARE(tickLabel(0, kSecond), QStringLiteral("0"));
    QCOMPARE(tickLabel(90 * kSecond, 30 * kSecond), QStringLiteral("1\u00a0m\u00a030\u00a0s"));
    QCOMPARE(tickLabel(1'250 * kMillisecond, 50 * kMillisecond), QStringLiteral("1.25\u00a0s"));
    QCOMPARE(tickLabel(3'200 * kMicrosecond, 200 * kMicrosecond), QStringLiteral("3.2\u00a0ms"));
    QCOMPARE(tickLabel(40, 20), QStringLiteral("40\u00a0ns"));
    QCOMPARE(tickLabel(-2 * kSecond, kSecond), QStringLiteral("−2\u00a0s"));
}

QTEST_GUILESS_MAIN(TestTimeScale)
#include "tst_time_scale.moc"
