#include "model/analysis/pricing/price_table.h"

#include "model/base/text.h"

#include <algorithm>
#include <limits>

namespace clew {

namespace {

constexpr std::int64_t kDay = 86'400 * kSecond;
constexpr std::int64_t kMillion = 1'000'000;
__extension__ using Wide = __int128;

const DatedPrice& price_at(const PriceEntry& entry, TimeNs time) {
    for (std::size_t i = entry.prices.size(); i-- > 0;) {
        if (entry.prices[i].holds(time)) return entry.prices[i];
    }
    return entry.prices.front();
}

// Whose price stands in where one is not said.
std::optional<Rate> stand_in(Rate rate) {
    switch (rate) {
    case Rate::cache_read:
    case Rate::cache_write:
    case Rate::input_audio: return Rate::input;
    case Rate::cache_write_1h: return Rate::cache_write;
    case Rate::cache_audio_read: return Rate::cache_read;
    case Rate::reasoning:
    case Rate::output_audio: return Rate::output;
    default: return {};
    }
}

// Parts of one call, added up under one set of prices.
class Sum {
public:
    Sum(ComputedCost& out, const DatedPrice& price, const PriceTier* tier)
        : out_(out)
        , price_(price)
        , tier_(tier) {}

    // False where the cost cannot be known.
    bool add(Rate what, std::int64_t count) {
        if (count == 0) return true;
        Rate as = what;
        auto rate = rate_of(as);
        while (!rate) {
            const auto other = stand_in(as);
            if (!other) {
                error_ = Error{"price.no_rate", {std::string(rate_key(what))}, {}};
                return false;
            }
            rate = rate_of(as = *other);
        }
        const Wide scaled = static_cast<Wide>(count) * *rate * out_.factor; // < 2^63 · 2^37 · 2^24
        const Wide cost = (scaled + kMillion / 2) / kMillion;
        const Wide total = cost + out_.total;
        if (total > std::numeric_limits<PicoUsd>::max()) {
            error_ = Error{"price.too_large", {}, {}};
            return false;
        }
        out_.parts[out_.part_count++] = {what, as, count, *rate, static_cast<PicoUsd>(cost)};
        out_.total = static_cast<PicoUsd>(total);
        return true;
    }
    [[nodiscard]] bool has(Rate rate) const { return rate_of(rate).has_value(); }
    [[nodiscard]] const Error& error() const { return error_; }

private:
    [[nodiscard]] std::optional<std::int64_t> rate_of(Rate rate) const {
        if (tier_ && (*tier_).rates[rate]) return (*tier_).rates[rate];
        return price_.base[rate];
    }

