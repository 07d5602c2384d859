#include "model/store/write/price_book.h"

#include "model/store/write/trace_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace clew {

namespace {

Result<std::int64_t> stored_version(Database& db) {
    const auto version = db.query_integer("SELECT value FROM meta WHERE key = 'prices'");
    if (!version) return version.error();
    return version.value().value_or(0);
}

Result<void> store_version(Database& db, std::int64_t version) {
    return db.run("UPDATE meta SET value = ? WHERE key = 'prices'", version);
}

Result<std::string> word(Database& db, std::int64_t id) {
    if (id == 0) return std::string();
    auto statement = db.prepare("SELECT s FROM dict WHERE id = ?");
    if (!statement) return statement.error();
    statement->bind(1, id);
    auto row = statement->step();
    if (!row) return row.error();
    return *row ? std::string(statement->text(0)) : std::string();
}

struct OpenCosts { // of a trace
    std::optional<PicoUsd> computed;
    std::int64_t unpriced = 0;
};

struct NewCost {
    std::int64_t span = 0;
    std::optional<PicoUsd> cost;
};

} // namespace

std::size_t PriceBook::NamesHash::operator()(const std::array<std::int64_t, 3>& names) const {
    std::uint64_t mixed = 0;
    for (const std::int64_t name : names)
        mixed = (mixed ^ static_cast<std::uint64_t>(name)) * 0x9e3779b97f4a7c15u;
    return static_cast<std::size_t>(mixed ^ mixed >> 31);
}

PriceBook::PriceBook(std::function<PricesPtr()> current)
    : current_(std::move(current)) {
    if (current_) prices_ = current_();
}

Result<void> PriceBook::follow(Database& db) {
    if (!prices_) return {};
    auto stored = stored_version(db);
    if (!stored) return stored.error();
    if (*stored == prices_->version()) return {};
    auto differs = outdated(db); // asks for the prices again
    if (!differs) return differs.error();
    // What is written from here on has other prices than what is there.
    return *differs && *stored != 0 ? store_version(db, 0) : Result<void>();
}

Result<std::int32_t> PriceBook::entry_of(Database& db, const PricedCall& call) {
    const std::array names = {call.provider, call.model, call.request_model};
    if (const auto known = entries_.find(names); known != entries_.end()) return known->second;
    auto provider = word(db, call.provider);
    if (!provider) return provider.error();
    // The model that answered; where its name says nothing, the one that was asked for.
    std::int32_t entry = -1;
    for (const std::int64_t id : {call.model, call.request_model}) {
        if (id == 0 || entry >= 0) continue;
        auto model = word(db, id);
        if (!model) return model.error();
        entry = prices_->find(*provider, *model);
    }
    entries_.emplace(names, entry);
    return entry;
}

Result<std::optional<PicoUsd>> PriceBook::cost(Database& db, const PricedCall& call) {
    const bool priced = prices_ && (call.kind == Kind::llm || call.kind == Kind::embedding) &&
                        !(call.flags & kAggregateUsage) && call.usage.stated();
    if (!priced) return std::optional<PicoUsd>();
    auto entry = entry_of(db, call);
    if (!entry) return entry.error();
    if (*entry < 0) return std::optional<PicoUsd>();
    return prices_->cost(*entry, call.usage, call.flags, call.start);
}

Result<bool> PriceBook::outdated(Database& db) {
    if (!current_) return false;
    PricesPtr now = current_();
    if (!now) return false;
    if (!prices_ || now->version() != prices_->version()) {
        prices_ = std::move(now);
        entries_.clear();
    }
    auto stored = stored_version(db);
    if (!stored) return stored.error();
    return *stored != prices_->version();
}

Result<std::vector<std::int64_t>> PriceBook::compute_all(Database& db) {
    std::vector<std::int64_t> repriced;
    if (!prices_) return repriced;
    std::unordered_map<std::int64_t, OpenCosts> traces;
    std::vector<NewCost> changed;
    auto rows = db.prepare(fmt::format(
        "SELECT s.id, s.trace, t.hidden, s.start_ns, s.kind, s.flags, s.counted, "
        "s.provider, s.model, s.request_model, s.tok_in, s.tok_cache_read, s.tok_cache_write, s.tok_out, "
        "s.tok_reasoning, s.tok_cache_write_1h, s.cost_computed, s.tok_audio_in, s.tok_audio_out FROM span s "
        "CROSS JOIN trace t ON t.id = "
        "s.trace WHERE s.kind IN ({}, {})",
        static_cast<int>(Kind::llm), static_cast<int>(Kind::embedding)));
    if (!rows) return rows.error();
    const Statement& row = *rows;
    for (;;) {
        const auto more = rows->step();
        if (!more) return more.error();
        if (!more.value()) break;
        PricedCall call;
        call.start = row.maybe_integer(3).value_or(kNoTime);
        call.kind = static_cast<Kind>(row.integer(4));
        call.flags = static_cast<std::uint32_t>(row.integer(5));
        call.provider = row.integer(7);
        call.model = row.integer(8);
        call.request_model = row.integer(9);
        call.usage = {row.maybe_integer(10), row.maybe_integer(11), row.maybe_integer(12),
                      row.maybe_integer(13), row.maybe_integer(14), row.maybe_integer(15),
                      row.maybe_integer(17), row.maybe_integer(18)};
        auto computed = cost(db, call);
        if (!computed) return computed.error();
        const auto counted = static_cast<std::uint8_t>(row.integer(6));
        if (*computed != row.maybe_integer(16)) {
            changed.push_back({row.integer(0), *computed});
            const bool visible = row.integer(2) == 0;
            if ((counted & kCostOpen) && visible) repriced.push_back(row.integer(1));
        }
        if (!(counted & kCostOpen)) continue;
        OpenCosts& open = traces[row.integer(1)];
        open.unpriced += !*computed;
        add_saturating(open.computed, *computed);
    }
    auto write_span = db.prepare("UPDATE span SET cost_computed = ? WHERE id = ?");
    if (!write_span) return write_span.error();
    for (const NewCost& one : changed) {
        if (auto done = write_span->run_with(one.cost, one.span); !done) return done.error();
    }
    auto write_trace = db.prepare(
        "UPDATE trace SET cost_computed = ?2, unpriced_calls = ?3, generation = (SELECT value FROM meta "
        "WHERE key = 'generation') + 1 WHERE id = ?1 AND (cost_computed IS NOT ?2 OR unpriced_calls <> ?3)");
    if (!write_trace) return write_trace.error();
    for (const auto& [trace, open] : traces) {
        if (auto done = write_trace->run_with(trace, open.computed, open.unpriced); !done)
            return done.error();
    }
    if (auto done = store_version(db, prices_->version()); !done) return done.error();
    std::ranges::sort(repriced);
    repriced.erase(std::unique(repriced.begin(), repriced.end()), repriced.end());
    return repriced;
}

} // namespace clew
