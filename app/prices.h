// The prices that the user's stores are computed with: the table that Clew brings along, or the newer one
// that the user gave, and before it the user's own prices. Both are files in the folder "prices" beside the
// user's store. Any thread.
#pragma once

#include "model/analysis/pricing/price_table.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace clew::app {

struct UserPrices {
    std::shared_ptr<const PriceTable> table;
    std::string override_path, update_path; // "" where there is none
    std::optional<Error> problem;           // a file that could not be read, and was left out
};

UserPrices read_user_prices();

// For StoreOptions::prices: reads the files again only where they have changed.
std::function<PricesPtr()> user_prices();

// One more price of the user's own, in USD per million tokens; one for the same name gives way. What the file
// holds beside it stays.
struct OwnPrice {
    std::string match; // as in the override file: a name, `*` at its ends
    double input = 0, output = 0;
    std::optional<double> cache_read;
};
Result<void> add_own_price(const OwnPrice& price);

// `text` was read and found good; "" takes the file away.
Result<void> keep_override(std::string_view text);
Result<void> keep_update(std::string_view text);

} // namespace clew::app
