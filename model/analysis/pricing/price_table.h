// PriceTable: what a model's tokens cost, when, and why: the bundled snapshot, a newer one in its place, and
// the user's own prices before either. Pure values and integer arithmetic; immutable once read; any thread.
//
// Prices are pico-USD a token: USD per million tokens with six decimals is a whole number of them. A request
// whose whole input (cached input included) exceeds a tier's `above_input` is billed at that tier's prices
// altogether, not only beyond the threshold; what a tier leaves out costs the base price.
#pragma once

#include "model/analysis/pricing/price_match.h"
#include "model/base/result.h"
#include "model/trace/prices.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clew {

enum class Rate : std::uint8_t {
    input,
    output,
    cache_read,
    cache_write, // kept for five minutes where a source says for how long
    cache_write_1h,
    reasoning,
    input_audio,
    output_audio,
    cache_audio_read,
    request // a call's fee, whatever its tokens
};
inline constexpr std::size_t kRates = 10;
std::string_view rate_key(Rate rate); // "input_mtok"

// Pico-USD a token (request: a call); nullopt = not said here.
struct Rates {
    std::array<std::optional<std::int64_t>, kRates> value;
    [[nodiscard]] const std::optional<std::int64_t>& operator[](Rate rate) const {
        return value[static_cast<std::size_t>(rate)];
    }
    std::optional<std::int64_t>& operator[](Rate rate) { return value[static_cast<std::size_t>(rate)]; }
    [[nodiscard]] bool empty() const;
};

struct PriceTier {
    std::int64_t above_input = 0;
    Rates rates;
};

// Prices that hold from a day on, or in hours of every day (UTC).
struct DatedPrice {
    std::optional<TimeNs> from;
    std::optional<std::pair<int, int>> seconds; // [first, second) of the day; may pass midnight
    Rates base;
    std::vector<PriceTier> tiers; // ascending
    [[nodiscard]] bool holds(TimeNs time) const;
};

struct PriceEntry {
    std::string id;
    std::string provider; // "" = the user's own price
    NameMatch match;
    std::vector<DatedPrice> prices;                    // the last that holds; the first where none does
    std::map<std::string, std::int64_t> service_tiers; // millionths of the price: "batch" → 500000
};

struct PriceProvider {
    std::string id;
    NameMatch provider_match, model_match;
    std::vector<std::string> fallback;
    std::vector<std::int32_t> entries;
};

// What a computation may know beside Usage.
struct CallExtras {
    std::string_view service_tier;              // "" = the usual one
    std::optional<std::int64_t> cache_write_1h; // part of cache_write
    std::optional<std::int64_t> input_audio;    // part of what was not cached
    std::optional<std::int64_t> output_audio;   // part of output
};

struct CostPart {
    Rate rate = Rate::input;      // what it counts
    Rate priced_as = Rate::input; // whose price it has, where its own is not said
    std::int64_t count = 0;
    std::int64_t price = 0; // pico-USD each, before the factor
    PicoUsd cost = 0;
};

struct ComputedCost {
    PicoUsd total = 0;
    std::array<CostPart, kRates> parts;
    std::size_t part_count = 0;
    std::int32_t entry = -1;
    const DatedPrice* price = nullptr; // of the table
    std::int64_t above_input = -1;     // of the tier; -1 = base prices
    std::int64_t factor = 1'000'000;   // millionths, of the service tier
    bool cache_beside_input = false;   // the counts showed that input did not include its cached part
};

class PriceTable final : public Prices {
public:
    // `snapshot`: our format, or genai-prices' data.json. `overrides`: the user's ("" = none).
    static Result<PriceTable> read(std::string_view snapshot, std::string_view overrides = {});

    [[nodiscard]] std::int64_t version() const override { return version_; }
    [[nodiscard]] std::int32_t find(std::string_view provider, std::string_view model) const override;
    [[nodiscard]] std::optional<PicoUsd> cost(std::int32_t entry, const Usage& usage, std::uint32_t flags,
                                              TimeNs start) const override;

    struct Found {
        std::int32_t entry = -1;
        std::string form;           // of the name that matched
        std::string provider;       // whose table it was found in; "" = the user's own prices
        bool by_name_alone = false; // the provider was not said, is not known, or has no such model
        bool local = false;         // nobody bills it
    };
    [[nodiscard]] Found look_up(std::string_view provider, std::string_view model) const;

    // An Error says why there is no cost: codes price.no_input_count, price.no_output_count, price.no_rate,
    // price.bad_count, price.too_large, price.no_service_tier.
    [[nodiscard]] Result<ComputedCost> priced(std::int32_t entry, const Usage& usage,
                                              const CallExtras& extras, TimeNs time) const;

    [[nodiscard]] const std::vector<PriceEntry>& entries() const { return entries_; }
    [[nodiscard]] const std::string& source() const {
        return source_;
    }                                                               // "@pydantic/genai-prices (npm) 0.1.8"
    [[nodiscard]] const std::string& date() const { return date_; } // "2026-09-23"; "" = not said
    [[nodiscard]] const std::string& licence() const { return licence_; }
    [[nodiscard]] std::size_t overrides() const { return override_count_; } // the first entries
    [[nodiscard]] const std::vector<Error>& warnings() const { return warnings_; }

private:
    friend class PriceReader;
    [[nodiscard]] std::int32_t find_in(const PriceProvider& provider, const std::vector<std::string>& forms,
                                       std::string& form) const;
    [[nodiscard]] const PriceProvider* provider_named(std::string_view name) const;

    std::vector<PriceEntry> entries_;
    std::vector<PriceProvider> providers_;
    std::size_t override_count_ = 0;
    std::string source_, date_, licence_;
    std::vector<Error> warnings_;
    std::int64_t version_ = 1;
};

} // namespace clew
