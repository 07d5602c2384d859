// The price table that Clew brings along: resources/prices/prices.json, made by make_snapshot.py beside it.
#pragma once

#include <string_view>

namespace clew {

std::string_view bundled_prices();

} // namespace clew
