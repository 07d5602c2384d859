// Unpacks zstd (RFC 8878), also of several frames. See container.h.
#pragma once

#include "importers/containers/container.h"

namespace clew {

std::unique_ptr<Unpacker> make_zstd_unpacker(std::string name);

} // namespace clew
