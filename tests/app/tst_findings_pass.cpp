// The background pass over a store's findings: what it looks at, when, and what it leaves alone; the settings
// that the window and the command line share.
#include "app/findings_pass.h"
#include "app/user_rules.h"
#include "tests/support/store_fixture.h"

#include <QTemporaryDir>
#include <QTest>

using namespace clew;
using namespace clew::app;
using namespace clew::test;
using namespace std::chrono_literals;

namespace {

constexpr TraceId kFirst{7, 1};
constexpr TraceId kSecond_{7, 2};

Span tool(TraceId trace, std::uint64_t id, TimeNs start, TimeNs end) {
    Span one = span(trace, id, 1, start, end, "get");
    one.kind = Kind::tool;
    one.status = Status::error;
    return one;
}

// Three failures in a row: a retry storm.
std::vector<Span> stormy(TraceId trace, TimeNs rootEnd) {
    Span root = span(trace, 1, 0, 1 * kSecond, rootEnd, "agent");
    root.kind = Kind::agent;
    return {root, tool(trace, 2, 2 * kSecond, 3 * kSecond), tool(trace, 3, 3 * kSecond, 4 * kSecond),
            tool(trace, 4, 4 * kSecond, 5 * kSecond)};
}

std::vector<std::string> rules_in(Store& store, TraceId trace) {
    std::vector<std::string> out;
    const auto stored = store.traces().findings(trace);
    if (!stored || stored->version == 0) return {"not looked at"};
    for (const Finding& finding : stored->findings)
        out.push_back(finding.rule);
    return out;
}

const std::vector<std::string> kStorm{"retry_storm"};
const std::vector<std::string> kNothing{};
const std::vector<std::string> kNotYet{"not looked at"};

constexpr FindingsPass::Pauses kQuick{20ms, 500ms, 400ms};

} // namespace

class TestFindingsPass : public QObject {
    Q_OBJECT
    std::unique_ptr<Store> store_;
    QTemporaryDir home_;

private slots:
    void initTestCase() { qputenv("XDG_DATA_HOME", home_.path().toUtf8()); }
    void init() {
        store_ = temporary_store();
        QVERIFY(store_);
        QVERIFY(keep_user_rules({}));
    }
    void cleanup() { store_.reset(); }

    void looksAtEveryTraceOnce() {
        import_spans(*store_, head("/a.jsonl"), stormy(kFirst, 9 * kSecond));
        import_spans(*store_, head("/b.jsonl"), {span(kSecond_, 1, 0, 1 * kSecond, 2 * kSecond)});
        const auto first = update_findings(*store_, {});
        QVERIFY2(first, error_of(first).c_str());
        QCOMPARE(*first, 2);
        QCOMPARE(rules_in(*store_, kFirst), kStorm);
        QCOMPARE(rules_in(*store_, kSecond_), kNothing);
        QCOMPARE(update_findings(*store_, {}).value_or(-1), 0);
    }

    void otherSettingsAreAnotherVersion() {
        import_spans(*store_, head("/a.jsonl"), stormy(kFirst, 9 * kSecond));
        QVERIFY(update_findings(*store_, {}));
        RuleSettings off;
        off.off = {"retry_storm"};
        QVERIFY(findings_version(off) != findings_version({}));
        QCOMPARE(update_findings(*store_, off).value_or(-1), 1);
        QCOMPARE(rules_in(*store_, kFirst), kNothing);
        RuleSettings later;
        QVERIFY(set_threshold(later, "retry_calls=4"));
        QCOMPARE(update_findings(*store_, later).value_or(-1), 1);
        QCOMPARE(rules_in(*store_, kFirst), kNothing);
    }

    void stopsWhenAsked() {
        import_spans(*store_, head("/a.jsonl"), stormy(kFirst, 9 * kSecond));
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(error_of(update_findings(*store_, {}, stop.get_token())), std::string("cancelled"));
        QCOMPARE(rules_in(*store_, kFirst), kNotYet);
    }

    void aFilterThatAsksForFindingsGetsThem() {
        import_spans(*store_, head("/a.jsonl"), stormy(kFirst, 9 * kSecond));
        QVERIFY(update_findings_for(*store_, "tool:get"));
        QCOMPARE(rules_in(*store_, kFirst), kNotYet);
        QVERIFY(update_findings_for(*store_, "finding:retry_storm or spans>9"));
        QCOMPARE(rules_in(*store_, kFirst), kStorm);
    }

