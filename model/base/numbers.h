// How numbers are written for people (look: durations, tokens, money, sizes). Used by the window and the
// command line alike. U+00A0 before units; "–" where nothing is known. Any thread.
#pragma once

#include "model/base/money.h"
#include "model/base/time.h"

#include <cstdint>
#include <optional>
#include <string>

namespace clew {

inline constexpr const char* kUnknown = "–";

std::string format_duration(std::optional<DurationNs> duration); // 140 ms, 2.05 s, 14 m 08 s, 3 h 12 m
std::string format_tokens(std::optional<std::int64_t> tokens);   // 512, 6.1k, 812k, 1.9M
std::string format_cost(std::optional<PicoUsd> cost);            // $198.40, $0.241, $0.0004, <$0.0001
// Costs of three kinds that are never mixed up: what sources report, what Clew computes, and calls that have
// neither. As one figure: "$0.241", "≥ $0.241" beside unpriced calls, "unpriced" where there is nothing else.
struct CostKinds {
    std::optional<PicoUsd> reported, computed;
    std::int64_t unpriced = 0; // calls
    [[nodiscard]] std::optional<PicoUsd> sum() const;
    [[nodiscard]] bool known() const { return reported || computed; }
    bool operator==(const CostKinds&) const = default;
};
std::string format_costs(const CostKinds& costs);
// "$0.2 reported, $0.041 computed, 3 calls unpriced"; "" where nothing is known of any call.
std::string cost_words(const CostKinds& costs);

std::string format_count(std::int64_t count);       // 12,806
std::string format_bytes(std::uint64_t bytes);      // 5 B, 1.1 GB (powers of 1,000)
std::string format_short_count(std::int64_t count); // 184k, 3.42M

} // namespace clew
