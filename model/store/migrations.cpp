#include "model/store/migrations.h"

#include <fmt/format.h>

#include <filesystem>

namespace clew {

namespace {

// "Clew" in ASCII: tells a store from another program's database.
constexpr std::int64_t kApplicationId = 0x436c6577;

int latest(std::span<const Migration> migrations) {
    return migrations.empty() ? 0 : migrations.back().version;
}

Result<int> version_of(Database& db) {
    const auto version = db.query_integer("PRAGMA user_version");
    if (!version) return version.error();
    return static_cast<int>(version.value().value_or(0));
}

Result<void> check_origin(Database& db, int version) {
    const auto application = db.query_integer("PRAGMA application_id");
    if (!application) return application.error();
    if (application.value().value_or(0) == kApplicationId) return {};
    const auto tables = db.query_integer("SELECT count(*) FROM sqlite_schema");
    if (!tables) return tables.error();
    if (version == 0 && tables.value().value_or(0) == 0) return {};
    return Error{"store.foreign", {db.path()}, {}};
}

Result<void> check(Database& db, std::span<const Migration> migrations) {
    const auto version = version_of(db);
    if (!version) return version.error();
    if (auto origin = check_origin(db, version.value()); !origin) return origin.error();
    if (version.value() > latest(migrations)) {
        return Error{"store.newer",
                     {db.path(), std::to_string(version.value()), std::to_string(latest(migrations))},
                     {}};
    }
    return {};
}

Result<void> back_up(Database& db, int version) {
    const std::string to = fmt::format("{}.v{}.bak", db.path(), version);
    const std::string partial = to + ".part";
    std::error_code ignored;
    if (std::filesystem::exists(to, ignored)) return {}; // of an earlier try: it holds the unmigrated store
    std::filesystem::remove(partial, ignored);
    if (auto copied = db.run("VACUUM INTO ?", partial); !copied) {
        std::filesystem::remove(partial, ignored);
        return copied.error();
    }
    std::error_code failed;
    std::filesystem::rename(partial, to, failed);
    if (failed) return Error{"store.io", {to, failed.message()}, {}};
    return {};
}

} // namespace

int store_schema_version() {
    return latest(store_migrations());
}

Result<int> schema_version(Database& db) {
    return version_of(db);
}

Result<void> check_version(Database& db, std::span<const Migration> migrations) {
    if (auto checked = check(db, migrations); !checked) return checked.error();
    const auto version = version_of(db);
    if (!version) return version.error();
    if (version.value() < latest(migrations)) return Error{"store.older", {db.path()}, {}};
    return {};
}

Result<void> migrate(Database& db, std::span<const Migration> migrations, const FinishMigration& finish) {
    if (auto checked = check(db, migrations); !checked) return checked.error();
    const auto before = version_of(db);
    if (!before) return before.error();
    if (before.value() == latest(migrations)) return {};
    if (before.value() > 0) {
        if (auto copied = back_up(db, before.value()); !copied) return copied.error();
    }
    auto transaction = Transaction::begin(db);
    if (!transaction) return transaction.error();
    if (auto checked = check(db, migrations); !checked) return checked.error();
    const auto now = version_of(db); // another process may have been faster
    if (!now) return now.error();
    for (const Migration& step : migrations) {
        if (step.version <= now.value()) continue;
        if (auto done = db.exec(std::string(step.sql)); !done) return done.error();
    }
    if (finish && now.value() < latest(migrations)) {
        if (auto done = finish(db, now.value()); !done) return done;
    }
    if (auto done = db.exec(fmt::format("PRAGMA user_version = {}; PRAGMA application_id = {}",
                                        latest(migrations), kApplicationId));
        !done) {
        return done.error();
    }
    return transaction->commit();
}

} // namespace clew
