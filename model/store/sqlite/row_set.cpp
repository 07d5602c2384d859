#include "model/store/sqlite/row_set.h"

#include <sqlite3.h>

namespace clew {

namespace {

constexpr std::int64_t kDense = std::int64_t{1} << 32;

void in_set(sqlite3_context* context, int, sqlite3_value** args) {
    const auto* set = static_cast<const Rows*>(sqlite3_value_pointer(args[0], kRowsPointer));
    sqlite3_result_int(context, set && set->has(sqlite3_value_int64(args[1])) ? 1 : 0);
}

} // namespace

void RowSet::add(std::int64_t row) {
    if (row < 0 || row >= kDense) {
        far_.insert(row);
        return;
    }
    const auto word = static_cast<std::size_t>(row / 64);
    if (word >= bits_.size()) bits_.resize(word + word / 2 + 1);
    bits_[word] |= std::uint64_t{1} << (row % 64);
}

bool RowSet::has(std::int64_t row) const {
    if (row < 0 || row >= kDense) return far_.contains(row);
    const auto word = static_cast<std::size_t>(row / 64);
    return word < bits_.size() && (bits_[word] >> (row % 64) & 1) != 0;
}

int add_in_set(sqlite3* db) {
    return sqlite3_create_function_v2(db, "in_set", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, &in_set,
                                      nullptr, nullptr, nullptr);
}

} // namespace clew
