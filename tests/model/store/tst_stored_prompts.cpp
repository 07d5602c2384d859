// Prompts in a store: texts numbered by first use, for good; stale when the trace changes, gone with it.
#include "tests/support/example_traces.h"

#include <QTest>

using namespace clew;
using namespace clew::test;

namespace {

PromptOfCall of_call(std::uint64_t span, const char* name, std::uint64_t near, const char* version = "") {
    return {SpanId{span}, name, version, near, "the text", TimeNs{2000}};
}

std::uint64_t generation_now(Store& store, TraceId trace) {
    return store.traces().findings(trace).value_or(StoredFindings{}).generation;
}

void keep_prompts_of(Store& store, TraceId trace, std::vector<PromptOfCall> calls) {
    const auto kept = store.store_prompts(1, {{trace, generation_now(store, trace), std::move(calls)}});
    QVERIFY2(kept, error_of(kept).c_str());
}

QStringList versions(Store& store, const char* filter = "") {
    QStringList out;
    const auto rows = store.traces().prompt_versions({filter, {}});
    if (!rows) return {QString::fromStdString(error_of(rows))};
    for (const PromptVersionRow& row : *rows)
        out << QStringLiteral("%1%2 %3")
                   .arg(QString::fromStdString(row.version.key()), row.version.inferred ? "~" : "")
                   .arg(row.runs);
    return out;
}

QStringList groups(Store& store) {
    QStringList out;
    const auto answer = store.traces().totals({{}, "", GroupBy::prompt, ""});
    if (!answer) return {QString::fromStdString(error_of(answer))};
    for (const Totals& group : answer->groups)
        out << QString::fromStdString(group.key) + (group.inferred ? "~" : "");
    return out;
}

std::size_t stale_now(Store& store, std::int64_t version = 1) {
    const auto list = store.traces().stale_prompts(version, 100);
    return list ? list->size() : 999;
}

} // namespace

class TestStoredPrompts : public QObject {
    Q_OBJECT
    std::unique_ptr<Store> store_;

private slots:
    void init() {
        store_ = filled();
        QVERIFY(store_);
    }
    void cleanup() { store_.reset(); }

    void theEarliestIsLookedAtFirst() {
        const auto list = store_->traces().stale_prompts(1, 100);
        QVERIFY(list && list->size() == 3);
        QVERIFY(list->front().id == kRefund);
        keep_prompts_of(*store_, kRefund, {});
        QCOMPARE(stale_now(*store_), std::size_t{2});
        QCOMPARE(stale_now(*store_, 2), std::size_t{3}); // other rules
    }

    void numbersStay() {
        keep_prompts_of(*store_, kRefund, {of_call(5, "helpdesk", 11)});
        keep_prompts_of(*store_, kWeather, {of_call(9, "helpdesk", 12)});
        QCOMPARE(versions(*store_).filter("~"), (QStringList{"helpdesk@v1~ 1", "helpdesk@v2~ 1"}));
        // Looked at again, in another order, and by one that comes before.
        keep_prompts_of(*store_, kRefund, {});
        QCOMPARE(versions(*store_).filter("~"), (QStringList{"helpdesk@v2~ 1"}));
        keep_prompts_of(*store_, kRefund, {of_call(5, "helpdesk", 13)});
        keep_prompts_of(*store_, kRefund, {of_call(5, "helpdesk", 11)});
        QCOMPARE(versions(*store_).filter("~"), (QStringList{"helpdesk@v1~ 1", "helpdesk@v2~ 1"}));
        keep_prompts_of(*store_, kWeather, {of_call(9, "weather", 11)}); // another name counts for itself
        QCOMPARE(versions(*store_).filter("~"), (QStringList{"helpdesk@v1~ 1", "weather@v1~ 1"}));
    }

    void statedVersionsStandBesideThem() {
        keep_prompts_of(*store_, kRefund, {of_call(2, "triage", 7, "3"), of_call(5, "triage", 8)});
        QCOMPARE(versions(*store_), (QStringList{"triage@3 1", "triage@v1~ 1"}));
        QCOMPARE(groups(*store_).filter("triage"), (QStringList{"triage@3", "triage@v1~"}));
        const auto uses = store_->traces().prompt_uses();
        QVERIFY(uses && uses->size() == 2);
        QCOMPARE(uses->front().version, std::string("3"));
        QCOMPARE(versions(*store_, "name:nothing"), QStringList());
        QVERIFY(versions(*store_, "nme:x").front().contains("filter"));
    }

    void theRunsOfAVersion() {
        keep_prompts_of(*store_, kRefund, {of_call(5, "triage", 8)});
        const auto stated = store_->traces().prompt_runs({}, {"triage", "3", false});
        QVERIFY(stated && stated->size() == 1);
        const PromptRun& run = stated->front();
        QVERIFY(run.trace == kRefund);
        QCOMPARE(run.calls.size(), std::size_t{1});
        QCOMPARE(run.durations, std::vector<DurationNs>{1000});
        QCOMPARE(run.input_tokens, std::optional<std::int64_t>(100));
        QCOMPARE(run.cache_read, std::optional<std::int64_t>(20));
        QCOMPARE(run.cost, std::optional<PicoUsd>(kUsd / 2));
        QVERIFY(!run.troubled); // nobody has looked
        const auto inferred = store_->traces().prompt_runs({}, {"triage", "v1", true});
        QVERIFY(inferred && inferred->size() == 1);
        QVERIFY(inferred->front().calls.front() == SpanId{5});
        QVERIFY(store_->traces().prompt_runs({}, {"triage", "9", false})->empty());
        QVERIFY(store_->traces().prompt_runs({}, {"nothing", "v1", true})->empty());
        QVERIFY(store_->traces().prompt_runs({"name:nothing", {}}, {"triage", "3", false})->empty());
    }

    void removedRunsLeaveTheNumberAndNoText() {
        keep_prompts_of(*store_, kRefund, {of_call(5, "helpdesk", 11)});
        QCOMPARE(store_->traces().sql("SELECT text FROM v_prompts")->rows.size(), std::size_t{1});
        const auto removed = store_->remove_traces({kRefund}, false);
        QVERIFY(removed);
        QCOMPARE(versions(*store_), QStringList());
        QCOMPARE(store_->traces().sql("SELECT text FROM v_prompts")->rows.size(), std::size_t{0});
        QVERIFY(store_->purge_removed());
        keep_prompts_of(*store_, kWeather, {of_call(1, "helpdesk", 12), of_call(9, "helpdesk", 11)});
        const auto rows = store_->traces().sql("SELECT version, text FROM v_prompts ORDER BY version");
        QVERIFY(rows);
        QCOMPARE(rows->rows.back().front(), std::string("v2"));
    }
};

QTEST_GUILESS_MAIN(TestStoredPrompts)
#include "tst_stored_prompts.moc"