    ComputedCost& out_;
    const DatedPrice& price_;
    const PriceTier* tier_;
    Error error_;
};

std::string_view tier_of(std::uint32_t flags) {
    if (flags & kBatchTier) return "batch";
    if (flags & kFlexTier) return "flex";
    if (flags & kPriorityTier) return "priority";
    return {};
}

} // namespace

std::string_view rate_key(Rate rate) {
    constexpr std::array<std::string_view, kRates> kKeys = {
        "input_mtok",       "output_mtok",         "cache_read_mtok",
        "cache_write_mtok", "cache_write_1h_mtok", "output_reasoning_mtok",
        "input_audio_mtok", "output_audio_mtok",   "cache_audio_read_mtok",
        "requests_kcount"};
    return kKeys[static_cast<std::size_t>(rate)];
}

bool Rates::empty() const {
    return std::ranges::none_of(value, [](const auto& one) { return one.has_value(); });
}

bool DatedPrice::holds(TimeNs time) const {
    if (!from && !seconds) return true;
    if (time == kNoTime) return false; // the price without a condition
    if (from && time < *from) return false;
    if (!seconds) return true;
    const auto second = static_cast<int>(((time % kDay + kDay) % kDay) / kSecond);
    const auto [first, last] = *seconds;
    return first <= last ? second >= first && second < last : second >= first || second < last;
}

const PriceProvider* PriceTable::provider_named(std::string_view name) const {
    const std::string wanted = lower(trimmed(name));
    if (wanted.empty()) return nullptr;
    for (const auto& provider : providers_) {
        if (provider.id == wanted) return &provider;
    }
    // Clients of Azure and of Bedrock say so beside the vendor's name: theirs is the bill.
    const std::string_view hosted = wanted.starts_with("az.") || wanted.find("azure") != std::string::npos
                                        ? "azure"
                                    : wanted.find("bedrock") != std::string::npos ? "aws"
                                                                                  : "";
    for (const auto& provider : providers_) {
        if (hosted.empty() ? provider.provider_match.fits(wanted) : provider.id == hosted) return &provider;
    }
    return nullptr;
}

std::int32_t PriceTable::find_in(const PriceProvider& provider, const std::vector<std::string>& forms,
                                 std::string& form) const {
    for (const auto& one : forms) {
        for (const std::int32_t entry : provider.entries) {
            if (!entries_[static_cast<std::size_t>(entry)].match.fits(one)) continue;
            form = one;
            return entry;
        }
    }
    for (const auto& id : provider.fallback) {
        const auto other = std::ranges::find(providers_, id, &PriceProvider::id);
        if (other == providers_.end() || &*other == &provider) continue;
        for (const auto& one : forms) { // not its fallbacks again: a table may name itself in a ring
            for (const std::int32_t entry : other->entries) {
                if (!entries_[static_cast<std::size_t>(entry)].match.fits(one)) continue;
                form = one;
                return entry;
            }
        }
    }
    return -1;
}

PriceTable::Found PriceTable::look_up(std::string_view provider, std::string_view model) const {
    Found out;
    const auto forms = forms_of_model(model);
    for (const auto& form : forms) {
        for (std::size_t i = 0; i < override_count_; ++i) {
            if (!entries_[i].match.fits(form)) continue;
            out.entry = static_cast<std::int32_t>(i);
            out.form = form;
            return out;
        }
    }
    if (forms.empty()) return out;
    const auto take = [&](const PriceProvider* in, const std::vector<std::string>& names) {
        if (!in) return false;
        out.entry = find_in(*in, names, out.form);
        if (out.entry >= 0) out.provider = in->id;
        return out.entry >= 0;
    };
    const std::string& whole = forms.front();
    out.local = runs_locally(provider) || runs_locally(std::string_view(whole).substr(0, whole.find('/')));
    if (out.local) return out;
    if (take(provider_named(provider), forms)) return out;
    out.by_name_alone = true;
    // "openrouter/anthropic/claude-…": each word before a stroke may name the provider of what follows.
    for (std::size_t at = 0, slash = whole.find('/'); slash != std::string::npos;
         at = slash + 1, slash = whole.find('/', at)) {
        const auto rest = forms_of_model(std::string_view(whole).substr(slash + 1));
        if (take(provider_named(std::string_view(whole).substr(at, slash - at)), rest)) return out;
    }
    for (const auto& form : forms) {
        for (const auto& one : providers_) {
            if (one.model_match.fits(form) && take(&one, {form})) return out;
        }
    }
    return out;
}

std::int32_t PriceTable::find(std::string_view provider, std::string_view model) const {
    return look_up(provider, model).entry;
}

std::optional<PicoUsd> PriceTable::cost(std::int32_t entry, const Usage& usage, std::uint32_t flags,
                                        TimeNs start) const {
    const CallExtras extras{tier_of(flags), usage.cache_write_1h, usage.input_audio, usage.output_audio};
    const auto out = priced(entry, usage, extras, start);
    return out ? std::optional(out->total) : std::nullopt;
}

Result<ComputedCost> PriceTable::priced(std::int32_t at, const Usage& usage, const CallExtras& extras,
                                        TimeNs time) const {
    if (at < 0 || static_cast<std::size_t>(at) >= entries_.size()) return Error{"price.no_model", {}, {}};
    const PriceEntry& entry = entries_[static_cast<std::size_t>(at)];
    const DatedPrice& price = price_at(entry, time);
    for (const auto& count : {usage.input, usage.cache_read, usage.cache_write, usage.output, usage.reasoning,
                              extras.cache_write_1h, extras.input_audio, extras.output_audio}) {
        if (count && *count < 0) return Error{"price.bad_count", {std::to_string(*count)}, {}};
    }
    if (!usage.input) return Error{"price.no_input_count", {}, {}};

    ComputedCost out;
    out.entry = at;
    out.price = &price;
    if (!extras.service_tier.empty()) {
        const auto factor = entry.service_tiers.find(std::string(extras.service_tier));
        if (factor == entry.service_tiers.end())
            return Error{"price.no_service_tier", {std::string(extras.service_tier)}, {}};
        out.factor = factor->second;
    }
    // Input holds its cached part, unless the counts themselves say that it cannot.
    const std::int64_t read = usage.cache_read.value_or(0);
    const std::int64_t write = usage.cache_write.value_or(0);
    const Wide cached = static_cast<Wide>(read) + write;
    out.cache_beside_input = cached > *usage.input;
    const Wide whole = out.cache_beside_input ? cached + *usage.input : *usage.input;
    const std::int64_t fresh =
        out.cache_beside_input ? *usage.input : static_cast<std::int64_t>(*usage.input - cached);
    const PriceTier* tier = nullptr;
    for (const PriceTier& one : price.tiers) {
        if (whole > one.above_input) tier = &one;
    }
    if (tier) out.above_input = tier->above_input;

    Sum sum(out, price, tier);
    if (!usage.output && sum.has(Rate::output)) return Error{"price.no_output_count", {}, {}};
    const std::int64_t hour = std::min(extras.cache_write_1h.value_or(0), write);
    const std::int64_t spoken = std::min(extras.input_audio.value_or(0), fresh);
    const std::int64_t output = std::max(usage.output.value_or(0), usage.reasoning.value_or(0));
    const std::int64_t said = std::min(extras.output_audio.value_or(0), output);
    // Thoughts are output: apart only where they have a price of their own.
    const std::int64_t thought =
        sum.has(Rate::reasoning) ? std::min(usage.reasoning.value_or(0), output - said) : 0;
    const bool known = sum.add(Rate::input, fresh - spoken) && sum.add(Rate::input_audio, spoken) &&
                       sum.add(Rate::cache_read, read) && sum.add(Rate::cache_write, write - hour) &&
                       sum.add(Rate::cache_write_1h, hour) &&
                       sum.add(Rate::output, output - said - thought) && sum.add(Rate::reasoning, thought) &&
                       sum.add(Rate::output_audio, said) &&
                       (!sum.has(Rate::request) || sum.add(Rate::request, 1));
    if (!known) return sum.error();
    // A call without a token of an entry without a price is not free, it is unknown.
    if (out.part_count == 0 && !sum.has(Rate::input) && !sum.has(Rate::output))
        return Error{"price.no_rate", {std::string(rate_key(Rate::input))}, {}};
    return out;
}

} // namespace clew
