// What the live sources are doing, as a value: made by whoever receives, shown by the Live page and printed by
// `clew serve`.
#pragma once

#include "model/base/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace clew {

// When a request is answered: once queued, once committed, or once it is on the disk and read back.
enum class Durability : std::uint8_t { sampled, complete, critical };

// A way in: an HTTP endpoint, the gRPC port, a followed folder, stdin.
struct LiveEndpoint {
    std::string id;      // "otlp-http", "langsmith", "follow:/home/me/runs" …
    std::string title;   // "OTLP over HTTP"
    std::string address; // what a person copies: a URL, a folder
    std::string hint;    // "protobuf and JSON"; may be empty
    std::string trouble; // why it does not listen; "" = it does
    std::uint64_t spans = 0;
    std::uint64_t requests = 0;
    double spans_per_second = 0; // over the last 10 s
    TimeNs last = kNoTime;       // when it brought something
};

struct LiveClient {
    std::string name;    // "opentelemetry-js 2.2.0"
    std::string service; // service.name of what it sent last; may be empty
    std::uint64_t spans = 0;
    std::uint64_t refused = 0;
    std::string last_refusal; // one sentence; "" = none
    double spans_per_second = 0;
    std::vector<std::uint32_t> activity; // spans in each 4 s of the last 2 min, oldest first: 30
    TimeNs last = kNoTime;
};

struct LiveStatus {
    bool listening = false;
    bool paused = false;      // posts are answered 503 with Retry-After
    bool loopback_only = true;
    Durability durability = Durability::complete;
    TimeNs since = kNoTime;
    std::uint64_t spans = 0, bytes = 0, requests = 0;
    std::uint64_t refused = 0; // requests that were not taken
    std::uint64_t lost = 0;    // spans that were acknowledged (sampled) and could not be stored
    double spans_per_second = 0;
    std::uint64_t queued = 0, queue_room = 0;    // requests
    std::optional<DurationNs> ack_p50, ack_p99; // of the last 1,000 answers
    std::vector<std::uint32_t> per_second;       // spans in each second of the last 2 min, oldest first: 120
    std::vector<LiveEndpoint> endpoints;
    std::vector<LiveClient> clients; // the latest first, at most 50
    std::string trouble;             // what keeps it from storing, one sentence; "" = nothing
};

} // namespace clew