    void followsCommitsAndSettings() {
        import_spans(*store_, head("/a.jsonl"), stormy(kFirst, 9 * kSecond));
        FindingsPass pass(*store_, {}, kQuick);
        QTRY_COMPARE(rules_in(*store_, kFirst), kStorm); // what was there
        import_spans(*store_, head("/b.jsonl"), stormy(kSecond_, 9 * kSecond));
        QTRY_COMPARE(rules_in(*store_, kSecond_), kStorm); // what came
        RuleSettings off;
        off.off = {"retry_storm"};
        pass.set_settings(off);
        QTRY_COMPARE(rules_in(*store_, kFirst), kNothing);
        QTRY_COMPARE(rules_in(*store_, kSecond_), kNothing);
    }

    void settingsThatOthersChangeAreRead() {
        import_spans(*store_, head("/a.jsonl"), stormy(kFirst, 9 * kSecond));
        FindingsPass pass(*store_, {}, kQuick);
        pass.set_source([] { return read_user_rules().settings; });
        QTRY_COMPARE(rules_in(*store_, kFirst), kStorm);
        RuleSettings off;
        off.off = {"retry_storm"};
        QVERIFY(keep_user_rules(off)); // as another program does
        import_spans(*store_, head("/b.jsonl"), stormy(kSecond_, 9 * kSecond));
        QTRY_COMPARE(rules_in(*store_, kSecond_), kNothing);
        QTRY_COMPARE(rules_in(*store_, kFirst), kNothing);
    }

    void restsWhileAnImportRuns() {
        FindingsPass pass(*store_, {}, kQuick);
        pass.set_paused(true);
        import_spans(*store_, head("/a.jsonl"), stormy(kFirst, 9 * kSecond));
        QTest::qWait(300);
        QCOMPARE(rules_in(*store_, kFirst), kNotYet);
        pass.set_paused(false);
        QTRY_COMPARE(rules_in(*store_, kFirst), kStorm);
    }

    void aRunningTraceWaitsUntilItIsQuiet() {
        FindingsPass pass(*store_, {}, {20ms, 500ms, 1500ms});
        QTest::qWait(100);
        import_spans(*store_, head("/a.jsonl"), stormy(kFirst, kNoTime));
        import_spans(*store_, head("/b.jsonl"), stormy(kSecond_, 9 * kSecond));
        QTRY_COMPARE(rules_in(*store_, kSecond_), kStorm);
        QCOMPARE(rules_in(*store_, kFirst), kNotYet);
        QTRY_COMPARE(rules_in(*store_, kFirst), kStorm);
    }

    void settingsAreKeptInTheUsersFolder() {
        RuleSettings settings;
        settings.off = {"idle_gap", "unpriced"};
        QVERIFY(set_threshold(settings, "loop_calls=8"));
        QVERIFY(set_threshold(settings, "growth = 2.5"));
        QVERIFY(keep_user_rules(settings));
        const UserRules read = read_user_rules();
        QVERIFY(!read.problem);
        QVERIFY(read.settings == settings);
        QVERIFY(keep_user_rules({}));
        QVERIFY(!QFile::exists(QString::fromStdString(user_rules_path())));
        QVERIFY(read_user_rules().settings == RuleSettings{});
    }

    void badSettingsAreSaid_data() {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QByteArray>("code");
        QTest::newRow("no JSON") << QByteArray("{") << QByteArray("finding.bad_settings");
        QTest::newRow("a list") << QByteArray("[]") << QByteArray("finding.bad_settings");
        QTest::newRow("off is text") << QByteArray("{\"off\":\"loop\"}")
                                     << QByteArray("finding.bad_settings");
        QTest::newRow("a word") << QByteArray("{\"thresholds\":{\"loop_calls\":\"8\"}}")
                                << QByteArray("finding.bad_settings");
        QTest::newRow("too small") << QByteArray("{\"thresholds\":{\"loop_calls\":0}}")
                                   << QByteArray("finding.bad_threshold");
        QTest::newRow("of a later Clew")
            << QByteArray("{\"off\":[\"astrology\"],\"thresholds\":{\"moon\":3}}") << QByteArray("no error");
        QTest::newRow("empty") << QByteArray(" ") << QByteArray("no error");
    }
    void badSettingsAreSaid() {
        QFETCH(QByteArray, json);
        QFETCH(QByteArray, code);
        QCOMPARE(QByteArray::fromStdString(error_of(read_rule_settings(json.toStdString()))), code);
    }

    void badThresholdsAreSaid() {
        RuleSettings settings;
        QCOMPARE(error_of(set_threshold(settings, "loop=3")), std::string("finding.unknown_threshold"));
        for (const char* wrong :
             {"loop_calls", "loop_calls=", "loop_calls=many", "loop_calls=8x", "loop_calls=nan"})
            QCOMPARE(error_of(set_threshold(settings, wrong)), std::string("finding.bad_threshold"));
        QVERIFY(settings == RuleSettings{});
    }
};

QTEST_GUILESS_MAIN(TestFindingsPass)
#include "tst_findings_pass.moc"
