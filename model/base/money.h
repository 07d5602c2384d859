// Money: integer pico-USD (10^-12 USD), so that sums are exact. Any thread.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>

namespace clew {

using PicoUsd = std::int64_t;
inline constexpr PicoUsd kUsd = 1'000'000'000'000;

// nullopt for NaN, infinities, negative amounts and what does not fit.
inline std::optional<PicoUsd> from_usd(double usd) {
    if (!(usd >= 0.0) || usd > 9.0e6) return {};
    return std::llround(usd * 1e12);
}
inline double to_usd(PicoUsd amount) {
    return static_cast<double>(amount) / 1e12;
}

} // namespace clew
