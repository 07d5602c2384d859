// Requests of live clients as values, and what the endpoints make of them.
#pragma once

#include "importers/live/endpoint.h"
#include "tests/support/collecting_sink.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace clew::test {

// As transports hand it over: 64 bytes may be read behind it.
inline std::shared_ptr<const std::string> live_body(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() + 64);
    out = bytes;
    return std::make_shared<const std::string>(std::move(out));
}

inline live::Request live_request(std::string path, std::string_view body,
                                  std::string content_type = "application/json",
                                  std::string method = "POST") {
    live::Request out;
    out.method = std::move(method);
    out.path = std::move(path);
    out.content_type = std::move(content_type);
    out.body = live_body(body);
    out.received_bytes = body.size();
    return out;
}

inline live::Request live_get(std::string path) {
    return live_request(std::move(path), {}, {}, "GET");
}

// JSON is written with ' for " in tests: {'a':1}.
inline std::string quoted(std::string text) {
    std::ranges::replace(text, '\'', '"');
    return text;
}
inline std::string unquoted(std::string text) {
    std::ranges::replace(text, '"', '\'');
    return text;
}

// What a request came to: which endpoint took it, what it answered, what it brought.
struct Taken {
    std::string endpoint; // "" = none
    live::Reply reply;
    CollectingSink sink;
    std::string source; // title / format
};

// All endpoints side by side; remembers between requests as they do.
class Endpoints {
public:
    Taken take(const live::Request& request) {
        Taken out;
        const auto found =
            std::ranges::find_if(all_, [&](const auto& endpoint) { return endpoint->takes(request); });
        if (found == all_.end()) return out;
        out.endpoint = (*found)->card().id;
        live::Batch batch;
        out.reply = (*found)->receive(request, batch);
        out.source = batch.source.path + " / " + batch.source.format;
        for (Span& span : batch.spans)
            out.sink.add(std::move(span));
        for (LogRecord& log : batch.logs)
            out.sink.add_log(std::move(log));
        out.sink.notes = std::move(batch.notes);
        return out;
    }

private:
    std::vector<std::unique_ptr<live::Endpoint>> all_ = live::make_endpoints(nullptr);
};

inline Taken take(const live::Request& request) {
    return Endpoints().take(request);
}

// "200 application/json {}", with ' for ".
inline std::string words(const live::Reply& reply) {
    return unquoted(std::to_string(reply.status) + ' ' + reply.content_type + ' ' + reply.body);
}

} // namespace clew::test
