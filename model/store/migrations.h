// Brings a store's schema to this version: numbered SQL files (sql/*.sql), PRAGMA user_version, forward only.
//
// A new file gets all of them; an older store is first copied to "<path>.v<old version>.bak", then all steps
// run in one transaction. A store of a newer Clew is refused ("store.newer"), a foreign database too
// ("store.foreign").
#pragma once

#include "model/base/result.h"
#include "model/store/sqlite/database.h"

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace clew {

struct Migration {
    int version = 0; // of the schema once `sql` ran
    std::string_view sql;
};

std::span<const Migration> store_migrations(); // ascending, from 1
int store_schema_version();

Result<int> schema_version(Database& db);

// Safe when several processes do it at once: the version is looked at again inside the transaction. `finish`
// runs in it after the last step, with the version that the store had (0 = a new file), where there was a
// step.
using FinishMigration = std::function<Result<void>(Database& db, int from)>;
Result<void> migrate(Database& db, std::span<const Migration> migrations = store_migrations(),
                     const FinishMigration& finish = {});

// The checks of migrate() without changing anything: for read-only stores ("store.older" where it would
// migrate).
Result<void> check_version(Database& db, std::span<const Migration> migrations = store_migrations());

} // namespace clew
