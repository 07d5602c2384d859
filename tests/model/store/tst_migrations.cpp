// The schema: new files, older ones, newer ones, foreign ones; SQL of the views.
#include "model/store/migrations.h"

#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <filesystem>
#include <thread>
#include <vector>

using namespace clew;

namespace {

Result<Database> open(const QTemporaryDir& dir) {
    return Database::open(dir.filePath("store.db").toStdString(), OpenMode::create);
}

} // namespace

class TestMigrations : public QObject {
    Q_OBJECT

private slots:
    void newFileGetsEverything() {
        QTemporaryDir dir;
        auto db = open(dir);
        QVERIFY(db);
        QVERIFY(migrate(*db));
        QCOMPARE(schema_version(*db).value(), store_schema_version());
        QVERIFY(migrate(*db)); // nothing to do
        QVERIFY(check_version(*db));
        for (const char* view :
             {"v_traces", "v_spans", "v_sources", "v_notes", "v_judgements", "v_findings"}) {
            QVERIFY2(db->query_integer(std::string("SELECT count(*) FROM ") + view), view);
        }
        QVERIFY(!std::filesystem::exists(db->path() + ".v0.bak"));
    }

    void numbersAscend() {
        int before = 0;
        for (const Migration& step : store_migrations()) {
            QCOMPARE(step.version, before + 1);
            QVERIFY(!step.sql.empty());
            before = step.version;
        }
    }

    void olderGoesForwardAfterABackup() {
        QTemporaryDir dir;
        auto db = open(dir);
        const std::array first{Migration{1, "CREATE TABLE a (x); INSERT INTO a VALUES (5)"}};
        QVERIFY(migrate(*db, first));
        const std::array both{first[0], Migration{2, "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1"}};
        QVERIFY(!check_version(*db, both));
        QVERIFY(migrate(*db, both));
        QCOMPARE(schema_version(*db).value(), 2);
        QCOMPARE(db->query_integer("SELECT y FROM a").value().value_or(0), 6);
        auto backup = Database::open(db->path() + ".v1.bak", OpenMode::read_only);
        QVERIFY(backup);
        QCOMPARE(schema_version(*backup).value(), 1);
        QCOMPARE(backup->query_integer("SELECT x FROM a").value().value_or(0), 5);
    }

    void payloadsAreFoundInLargerBlocks() { // 002
        QTemporaryDir dir;
        auto db = open(dir);
        QVERIFY(migrate(*db, store_migrations().first(1)));
        for (const char* payload : {"5 * 64 + 3", "NULL", "9 * 64"}) {
            QVERIFY(db->exec(
                std::string("INSERT INTO span (trace, span_id, parent_id, kind, status, quality, flags, "
                            "calls, counted, source, pass, payload) SELECT 1, 1 + count(*), 0, 0, 0, 0, "
                            "0, 0, 0, 1, 1, ") +
                payload + " FROM span"));
        }
        QVERIFY(migrate(*db, store_migrations().first(2)));
        QCOMPARE(db->query_integer("SELECT payload FROM span WHERE span_id = 1").value().value_or(0),
                 5 * 1024 + 3);
        QCOMPARE(db->query_integer("SELECT payload FROM span WHERE span_id = 2").value().value_or(-1), -1);
        QCOMPARE(db->query_integer("SELECT payload FROM span WHERE span_id = 3").value().value_or(0),
                 9 * 1024);
    }

    void callsThatNobodyPricedAreMarked() { // 003
        QTemporaryDir dir;
        auto db = open(dir);
        QVERIFY(migrate(*db, store_migrations().first(2)));
        QVERIFY(
            db->exec("INSERT INTO trace (id, high, low, unpriced_calls) VALUES (1, 1, 1, 1), (2, 1, 2, 0)"));
        // Of trace 1: a call, one with a cost, one that does not count, an aggregate; of trace 2, whose own
        // cost covers it, a call.
        for (const char* row : {"1, 1, 3, 1, 0, NULL", "1, 2, 3, 3, 0, 5", "1, 3, 3, 0, 0, NULL",
                                "1, 4, 3, 1, 32, NULL", "2, 5, 3, 1, 0, NULL"}) {
            QVERIFY(db->exec(
                std::string("INSERT INTO span (trace, span_id, kind, counted, flags, cost, parent_id, "
                            "status, quality, calls, source, pass) VALUES (") +
                row + ", 0, 0, 0, 0, 1, 1)"));
        }
        QVERIFY(migrate(*db, store_migrations().first(3)));
        QCOMPARE(db->query_integer("SELECT sum(span_id) FROM span WHERE counted & 8").value().value_or(0), 1);
        QCOMPARE(db->query_integer("SELECT value FROM meta WHERE key = 'prices'").value().value_or(-1), 0);
        QVERIFY(db->query_integer("SELECT count(computed_cost_usd) + sum(unpriced_calls) FROM v_traces"));
        QVERIFY(db->query_integer("SELECT sum(computed_cost_counts) FROM v_spans"));
    }

    void failedStepLeavesTheOldStore() {
        QTemporaryDir dir;
        auto db = open(dir);
        const std::array first{Migration{1, "CREATE TABLE a (x)"}};
        QVERIFY(migrate(*db, first));
        const std::array broken{first[0], Migration{2, "ALTER TABLE a ADD COLUMN y"},
                                Migration{3, "CREATE NONSENSE"}};
        QVERIFY(!migrate(*db, broken));
        QCOMPARE(schema_version(*db).value(), 1);
        QVERIFY(!db->query_integer("SELECT y FROM a"));
    }

    void newerIsRefused() {
        QTemporaryDir dir;
        auto db = open(dir);
        QVERIFY(migrate(*db));
        QVERIFY(db->exec("PRAGMA user_version = 9999"));
        const auto refused = migrate(*db);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, std::string_view("store.newer"));
        QCOMPARE(check_version(*db).error().code, std::string_view("store.newer"));
    }

    void foreignIsRefused() {
        QTemporaryDir dir;
        auto db = open(dir);
        QVERIFY(db->exec("CREATE TABLE bookmarks (url)"));
        const auto refused = migrate(*db);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, std::string_view("store.foreign"));
        QCOMPARE(db->query_integer("SELECT count(*) FROM sqlite_schema").value().value_or(0), 1);
    }

    void severalAtOnce() {
        QTemporaryDir dir;
        std::vector<std::thread> threads;
        std::array<bool, 4> good{};
        for (std::size_t i = 0; i < good.size(); ++i) {
            threads.emplace_back([&, i] {
                auto db = open(dir);
                good[i] = db && migrate(*db).ok();
            });
        }
        for (auto& thread : threads)
            thread.join();
        for (const bool one : good)
            QVERIFY(one);
    }
};

QTEST_GUILESS_MAIN(TestMigrations)
#include "tst_migrations.moc"
