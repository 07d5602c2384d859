// Prices: what the store asks in order to compute the cost of calls that no source priced. The table behind
// it is model/analysis/pricing/price_table.h; app/ hands it to the store. Immutable; any thread.
#pragma once

#include "model/base/money.h"
#include "model/base/time.h"
#include "model/trace/span.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace clew {

class Prices {
public:
    virtual ~Prices() = default;

    // Of the table's content, never 0: costs computed with another version are computed again.
    [[nodiscard]] virtual std::int64_t version() const = 0;

    // The entry that prices a model; -1 where none does. Slow: ask once for each distinct pair of names.
    [[nodiscard]] virtual std::int32_t find(std::string_view provider, std::string_view model) const = 0;

    // nullopt where the cost cannot be known: a count that matters is not said, a price is missing.
    // `flags`: SpanFlag.
    [[nodiscard]] virtual std::optional<PicoUsd> cost(std::int32_t entry, const Usage& usage,
                                                      std::uint32_t flags, TimeNs start) const = 0;
};

using PricesPtr = std::shared_ptr<const Prices>;

} // namespace clew
