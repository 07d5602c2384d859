#include "model/store/sqlite/database.h"

#include "model/store/sqlite/row_set.h"

#include <sqlite3.h>

namespace clew {

Error sqlite_error(sqlite3* db, int code) {
    std::string path;
    if (db) {
        if (const char* name = sqlite3_db_filename(db, "main")) path = name;
    }
    const std::string reason = db ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {"store.busy", {path}, {}};
    case SQLITE_FULL: return {"store.full", {path}, {}};
    case SQLITE_READONLY: return {"store.read_only", {path}, {}};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return {"store.corrupt", {path, reason}, {}};
    case SQLITE_CANTOPEN:
    case SQLITE_PERM: return {"store.cannot_open", {path, reason}, {}};
    case SQLITE_IOERR: return {"store.io", {path, reason}, {}};
    case SQLITE_INTERRUPT: return {"cancelled", {}, {}};
    default: return {"store.sql", {reason}, path};
    }
}

Statement::Statement(Statement&& other) noexcept
    : db_(std::exchange(other.db_, nullptr))
    , handle_(std::exchange(other.handle_, nullptr)) {
}

Statement& Statement::operator=(Statement&& other) noexcept {
    if (this != &other) {
        sqlite3_finalize(handle_);
        db_ = std::exchange(other.db_, nullptr);
        handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
}

Statement::~Statement() {
    sqlite3_finalize(handle_);
}

void Statement::bind(int index, std::int64_t value) {
    sqlite3_bind_int64(handle_, index, value);
}
void Statement::bind(int index, double value) {
    sqlite3_bind_double(handle_, index, value);
}
void Statement::bind(int index, std::string_view value) {
    // A null pointer would bind NULL; empty text is text.
    sqlite3_bind_text64(handle_, index, value.data() ? value.data() : "", value.size(), SQLITE_STATIC,
                        SQLITE_UTF8);
}
void Statement::bind(int index, Blob value) {
    sqlite3_bind_blob64(handle_, index, value.bytes.data() ? value.bytes.data() : "", value.bytes.size(),
                        SQLITE_STATIC);
}
void Statement::bind(int index, std::nullptr_t) {
    sqlite3_bind_null(handle_, index);
}
void Statement::bind(int index, const Rows& rows) {
    sqlite3_bind_pointer(handle_, index, const_cast<Rows*>(&rows), kRowsPointer, nullptr);
}

Result<bool> Statement::step() {
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    Error error = sqlite_error(db_, code);
    sqlite3_reset(handle_);
    return error;
}

Result<void> Statement::run() {
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW)
        code = sqlite3_step(handle_);
    if (code == SQLITE_DONE) {
        sqlite3_reset(handle_);
        return {};
    }
    Error error = sqlite_error(db_, code);
    sqlite3_reset(handle_);
    return error;
}

void Statement::reset() {
    sqlite3_reset(handle_);
}

int Statement::columns() const {
    return sqlite3_column_count(handle_);
}
std::string_view Statement::column_name(int index) const {
    const char* name = sqlite3_column_name(handle_, index);
    return name ? name : "";
}
bool Statement::is_null(int index) const {
    return sqlite3_column_type(handle_, index) == SQLITE_NULL;
}
bool Statement::is_blob(int index) const {
    return sqlite3_column_type(handle_, index) == SQLITE_BLOB;
}
std::int64_t Statement::integer(int index) const {
    return sqlite3_column_int64(handle_, index);
}
double Statement::real(int index) const {
    return sqlite3_column_double(handle_, index);
}
std::string_view Statement::text(int index) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_, index));
    if (!bytes) return {};
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_, index))};
}
std::string_view Statement::blob(int index) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_, index));
    if (!bytes) return {};
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_, index))};
}
std::optional<std::int64_t> Statement::maybe_integer(int index) const {
    if (is_null(index)) return {};
    return integer(index);
}

Database& Database::operator=(Database&& other) noexcept {
    if (this != &other) {
        sqlite3_close_v2(handle_);
        handle_ = std::exchange(other.handle_, nullptr);
        path_ = std::move(other.path_);
    }
    return *this;
}

Database::~Database() {
    sqlite3_close_v2(handle_);
}

namespace {

// A path as a URI: what would be read as query, fragment or escape is escaped.
std::string file_uri(const std::string& path, std::string_view query) {
    std::string uri = "file:";
    for (const char c : path) {
        if (c == '?')
            uri += "%3f";
        else if (c == '#')
            uri += "%23";
        else if (c == '%')
            uri += "%25";
        else
            uri += c;
    }
    return (uri += '?') += query;
}

} // namespace

Result<Database> Database::open(const std::string& path, OpenMode mode) {
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    std::string name = path;
    switch (mode) {
    case OpenMode::read_only: flags |= SQLITE_OPEN_READONLY; break;
    case OpenMode::immutable:
        flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
        name = file_uri(path, "immutable=1");
        break;
    case OpenMode::read_write: flags |= SQLITE_OPEN_READWRITE; break;
    case OpenMode::create: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE; break;
    }
    // SQLite counts its memory under a lock that every allocation takes; nobody asks for the figure.
    static const int uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(uncounted);
    Database db;
    const int code = sqlite3_open_v2(name.c_str(), &db.handle_, flags, nullptr);
    db.path_ = path;
    if (code != SQLITE_OK) {
        Error error = sqlite_error(db.handle_, code);
        if (!error.args.empty() && error.args[0].empty()) error.args[0] = path;
        return error;
    }
    db.set_busy_timeout(10'000);
    if (const int added = add_in_set(db.handle_); added != SQLITE_OK) return sqlite_error(db.handle_, added);
    return db;
}

Result<Statement> Database::prepare(std::string_view sql, bool persistent) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                        persistent ? SQLITE_PREPARE_PERSISTENT : 0, &statement, nullptr);
    if (code != SQLITE_OK) return sqlite_error(handle_, code);
    return Statement(handle_, statement);
}

Result<void> Database::exec(const std::string& sql) {
    const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return sqlite_error(handle_, code);
    return {};
}

void Database::set_busy_timeout(int milliseconds) {
    sqlite3_busy_timeout(handle_, milliseconds);
}
void Database::interrupt() {
    sqlite3_interrupt(handle_);
}
std::int64_t Database::last_insert_rowid() const {
    return sqlite3_last_insert_rowid(handle_);
}
std::int64_t Database::changes() const {
    return sqlite3_changes64(handle_);
}
bool Database::in_transaction() const {
    return sqlite3_get_autocommit(handle_) == 0;
}

Result<Transaction> Transaction::begin(Database& db, Kind kind) {
    if (auto begun = db.exec(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN"); !begun) return begun.error();
    return Transaction(db);
}

Transaction::~Transaction() {
    // A full disk or a lost file may have rolled back by itself.
    if (db_ && db_->in_transaction()) static_cast<void>(db_->exec("ROLLBACK"));
}

Result<void> Transaction::commit() {
    if (auto committed = db_->exec("COMMIT"); !committed) return committed.error();
    db_ = nullptr;
    return {};
}

} // namespace clew
