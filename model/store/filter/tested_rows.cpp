#include "model/store/filter/tested_rows.h"

#include "model/store/questions.h"

namespace clew {

TestedRows::TestedRows(Database& db, FilterNodePtr node, const std::stop_token& stop)
    : db_(db)
    , node_(std::move(node))
    , stop_(stop)
    , condition_(db, *node_, stop)
    , reader_(db) {
}

Result<void> TestedRows::prepare() {
    auto ids = db_.prepare("SELECT high, low FROM trace WHERE id = ?");
    if (!ids) return ids.error();
    ids_ = std::move(*ids);
    return condition_.prepare();
}

Result<bool> TestedRows::test(std::int64_t row) const {
    if (stop_.stop_requested()) return Error{"cancelled", {}, {}};
    ids_.bind(1, row);
    auto found = ids_.step();
    if (!found) return found.error();
    if (!*found) {
        ids_.reset();
        return false;
    }
    const TraceId id = trace_id(ids_, 0);
    ids_.reset();
    if (auto read = reader_.read(id, row, trace_); !read) return read.error();
    return condition_.holds(trace_);
}

bool TestedRows::has(std::int64_t row) const {
    if (error_) return false;
    auto holds = test(row);
    if (holds) return *holds;
    error_ = holds.error();
    return false;
}

} // namespace clew
