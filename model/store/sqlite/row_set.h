// Rows: row ids of one table as an argument of SQL's in_set(?, id). RowSet: those that were looked up before,
// a bit a row: asking is cheap however many there are, where IN (SELECT …) fills a table of its own for each
// statement. Filled by one thread, then read by any.
#pragma once

#include <cstdint>
#include <unordered_set>
#include <vector>

struct sqlite3;

namespace clew {

class Rows {
public:
    virtual ~Rows() = default;
    [[nodiscard]] virtual bool has(std::int64_t row) const = 0;
};

class RowSet final : public Rows {
public:
    void add(std::int64_t row);
    [[nodiscard]] bool has(std::int64_t row) const override;

private:
    std::vector<std::uint64_t> bits_;
    std::unordered_set<std::int64_t>
        far_; // rows that no table of ours numbers so: a strange store costs no memory
};

// What Statement::bind marks the pointer with.
inline constexpr const char* kRowsPointer = "clew.rows";

// Gives the connection in_set; SQLite's code.
int add_in_set(sqlite3* db);

} // namespace clew
