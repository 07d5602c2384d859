// Unpacks gzip (RFC 1952), also of several members. See container.h.
#pragma once

#include "importers/containers/container.h"

namespace clew {

std::unique_ptr<Unpacker> make_gzip_unpacker(std::string name);

} // namespace clew
