// Waits until the disk holds what was written to a file.
#pragma once

#include "model/base/result.h"

#include <string>

namespace clew {

// "store.io" where that cannot be said. A file that is not there has nothing to write.
Result<void> sync_file(const std::string& path);

} // namespace clew
