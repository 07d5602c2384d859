// A live feed for tests and pictures: holds the status that the test gives it and remembers what it was
// asked.
#pragma once

#include "views/live/live_feed.h"

#include <QStringList>

#include <optional>

namespace clew::test {

class FakeLiveFeed : public views::LiveFeed {
public:
    using LiveFeed::LiveFeed;

    LiveStatus value;
    quint16 http = 0, grpc = 0;
    std::optional<Error> refusal; // of the next listen() or follow()
    int clears = 0;
    QStringList asked;

    [[nodiscard]] const LiveStatus& status() const override { return value; }
    [[nodiscard]] quint16 httpPort() const override { return http; }
    [[nodiscard]] quint16 grpcPort() const override { return grpc; }
    Result<void> listen(quint16 httpWanted, quint16 grpcWanted) override {
        asked << QStringLiteral("listen %1 %2").arg(httpWanted).arg(grpcWanted);
        if (refusal) return *std::exchange(refusal, {});
        http = httpWanted;
        grpc = grpcWanted;
        value.listening = true;
        emit changed();
        return {};
    }
    void stop() override {
        asked << QStringLiteral("stop");
        http = grpc = 0;
        value.listening = false;
        emit changed();
    }
    void setPaused(bool paused) override {
        asked << (paused ? QStringLiteral("pause") : QStringLiteral("resume"));
        value.paused = paused;
        emit changed();
    }
    void setDurability(Durability durability) override {
        asked << QStringLiteral("durability %1").arg(static_cast<int>(durability));
        value.durability = durability;
        emit changed();
    }
    Result<void> follow(const QString& path) override {
        asked << QStringLiteral("follow ") + path;
        if (refusal) return *std::exchange(refusal, {});
        return {};
    }
    void unfollow(const QString& path) override { asked << QStringLiteral("unfollow ") + path; }
    void clear() override {
        asked << QStringLiteral("clear");
        ++clears;
        emit changed();
    }

    // A busy afternoon: every kind of endpoint and client that the page draws. `now` is when it is looked at.
    void fill(TimeNs now) {
        http = 4318;
        grpc = 4317;
        value = {};
        value.listening = true;
        value.since = now - 7200 * kSecond;
        value.spans = 2936;
        value.bytes = 11'400'000;
        value.requests = 412;
        value.refused = 21;
        value.spans_per_second = 38;
        value.queue_room = 4096;
        value.ack_p50 = 3'100'000;
        value.ack_p99 = 9'800'000;
        value.endpoints = endpoints(now);
        value.clients = clients(now);
        unsigned state = 7;
        for (int i = 0; i < 120; ++i) {
            state = state * 1103515245U + 12345U;
            const unsigned noise = (state >> 16) % 12;
            const int wave = i < 30   ? 20 + i / 2
                             : i < 60 ? 50 - i / 2
                             : i < 78 ? i - 30
                             : i < 90 ? 20
                                      : i - 84;
            value.per_second.push_back(static_cast<std::uint32_t>(std::max(4, wave)) + noise +
                                       (i >= 66 && i < 72 ? 24 : 0));
        }
        emit changed();
    }

    static LiveEndpoint endpoint(std::string id, std::string title, std::string address, std::string hint,
                                 std::uint64_t spans, double rate) {
        LiveEndpoint out;
        out.id = std::move(id);
        out.title = std::move(title);
        out.address = std::move(address);
        out.hint = std::move(hint);
        out.spans = spans;
        out.requests = spans / 7;
        out.spans_per_second = rate;
        return out;
    }
    static std::vector<LiveEndpoint> endpoints(TimeNs now) {
        const std::string base = "http://127.0.0.1:4318";
        std::vector<LiveEndpoint> out;
        out.push_back(endpoint("otlp-http", "OTLP over HTTP", base, "protobuf and JSON", 2452, 31.0));
        out.push_back(endpoint("otlp-grpc", "OTLP over gRPC", "127.0.0.1:4317", "", 388, 6.8));
        out.push_back(endpoint("langfuse", "Langfuse", base + "/api/public", "", 96, 0.4));
        out.push_back(endpoint("langsmith", "LangSmith", base, "runs, batch, multipart", 0, 0));
        out.push_back(endpoint("openai", "OpenAI Agents", base + "/v1/traces/ingest", "", 0, 0));
        out.push_back(endpoint("zipkin", "Zipkin", base + "/api/v2/spans", "", 0, 0));
        out.push_back(endpoint("follow:/home/me/.claude/projects", "Follow folder", "~/.claude/projects",
                               "412 files", 7, 0.2));
        for (LiveEndpoint& each : out)
            if (each.spans > 0) each.last = now - kSecond;
        return out;
    }
    static LiveClient client(std::string name, std::string service, std::uint64_t spans, double rate,
                             std::uint64_t refused = 0, std::string refusal = {}) {
        LiveClient out;
        out.name = std::move(name);
        out.service = std::move(service);
        out.spans = spans;
        out.spans_per_second = rate;
        out.refused = refused;
        out.last_refusal = std::move(refusal);
        unsigned state = static_cast<unsigned>(spans) + 1;
        for (int i = 0; i < 30; ++i) {
            state = state * 1103515245U + 12345U;
            out.activity.push_back(spans == 0 ? 0 : (state >> 16) % 50);
        }
        return out;
    }
    static std::vector<LiveClient> clients(TimeNs now) {
        std::vector<LiveClient> out;
        out.push_back(client("opentelemetry-python 1.38", "refund-agent", 1812, 22.4));
        out.push_back(client("langfuse-python 3.9", "fraud-checker", 96, 0.4));
        out.push_back(client("openllmetry 0.47", "research-agent", 640, 8.6));
        out.push_back(client("opentelemetry-js 2.2", "checkout-bot", 388, 6.8, 4,
                             "4 bodies too large (413), limit 64 MB"));
        out.push_back(client("", "", 0, 0, 17, "17 refused: Host header not local"));
        for (LiveClient& each : out)
            if (each.spans > 0) each.last = now - kSecond;
        return out;
    }
};

} // namespace clew::test
