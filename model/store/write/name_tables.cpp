#include "model/store/write/name_tables.h"

#include <fmt/format.h>

namespace clew {

Result<std::int64_t> NameTables::name_id(Database& db, std::string_view name) {
    if (!find_name_) {
        auto find = db.prepare("SELECT id FROM dict WHERE s = ?", true);
        if (!find) return find.error();
        find_name_ = std::move(find).value();
        auto insert = db.prepare("INSERT INTO dict (s) VALUES (?)", true);
        if (!insert) return insert.error();
        insert_name_ = std::move(insert).value();
    }
    find_name_.bind(1, name);
    const auto row = find_name_.step();
    if (!row) return row.error();
    const std::int64_t found = row.value() ? find_name_.integer(0) : 0;
    find_name_.reset();
    if (found != 0) return found;
    if (auto done = insert_name_.run_with(name); !done) return done.error();
    return db.last_insert_rowid();
}

Result<void> NameTables::add_shared(Database& db, const EncodedShared& shared, const char* table,
                                    const char* name_column, std::vector<std::int64_t>& ids) {
    auto done =
        db.run(fmt::format("INSERT OR IGNORE INTO {} (hash, json, schema_url, {}) VALUES (?, ?, ?, ?)", table,
                           name_column),
               shared.hash, shared.json, shared.schema_url, shared.name);
    if (!done) return done;
    const auto id = db.query_integer(fmt::format("SELECT id FROM {} WHERE hash = ?", table), shared.hash);
    if (!id) return id.error();
    ids.resize(std::max<std::size_t>(ids.size(), shared.slot + 1));
    ids[shared.slot] = id.value().value_or(0);
    return {};
}

Result<void> NameTables::add(Database& db, const CommitUnit& unit) {
    if (unit.names_restart) names_.clear();
    for (const std::string& name : unit.new_names) {
        auto id = name_id(db, name);
        if (!id) return id.error();
        names_.push_back(id.value());
    }
    for (const EncodedShared& resource : unit.new_resources) {
        if (auto done = add_shared(db, resource, "resource", "service_name", resources_); !done) return done;
    }
    for (const EncodedShared& scope : unit.new_scopes) {
        if (auto done = add_shared(db, scope, "scope", "name", scopes_); !done) return done;
    }
    return {};
}

} // namespace clew
