// Unpacks what HTTP calls deflate: a zlib stream (RFC 1950), or the bare data (RFC 1951) that some clients
// send under that name. See container.h.
#pragma once

#include "importers/containers/container.h"

namespace clew {

std::unique_ptr<Unpacker> make_deflate_unpacker(std::string name);

} // namespace clew
