// Prices: reading tables, finding a model's entry, and the arithmetic, against what providers' own pages
// compute.
#include "model/analysis/pricing/bundled_prices.h"
#include "model/analysis/pricing/price_table.h"
#include "model/base/messages.h"

#include <QTest>

#include <algorithm>
#include <limits>

using namespace clew;

namespace {

constexpr std::string_view kOwn = R"({"models":[
    {"match":"my-model","input_mtok":3,"output_mtok":15,"cache_read_mtok":0.3,"cache_write_mtok":3.75,
     "tiers":[{"above_input":200000,"input_mtok":6,"output_mtok":22.5}]},
    {"match":["fast-*","quick"],"input_mtok":"0.075","output_mtok":"0.3"},
    {"match":"thinker","input_mtok":1,"output_mtok":2,"output_reasoning_mtok":3,"cache_write_1h_mtok":2,
     "requests_kcount":5,"service_tiers":{"batch":0.5}},
    {"match":"embed","input_mtok":0.02}]})";

PriceTable own() {
    return PriceTable::read({}, kOwn).value();
}

PriceTable bundled() {
    return PriceTable::read(bundled_prices()).value();
}

Usage usage(std::optional<std::int64_t> in, std::optional<std::int64_t> out,
            std::optional<std::int64_t> read = {}, std::optional<std::int64_t> write = {},
            std::optional<std::int64_t> reasoning = {}) {
    return {in, read, write, out, reasoning};
}

TimeNs on(const char* day) {
    return parse_iso8601(std::string(day) + "T12:00:00Z").value();
}

std::optional<PicoUsd> cost(const PriceTable& table, std::string_view provider, std::string_view model,
                            const Usage& counts, const char* day = "2026-06-01") {
    return table.cost(table.find(provider, model), counts, 0, on(day));
}

std::string code(std::string_view snapshot, std::string_view overrides = {}) {
    const auto table = PriceTable::read(snapshot, overrides);
    if (table) return "";
    return find_message(table.error().code) ? std::string(table.error().code) : "no sentence";
}

PicoUsd usd(double amount) {
    return *from_usd(amount);
}

} // namespace

class TestPrices : public QObject {
    Q_OBJECT

private slots:
    void arithmetic() {
        const PriceTable table = own();
        const auto at = [&](const Usage& counts) { return cost(table, "", "my-model", counts); };
        QCOMPARE(at(usage(1000, 500)), usd(0.003 + 0.0075));
        QCOMPARE(at(usage(1000, 500, 400, 100)), usd(0.0015 + 0.00012 + 0.000375 + 0.0075));
        QCOMPARE(at(usage(0, 0)), 0);
        // Counts that exclude cached tokens show it, and give what those give that include them.
        QCOMPARE(at(usage(500, 500, 9000, 100)), at(usage(9600, 500, 9000, 100)));
    }

