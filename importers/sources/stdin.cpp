#include "importers/sources/stdin.h"

#include <unistd.h>

#include <utility>

namespace clew {

ByteReader standard_input(std::stop_token stop) {
    return ByteReader(STDIN_FILENO, std::string(kStdinName), false, std::move(stop));
}

} // namespace clew
