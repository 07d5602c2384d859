// A running HTTP server for tests, on a free port, with small limits; and requests to it.
#pragma once

#include "importers/sources/http_server.h"
#include "tests/support/live_handler.h"
#include "tests/support/raw_client.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace clew::test {

inline HttpServerOptions http_options() {
    HttpServerOptions out;
    out.port = 0;
    out.largest_body = 1 << 20;
    return out;
}

struct RunningHttp {
    explicit RunningHttp(const HttpServerOptions& chosen = http_options())
        : server(std::move(HttpServer::start(chosen, handler)).value())
        , port(server->port()) {}

    // Milliseconds that a normal request takes; -1 without an answer.
    [[nodiscard]] double normal_request() const {
        const auto begin = std::chrono::steady_clock::now();
        RawClient client(port);
        client.send("POST /n HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
        if (client.reply().status != 200) return -1;
        return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    }

    RecordingHandler handler;
    std::unique_ptr<HttpServer> server;
    std::uint16_t port;
};

inline std::string post(std::string_view path, std::string_view headers, std::string_view body) {
    return "POST " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

inline RawReply ask(std::uint16_t port, const std::string& request) {
    RawClient client(port);
    client.send(request);
    return client.reply();
}

inline std::string got(std::size_t bytes) {
    return "{\"got\":" + std::to_string(bytes) + "}";
}

} // namespace clew::test