    void aTierHoldsForTheWholeCall() {
        const PriceTable table = own();
        const auto at = [&](const Usage& counts) { return cost(table, "", "my-model", counts); };
        QCOMPARE(at(usage(200'000, 1000)), usd(0.6 + 0.015)); // not above
        QCOMPARE(at(usage(200'001, 1000)), usd(0.000006 * 200'001 + 0.0225));
        // The cached part counts towards the threshold; its price, which the tier omits, is the base price.
        QCOMPARE(at(usage(200'001, 0, 150'001, 10'000)),
                 usd(0.000006 * 40'000 + 0.0000003 * 150'001 + 0.0375));
    }

    void unknownIsNotZero() {
        const PriceTable table = own();
        QCOMPARE(table.find("", "another-model"), -1);
        QVERIFY(!cost(table, "", "another-model", usage(10, 10)));
        QVERIFY(!cost(table, "", "", usage(10, 10)));
        QVERIFY(!cost(table, "", "my-model", usage({}, 10)));
        QVERIFY(!cost(table, "", "my-model", usage(10, {})));
        QVERIFY(!cost(table, "", "my-model", usage(-1, 10)));
        QVERIFY(!cost(table, "", "my-model", usage(10, 10, -5)));
        QCOMPARE(cost(table, "", "embed", usage(1'000'000, {})), usd(0.02)); // nothing comes out of it
        QVERIFY(!cost(table, "", "embed", usage(10, 10)));
        QVERIFY(!cost(table, "", std::string(300, 'x'), usage(10, 10)));
    }

    void largeNumbers() {
        const PriceTable table = own();
        const std::int64_t most = std::numeric_limits<std::int64_t>::max();
        QVERIFY(!cost(table, "", "my-model", usage(most, most)));
        QVERIFY(!cost(table, "", "my-model", usage(most, 0, most, most)));
        QCOMPARE(cost(table, "", "my-model", usage(0, 400'000'000'000)), 6'000'000 * kUsd);
    }

    void extras() {
        const PriceTable table = own();
        const auto entry = table.find("", "thinker");
        const auto of = [&](const Usage& counts, const CallExtras& extras) {
            return table.priced(entry, counts, extras, on("2026-06-01"));
        };
        const auto plain = of(usage(1000, 1000, {}, {}, 400), {});
        QCOMPARE(plain->total, usd(0.001 + 0.0012 + 0.0012 + 0.005));
        QCOMPARE(plain->part_count, std::size_t{4});
        QCOMPARE(of(usage(1000, 1000, {}, {}, 400), {.service_tier = "batch"})->total, plain->total / 2);
        QVERIFY(of(usage(1000, 1000), {.service_tier = "priority"}).error().code == "price.no_service_tier");
        // Kept for an hour: its own price; the rest at the input's, where none is said.
        QCOMPARE(of(usage(1000, 0, {}, 600), {.cache_write_1h = 200})->total,
                 usd(0.0004 + 0.0004 + 0.0004 + 0.005));
        QCOMPARE(table.cost(entry, usage(1000, 1000), kBatchTier, on("2026-06-01")), usd(0.004));
    }

    void names_data() {
        QTest::addColumn<QString>("provider");
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("entry"); // provider/id; "" = none
        const auto row = [](const char* provider, const char* model, const char* entry) {
            QTest::addRow("%s %s", provider, model) << provider << model << entry;
        };
        row("openai", "gpt-4o-mini", "openai/gpt-4o-mini");
        row("openai", "gpt-4o-mini-2024-07-18", "openai/gpt-4o-mini");
        row("", "GPT-4o-Mini", "openai/gpt-4o-mini");
        row("", "openai/gpt-4o-mini", "openai/gpt-4o-mini");
        row("anthropic", "claude-sonnet-4-20250514", "anthropic/claude-sonnet-4-0");
        row("", "claude-sonnet-4-5-20250929", "anthropic/claude-sonnet-4-5");
        row("", "anthropic/claude-sonnet-4-5", "anthropic/claude-sonnet-4-5");
        row("", "litellm_proxy/anthropic/claude-sonnet-4-20250514", "anthropic/claude-sonnet-4-0");
        row("", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic/claude-sonnet-4-5");
        row("openai", "claude-sonnet-4-5", "anthropic/claude-sonnet-4-5"); // through OpenAI's client
        row("az.ai.openai", "gpt-4o-mini", "openai/gpt-4o-mini");          // at OpenAI's price
        row("google", "models/gemini-2.5-flash", "google/gemini-2.5-flash");
        row("gcp.vertex_ai", "gemini-2.5-flash", "google/gemini-2.5-flash");
        row("", "deepseek-chat", "deepseek/deepseek-chat");
        row("ollama", "gpt-4o-mini", ""); // nobody bills what runs here
        row("", "ollama/gpt-4o-mini", "");
        row("", "no-such-model", "");
        row("openai", "no-such-model", "");
        row("", "<synthetic>", "");
    }
    void names() {
        QFETCH(QString, provider);
        QFETCH(QString, model);
        QFETCH(QString, entry);
        static const PriceTable table = bundled();
        const auto found = table.look_up(provider.toStdString(), model.toStdString());
        const QString got =
            found.entry < 0
                ? QString()
                : QString::fromStdString(table.entries()[static_cast<std::size_t>(found.entry)].provider +
                                         "/" + table.entries()[static_cast<std::size_t>(found.entry)].id);
        QCOMPARE(got, entry);
    }

    void ownPricesComeFirst() {
        const auto table = PriceTable::read(
            bundled_prices(), R"({"models":[{"match":"gpt-4o-mini","input_mtok":1,"output_mtok":1}]})");
        QVERIFY(table);
        QCOMPARE(table->overrides(), std::size_t{1});
        QCOMPARE(cost(*table, "openai", "gpt-4o-mini-2024-07-18", usage(1'000'000, 0)), usd(1));
        QCOMPARE(cost(*table, "openai", "gpt-4o", usage(1'000'000, 0)), usd(2.5));
        QVERIFY(table->version() != bundled().version());
        QCOMPARE(bundled().version(), bundled().version());
    }

    // Arithmetic as the providers' pages show it.
    void published() {
        const PriceTable table = bundled();
        QCOMPARE(table.date(), std::string("2026-09-23"));
        QCOMPARE(cost(table, "openai", "gpt-4o-mini", usage(1'000'000, 1'000'000, 400'000)),
                 usd(0.09 + 0.03 + 0.6));
        QCOMPARE(cost(table, "anthropic", "claude-sonnet-4-20250514", usage(10'000, 1'000, 8'000, 1'000)),
                 usd(0.003 + 0.0024 + 0.00375 + 0.015));
        QCOMPARE(cost(table, "anthropic", "claude-sonnet-4-5", usage(200'001, 0)), usd(1.200006));
        // The hour's cache costs twice the input.
        const auto entry = table.find("anthropic", "claude-sonnet-4-20250514");
        QCOMPARE(
            table.priced(entry, usage(1'000'000, 0, 0, 1'000'000), {.cache_write_1h = 1'000'000}, 0)->total,
            usd(6));
        QCOMPARE(table.cost(entry, usage(1'000'000, 0), kBatchTier, 0), usd(1.5));
        QVERIFY(!table.cost(entry, usage(1'000'000, 0), kPriorityTier, 0));
    }

    void dates() {
        const auto table =
            PriceTable::read(R"({"format":"clew-prices-1","providers":[{"id":"p","model_match":"m*","models":[
            {"id":"m","match":"m","prices":[{"input_mtok":"4"},{"from":"2026-01-10","input_mtok":"2"},
             {"utc":["23:00","01:00"],"input_mtok":"1"}]}]}]})");
        QVERIFY(table);
        const auto at = [&](const char* time) {
            return table->cost(table->find("", "m"), usage(1'000'000, {}), 0, *parse_iso8601(time))
                       .value_or(-1) /
                   kUsd;
        };
        QCOMPARE(at("2026-01-09T22:59:59Z"), 4);
        QCOMPARE(at("2026-01-10T12:00:00Z"), 2);
        QCOMPARE(at("2026-01-10T23:00:00Z"), 1);
        QCOMPARE(at("2026-01-11T00:59:59Z"), 1);
        QCOMPARE(at("2026-01-11T01:00:00Z"), 2);
        QCOMPARE(table->cost(0, usage(1'000'000, {}), 0, kNoTime), 4 * kUsd);
    }

    void genaiPricesOwnFormat() {
        const auto table =
            PriceTable::read(R"([{"id":"p","name":"P","api_pattern":"x","model_match":{"starts_with":"M-"},
            "models":[{"id":"m-1","match":{"or":[{"equals":"m-1"},{"regex":"^m-1-\\d{4}$"}]},"context_window":10,
             "prices":{"input_mtok":{"base":1,"tiers":[{"start":10,"price":2}]},"output_mtok":3,"web_searches_kcount":10}},
             {"id":"m-2","match":{"and":[{"contains":"m-2"},{"ends_with":"x"}]},
              "prices":[{"prices":{"input_mtok":1}},{"constraint":{"start_date":"2026-01-01"},"prices":{"input_mtok":2}}]}]}])");
        QVERIFY(table);
        QCOMPARE(table->warnings().size(), std::size_t{1});
        QCOMPARE(table->warnings()[0].args[0], std::string("web_searches_kcount"));
        QCOMPARE(cost(*table, "", "m-1-2024", usage(10, 1)), 10'000'000 + 3'000'000);
        QCOMPARE(cost(*table, "", "m-1", usage(11, 1)), 22'000'000 + 3'000'000);
        QCOMPARE(cost(*table, "", "m-2-x", usage(1, {}), "2025-12-31"), 1'000'000);
        QCOMPARE(cost(*table, "", "m-2-x", usage(1, {}), "2026-01-01"), 2'000'000);
        QCOMPARE(table->find("", "m-2-y"), -1);
    }

    void whatCannotBeRead() {
        const auto model = [](const std::string& members) { return "{'models':[{" + members + "}]}"; };
        std::vector<std::pair<std::string, std::string>> own = {
            {"{", "price.not_json"},
            {"[]", "price.no_models"},
            {model("'input_mtok':1"), "price.no_match"},
            {model("'match':'m'"), "price.bad_price"},
            {model("'match':{'regex':'('},'input_mtok':1"), "price.bad_match"},
            {model("'match':5,'input_mtok':1"), "price.bad_match"},
            {model("'match':'m','input_mtok':1,'tiers':[{'input_mtok':1}]"), "price.bad_price"}};
        for (const char* price :
             {"-1", "'x'", "null", "1e9", "'1.2345678'", "''", "'1.2.3'", "[]", "{'base':-1}"})
            own.emplace_back(model(std::string("'match':'m','input_mtok':") + price), "price.bad_price");
        std::string deep = "'m'";
        for (int i = 0; i < 100; ++i)
            deep = "[" + deep + "]";
        own.emplace_back(model("'match':" + deep + ",'input_mtok':1"), "price.bad_match");
        for (auto& [text, wanted] : own) {
            std::ranges::replace(text, '\'', '"');
            QCOMPARE(code("", text), wanted);
        }
        std::string other = "{'format':'other'}";
        std::ranges::replace(other, '\'', '"');
        QCOMPARE(code(other), std::string("price.other_format"));
        QCOMPARE(code("[]"), std::string("price.no_models"));
        QCOMPARE(code("[1]"), std::string("price.no_models"));
        const auto odd = PriceTable::read({}, R"({"models":[{"match":"m","input_mtok":1,"colour":2}]})");
        QVERIFY(odd);
        QCOMPARE(odd->warnings().size(), std::size_t{1});
    }
};

QTEST_GUILESS_MAIN(TestPrices)
#include "tst_prices.moc"
