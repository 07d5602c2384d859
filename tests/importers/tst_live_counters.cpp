// What came in from whom, as the Live page shows it.

#include "importers/live/counters.h"

#include <QtTest>

#include <numeric>
#include <thread>

using namespace clew;
using namespace clew::live;
using namespace std::chrono_literals;

namespace {

LiveStatus status_of(const Counters& counters) {
    LiveStatus out;
    counters.fill(out);
    return out;
}

std::uint64_t sum(const std::vector<std::uint32_t>& values) {
    return std::accumulate(values.begin(), values.end(), std::uint64_t{0});
}

} // namespace

class LiveCountersTest : public QObject {
    Q_OBJECT

private slots:
    void nothing() {
        const Counters counters;
        const LiveStatus status = status_of(counters);
        QCOMPARE(status.spans, 0u);
        QCOMPARE(status.per_second.size(), std::size_t{120});
        QCOMPARE(status.spans_per_second, 0.0);
        QVERIFY(!status.ack_p50 && !status.ack_p99);
        QVERIFY(status.clients.empty());
        QVERIFY(status.since != kNoTime);
        LiveEndpoint endpoint{.id = "otlp-http"};
        counters.fill(endpoint);
        QCOMPARE(endpoint.requests, 0u);
        QCOMPARE(endpoint.last, kNoTime);
    }

    void whatCame() {
        Counters counters;
        counters.received({"otlp-http", "sdk-a 1", "bot", 10, 500});
        counters.received({"otlp-http", "sdk-b 2", "", 5, 300});
        counters.received({"langsmith", "sdk-a 1", "", 1, 200});
        counters.received({"follow:/runs", "", "", 100, 1000});
        const LiveStatus status = status_of(counters);
        QCOMPARE(status.spans, 116u);
        QCOMPARE(status.bytes, 2000u);
        QCOMPARE(status.requests, 4u);
        QCOMPARE(sum(status.per_second), 116u);
        QCOMPARE(status.clients.size(), std::size_t{2}); // a followed file is none
        QCOMPARE(status.clients[0].name, std::string("sdk-a 1"));
        QCOMPARE(status.clients[0].service, std::string("bot")); // what was said last
        QCOMPARE(status.clients[0].spans, 11u);
        QCOMPARE(status.clients[0].activity.size(), std::size_t{30});
        QCOMPARE(sum(status.clients[0].activity), 11u);
        QCOMPARE(status.clients[1].spans, 5u);
        LiveEndpoint endpoint{.id = "otlp-http"};
        counters.fill(endpoint);
        QCOMPARE(endpoint.spans, 15u);
        QCOMPARE(endpoint.requests, 2u);
        QVERIFY(endpoint.last != kNoTime);
    }

    void refusals() {
        Counters counters;
        counters.refused("sdk", "one");
        counters.refused("sdk", "two");
        const LiveStatus status = status_of(counters);
        QCOMPARE(status.refused, 2u);
        QCOMPARE(status.requests, 0u);
        QCOMPARE(status.clients.at(0).refused, 2u);
        QCOMPARE(status.clients.at(0).last_refusal, std::string("two"));
    }

    void latencies() {
        Counters counters;
        for (int i = 1; i <= 1000; ++i)
            counters.answered(1ms * i);
        LiveStatus status = status_of(counters);
        QVERIFY(*status.ack_p50 >= 480'000'000 && *status.ack_p50 <= 520'000'000);
        QVERIFY(*status.ack_p99 >= 980'000'000 && *status.ack_p99 <= 1'000'000'000);
        for (int i = 0; i < 1000; ++i) // only the last thousand count
            counters.answered(1ms);
        status = status_of(counters);
        QCOMPARE(*status.ack_p99, 1'000'000);
    }

    void whoeverMakesUpNamesDoesNotGrowTheList() {
        Counters counters;
        for (int i = 0; i < 5000; ++i)
            counters.refused("client " + std::to_string(i), "no");
        const LiveStatus status = status_of(counters);
        QCOMPARE(status.clients.size(), std::size_t{50});
        QCOMPARE(status.refused, 5000u);
        QVERIFY(std::ranges::is_sorted(status.clients, std::ranges::greater{}, &LiveClient::last));
    }

    void clear() {
        Counters counters;
        counters.received({"otlp-http", "sdk", "bot", 10, 500});
        counters.refused("sdk", "no");
        counters.answered(1ms);
        counters.clear();
        const LiveStatus status = status_of(counters);
        QCOMPARE(status.spans + status.bytes + status.requests + status.refused, 0u);
        QCOMPARE(sum(status.per_second), 0u);
        QVERIFY(status.clients.empty() && !status.ack_p50);
    }

    void theRateSinksWhenNothingComes() {
        Counters counters;
        counters.received({"otlp-http", "sdk", "", 1000, 1});
        QVERIFY(status_of(counters).spans_per_second > 0);
        std::this_thread::sleep_for(2100ms);
        const double rate = status_of(counters).spans_per_second;
        QVERIFY2(rate > 0 && rate <= 1000, std::to_string(rate).c_str());
        QCOMPARE(sum(status_of(counters).per_second), 1000u);
    }

    void manyThreads() {
        Counters counters;
        {
            std::vector<std::jthread> threads;
            for (int thread = 0; thread < 4; ++thread)
                threads.emplace_back([&counters, thread] {
                    for (int i = 0; i < 2000; ++i) {
                        counters.received({"otlp-http", thread % 2 == 0 ? "a" : "b", "", 2, 3});
                        counters.answered(1ms);
                        if (i % 100 == 0) (void)status_of(counters);
                    }
                });
        }
        QCOMPARE(status_of(counters).spans, 16'000u);
        QCOMPARE(status_of(counters).bytes, 24'000u);
    }
};

QTEST_GUILESS_MAIN(LiveCountersTest)
#include "tst_live_counters.moc"
