// Terms that need neither content nor the shape of a trace, as SQL on table trace (as `t`): comparisons of
// its columns, and sets of rows that other tables were asked for.
#pragma once

#include "model/base/result.h"
#include "model/store/filter/syntax.h"
#include "model/store/sqlite/database.h"
#include "model/store/sqlite/row_set.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace clew {

using SqlArgument = std::variant<std::int64_t, std::string, std::shared_ptr<const Rows>>;

// SQL with its arguments in order. What people typed is only ever an argument.
struct SqlCondition {
    std::string sql;
    std::vector<SqlArgument> args;

    void add(std::string_view text) { sql += text; }
    void add(std::string_view before, const SqlCondition& other, std::string_view behind) {
        ((sql += before) += other.sql) += behind;
        args.insert(args.end(), other.args.begin(), other.args.end());
    }
};

Result<SqlCondition> trace_term_condition(Database& db, const FilterTerm& term);

// Those that one of the sources brought.
Result<SqlCondition> traces_of_sources(Database& db, const std::vector<std::int64_t>& sources);
SqlCondition trace_ids_condition(const std::vector<std::int64_t>& rows);

// Binds arguments from parameter `first` on; they must outlive the statement's run. Returns the next one.
int bind_arguments(Statement& statement, const std::vector<SqlArgument>& args, int first = 1);

} // namespace clew
