// GrpcServer: OTLP over gRPC (traces, logs, metrics) without generated code: the bytes of a message go to the
// handler as a request to the OTLP/HTTP path of the same service.
//
// Owns its threads; start() and the destructor on one thread. The handler outlives the server; it is called
// on gRPC's threads and must return soon. 0.0.0.0 means every address, of IPv6, too: gRPC has it so.
#pragma once

#include "importers/live/exchange.h"
#include "importers/live/gate.h"
#include "model/base/result.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace clew {

struct GrpcServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 4317; // 0 = a free one
    live::GateRules gate;      // the token comes as metadata "authorization" or "x-api-key"
    std::size_t largest_message = std::size_t{64} << 20; // unpacked
    std::chrono::milliseconds last_answers{5000};        // what the destructor waits for running answers
};

class GrpcServer {
public:
    // "live.port_taken", "live.cannot_listen"; "live.no_grpc" in a build without it.
    static Result<std::unique_ptr<GrpcServer>> start(const GrpcServerOptions& options,
                                                     live::Handler& handler);
    virtual ~GrpcServer() = default; // refuses new calls, lets running answers go out, then closes
    [[nodiscard]] virtual std::uint16_t port() const = 0;
};

} // namespace clew
