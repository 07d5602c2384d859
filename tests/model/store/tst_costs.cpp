// Costs that the store computes beside those that sources report: which calls count, what a change of prices
// does.
#include "tests/support/store_fixture.h"

#include <QTemporaryDir>

#include <map>

using namespace clew;
using namespace clew::test;

namespace {

// Pico-USD a token for each model it knows; the version is the caller's.
class FakePrices final : public Prices {
public:
    FakePrices(std::int64_t version, std::map<std::string, std::int64_t, std::less<>> prices)
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
        if (usage.input_audio || usage.output_audio)
            return 1000 * usage.input_audio.value_or(0) + usage.output_audio.value_or(0);
        return prices_[static_cast<std::size_t>(entry)].second * (*usage.input + usage.output.value_or(0));
    }

private:
    std::int64_t version_;
    std::vector<std::pair<std::string, std::int64_t>> prices_;
};

constexpr TraceId kRun{1, 1};
constexpr TraceId kOther{1, 2};

Span call(TraceId trace, std::uint64_t id, std::uint64_t parent, std::string_view model, std::int64_t tokens,
          std::optional<PicoUsd> reported = {}) {
    Span s =
        span(trace, id, parent, static_cast<TimeNs>(id) * kSecond, static_cast<TimeNs>(id) * kSecond + 5);
    s.kind = Kind::llm;
    s.model = model;
    s.usage.input = tokens;
    s.usage.output = 0;
    s.reported_cost = reported;
    return s;
}

std::vector<Span> two_runs() {
    Span root = span(kRun, 1, 0, 0, 9);
    root.kind = Kind::agent;
    // The second trace's root states what all of it cost: it covers the call below.
    Span whole = span(kOther, 1, 0, 0, 9);
    whole.kind = Kind::agent;
    whole.reported_cost = 5000;
    return {root,  call(kRun, 2, 1, "a", 100),  call(kRun, 3, 1, "b", 10), call(kRun, 4, 1, "a", 1000, 7),
            whole, call(kOther, 2, 1, "a", 100)};
}

struct Fixture {
    QTemporaryDir dir;
    PricesPtr now =
        std::make_shared<FakePrices>(5, std::map<std::string, std::int64_t, std::less<>>{{"a", 3}});

    std::unique_ptr<Store> open() {
        StoreOptions options;
        options.path = dir.filePath("store.db").toStdString();
        options.prices = [this] { return now; };
        auto store = Store::open(options);
        return store ? std::move(*store) : nullptr;
    }
};

Totals totals(Store& store) {
    return store.traces().totals({}).value().all;
}

std::int64_t number(Store& store, const char* sql) {
    return std::stoll(store.traces().sql(sql).value().rows.at(0).at(0));
}

} // namespace

