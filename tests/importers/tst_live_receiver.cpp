// From a request to its answer: pauses, full queues, stores that fail, and what the status says of it.

#include "importers/live/receiver.h"
#include "tests/support/fake_live.h"
#include "tests/support/live_request.h"

#include <QtTest>

#include <condition_variable>
#include <mutex>

using namespace clew;
using namespace clew::live;
using namespace clew::test;

namespace {

Request traces(int id = 1) {
    char text[17];
    std::snprintf(text, sizeof text, "%016x", static_cast<unsigned>(id));
    Request out = live_request(
        "/v1/traces",
        quoted("{'resourceSpans':[{'resource':{'attributes':[{'key':'service.name','value':{'stringValue':"
               "'bot'}}]},'scopeSpans':[{'spans':[{'traceId':'5b8efff798038103d269b633813fc60c','spanId':'" +
               std::string(text) + "','name':'a','startTimeUnixNano':'1760000000000000000'}]}]}]}"));
    out.headers["user-agent"] = "sdk/1.0 (test)";
    return out;
}

// Answers as they come.
class Answers {
public:
    Handler::Answer next() {
        return [this](Reply reply) {
            {
                const std::scoped_lock lock(mutex_);
                replies_.push_back(std::move(reply));
            }
            changed_.notify_all();
        };
    }
    std::vector<Reply> all(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(30), [&] { return replies_.size() >= count; });
        return replies_;
    }
    Reply last(std::size_t count) {
        const auto replies = all(count);
        return replies.size() == count ? replies.back() : Reply{.status = 0};
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Reply> replies_;
};

const LiveEndpoint& endpoint(const LiveStatus& status, std::string_view id) {
    return *std::ranges::find(status.endpoints, id, &LiveEndpoint::id);
}

} // namespace

class LiveReceiverTest : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<FakeLiveStore> store_;
    std::unique_ptr<Answers> answers_;
    std::unique_ptr<Receiver> receiver_;

    void make(IntakeOptions options = {}) {
        receiver_.reset();
        store_ = std::make_unique<FakeLiveStore>();
        answers_ = std::make_unique<Answers>();
        receiver_ = std::make_unique<Receiver>(options, [this] { return store_->make(); });
    }
    void send(Request request) { receiver_->handle(std::move(request), answers_->next()); }

