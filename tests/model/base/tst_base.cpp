#include "model/base/ids.h"
#include "model/base/money.h"
#include "model/base/numbers.h"
#include "model/base/text.h"
#include "model/base/time.h"

#include <QTest>

using namespace clew;
using namespace std::string_literals;

namespace QTest {
template <>
char* toString(const std::string& text) {
    return qstrdup(text.c_str());
}
} // namespace QTest

class BaseTest : public QObject {
    Q_OBJECT

private slots:
    void readsAndWritesIso8601_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qlonglong>("time");
        QTest::newRow("nanoseconds") << "2018-12-13T14:51:00.123456789Z" << 1'544'712'660'123'456'789LL;
        QTest::newRow("milliseconds") << "2018-12-13T14:51:00.250Z" << 1'544'712'660'250'000'000LL;
        QTest::newRow("offset") << "2018-12-13T15:51:00+01:00" << 1'544'712'660'000'000'000LL;
        QTest::newRow("compact offset") << "2018-12-13T09:21:00-0530" << 1'544'712'660'000'000'000LL;
        QTest::newRow("no zone is UTC") << "2018-12-13 14:51:00" << 1'544'712'660'000'000'000LL;
        QTest::newRow("date") << "2018-12-13" << 1'544'659'200'000'000'000LL;
        QTest::newRow("before 1970") << "1969-12-31T23:59:59.5Z" << -500'000'000LL;
        QTest::newRow("more digits than ns")
            << "2018-12-13T14:51:00.1234567891234Z" << 1'544'712'660'123'456'789LL;
    }
    void readsAndWritesIso8601() {
        QFETCH(QString, text);
        QFETCH(qlonglong, time);
        const auto parsed = parse_iso8601(text.toStdString());
        QVERIFY(parsed.has_value());
        QCOMPARE(*parsed, time);
        QCOMPARE(*parse_iso8601(iso8601(time)), time);
    }
    void refusesWhatIsNoTime() {
        for (const char* text :
             {"", "yesterday", "2018-13-01", "2018-12-13T", "2018-12-13T14", "2018-12-13T25:00:00Z",
              "2018-12-13T14:51:00.Z", "2018-12-13T14:51:00Zx", "9999-12-31T00:00:00Z"})
            QVERIFY2(!parse_iso8601(text), text);
    }
    void readsEpochSecondsWithoutLosingDigits() {
        QCOMPARE(*parse_epoch_seconds("1760000000.25"), 1'760'000'000'250'000'000);
        QCOMPARE(*parse_epoch_seconds("1544712660.123456789"), 1'544'712'660'123'456'789);
        QCOMPARE(*parse_epoch_seconds("-1.5"), -1'500'000'000);
        QVERIFY(!parse_epoch_seconds("99999999999999999999"));
        QVERIFY(!parse_epoch_seconds("NaN"));
        QVERIFY(!parse_epoch_seconds(""));
    }
    void differencesAreChecked() {
        QCOMPARE(*between(5, 3), -2);
        QVERIFY(!between(kNoTime, 3));
        QVERIFY(!between(kNoTime + 1, std::numeric_limits<TimeNs>::max()));
    }

    void idsRoundTrip() {
        const auto trace = trace_id_from_hex("5B8EFFF798038103D269B633813FC60C");
        QVERIFY(trace && trace->valid());
        QCOMPARE(to_hex(*trace), "5b8efff798038103d269b633813fc60c"s);
        const auto span = span_id_from_hex("00f067aa0ba902b7");
        QCOMPARE(to_hex(*span), "00f067aa0ba902b7"s);
        QCOMPARE(span_id_from_bytes("\x00\xf0\x67\xaa\x0b\xa9\x02\xb7"s)->value, span->value);
    }
    void refusesWhatIsNoId() {
        QVERIFY(!trace_id_from_hex("5b8e"));
        QVERIFY(!trace_id_from_hex("zb8efff798038103d269b633813fc60c"));
        QVERIFY(!span_id_from_hex("00f067aa0ba902b"));
        QVERIFY(!span_id_from_bytes("short"));
        QVERIFY(!trace_id_from_hex("00000000000000000000000000000000")->valid());
    }
    // Judgements are keyed by these: a change of the algorithm would orphan them.
    void derivedIdsAreStable() {
        QCOMPARE(to_hex(derive_span_id("agent-telemetry", {"run-1", "1"})),
                 to_hex(derive_span_id("agent-telemetry", {"run-1", "1"})));
        QVERIFY(derive_span_id("f", {"ab", "c"}) != derive_span_id("f", {"a", "bc"}));
        QVERIFY(derive_trace_id("f", {"a"}) != derive_trace_id("g", {"a"}));
        QCOMPARE(to_hex(derive_trace_id("agent-telemetry", {"run-1"})), "3fa836f13221ccc13f41e637223b1915"s);
    }

    void numbersForPeople_data() {
        QTest::addColumn<QString>("got");
        QTest::addColumn<QString>("wanted");
        const auto row = [](const std::string& got, const char* wanted) {
            QTest::newRow(wanted) << QString::fromStdString(got).replace(QChar(0xa0), ' ')
                                  << QString::fromUtf8(wanted);
        };
        row(format_duration(140 * kMillisecond), "140 ms");
        row(format_duration(2'050 * kMillisecond), "2.05 s");
        row(format_duration(24'600 * kMillisecond), "24.6 s");
        row(format_duration(848 * kSecond), "14 m 08 s");
        row(format_duration(192 * 60 * kSecond), "3 h 12 m");
        row(format_duration(0), "0");
        row(format_duration({}), "–");
        row(format_duration(-5 * kMillisecond), "−5.00 ms");
        row(format_duration(999'600 * kMicrosecond), "1.00 s");
        row(format_duration(59'960 * kMillisecond), "1 m 00 s");
        row(format_tokens(512), "512");
        row(format_tokens(6'100), "6.1k");
        row(format_tokens(14'200), "14.2k");
        row(format_tokens(812'000), "812k");
        row(format_tokens(1'900'000), "1.9M");
        row(format_tokens(999'999), "1M");
        row(format_cost(198'400'000'000'000), "$198.40");
        row(format_cost(241'000'000'000), "$0.241");
        row(format_cost(400'000'000), "$0.0004");
        row(format_cost(10'000'000), "<$0.0001");
        row(format_cost({}), "–");
        row(format_cost(12'345'670'000'000'000), "$12,345.67");
        row(format_count(12'806), "12,806");
        row(format_count(-1'234'567), "-1,234,567");
        row(format_bytes(5), "5 B");
        row(format_bytes(1'100'000'000), "1.1 GB");
        row(format_bytes(74'000'000), "74 MB");
        row(format_short_count(184'000), "184k");
        row(format_short_count(3'420'000), "3.42M");
    }
    void numbersForPeople() {
        QFETCH(QString, got);
        QTEST(got, "wanted");
    }
    void moneyIsExact() {
        QCOMPARE(*from_usd(0.000001), 1'000'000);
        QVERIFY(!from_usd(std::nan("")));
        QVERIFY(!from_usd(-1));
        QVERIFY(!from_usd(1e30));
    }

    void textIsCutAtCharacters() {
        QCOMPARE(std::string(utf8_prefix("naïve", 3)), "na"s);
        QCOMPARE(one_line("  two\n\n words\t here ", 40), "two words here"s);
        QCOMPARE(one_line("東京データ", 7), "東京"s);
    }
    void badBytesBecomeReplacements() {
        QVERIFY(is_utf8("東京 🙂"));
        QVERIFY(!is_utf8("\xed\xa0\x80"));
        QCOMPARE(to_utf8("a\xff"
                         "b"),
                 "a\xef\xbf\xbd"
                 "b"s);
        QCOMPARE(json_string("a\"\\\n\x01\xff"), "\"a\\\"\\\\\\n\\u0001\xef\xbf\xbd\""s);
    }
    void utf16IsConverted() {
        QCOMPARE(utf16_to_utf8("h\0i\0\x3d\xd8\x42\xde"s, false), "hi🙂"s);
        QCOMPARE(utf16_to_utf8("\0h\xd8\x3d"s, true), "h\xef\xbf\xbd"s);
    }
};

QTEST_GUILESS_MAIN(BaseTest)
#include "tst_base.moc"
