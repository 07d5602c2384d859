// NameTables: slots of a CommitUnit (names, resources, scopes) → row ids of the store. Only inside
// StoreCore::write.
//
// Belongs to one import; after a transaction that failed it is not used again.
#pragma once

#include "model/base/result.h"
#include "model/store/sqlite/database.h"
#include "model/store/write/commit_unit.h"

#include <cstdint>
#include <vector>

namespace clew {

class NameTables {
public:
    Result<void> add(Database& db, const CommitUnit& unit);
    // 0 for kNoSlot.
    [[nodiscard]] std::int64_t name(std::uint32_t slot) const { return at(names_, slot); }
    [[nodiscard]] std::int64_t resource(std::uint32_t slot) const { return at(resources_, slot); }
    [[nodiscard]] std::int64_t scope(std::uint32_t slot) const { return at(scopes_, slot); }

private:
    static std::int64_t at(const std::vector<std::int64_t>& ids, std::uint32_t slot) {
        return slot < ids.size() ? ids[slot] : 0;
    }
    Result<std::int64_t> name_id(Database& db, std::string_view name);
    Result<void> add_shared(Database& db, const EncodedShared& shared, const char* table,
                            const char* name_column, std::vector<std::int64_t>& ids);

    std::vector<std::int64_t> names_, resources_, scopes_;
    Statement find_name_, insert_name_;
};

} // namespace clew
