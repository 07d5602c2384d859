#include "tests/support/example_traces.h"

#include <QTest>

#include <atomic>
#include <chrono>
#include <stop_token>
#include <thread>

using namespace clew;
using namespace clew::test;

// Ids, search within a trace, SQL, stopping, removal, and many asking at once.
class TestStoreAccess : public QObject {
    Q_OBJECT
    std::unique_ptr<Store> store_;

private slots:
    void init() {
        store_ = filled();
        QVERIFY(store_);
    }
    void cleanup() { store_.reset(); }

    void resolves() {
        auto& traces = store_->traces();
        const auto trace_of = [&](std::string_view id) {
            const auto found = traces.resolve(id);
            return found ? QString::fromStdString(to_hex(found->trace) +
                                                  (found->span.valid() ? "/" + to_hex(found->span) : ""))
                         : QString::fromStdString(std::string(found.error().code));
        };
        const auto refund = QString::fromStdString(to_hex(kRefund));
        QCOMPARE(trace_of("aaaa0000000000010000000000000001"), refund);
        QCOMPARE(trace_of(" AAAA0000000000010000000000000001\n"), refund);
        QCOMPARE(trace_of("bb"), QString::fromStdString(to_hex(kOpen)));
        QCOMPARE(trace_of("aaaa00000000000100"), refund);
        QCOMPARE(trace_of("aaaa"), "id.ambiguous");
        QCOMPARE(trace_of("run/17"), refund);
        QCOMPARE(trace_of("run/"), refund);
        QCOMPARE(trace_of("msg-5"), refund + "/0000000000000005");
        QCOMPARE(trace_of("0000000000000005"), refund + "/0000000000000005");
        QCOMPARE(trace_of("0000000000000001"), "id.ambiguous"); // in three traces
        QCOMPARE(trace_of("bbbb/0000000000000001"),
                 QString::fromStdString(to_hex(kOpen)) + "/0000000000000001");
        QCOMPARE(trace_of("run/17/msg"), refund + "/0000000000000005");
        QCOMPARE(trace_of("bbbb/2"), "id.unknown");
        QCOMPARE(trace_of("cccc"), "id.unknown");
        QCOMPARE(trace_of(""), "id.unknown");
        QCOMPARE(trace_of("%"), "id.unknown");
        const auto many = traces.resolve("aaaa");
        QVERIFY(sentence(many.error()).find(to_hex(kWeather)) != std::string::npos);
    }

    void finds_in_a_trace() {
        const auto found = [&](std::string_view text) {
            QStringList out;
            const auto hits = store_->traces().find_in_trace(kRefund, text);
            for (const auto id : *hits)
                out << QString::number(id.value);
            return out.join(',');
        };
        QCOMPARE(found("REFUND"), "1,2");
        QCOMPARE(found("efun"), "1,2");
        QCOMPARE(found("chat"), "2,5");
        QCOMPARE(found("gift card"), "2");
        QCOMPARE(found("claude"), "5");
        QCOMPARE(found("such order"), "3");
        QCOMPARE(found("zzz"), "");
        QCOMPARE(found(""), "");
        QCOMPARE(error_of(store_->traces().find_in_trace({1, 2}, "x")), std::string("trace.unknown"));
    }

    void informs() {
        auto info = store_->traces().info();
        QVERIFY(info);
        QCOMPARE(info->spans, 8);
        QCOMPARE(info->traces, 3);
        QCOMPARE(info->sources, 2);
        QCOMPARE(info->unindexed_traces, 3);
        QVERIFY(info->schema_version >= 1);
        QVERIFY(info->bytes > 0 && info->temporary && !info->path.empty());
        QVERIFY(store_->build_index());
        QCOMPARE(store_->traces().info()->unindexed_traces, 0);
    }

