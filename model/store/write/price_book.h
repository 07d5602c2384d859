// PriceBook: the prices with which the writer computes costs (span.cost_computed), and the pass that computes
// them all again when the prices change. Only inside StoreCore::write.
#pragma once

#include "model/base/result.h"
#include "model/store/name_columns.h"
#include "model/store/sqlite/database.h"
#include "model/trace/prices.h"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>

namespace clew {

// The columns of a span that its price depends on.
struct PricedCall {
    Kind kind = Kind::generic;
    std::uint32_t flags = 0;
    TimeNs start = kNoTime;
    std::int64_t provider = 0, model = 0, request_model = 0; // dict; 0 = none
    Usage usage;
};

class PriceBook {
public:
    // `current` gives the prices that hold now; may be empty, and may give null: nothing is computed then.
    explicit PriceBook(std::function<PricesPtr()> current);

    // After another process's commit: it may have computed every cost with newer prices.
    Result<void> follow(Database& db);
    void forget() { entries_.clear(); } // ids of names may be other names' now

    Result<std::optional<PicoUsd>> cost(Database& db, const PricedCall& call);

    // Whether what is stored was computed with other prices than those that hold now, which are taken from
    // here on.
    Result<bool> outdated(Database& db);
    // Every span's computed cost, and the sums of the traces made of them, anew: one pass over the calls. The
    // visible traces, by row id, that other costs count in: TraceBook::roll_up_again() is for the caller.
    Result<std::vector<std::int64_t>> compute_all(Database& db);

private:
    struct NamesHash {
        std::size_t operator()(const std::array<std::int64_t, 3>& names) const;
    };
    Result<std::int32_t> entry_of(Database& db, const PricedCall& call);

    std::function<PricesPtr()> current_;
    PricesPtr prices_;
    std::unordered_map<std::array<std::int64_t, 3>, std::int32_t, NamesHash> entries_;
};

} // namespace clew
