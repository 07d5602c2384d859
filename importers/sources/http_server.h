// HttpServer: HTTP/1.1 requests of live clients, on libmicrohttpd. Transport only: limits, who may talk,
// unpacking (gzip, deflate, zstd); what a request means is the handler's.
//
// Owns its threads; start() and the destructor on one thread. A slow, half-open or hostile client never keeps
// the others waiting. The handler outlives the server; it is called on the server's few threads and must
// return soon (what takes long goes elsewhere, the answer may come later).
#pragma once

#include "importers/live/exchange.h"
#include "importers/live/gate.h"
#include "model/base/result.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace clew {

struct HttpServerOptions {
    std::string address = "127.0.0.1"; // an IPv4 or IPv6 literal
    std::uint16_t port = 4318;         // 0 = a free one
    live::GateRules gate;
    std::size_t largest_header = std::size_t{64} << 10;
    std::size_t largest_body = std::size_t{64} << 20; // as sent, and unpacked
    unsigned connections = 1000;                      // fewer where the process may open fewer files
    std::chrono::seconds idle{30};                    // between bytes, and between requests
    std::chrono::seconds request{120};                // from the first byte of a request to its last
    std::chrono::milliseconds last_answers{5000};     // what the destructor waits for running answers
};

class HttpServer {
public:
    // "live.port_taken" where another program listens there (with the port), "live.cannot_listen" else.
    static Result<std::unique_ptr<HttpServer>> start(const HttpServerOptions& options,
                                                     live::Handler& handler);
    virtual ~HttpServer() = default; // refuses new requests, lets running answers go out, then closes
    [[nodiscard]] virtual std::uint16_t port() const = 0;
};

} // namespace clew
