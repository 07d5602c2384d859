// TestedRows: the traces for which a structural predicate holds, each looked at when SQL asks for it: a list
// that is full after its first page has looked at few. One connection and one thread, in the caller's
// transaction.
#pragma once

#include "model/base/result.h"
#include "model/store/filter/span_condition.h"
#include "model/store/filter/span_rows.h"
#include "model/store/filter/syntax.h"
#include "model/store/sqlite/row_set.h"

#include <optional>
#include <stop_token>

namespace clew {

class TestedRows final : public Rows {
public:
    // `node`: has, a sequence or an attribute.
    TestedRows(Database& db, FilterNodePtr node, const std::stop_token& stop);

    Result<void> prepare();
    [[nodiscard]] bool has(std::int64_t row) const override; // false after an error
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

private:
    Result<bool> test(std::int64_t row) const;

    Database& db_;
    FilterNodePtr node_;
    std::stop_token stop_;
    mutable SpanCondition condition_;
    mutable FilterSpanReader reader_;
    mutable FilterTrace trace_;
    mutable Statement ids_;
    mutable std::optional<Error> error_;
};

} // namespace clew
