// Terms that need neither content nor the shape of a trace, as SQL on table trace (as `t`).
#pragma once

#include "model/base/result.h"
#include "model/store/filter/syntax.h"
#include "model/store/sqlite/database.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace clew {

// SQL with its arguments in order. What people typed is only ever an argument.
struct SqlCondition {
    std::string sql;
    std::vector<std::variant<std::int64_t, std::string>> args;

    void add(std::string_view text) { sql += text; }
    void add(std::string_view before, const SqlCondition& other, std::string_view behind) {
        ((sql += before) += other.sql) += behind;
        args.insert(args.end(), other.args.begin(), other.args.end());
    }
};

Result<SqlCondition> trace_term_condition(Database& db, const FilterTerm& term);

SqlCondition trace_ids_condition(const std::vector<std::int64_t>& rows);

} // namespace clew
