#include "model/store/snapshot_loader.h"

#include "model/base/hash.h"
#include "model/store/questions.h"
#include "model/store/snapshot_builder.h"

#include <fmt/format.h>

#include <algorithm>

namespace clew {

namespace {

// Strings of the snapshot: each once, those of the dictionary by their id.
class Strings {
public:
    Strings(Database& db, std::vector<std::string>& strings)
        : db_(db)
        , strings_(strings) {
        strings_ = {""};
    }

    std::uint32_t add(std::string_view text) {
        if (text.empty()) return 0;
        const auto [it, fresh] =
            by_hash_.try_emplace(hash64(text), static_cast<std::uint32_t>(strings_.size()));
        if (!fresh && strings_[it->second] == text) return it->second;
        strings_.emplace_back(text);
        return static_cast<std::uint32_t>(strings_.size() - 1);
    }

    Result<std::uint32_t> from_dict(std::int64_t id) {
        if (id == 0) return 0u;
        const auto known = by_dict_.find(id);
        if (known != by_dict_.end()) return known->second;
        if (!find_) {
            auto prepared = db_.prepare("SELECT s FROM dict WHERE id = ?");
            if (!prepared) return prepared.error();
            find_ = std::move(*prepared);
        }
        find_.bind(1, id);
        auto row = find_.step();
        if (!row) return row.error();
        const std::uint32_t string = *row ? add(find_.text(0)) : 0;
        find_.reset();
        by_dict_.emplace(id, string);
        return string;
    }

private:
    Database& db_;
    std::vector<std::string>& strings_;
    std::unordered_map<std::uint64_t, std::uint32_t> by_hash_;
    std::unordered_map<std::int64_t, std::uint32_t> by_dict_;
    Statement find_;
};

// Negative counts, which no source should state, are not known rather than a debt.
std::int64_t count_at(const Statement& row, int column) {
    return row.is_null(column) ? kUnknownCount : std::max(row.integer(column), kUnknownCount);
}

class Loader {
public:
    Loader(Database& db, const std::stop_token& stop)
        : db_(db)
        , stop_(stop)
        , trace_(std::make_shared<TraceSnapshot>())
        , strings_(db, trace_->strings) {}

    Result<TraceSnapshotPtr> run(TraceId id) {
        if (auto done = head(id); !done) return done.error();
        if (auto done = rows(); !done) return done.error();
        if (!arrange_spans(*trace_, stop_)) return Error{"cancelled", {}, {}};
        return TraceSnapshotPtr(std::move(trace_));
    }

private:
    Result<void> head(TraceId id) {
        auto rows = db_.prepare(
            "SELECT t.id, t.own_id, t.name, t.detail, d.s, t.start_ns, t.end_ns, t.running, t.quality, "
            "t.spans, (SELECT value FROM meta WHERE key = 'generation') FROM trace t "
            "LEFT JOIN dict d ON d.id = t.session WHERE t.high = ? AND t.low = ? AND t.hidden = 0");
        if (!rows) return rows.error();
        rows->bind_all(signed_id(id.high), signed_id(id.low));
        auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return unknown_trace(id);
        row_ = rows->integer(0);
        trace_->id = id;
        trace_->own_id = rows->text(1);
        trace_->name = rows->text(2);
        trace_->detail = rows->text(3);
        trace_->session = rows->text(4);
        trace_->start = time_at(*rows, 5);
        trace_->end = time_at(*rows, 6);
        trace_->running = rows->integer(7) != 0;
        trace_->time_quality = static_cast<TimeQuality>(rows->integer(8));
        trace_->generation = public_id(rows->integer(10));
        return {};
    }

    // Rows come in the order of storing. A trace's rows mostly stand together, so one stretch of the table is
    // read where the trace fills enough of it; else each row is looked up.
    Result<void> rows() {
        std::vector<std::int64_t> ids;
        auto keys = db_.prepare("SELECT id FROM span WHERE trace = ?");
        if (!keys) return keys.error();
        keys->bind(1, row_);
        for (;;) {
            auto row = keys->step();
            if (!row) return row.error();
            if (!*row) break;
            ids.push_back(keys->integer(0));
        }
        if (ids.empty()) return {};
        std::ranges::sort(ids);
        trace_->spans.reserve(ids.size());
        const auto stretch = static_cast<std::uint64_t>(ids.back() - ids.front()) + 1;
        constexpr std::uint64_t kWorthReading = 4; // rows of others to step over for one of ours
        return stretch / ids.size() < kWorthReading ? read_stretch(ids.front(), ids.back()) : read_each(ids);
    }

    static std::string select(std::string_view where) {
        return fmt::format("SELECT span_id, parent_id, start_ns, end_ns, kind, status, flags, name, detail, "
                           "status_message, tok_in, tok_out, cost, trace, cost_computed, first_token_ns "
                           "FROM span WHERE {}",
                           where);
    }

    Result<void> read_stretch(std::int64_t first, std::int64_t last) {
        auto rows = db_.prepare(select("id BETWEEN ? AND ?"));
        if (!rows) return rows.error();
        rows->bind_all(first, last);
        for (;;) {
            auto row = rows->step();
            if (!row) return row.error();
            if (!*row) return {};
            if (rows->integer(13) != row_) continue;
            if (auto added = add(*rows); !added) return added.error();
        }
    }

    Result<void> read_each(const std::vector<std::int64_t>& ids) {
        auto rows = db_.prepare(select("id = ?"));
        if (!rows) return rows.error();
        for (const std::int64_t id : ids) {
            rows->bind(1, id);
            auto row = rows->step();
            if (!row) return row.error();
            if (*row) {
                if (auto added = add(*rows); !added) return added.error();
            }
            rows->reset();
            if (stop_.stop_requested()) return Error{"cancelled", {}, {}};
        }
        return {};
    }

    Result<void> add(const Statement& row) {
        SnapshotSpan span;
        span.id = {public_id(row.integer(0))};
        span.parent_id = {public_id(row.integer(1))};
        span.start = time_at(row, 2);
        span.end = time_at(row, 3);
        span.first_token = time_at(row, 15);
        span.kind = static_cast<Kind>(row.integer(4));
        span.status = static_cast<Status>(row.integer(5));
        span.flags = static_cast<std::uint32_t>(row.integer(6));
        auto name = strings_.from_dict(row.integer(7));
        if (!name) return name.error();
        span.name = *name;
        span.detail = strings_.add(row.text(8));
        span.status_message = strings_.add(row.text(9));
        span.input_tokens = count_at(row, 10);
        span.output_tokens = count_at(row, 11);
        span.cost = count_at(row, 12);
        span.computed = count_at(row, 14);
        trace_->spans.push_back(span);
        return {};
    }

    Database& db_;
    const std::stop_token& stop_;
    std::shared_ptr<TraceSnapshot> trace_;
    Strings strings_;
    std::int64_t row_ = 0;
};

} // namespace

Result<TraceSnapshotPtr> load_snapshot(Database& db, TraceId id, const std::stop_token& stop) {
    return Loader(db, stop).run(id);
}

} // namespace clew
