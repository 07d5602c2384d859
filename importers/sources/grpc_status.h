// How a reply of the handler, whose status is HTTP's, reads in gRPC. Pure; any thread.
#pragma once

#include "importers/live/exchange.h"

#include <grpcpp/support/status.h>

namespace clew {

// OK for 2xx. Where the client is to come again (429, 503), the details carry google.rpc.RetryInfo: OTLP
// exporters take a status without it for final in some cases.
grpc::Status grpc_status(const live::Reply& reply);

} // namespace clew
