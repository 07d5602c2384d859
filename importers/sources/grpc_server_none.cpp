// What stands for the gRPC server in a build without it (CLEW_GRPC=OFF).

#include "importers/sources/grpc_server.h"

namespace clew {

Result<std::unique_ptr<GrpcServer>> GrpcServer::start(const GrpcServerOptions& options,
                                                      live::Handler& /*handler*/) {
    return Error{"live.no_grpc", {options.address, std::to_string(options.port)}, {}};
}

} // namespace clew