    void runs_sql() {
        const auto table =
            store_->traces().sql("SELECT name, spans, reported_cost_usd FROM v_traces ORDER BY start_ns;");
        QVERIFY2(table, table ? "" : sentence(table.error()).c_str());
        QCOMPARE(table->columns, (std::vector<std::string>{"name", "spans", "reported_cost_usd"}));
        QCOMPARE(table->rows.size(), std::size_t{3});
        QCOMPARE(table->rows[0], (std::vector<std::string>{"refund request", "5", "0.5"}));
        QCOMPARE(table->rows[2][2], std::string("NULL"));
        for (const char* view : {"v_spans", "v_sources", "v_notes", "v_judgements"}) {
            const auto rows = store_->traces().sql(std::string("SELECT * FROM ") + view + " -- all of it");
            QVERIFY2(rows, rows ? view : sentence(rows.error()).c_str());
        }
        QVERIFY(store_->traces().sql(
            "WITH t AS (SELECT model, count(*) n FROM v_spans GROUP BY 1) SELECT * FROM t"));
        QVERIFY(store_->traces().sql(
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT 5) SELECT sum(x) FROM c"));
        const auto each = store_->traces().sql("SELECT value FROM json_each('[1,2]')");
        QVERIFY2(each, each ? "" : sentence(each.error()).c_str());
    }

    void refuses_other_sql_data() {
        QTest::addColumn<QByteArray>("sql");
        QTest::addColumn<QString>("code");
        const auto row = [](const char* sql, const char* code) {
            QTest::newRow(sql) << QByteArray(sql) << QString(code);
        };
        row("", "sql.empty");
        row(" -- only a remark", "sql.empty");
        row("SELECT 1; SELECT 2", "sql.many");
        row("SELECT 1; DROP TABLE span", "sql.many");
        row("DROP TABLE span", "sql.not_allowed");
        row("DELETE FROM v_spans", "sql.failed");
        row("DELETE FROM trace", "sql.not_allowed");
        row("SELECT * FROM span", "sql.not_allowed");
        row("SELECT * FROM sqlite_master", "sql.not_allowed");
        row("SELECT * FROM pragma_table_info('span')", "sql.not_allowed");
        row("PRAGMA journal_mode", "sql.not_allowed");
        row("ATTACH 'x' AS y", "sql.not_allowed");
        row("SELECT load_extension('x')", "sql.not_allowed");
        row("CREATE TEMP TABLE x(a)", "sql.not_allowed");
        row("BEGIN", "sql.not_allowed");
        row("EXPLAIN SELECT 1", "no error");
        row("SELEC 1", "sql.failed");
        row("SELECT * FROM v_nothing", "sql.failed");
        row("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT x FROM c", "sql.too_long");
    }
    void refuses_other_sql() {
        QFETCH(QByteArray, sql);
        QTEST(QString::fromStdString(error_of(store_->traces().sql(sql.constData()))), "code");
        QCOMPARE(store_->traces().info()->spans, 8);
    }

    void stops() {
        std::stop_source source;
        source.request_stop();
        const auto stop = source.get_token();
        auto& t = store_->traces();
        QCOMPARE(error_of(t.traces({}, stop)), std::string("cancelled"));
        QCOMPARE(error_of(t.totals({}, stop)), std::string("cancelled"));
        QCOMPARE(error_of(t.open(kRefund, stop)), std::string("cancelled"));
        QCOMPARE(error_of(t.find_in_trace(kRefund, "x", stop)), std::string("cancelled"));
        QCOMPARE(error_of(t.sql("SELECT 1", stop)), std::string("cancelled"));
        QCOMPARE(error_of(store_->build_index(stop)), std::string("cancelled"));
        std::stop_source later;
        std::jthread stopper([&later] {
            std::this_thread::sleep_for(std::chrono::milliseconds(30));
            later.request_stop();
        });
        const auto endless =
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT count(*) FROM c";
        QCOMPARE(QString::fromStdString(error_of(t.sql(endless, later.get_token()))), "cancelled");
        QVERIFY(t.sql("SELECT 1"));
    }

    void removed_traces_are_hidden_everywhere() {
        QVERIFY(store_->build_index());
        const auto removed = store_->remove_traces({kRefund}, false);
        QVERIFY2(removed, removed ? "" : sentence(removed.error()).c_str());
        auto& t = store_->traces();
        QCOMPARE(matching(*store_, ""), "weather,still there");
        QCOMPARE(matching(*store_, "refund"), "");
        QCOMPARE(matching(*store_, "*efund"), "");
        QCOMPARE(matching(*store_, "model:gpt*"), "");
        QCOMPARE(error_of(t.trace(kRefund)), std::string("trace.unknown"));
        QCOMPARE(error_of(t.open(kRefund)), std::string("trace.unknown"));
        QCOMPARE(error_of(t.span(kRefund, {2})), std::string("trace.unknown"));
        QCOMPARE(error_of(t.each_span(kRefund, [](const SpanDetail&) { return true; })),
                 std::string("trace.unknown"));
        QCOMPARE(error_of(t.find_in_trace(kRefund, "x")), std::string("trace.unknown"));
        QCOMPARE(error_of(t.resolve("msg-5")), std::string("id.unknown"));
        QCOMPARE(error_of(t.resolve("run/17")), std::string("id.unknown"));
        QCOMPARE(t.totals({})->all.spans, 3);
        TotalsQuery by_model;
        by_model.by = GroupBy::model;
        QCOMPARE(t.totals(by_model)->groups.size(), std::size_t{1});
        QCOMPARE(t.info()->traces, 2);
        QCOMPARE(t.sql("SELECT count(*) FROM v_spans")->rows[0][0], std::string("3"));
        QVERIFY(store_->restore(*removed));
        QCOMPARE(matching(*store_, "refund"), "refund request");
        QCOMPARE(t.totals({})->all.spans, 8);
        const auto source = t.sources()->at(0).id;
        QVERIFY(store_->remove_source(source, false));
        QCOMPARE(t.sources()->size(), std::size_t{1});
        QCOMPARE(matching(*store_, ""), "weather,still there");
    }

    void many_ask_while_one_writes() {
        std::atomic<bool> done = false;
        std::atomic<int> failures = 0;
        std::atomic<int> asked = 0;
        {
            std::vector<std::jthread> threads;
            for (int reader = 0; reader < 3; ++reader) {
                threads.emplace_back([&, reader] {
                    while (!done) {
                        TraceQuery query;
                        query.filter = reader == 0 ? "refund" : "";
                        const auto page = store_->traces().traces(query);
                        if (!page || page->rows.empty()) ++failures;
                        if (!store_->traces().totals({})) ++failures;
                        if (!store_->traces().open(kRefund)) ++failures;
                        if (!store_->traces().span(kRefund, {2})) ++failures;
                        ++asked;
                    }
                });
            }
            threads.emplace_back([&] {
                while (!done) {
                    if (!store_->build_index()) ++failures;
                }
            });
            for (std::uint64_t round = 0; round < 20; ++round) {
                std::vector<Span> spans;
                for (std::uint64_t i = 1; i <= 50; ++i)
                    spans.push_back(span({7, round + 1}, i, i - 1, 10, 20, "more refund"));
                import_spans(*store_, head("/runs/more" + std::to_string(round)), std::move(spans));
            }
            done = true;
        }
        QCOMPARE(failures.load(), 0);
        QVERIFY(asked > 0);
        QCOMPARE(store_->traces().totals({})->all.spans, 8 + 20 * 50);
        QVERIFY(store_->build_index());
        TraceQuery query;
        query.filter = "\"more refund\"";
        const auto page = store_->traces().traces(query);
        QCOMPARE(page->count, 20);
        QVERIFY(!page->text_unindexed);
    }
};

QTEST_GUILESS_MAIN(TestStoreAccess)
#include "tst_store_access.moc"
