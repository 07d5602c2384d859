// A small RAII wrapper over the SQLite C API: connections, statements, transactions.
//
// A Database and everything made from it belong to one thread at a time. Errors come as codes of the message
// table: "store.busy" (another process held the file for longer than the timeout), "store.full",
// "store.read_only", "store.corrupt", "store.cannot_open", "store.io", "cancelled" (interrupted), "store.sql"
// for the rest.
#pragma once

#include "model/base/result.h"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace clew {

class Rows;

// Bytes bound as a BLOB; a string_view binds as TEXT. Both must live until the statement is stepped or reset.
struct Blob {
    std::string_view bytes;
};

// Columns are counted from 0, parameters from 1, as in SQLite. Text and blobs are views that end with the
// next step(), reset() or the statement.
class Statement {
public:
    Statement() = default;
    Statement(sqlite3* db, sqlite3_stmt* handle)
        : db_(db)
        , handle_(handle) {}
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&& other) noexcept;
    ~Statement();

    void bind(int index, std::int64_t value);
    void bind(int index, std::uint64_t value) { bind(index, static_cast<std::int64_t>(value)); }
    void bind(int index, int value) { bind(index, static_cast<std::int64_t>(value)); }
    void bind(int index, unsigned value) { bind(index, static_cast<std::int64_t>(value)); }
    void bind(int index, bool value) { bind(index, static_cast<std::int64_t>(value)); }
    void bind(int index, double value);
    void bind(int index, std::string_view value);
    void bind(int index, const std::string& value) { bind(index, std::string_view(value)); }
    void bind(int index, const char* value) { bind(index, std::string_view(value)); }
    void bind(int index, Blob value);
    void bind(int index, std::nullptr_t);
    void bind(int index, const Rows& rows); // must live until the statement ends
    template <class T>
    void bind(int index, const std::optional<T>& value) {
        if (value)
            bind(index, *value);
        else
            bind(index, nullptr);
    }
    template <class... Args>
    void bind_all(const Args&... args) {
        int index = 0;
        (bind(++index, args), ...);
    }

    Result<bool> step(); // true = a row
    // Steps to the end and resets, so that the statement can be bound again.
    Result<void> run();
    template <class... Args>
    Result<void> run_with(const Args&... args) {
        bind_all(args...);
        return run();
    }
    void reset();

    [[nodiscard]] int columns() const;
    [[nodiscard]] std::string_view column_name(int index) const;
    [[nodiscard]] bool is_null(int index) const;
    [[nodiscard]] bool is_blob(int index) const;
    [[nodiscard]] std::int64_t integer(int index) const;
    [[nodiscard]] double real(int index) const;
    [[nodiscard]] std::string_view text(int index) const; // NULL gives ""
    [[nodiscard]] std::string_view blob(int index) const;
    [[nodiscard]] std::optional<std::int64_t> maybe_integer(int index) const;

    explicit operator bool() const { return handle_ != nullptr; }
    [[nodiscard]] sqlite3_stmt* handle() const { return handle_; }

private:
    sqlite3* db_ = nullptr;
    sqlite3_stmt* handle_ = nullptr;
};

enum class OpenMode : std::uint8_t {
    read_only,
    immutable, // read-only, and nobody else writes: for files in folders that cannot take a -shm file
    read_write,
    create,
};

class Database {
public:
    Database() = default;
    Database(Database&& other) noexcept
        : handle_(std::exchange(other.handle_, nullptr))
        , path_(std::move(other.path_)) {}
    Database& operator=(Database&& other) noexcept;
    ~Database();

    static Result<Database> open(const std::string& path, OpenMode mode);

    // `sql` is one statement. `persistent` = it will be kept and run often.
    Result<Statement> prepare(std::string_view sql, bool persistent = false);
    Result<void> exec(const std::string& sql); // any number of statements, rows ignored
    template <class... Args>
    Result<void> run(std::string_view sql, const Args&... args) {
        auto statement = prepare(sql);
        if (!statement) return statement.error();
        statement->bind_all(args...);
        return statement->run();
    }
    // The first column of the first row; nullopt where there is no row or it is NULL.
    template <class... Args>
    Result<std::optional<std::int64_t>> query_integer(std::string_view sql, const Args&... args) {
        auto statement = prepare(sql);
        if (!statement) return statement.error();
        statement->bind_all(args...);
        auto row = statement->step();
        if (!row) return row.error();
        return *row ? statement->maybe_integer(0) : std::optional<std::int64_t>{};
    }

    void set_busy_timeout(int milliseconds);
    void interrupt(); // any thread, while the connection lives
    [[nodiscard]] std::int64_t last_insert_rowid() const;
    [[nodiscard]] std::int64_t changes() const;
    [[nodiscard]] bool in_transaction() const;
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] sqlite3* handle() const { return handle_; }
    explicit operator bool() const { return handle_ != nullptr; }

private:
    sqlite3* handle_ = nullptr;
    std::string path_;
};

// BEGIN IMMEDIATE (or a deferred read transaction) … COMMIT; rolled back unless committed.
class Transaction {
public:
    enum class Kind : std::uint8_t { read, write };
    static Result<Transaction> begin(Database& db, Kind kind = Kind::write);
    Transaction(Transaction&& other) noexcept
        : db_(std::exchange(other.db_, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    Result<void> commit();

private:
    explicit Transaction(Database& db)
        : db_(&db) {}
    Database* db_;
};

// While it lives, a stop request interrupts what runs on the connection.
class InterruptOnStop {
public:
    InterruptOnStop(std::stop_token stop, Database& db)
        : callback_(std::move(stop), Call{&db}) {}

private:
    struct Call {
        Database* db;
        void operator()() const { db->interrupt(); }
    };
    std::stop_callback<Call> callback_;
};

// The Error of a failed call on `db`; `code` is SQLite's.
Error sqlite_error(sqlite3* db, int code);

} // namespace clew