class TestCosts : public QObject {
    Q_OBJECT

private slots:
    // Spoken tokens have prices of their own: they are kept with the call, for when prices change.
    void spokenTokens() {
        Fixture f;
        auto store = f.open();
        QVERIFY(store);
        Span spoken = call(kRun, 2, 0, "a", 100);
        spoken.usage.input_audio = 40;
        spoken.usage.output_audio = 9;
        import_spans(*store, head("a"), {spoken});
        QCOMPARE(totals(*store).cost_computed, std::optional<PicoUsd>(40'009));
        const SpanDetail read = store->traces().span(kRun, {2}).value();
        QCOMPARE(read.usage.input_audio, std::optional<std::int64_t>(40));
        QCOMPARE(read.usage.output_audio, std::optional<std::int64_t>(9));
        f.now = std::make_shared<FakePrices>(6, std::map<std::string, std::int64_t, std::less<>>{{"a", 4}});
        store.reset();
        store = f.open();
        QCOMPARE(totals(*store).cost_computed, std::optional<PicoUsd>(40'009));
    }

    void threeFigures() {
        Fixture f;
        auto store = f.open();
        QVERIFY(store);
        import_spans(*store, head("a"), two_runs());
        const Totals t = totals(*store);
        QCOMPARE(t.cost_reported, std::optional<PicoUsd>(5007));
        QCOMPARE(t.cost_computed, std::optional<PicoUsd>(300));
        QCOMPARE(t.cost, std::optional<PicoUsd>(5307));
        QCOMPARE(t.unpriced_calls, 1);

        const auto run = store->traces().trace(kRun).value();
        QCOMPARE(run.costs(), (CostKinds{7, 300, 1}));
        QCOMPARE(store->traces().trace(kOther).value().costs(), (CostKinds{5000, {}, 0}));

        const auto tree = store->traces().open(kRun).value();
        QCOMPARE(tree->spans[0].subtree_costs(), (CostKinds{7, 300, 1}));
        QCOMPARE(tree->spans[1].costs(), (CostKinds{{}, 300, 0}));
        QCOMPARE(tree->spans[2].costs(), (CostKinds{{}, {}, 1}));
        QCOMPARE(tree->spans[3].costs(), (CostKinds{7, {}, 0}));
        QCOMPARE(store->traces().open(kOther).value()->spans[0].subtree_costs(), (CostKinds{5000, {}, 0}));

        const auto detail = store->traces().span(kRun, SpanId{4}).value();
        QCOMPARE(detail.reported_cost, std::optional<PicoUsd>(7));
        QCOMPARE(detail.computed_cost, std::optional<PicoUsd>(3000)); // beside it, and never in a sum
        QVERIFY(store->traces().span(kRun, SpanId{3}).value().unpriced);
    }

    void groupsAddUp() {
        Fixture f;
        auto store = f.open();
        import_spans(*store, head("a"), two_runs());
        for (const GroupBy by : {GroupBy::trace, GroupBy::model, GroupBy::day, GroupBy::session}) {
            const auto answer = store->traces().totals({{}, {}, by, {}}).value();
            std::int64_t computed = 0, reported = 0, unpriced = 0;
            for (const Totals& group : answer.groups) {
                computed += group.cost_computed.value_or(0);
                reported += group.cost_reported.value_or(0);
                unpriced += group.unpriced_calls;
            }
            QCOMPARE(computed, 300);
            QCOMPARE(reported, 5007);
            QCOMPARE(unpriced, 1);
        }
    }

    void whatIf() {
        Fixture f;
        auto store = f.open();
        import_spans(*store, head("a"), two_runs());
        const auto answer = store->traces().totals({{}, {}, GroupBy::trace, "a"}).value();
        QCOMPARE(answer.all.cost_what_if, std::optional<PicoUsd>(3 * (100 + 10 + 1000 + 100)));
        QCOMPARE(answer.groups[1].cost_what_if, std::optional<PicoUsd>(300));
        QCOMPARE(answer.all.cost_computed, std::optional<PicoUsd>(300));
        const auto none = store->traces().totals({{}, {}, GroupBy::none, "zz"});
        QVERIFY(!none && none.error().code == "price.no_model");
    }

    void newPricesHoldForAllThatIsThere() {
        Fixture f;
        auto store = f.open();
        import_spans(*store, head("a"), two_runs());
        f.now = std::make_shared<FakePrices>(6, std::map<std::string, std::int64_t, std::less<>>{{"b", 2}});
        QVERIFY(store->follow_prices());
        QCOMPARE(totals(*store).cost_computed, std::optional<PicoUsd>(20));
        QCOMPARE(totals(*store).unpriced_calls, 1);
        QCOMPARE(store->traces().trace(kRun).value().costs(), (CostKinds{7, 20, 1}));
        // What comes later agrees with what was there, in the same trace too.
        import_spans(*store, head("b"), {call(kRun, 9, 1, "b", 50)});
        QCOMPARE(store->traces().trace(kRun).value().costs(), (CostKinds{7, 120, 1}));
        store.reset();
        f.now = std::make_shared<FakePrices>(
            7, std::map<std::string, std::int64_t, std::less<>>{{"a", 1}, {"b", 1}});
        store = f.open(); // looks by itself
        QCOMPARE(totals(*store).cost_computed, std::optional<PicoUsd>(160));
        QCOMPARE(totals(*store).unpriced_calls, 0);
        QCOMPARE(store->traces().trace(kOther).value().costs(), (CostKinds{5000, {}, 0}));
    }

    void newPricesMakeFindingsStale() {
        Fixture f;
        auto store = f.open();
        import_spans(*store, head("a"), two_runs());
        const auto keep = [&](TraceId trace) {
            const auto generation = store->traces().findings(trace).value().generation;
            QVERIFY(store->store_findings(3, {{trace, generation, {}}}));
            QCOMPARE(store->traces().findings(trace).value().version, 3);
        };
        keep(kRun);
        keep(kOther);
        f.now = std::make_shared<FakePrices>(6, std::map<std::string, std::int64_t, std::less<>>{{"b", 2}});
        QVERIFY(store->follow_prices());
        QCOMPARE(store->traces().findings(kRun).value().version, 0);
        QCOMPARE(store->traces().findings(kOther).value().version, 3); // its cost is reported
    }

    void anotherWritersPricesAreFollowed() {
        Fixture f;
        auto store = f.open();
        import_spans(*store, head("a"), two_runs());
        f.now = std::make_shared<FakePrices>(6, std::map<std::string, std::int64_t, std::less<>>{{"b", 2}});
        f.open(); // as another program would, and computes everything again
        import_spans(*store, head("b"), {call(kRun, 9, 1, "b", 50), call(kRun, 10, 1, "a", 50)});
        QCOMPARE(store->traces().trace(kRun).value().costs(), (CostKinds{7, 120, 2}));
        QCOMPARE(number(*store, "SELECT sum(computed_cost_usd * 1e12) + sum(unpriced_calls) FROM v_traces"),
                 122);
    }

    void removedRunsKeepStep() {
        Fixture f;
        auto store = f.open();
        import_spans(*store, head("a"), two_runs());
        const auto removed = store->remove_traces({kRun}, false);
        QVERIFY(removed);
        f.now = std::make_shared<FakePrices>(6, std::map<std::string, std::int64_t, std::less<>>{{"a", 1}});
        QVERIFY(store->follow_prices());
        QVERIFY(!totals(*store).cost_computed);
        QVERIFY(store->restore(*removed));
        QCOMPARE(totals(*store).cost_computed, std::optional<PicoUsd>(100));
    }

    void withoutPricesNothingIsComputed() {
        auto store = temporary_store();
        import_spans(*store, head("a"), two_runs());
        QVERIFY(!totals(*store).cost_computed);
        QCOMPARE(totals(*store).unpriced_calls, 2);
    }
};

QTEST_GUILESS_MAIN(TestCosts)
#include "tst_costs.moc"
