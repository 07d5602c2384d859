// The question of the Costs page, against stores whose calls are counted by hand.
#include "model/store/migrations.h"
#include "model/store/sqlite/database.h"
#include "model/store/usage_cells.h"
#include "tests/support/store_fixture.h"

#include <QTemporaryDir>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

using namespace clew;
using namespace clew::test;

namespace {

using ByModel = std::map<std::string, std::int64_t, std::less<>>;

// Pico-USD a token for each model it knows.
class TokenPrices final : public Prices {
public:
    TokenPrices(std::int64_t version, const ByModel& prices)
        : version_(version)
        , prices_(prices.begin(), prices.end()) {}
    [[nodiscard]] std::int64_t version() const override { return version_; }
    [[nodiscard]] std::int32_t find(std::string_view, std::string_view model) const override {
        for (std::size_t i = 0; i < prices_.size(); ++i)
            if (prices_[i].first == model) return static_cast<std::int32_t>(i);
        return -1;
    }
    [[nodiscard]] std::optional<PicoUsd> cost(std::int32_t entry, const Usage& usage, std::uint32_t,
                                              TimeNs) const override {
        if (!usage.input) return {};
        return prices_[static_cast<std::size_t>(entry)].second * *usage.input;
    }

private:
    std::int64_t version_;
    std::vector<std::pair<std::string, std::int64_t>> prices_;
};

struct UsageFixture {
    QTemporaryDir dir;
    PricesPtr now = std::make_shared<TokenPrices>(5, ByModel{{"a", 3}});

