// Whether a store is whole: SQLite's own check and ours. Any thread.
#pragma once

#include "model/base/result.h"
#include "model/store/sqlite/database.h"

#include <string>

namespace clew {

// One line a finding; "" where all is well.
Result<std::string> check_store(Database& db);

} // namespace clew