private slots:
    void init() { make(); }
    void cleanup() { receiver_.reset(); }

    void whatIsKeptIsCounted() {
        send(traces(1));
        QCOMPARE(words(answers_->last(1)), std::string("200 application/json {}"));
        QCOMPARE(store_->spans().size(), std::size_t{1});
        const LiveStatus status = receiver_->status();
        QCOMPARE(status.spans, 1u);
        QCOMPARE(status.requests, 1u);
        QCOMPARE(status.refused, 0u);
        QVERIFY(status.bytes > 0 && status.ack_p50);
        QCOMPARE(endpoint(status, "otlp-http").spans, 1u);
        QCOMPARE(endpoint(status, "langsmith").requests, 0u);
        QCOMPARE(status.clients.at(0).name, std::string("sdk 1.0"));
        QCOMPARE(status.clients.at(0).service, std::string("bot"));
        QCOMPARE(status.endpoints.size(), std::size_t{8});
    }

    void refusalsAreCountedWithTheirReason() {
        send(live_request("/v1/traces", "[", "application/json"));
        send(live_request("/nowhere", "{}"));
        QCOMPARE(answers_->all(2).size(), std::size_t{2});
        receiver_->refused({"/v1/traces", "curl 8", 413, "too large"});
        const LiveStatus status = receiver_->status();
        QCOMPARE(status.refused, 3u);
        QCOMPARE(status.spans, 0u);
        QVERIFY(!status.clients.empty());
        // What is only asked for and is not there is no refusal.
        send(live_get("/sessions"));
        QCOMPARE(answers_->last(3).status, 404);
        QCOMPARE(receiver_->status().refused, 3u);
    }

    void emptyPostsCountAsRequests() {
        send(live_request("/v1/traces", "{}"));
        QCOMPARE(words(answers_->last(1)), std::string("200 application/json {}"));
        QCOMPARE(receiver_->status().requests, 1u);
        QCOMPARE(receiver_->status().spans, 0u);
    }

    void paused() {
        receiver_->set_paused(true);
        send(traces());
        const Reply reply = answers_->last(1);
        QCOMPARE(reply.status, 503);
        QCOMPARE(reply.retry_after.value_or(0), 1);
        QVERIFY(receiver_->status().paused);
        send(live_get("/info")); // questions are answered all the same
        QCOMPARE(answers_->last(2).status, 200);
        receiver_->set_paused(false);
        send(traces());
        QCOMPARE(answers_->last(3).status, 200);
    }

    void aFullQueueAnswers503() {
        IntakeOptions options;
        options.room = 4;
        make(options);
        store_->hold(true, false);
        for (int id = 1; id <= 40; ++id)
            send(traces(id));
        // Four are in the intake; of those that are read, the others are refused at once.
        const auto early = answers_->all(32);
        QVERIFY(early.size() >= 32 && early.size() <= 36);
        for (const Reply& reply : early) {
            QCOMPARE(reply.status, 503);
            QCOMPARE(reply.retry_after.value_or(0), 1);
        }
        store_->hold(false, false);
        const auto all = answers_->all(40);
        QCOMPARE(all.size(), std::size_t{40}); // each once
        const auto kept = static_cast<std::size_t>(std::ranges::count(all, 200, &Reply::status));
        QVERIFY(kept >= 4);
        QCOMPARE(store_->spans().size(), kept);
        QTRY_COMPARE(receiver_->status().refused, std::uint64_t{40 - kept});
        QCOMPARE(receiver_->status().spans, std::uint64_t{kept});
        QCOMPARE(receiver_->status().lost, 0u);
    }

    void aStoreThatFailsAndRecovers() {
        store_->fail(Failing::commit);
        send(traces());
        const Reply reply = answers_->last(1);
        QCOMPARE(reply.status, 503);
        QCOMPARE(reply.retry_after.value_or(0), 1);
        QVERIFY(reply.body.find("the disk is full") != std::string::npos);
        QVERIFY(!receiver_->status().trouble.empty());
        QCOMPARE(receiver_->status().spans, 0u);
        store_->fail(Failing::nowhere);
        send(traces());
        QCOMPARE(answers_->last(2).status, 200);
        QTRY_COMPARE(receiver_->status().trouble, std::string());
        QCOMPARE(store_->spans().size(), std::size_t{1});
    }

    void grpcIsAnsweredLikewise() {
        store_->fail(Failing::commit);
        Request request = traces();
        request.transport = Transport::grpc;
        send(request);
        QCOMPARE(answers_->last(1).status, 503);
        store_->fail(Failing::nowhere);
        send(request);
        QCOMPARE(answers_->last(2).status, 200);
        QCOMPARE(endpoint(receiver_->status(), "otlp-grpc").spans, 1u);
    }

    void theEndStoresWhatCame() {
        IntakeOptions options;
        options.durability = Durability::sampled;
        options.flush_every = std::chrono::hours(1);
        make(options);
        for (int id = 1; id <= 30; ++id)
            send(traces(id));
        receiver_->close();
        QCOMPARE(answers_->all(30).size(), std::size_t{30});
        QCOMPARE(store_->spans().size(), std::size_t{30});
        send(traces(31)); // too late
        QCOMPARE(answers_->last(31).status, 503);
        QCOMPARE(receiver_->status().lost, 0u);
    }

    void whatIsLostAtTheEndIsCounted() {
        IntakeOptions options;
        options.durability = Durability::sampled;
        options.flush_every = std::chrono::hours(1);
        make(options);
        store_->fail(Failing::commit);
        for (int id = 1; id <= 5; ++id)
            send(traces(id));
        receiver_->close();
        QCOMPARE(receiver_->status().lost, 5u);
        QVERIFY(!receiver_->status().trouble.empty());
    }

    void clear() {
        send(traces());
        QCOMPARE(answers_->last(1).status, 200);
        QTRY_COMPARE(receiver_->status().queued, 0u);
        receiver_->clear();
        QCOMPARE(receiver_->status().spans, 0u);
        QVERIFY(receiver_->status().clients.empty());
    }
};

QTEST_GUILESS_MAIN(LiveReceiverTest)
#include "tst_live_receiver.moc"