    std::unique_ptr<Store> open(const char* name = "store.db") {
        StoreOptions options;
        options.path = dir.filePath(name).toStdString();
        options.prices = [this] { return now; };
        auto store = Store::open(options);
        return store ? std::move(*store) : nullptr;
    }
};

constexpr TraceId kRunA{7, 1}, kRunB{7, 2}, kRunC{7, 3};
constexpr TimeNs kHourNs = 3'600 * kSecond;
constexpr TimeNs kDayNs = 24 * kHourNs;
constexpr TimeNs kMonday = 1'763'337'600 * kSecond; // 2025-11-17T00:00:00Z

Span call(TraceId trace, std::uint64_t id, std::uint64_t parent, std::string_view model, TimeNs start,
          std::int64_t tokens, std::optional<PicoUsd> reported = {}, DurationNs lasts = 1'000) {
    Span s = span(trace, id, parent, start, start == kNoTime ? kNoTime : start + lasts, "chat");
    s.kind = Kind::llm;
    s.model = model;
    s.usage.input = tokens;
    s.usage.output = 1;
    s.reported_cost = reported;
    return s;
}

Span tool(TraceId trace, std::uint64_t id, std::uint64_t parent, std::string_view name, TimeNs start,
          DurationNs lasts = 1'000) {
    Span s = span(trace, id, parent, start, start + lasts, name);
    s.kind = Kind::tool;
    s.tool = name;
    return s;
}

Span agent(TraceId trace, std::uint64_t id, std::string_view name, std::string_view session, TimeNs start) {
    Span s = span(trace, id, 0, start, start + 9'000, "run");
    s.kind = Kind::agent;
    s.agent = name;
    s.session = session;
    return s;
}

// Run 1 (Monday, 10 h): two calls of `a` (one reported), one of `b` by a sub-agent under the tool `ask`,
// which itself uses the tool `grep`. Run 2 (Tuesday): one call of `a` in prompt p@1, which failed. Run 3
// (Friday): a tool alone.
std::vector<Span> three_runs() {
    const TimeNs monday = kMonday + 10 * kHourNs, tuesday = kMonday + kDayNs, friday = kMonday + 4 * kDayNs;
    std::vector<Span> out = {agent(kRunA, 1, "boss", "s1", monday),
                             call(kRunA, 2, 1, "a", monday, 100),
                             call(kRunA, 3, 1, "a", monday + kHourNs, 1'000, 7),
                             tool(kRunA, 4, 1, "ask", monday),
                             call(kRunA, 5, 4, "b", monday, 10),
                             tool(kRunA, 6, 5, "grep", monday),
                             agent(kRunB, 1, "boss", "s2", tuesday),
                             call(kRunB, 2, 1, "a", tuesday, 20),
                             agent(kRunC, 1, "clerk", "s1", friday),
                             tool(kRunC, 2, 1, "grep", friday)};
    out[4].agent = "helper";
    out[7].prompt_name = "p";
    out[7].prompt_version = "1";
    out[7].status = Status::error;
    out[9].flags = kToolError;
    return out;
}

UsageAnswer usage(Store& store, UsageQuery query = {}) {
    auto answer = store.traces().usage(query);
    if (!answer) QTest::qFail(sentence(answer.error()).c_str(), __FILE__, __LINE__);
    return answer ? *answer : UsageAnswer{};
}
UsageAnswer usage_by(Store& store, UsageBy by, std::string filter = {}) {
    UsageQuery query;
    query.by = by;
    query.filter = std::move(filter);
    return usage(store, query);
}

// "key calls/errors in tokens $reported+computed ?unpriced ×runs", one a group.
std::string words_of(const UsageSums& s) {
    const auto money = [](std::optional<PicoUsd> cost) { return cost ? std::to_string(*cost) : "-"; };
    return std::to_string(s.calls) + "/" + std::to_string(s.errors) + " in " +
           std::to_string(s.input_tokens) + " $" + money(s.reported) + "+" + money(s.computed) + " ?" +
           std::to_string(s.unpriced_calls);
}
std::string words_of(const UsageAnswer& answer) {
    std::string out;
    for (const UsageGroup& g : answer.groups)
        out += "[" + g.key + "] " + words_of(g.sums) + " x" + std::to_string(g.runs) + "\n";
    return out;
}
std::string bars_of(const UsageAnswer& answer) {
    std::string out;
    for (const UsageBar& bar : answer.bars)
        out += iso8601(bar.start).substr(0, 13) + " " + std::to_string(bar.sums.calls) + " x" +
               std::to_string(bar.runs) + "\n";
    return out;
}

bool alike(const UsageSums& a, const UsageSums& b) {
    return words_of(a) == words_of(b) && a.output_tokens == b.output_tokens &&
           a.cache_read_tokens == b.cache_read_tokens && a.cache_write_tokens == b.cache_write_tokens;
}

// Groups and bars add up, and all of it to what totals() says.
void adds_up(Store& store, const std::string& filter = {}, const std::vector<SourceId>& sources = {}) {
    TotalsQuery totals_query;
    totals_query.filter = filter;
    totals_query.sources = sources;
    const Totals totals = store.traces().totals(totals_query).value().all;
    for (const UsageBy by :
         {UsageBy::model, UsageBy::agent, UsageBy::tool, UsageBy::prompt, UsageBy::session}) {
        UsageQuery query;
        query.by = by;
        query.filter = filter;
        query.sources = sources;
        const UsageAnswer answer = usage(store, query);
        UsageSums groups, bars, told;
        for (const UsageGroup& group : answer.groups)
            add_usage(groups, group.sums);
        for (const UsageBar& bar : answer.bars) {
            add_usage(bars, bar.sums);
            for (const UsageSums& sums : bar.groups)
                add_usage(told, sums);
        }
        QVERIFY(alike(groups, answer.sums));
        if (answer.groups.size() <= std::size_t(query.told_apart)) QVERIFY(alike(bars, told));
        QCOMPARE(answer.sums.input_tokens, totals.input_tokens.value_or(0));
        QCOMPARE(answer.sums.cache_read_tokens, totals.cache_read_tokens.value_or(0));
        QCOMPARE(answer.sums.cache_write_tokens, totals.cache_write_tokens.value_or(0));
        QCOMPARE(answer.sums.output_tokens, totals.output_tokens.value_or(0));
        QCOMPARE(answer.sums.reported, totals.cost_reported);
        QCOMPARE(answer.sums.computed, totals.cost_computed);
        QCOMPARE(answer.sums.unpriced_calls, totals.unpriced_calls);
        QCOMPARE(answer.runs, totals.traces);
        if (by == UsageBy::tool) QCOMPARE(answer.sums.errors, totals.tool_errors);
        if (by != UsageBy::tool) QCOMPARE(answer.sums.calls, answer.model_calls);
    }
}

} // namespace

class TestUsage : public QObject {
    Q_OBJECT

private slots:
    void byModel() {
        UsageFixture f;
        auto store = f.open();
        import_spans(*store, head("a"), three_runs());
        const auto answer = usage_by(*store, UsageBy::model);
        QCOMPARE(words_of(answer), std::string("[a] 3/1 in 1120 $7+360 ?0 x2\n"
                                               "[b] 1/0 in 10 $-+- ?1 x1\n"));
        QCOMPARE(words_of(answer.sums), std::string("4/1 in 1130 $7+360 ?1"));
        QCOMPARE(answer.model_calls, 4);
        QCOMPARE(answer.runs, 3);
        QCOMPARE(answer.all_runs, 3);
        QCOMPARE(answer.runs_reported, 1);
        QCOMPARE(answer.unpriced_models.size(), std::size_t{1});
        QCOMPARE(answer.unpriced_models[0].first, std::string("b"));
        QCOMPARE(answer.unpriced_models[0].second, 1);
        adds_up(*store);
    }

    void byAgentAndSession() {
        UsageFixture f;
        auto store = f.open();
        import_spans(*store, head("a"), three_runs());
        // Calls that state none have their run's.
        QCOMPARE(words_of(usage_by(*store, UsageBy::agent)), std::string("[boss] 3/1 in 1120 $7+360 ?0 x2\n"
                                                                         "[helper] 1/0 in 10 $-+- ?1 x1\n"));
        QCOMPARE(words_of(usage_by(*store, UsageBy::session)), std::string("[s1] 3/0 in 1110 $7+300 ?1 x1\n"
                                                                           "[s2] 1/1 in 20 $-+60 ?0 x1\n"));
    }

    void byTool() {
        UsageFixture f;
        f.now = std::make_shared<TokenPrices>(5, ByModel{{"a", 3}, {"b", 100}});
        auto store = f.open();
        import_spans(*store, head("a"), three_runs());
        // The sub-agent's call is the tool's money; executions are its calls.
        QCOMPARE(words_of(usage_by(*store, UsageBy::tool)), std::string("[ask] 1/0 in 10 $-+1000 ?0 x1\n"
                                                                        "[] 0/0 in 1120 $7+360 ?0 x2\n"
                                                                        "[grep] 2/1 in 0 $-+- ?0 x2\n"));
        adds_up(*store);
    }

    void byPrompt() {
        UsageFixture f;
        auto store = f.open();
        import_spans(*store, head("a"), three_runs());
        QCOMPARE(words_of(usage_by(*store, UsageBy::prompt)), std::string("[] 3/0 in 1110 $7+300 ?1 x1\n"
                                                                          "[p@1] 1/1 in 20 $-+60 ?0 x1\n"));
    }

    void steps() {
        UsageFixture f;
        auto store = f.open();
        import_spans(*store, head("a"), three_runs());
        UsageQuery query;
        const auto days = usage(*store, query);
        QCOMPARE(days.step, UsageStep::day);
        QCOMPARE(bars_of(days), std::string("2025-11-17T00 3 x1\n2025-11-18T00 1 x1\n2025-11-19T00 0 x0\n"
                                            "2025-11-20T00 0 x0\n2025-11-21T00 0 x0\n"));
        QCOMPARE(days.bars[0].groups.size(), std::size_t{2});
        QCOMPARE(words_of(days.bars[0].groups[0]), std::string("2/0 in 1100 $7+300 ?0"));
        QCOMPARE(words_of(days.bars[0].groups[1]), std::string("1/0 in 10 $-+- ?1"));
        query.step = UsageStep::hour;
        const auto hours = usage(*store, query);
        QCOMPARE(hours.step, UsageStep::hour);
        QCOMPARE(hours.bars.size(), std::size_t{4 * 24 - 10 + 1});
        QCOMPARE(hours.bars[1].sums.input_tokens, 1'000);
        query.step = UsageStep::week;
        QCOMPARE(bars_of(usage(*store, query)), std::string("2025-11-17T00 4 x2\n"));
        query.step = UsageStep::fitting;
        query.filter = "session:s2";
        QCOMPARE(usage(*store, query).step, UsageStep::hour);
        QCOMPARE(usage(*store, query).bars.size(), std::size_t{1});
    }

    void aClockThatWentWrong() {
        auto store = temporary_store();
        import_spans(*store, head("a"),
                     {call(kRunA, 1, 0, "a", -3 * kDayNs - 1, 1), call(kRunB, 1, 0, "a", kMonday, 1),
                      call(kRunC, 1, 0, "a", INT64_MAX - 10, 1, {}, 3)});
        for (const UsageStep step : {UsageStep::fitting, UsageStep::hour, UsageStep::week}) {
            UsageQuery query;
            query.step = step;
            const auto answer = usage(*store, query);
            QCOMPARE(answer.step, UsageStep::week);
            QVERIFY(answer.steps_a_bar > 1);
            QVERIFY(answer.bars.size() <= 1'000 && answer.bars.size() > 500);
            QCOMPARE(iso8601(answer.bars.front().start).substr(0, 10), std::string("1969-12-22"));
            QCOMPARE(answer.bars.front().sums.calls, 1);
            QCOMPARE(answer.bars.back().sums.calls, 1);
        }
        // Hours of a year are too many, its days are not.
        import_spans(*store, head("b"), {call({7, 9}, 1, 0, "z", kMonday - 300 * kDayNs, 1)});
        UsageQuery query;
        query.step = UsageStep::hour;
        query.filter = "trace:" + to_hex(TraceId{7, 9}) + " OR trace:" + to_hex(kRunB);
        QCOMPARE(usage(*store, query).step, UsageStep::day);
        QCOMPARE(usage(*store, query).bars.size(), std::size_t{301});
        // The very first moment, and none at all.
        auto early = temporary_store();
        import_spans(*early, head("a"),
                     {call(kRunA, 1, 0, "a", INT64_MIN + 2, 1), call(kRunB, 1, 0, "a", kNoTime, 1)});
        const auto answer = usage(*early);
        QCOMPARE(answer.sums.calls, 2);
        QCOMPARE(answer.bars.size(), std::size_t{1});
        QCOMPARE(answer.bars[0].sums.calls, 1);
    }

    void nothing() {
        auto store = temporary_store();
        const auto empty = usage(*store);
        QVERIFY(empty.groups.empty() && empty.bars.empty() && empty.bins.empty() && !empty.run_p50);
        import_spans(*store, head("a"), three_runs());
        const auto none = usage_by(*store, UsageBy::agent, "session:nobody");
        QVERIFY(none.groups.empty() && none.bars.empty() && none.runs == 0 && none.all_runs == 3);
        QCOMPARE(error_of(store->traces().usage({.filter = "cost>"})).find("no error"), std::string::npos);
    }

    void latencies() {
        auto store = temporary_store();
        std::vector<Span> spans;
        for (std::uint64_t i = 1; i <= 400; ++i) // 1 ms to 400 ms
            spans.push_back(
                call({7, i % 20 + 1}, i, 0, "a", kMonday, 1, {}, static_cast<DurationNs>(i) * 1'000'000));
        Span open = call({7, 1}, 999, 0, "a", kMonday, 1);
        open.end = kNoTime;
        spans.push_back(open);
        import_spans(*store, head("a"), spans);
        const auto close = [](std::optional<DurationNs> value, double ms) {
            return value && std::abs(static_cast<double>(*value) / (ms * 1e6) - 1) < 0.0451;
        };
        const auto all = usage(*store);
        QCOMPARE(all.groups[0].sums.calls, 401);
        QVERIFY(close(all.groups[0].p50, 200));
        QVERIFY(close(all.groups[0].p95, 380));
        const auto one = usage_by(*store, UsageBy::model, "trace:" + to_hex(TraceId{7, 5}));
        QVERIFY(close(one.groups[0].p50, 184)); // the tenth of 4, 24, 44 … 384
        auto running = temporary_store();
        import_spans(*running, head("a"), {open});
        QVERIFY(!usage(*running).groups[0].p50);
        Span ended = open;
        ended.end = open.start + 50'000'000;
        import_spans(*running, head("b"), {ended});
        QCOMPARE(usage(*running).sums.calls, 1);
        QVERIFY(close(usage(*running).groups[0].p50, 50));
    }

    void latencyBuckets() {
        for (const DurationNs ns :
             {1ll, 2ll, 3ll, 1'000ll, 1'023ll, 1'024ll, 5'000'000ll, 3'600'000'000'000ll, INT64_MAX / 2ll}) {
            const int bucket = latency_bucket(ns);
            QVERIFY(std::exp2(bucket / 8.0) <= static_cast<double>(ns) * 1.000001);
            QVERIFY(std::exp2((bucket + 1) / 8.0) > static_cast<double>(ns) * 0.999999);
        }
        QCOMPARE(latency_bucket(0), 0);
        QCOMPARE(latency_bucket(-5), 0);
        QVERIFY(latency_bucket(INT64_MAX) < kLatencyBuckets);
    }

    void costOfRuns() {
        auto store = temporary_store();
        std::vector<Span> spans;
        for (std::uint64_t i = 1; i <= 100; ++i) // run i costs i cents
            spans.push_back(call({7, i}, 1, 0, "a", kMonday, 1, static_cast<PicoUsd>(i) * kUsd / 100));
        spans.push_back(call({7, 200}, 1, 0, "a", kMonday, 1, 0));
        spans.push_back(call({7, 201}, 1, 0, "a", kMonday, 1)); // unknown is not 0
        import_spans(*store, head("a"), spans);
        UsageQuery query;
        query.most_expensive = 3;
        const auto answer = usage(*store, query);
        QCOMPARE(answer.run_p50, std::optional<PicoUsd>(50 * kUsd / 100));
        QCOMPARE(answer.run_p95, std::optional<PicoUsd>(95 * kUsd / 100));
        QCOMPARE(answer.runs_reported, 101);
        QCOMPARE(answer.most_expensive.size(), std::size_t{3});
        QCOMPARE(answer.most_expensive[0].cost, kUsd);
        QCOMPARE(answer.most_expensive[0].id, (TraceId{7, 100}));
        QCOMPARE(answer.most_expensive[0].name, std::string("chat"));
        QCOMPARE(answer.most_expensive[2].cost, 98 * kUsd / 100);
        QCOMPARE(answer.bins.front().from, 0); // what cost nothing
        QCOMPARE(answer.bins.front().runs, 1);
        QCOMPARE(answer.bins[1].from, kUsd / 100);
        QCOMPARE(answer.bins.back().from, kUsd);
        QCOMPARE(answer.bins.size(), std::size_t{1 + 17}); // two decades and the bin of a dollar
        std::int64_t runs = 0;
        for (std::size_t i = 0; i < answer.bins.size(); ++i) {
            runs += answer.bins[i].runs;
            if (i > 0) QCOMPARE(answer.bins[i].from, answer.bins[i - 1].to);
        }
        QCOMPARE(runs, 101);
    }

    void filtersAndSources() {
        UsageFixture f;
        auto store = f.open();
        auto spans = three_runs();
        import_spans(*store, head("a"), {spans.begin(), spans.begin() + 6});
        import_spans(*store, head("b"), {spans.begin() + 6, spans.end()});
        QCOMPARE(words_of(usage_by(*store, UsageBy::model, "status:error")),
                 std::string("[a] 1/1 in 20 $-+60 ?0 x1\n"));
        UsageQuery query;
        query.sources = {store->traces().sources().value().at(0).id};
        const auto of_source = usage(*store, query);
        QCOMPARE(of_source.all_runs, 3);
        adds_up(*store, "status:error");
        adds_up(*store, "model:b");
        const auto sources = store->traces().sources().value();
        for (const auto& source : sources)
            adds_up(*store, {}, {source.id});
    }

    void manyRunsAndFewOfThem() { // looked up one by one, or all read
        auto store = temporary_store();
        std::vector<Span> spans;
        std::vector<std::string> names;
        names.reserve(900);
        for (std::uint64_t i = 0; i < 900; ++i) {
            names.push_back("s" + std::to_string(i));
            spans.push_back(call({7, i + 1}, 1, 0, i % 30 == 0 ? "rare" : "often",
                                 kMonday + static_cast<TimeNs>(i) * kHourNs, 1, static_cast<PicoUsd>(i)));
            spans.back().session = names.back();
        }
        import_spans(*store, head("a"), spans);
        adds_up(*store, "model:rare");
        adds_up(*store, "model:often");
        UsageQuery query;
        query.by = UsageBy::session;
        query.told_apart = 10;
        const auto answer = usage(*store, query);
        QCOMPARE(answer.groups.size(), std::size_t{900});
        QCOMPARE(answer.groups[0].key, std::string("s899"));
        QCOMPARE(answer.groups[899].key, std::string("s0"));
        QCOMPARE(answer.bars.size(), std::size_t{38});
        QCOMPARE(answer.bars.back().groups.size(), std::size_t{10});
        QCOMPARE(answer.bars.back().groups[9].reported, std::optional<PicoUsd>(890));
        QCOMPARE(answer.bars.back().runs, 12);
        QCOMPARE(answer.bars.back().sums.calls, 12);
    }

    void stops() {
        auto store = temporary_store();
        import_spans(*store, head("a"), three_runs());
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(error_of(store->traces().usage({}, stop.get_token())), std::string("cancelled"));
    }

    void removedAndUndone() {
        UsageFixture f;
        auto store = f.open();
        import_spans(*store, head("a"), three_runs());
        const std::string before = words_of(usage_by(*store, UsageBy::tool));
        const auto removed = store->remove_traces({kRunA}, false);
        QVERIFY(removed);
        QCOMPARE(words_of(usage_by(*store, UsageBy::model)), std::string("[a] 1/1 in 20 $-+60 ?0 x1\n"));
        QCOMPARE(usage(*store).all_runs, 2);
        adds_up(*store);
        // New prices while it waits hold for it when it comes back.
        f.now = std::make_shared<TokenPrices>(6, ByModel{{"a", 1}});
        QVERIFY(store->follow_prices());
        QVERIFY(store->restore(*removed));
        QCOMPARE(words_of(usage_by(*store, UsageBy::model)), std::string("[a] 3/1 in 1120 $7+120 ?0 x2\n"
                                                                         "[b] 1/0 in 10 $-+- ?1 x1\n"));
        adds_up(*store);
        QCOMPARE(store->check().value(), std::string());
        QVERIFY(store->remove_traces({kRunA, kRunB, kRunC}, false));
        QVERIFY(store->purge_removed());
        QVERIFY(usage(*store).groups.empty());
        QCOMPARE(store->check().value(), std::string());
    }

    void aSourceThatSharesRuns() {
        UsageFixture f;
        auto store = f.open();
        import_spans(*store, head("a"), three_runs());
        import_spans(*store, head("b"), {call(kRunA, 50, 1, "b", kMonday, 5)});
        const auto all = words_of(usage_by(*store, UsageBy::agent));
        const auto removed = store->remove_source(store->traces().sources().value().at(0).id, false);
        QVERIFY(removed);
        adds_up(*store);
        QCOMPARE(usage(*store).runs, 1);
        QVERIFY(store->restore(*removed));
        QCOMPARE(words_of(usage_by(*store, UsageBy::agent)), all);
        adds_up(*store);
        QCOMPARE(store->check().value(), std::string());
    }

    void spansThatChange() {
        UsageFixture f;
        auto store = f.open();
        auto spans = three_runs();
        import_spans(*store, head("a"), spans);
        import_spans(*store, head("a"), spans); // again: nothing changes
        QCOMPARE(words_of(usage_by(*store, UsageBy::model)), std::string("[a] 3/1 in 1120 $7+360 ?0 x2\n"
                                                                         "[b] 1/0 in 10 $-+- ?1 x1\n"));
        // A call turns out to hold another one, which has the usage; a run gets its agent later.
        import_spans(*store, head("b"), {call(kRunA, 20, 5, "c", kMonday + 10 * kHourNs, 10)});
        QCOMPARE(words_of(usage_by(*store, UsageBy::model)), std::string("[a] 3/1 in 1120 $7+360 ?0 x2\n"
                                                                         "[b] 1/0 in 0 $-+- ?0 x1\n"
                                                                         "[c] 1/0 in 10 $-+- ?1 x1\n"));
        adds_up(*store);
        // The file was written anew, with less.
        SourceHead other = head("a");
        other.head_hash = 8;
        import_spans(*store, other, {spans.begin() + 6, spans.begin() + 8});
        adds_up(*store);
        QCOMPARE(words_of(usage_by(*store, UsageBy::model)), std::string("[a] 1/1 in 20 $-+60 ?0 x1\n"
                                                                         "[c] 1/0 in 10 $-+- ?1 x1\n"));
    }

    void newPrices() {
        UsageFixture f;
        auto store = f.open();
        import_spans(*store, head("a"), three_runs());
        f.now = std::make_shared<TokenPrices>(6, ByModel{{"b", 2}});
        QVERIFY(store->follow_prices());
        QCOMPARE(words_of(usage_by(*store, UsageBy::model)), std::string("[b] 1/0 in 10 $-+20 ?0 x1\n"
                                                                         "[a] 3/1 in 1120 $7+- ?2 x2\n"));
        adds_up(*store);
        store.reset();
        f.now = std::make_shared<TokenPrices>(7, ByModel{{"a", 1}, {"b", 1}});
        store = f.open(); // looks by itself
        QCOMPARE(usage(*store).sums.computed, std::optional<PicoUsd>(130));
        QVERIFY(usage(*store).unpriced_models.empty());
        adds_up(*store);
    }

    void anOlderStoreIsFilled() { // 004
        UsageFixture f;
        {
            auto db = Database::open(f.dir.filePath("store.db").toStdString(), OpenMode::create);
            QVERIFY(db);
            QVERIFY(migrate(*db, store_migrations().first(3)));
            QVERIFY(db->exec(
                "INSERT INTO dict VALUES (1, 'a'), (2, 'call');"
                "INSERT INTO source (id, path, format, head_hash, size, pass, complete) "
                "VALUES (1, '/a', 'otlp-json', 1, 1, 1, 1);"
                "INSERT INTO trace (id, high, low, hidden, name, start_ns, end_ns, spans, root_spans, "
                "llm_calls, "
                "tok_in, tok_out, cost) VALUES (1, 5, 6, 0, 'call', 1000, 2000, 1, 1, 1, 100, 5, 7), "
                "(2, 5, 7, 1, 'removed', 1000, 2000, 1, 1, 1, 100, 5, 7);"
                "INSERT INTO trace_source VALUES (1, 1), (2, 1);"
                "INSERT INTO span (id, trace, span_id, parent_id, start_ns, end_ns, kind, status, quality, "
                "flags, "
                "calls, counted, name, model, tok_in, tok_out, cost, source, pass) VALUES "
                "(1, 1, 9, 0, 1000, 2000, 3, 0, 0, 0, 0, 3, 2, 1, 100, 5, 7, 1, 1), "
                "(2, 2, 9, 0, 1000, 2000, 3, 0, 0, 0, 0, 3, 2, 1, 100, 5, 7, 1, 1)"));
        }
        auto store = f.open();
        QVERIFY(store);
        adds_up(*store);
        QCOMPARE(words_of(usage_by(*store, UsageBy::model)), std::string("[a] 1/0 in 100 $7+- ?0 x1\n"));
    }

    void aLargeRunInPieces() { // many cells, rings, deep trees; brought in any order
        UsageFixture f;
        auto store = f.open();
        std::mt19937 random(3);
        const std::vector<std::string> models = {"a", "b", "c", ""}, tools = {"t", "u", ""};
        std::vector<Span> spans = {agent(kRunA, 1, "boss", "s", kMonday)};
        std::vector<std::string> versions;
        for (int i = 0; i < 60; ++i)
            versions.push_back(std::to_string(i));
        for (std::uint64_t id = 2; id < 3'000; ++id) {
            const auto parent = random() % 50 == 0 ? id + 1 : 1 + random() % (id - 1);
            const TimeNs at = kMonday + static_cast<TimeNs>(random() % 40) * kHourNs;
            if (random() % 3 == 0) {
                spans.push_back(tool(kRunA, id, parent, tools[random() % 3], at, random() % 90'000));
                continue;
            }
            spans.push_back(call(kRunA, id, parent, models[random() % 4], at, random() % 100,
                                 random() % 3 == 0 ? std::optional<PicoUsd>(5) : std::nullopt,
                                 random() % 9'000'000));
            spans.back().prompt_name = "p";
            spans.back().prompt_version = versions[random() % versions.size()];
        }
        std::ranges::shuffle(spans, random);
        const auto half = spans.begin() + 1'500;
        import_spans(*store, head("a"), {spans.begin(), half});
        adds_up(*store);
        import_spans(*store, head("b"), {half, spans.end()});
        adds_up(*store);
        auto again = f.open("whole.db");
        import_spans(*again, head("a"), spans);
        for (const UsageBy by : {UsageBy::model, UsageBy::tool, UsageBy::prompt}) {
            const auto one = usage_by(*store, by), other = usage_by(*again, by);
            QCOMPARE(words_of(one), words_of(other));
            for (std::size_t i = 0; i < one.groups.size(); ++i)
                QCOMPARE(one.groups[i].p95, other.groups[i].p95);
        }
        // Calls as another question counts them.
        const auto totals = store->traces().totals({{}, {}, GroupBy::model, {}}).value();
        const auto answer = usage_by(*store, UsageBy::model);
        for (const Totals& group : totals.groups) {
            const auto found = std::ranges::find(answer.groups, group.key, &UsageGroup::key);
            QVERIFY2(found != answer.groups.end(), (group.key + ": " + words_of(answer)).c_str());
            QCOMPARE(found->sums.calls, group.llm_calls);
            QCOMPARE(found->sums.input_tokens, group.input_tokens.value_or(0));
        }
    }
};

QTEST_GUILESS_MAIN(TestUsage)
#include "tst_usage.moc"
