#include "importers/sources/grpc_server.h"
namespace clew {
Result<std::unique_ptr<GrpcServer>> GrpcServer::start(const GrpcServerOptions&, live::Handler&) {
    return Error{"live.no_grpc", {}, {}};
}
}
