// Reads price tables: our own format, genai-prices' data.json, the user's own prices.
//
//     {"format":"clew-prices-1","source":…,"source_version":…,"date":…,"licence":…,"providers":[{"id":…,
//      "provider_match":M,"model_match":M,"fallback":[…],"service_tiers":{"batch":"0.5"},"models":[{"id":…,"match":M,
//      "prices":[{"from":"2026-08-17","utc":["16:30","00:30"],"input_mtok":"3",…,"tiers":[{"above_input":200000,…}]}]}]}]}
//     {"models":[{"match":M,"input_mtok":3,…,"tiers":[…]}]}                          the user's own
//
// M: a glob, a list of which one must fit, {"and":[…]}, {"regex":…}, or genai-prices' {"starts_with":…} and
// so on.
#include "model/analysis/pricing/price_table.h"
#include "model/base/hash.h"
#include "model/base/text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>

namespace clew {

namespace {

using Json = nlohmann::json;

constexpr double kHighest = 1e5; // USD per million tokens
constexpr std::int64_t kMillion = 1'000'000;

// Parts of genai-prices' data that say nothing about the price of tokens.
const std::set<std::string, std::less<>> kKnownElsewhere = {"id",
                                                            "name",
                                                            "description",
                                                            "match",
                                                            "prices",
                                                            "context_window",
                                                            "deprecated",
                                                            "collapse",
                                                            "api_pattern",
                                                            "price_comments",
                                                            "extractors",
                                                            "pricing_urls",
                                                            "models",
                                                            "constraint",
                                                            "tiers",
                                                            "from",
                                                            "utc",
                                                            "above_input",
                                                            "provider_match",
                                                            "model_match",
                                                            "fallback",
                                                            "service_tiers",
                                                            "fallback_model_providers",
                                                            "price_discrepancies",
                                                            "prices_checked",
                                                            "removed"};

// "0.075" or 0.075: millionths of it, whole. A decimal text is not read as a double.
std::optional<std::int64_t> millionths(const Json& value) {
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        std::int64_t out = 0;
        int places = -1;
        if (text.empty() || text.size() > 16) return {};
        for (const char c : text) {
            if (c == '.' && places < 0) {
                places = 0;
            } else if (c >= '0' && c <= '9' && places < 6) {
                out = out * 10 + (c - '0');
                if (places >= 0) ++places;
            } else {
                return {};
            }
        }
        for (int i = std::max(places, 0); i < 6; ++i)
            out *= 10;
        return out <= static_cast<std::int64_t>(kHighest) * kMillion ? std::optional(out) : std::nullopt;
    }
    if (!value.is_number()) return {};
    const double number = value.get<double>();
    if (!(number >= 0) || number > kHighest) return {};
    return std::llround(number * 1e6);
}

std::string text_of(const Json& object, const char* key) {
    const auto it = object.find(key);
    return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

std::optional<int> seconds_of_day(const std::string& text) { // "16:30", "16:30:00Z"
    int hour = 0;
    int minute = 0;
    if (std::sscanf(text.c_str(), "%2d:%2d", &hour, &minute) != 2) return {};
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return {};
    return hour * 3600 + minute * 60;
}

std::optional<Rate> rate_named(std::string_view key) {
    for (std::size_t i = 0; i < kRates; ++i) {
        if (rate_key(static_cast<Rate>(i)) == key) return static_cast<Rate>(i);
    }
    if (key == "cache_write_5m_mtok") return Rate::cache_write;
    return {};
}

} // namespace

class PriceReader {
public:
    explicit PriceReader(PriceTable& table)
        : table_(table) {}

    Result<void> overrides(const Json& root) {
        if (!root.is_object() || !root.contains("models") || !root["models"].is_array())
            return Error{"price.no_models", {}, {}};
        for (const auto& [key, unused] : root.items()) {
            if (key != "models") warn(key);
        }
        for (const Json& model : root["models"]) {
            ++number_;
            auto entry = read_entry(model, {}, model);
            if (!entry) return entry.error();
            table_.entries_.push_back(std::move(*entry));
        }
        table_.override_count_ = table_.entries_.size();
        return {};
    }

    Result<void> snapshot(const Json& root) {
        const Json* providers = &root;
        if (root.is_object()) {
            const std::string format = text_of(root, "format");
            if (format != "clew-prices-1") return Error{"price.other_format", {format}, {}};
            table_.source_ = text_of(root, "source");
            if (const auto version = text_of(root, "source_version"); !version.empty())
                (table_.source_ += ' ') += version;
            table_.date_ = text_of(root, "date");
            table_.licence_ = text_of(root, "licence");
            const auto it = root.find("providers");
            if (it == root.end()) return Error{"price.no_models", {}, {}};
            providers = &*it;
        } else {
            table_.source_ = "genai-prices";
        }
        if (!providers->is_array() || providers->empty()) return Error{"price.no_models", {}, {}};
        for (const Json& provider : *providers) {
            if (auto done = read_provider(provider); !done) return done;
        }
        return {};
    }

private:
    void warn(const std::string& key) {
        if (unknown_.insert(key).second) table_.warnings_.push_back({"price.unknown_key", {key}, {}});
    }

    Result<void> read_provider(const Json& json) {
        if (!json.is_object() || !json.contains("models") || !json["models"].is_array())
            return Error{"price.no_models", {}, {}};
        PriceProvider provider;
        provider.id = lower(text_of(json, "id"));
        for (auto [key, to] : {std::pair{"provider_match", &provider.provider_match},
                               std::pair{"model_match", &provider.model_match}}) {
            if (const auto it = json.find(key); it != json.end() && !it->is_null()) {
                auto match = read_match(*it, provider.id);
                if (!match) return match.error();
                *to = std::move(*match);
            }
        }
        for (const char* key : {"fallback", "fallback_model_providers"}) {
            if (const auto it = json.find(key); it != json.end() && it->is_array()) {
                for (const Json& id : *it)
                    if (id.is_string()) provider.fallback.push_back(id.get<std::string>());
            }
        }
        for (const Json& model : json["models"]) {
            ++number_;
            auto entry = read_entry(model, provider.id, json);
            if (!entry) return entry.error();
            provider.entries.push_back(static_cast<std::int32_t>(table_.entries_.size()));
            table_.entries_.push_back(std::move(*entry));
        }
        table_.providers_.push_back(std::move(provider));
        return {};
    }

    Result<PriceEntry> read_entry(const Json& json, const std::string& provider, const Json& tiers_in) {
        PriceEntry entry;
        entry.provider = provider;
        if (!json.is_object() || !json.contains("match"))
            return Error{"price.no_match", {std::to_string(number_)}, {}};
        entry.id = text_of(json, "id");
        if (entry.id.empty() && json["match"].is_string()) entry.id = json["match"].get<std::string>();
        if (entry.id.empty()) entry.id = std::to_string(number_);
        auto match = read_match(json["match"], entry.id);
        if (!match) return match.error();
        entry.match = std::move(*match);
        if (const auto it = tiers_in.find("service_tiers"); it != tiers_in.end() && it->is_object()) {
            for (const auto& [name, value] : it->items()) {
                const auto factor = millionths(value);
                if (!factor || *factor > 10 * kMillion)
                    return Error{"price.bad_price", {entry.id, name, value.dump()}, {}};
                entry.service_tiers[name] = *factor;
            }
        }
        const auto prices = json.find("prices");
        if (prices == json.end() || prices->is_object()) {
            auto one = read_price(prices == json.end() ? json : *prices, entry.id);
            if (!one) return one.error();
            entry.prices.push_back(std::move(*one));
        } else if (prices->is_array() && !prices->empty()) {
            for (const Json& json_price : *prices) {
                auto one = read_dated(json_price, entry.id);
                if (!one) return one.error();
                entry.prices.push_back(std::move(*one));
            }
        } else {
            return Error{"price.bad_price", {entry.id, "prices", "no list"}, {}};
        }
        if (provider.empty() && entry.prices.front().base.empty())
            return Error{"price.bad_price", {entry.id, "input_mtok", "nothing"}, {}};
        return entry;
    }

    Result<NameMatch> read_match(const Json& json, const std::string& who) {
        NameMatch out;
        const auto several = [&](const Json& list, NameMatch::Type type) -> Result<NameMatch> {
            out.type = type;
            if (!list.is_array() || list.empty() || ++depth_ > 8) return Error{"price.bad_match", {who}, {}};
            for (const Json& one : list) {
                auto part = read_match(one, who);
                if (!part) return part.error();
                out.parts.push_back(std::move(*part));
            }
            --depth_;
            return std::move(out);
        };
        if (json.is_array()) return several(json, NameMatch::Type::any_of);
        const auto glob = [&](const std::string& before, const Json& text, const std::string& after) {
            out.type = NameMatch::Type::glob;
            out.glob = before + lower(text.get_ref<const std::string&>()) + after;
        };
        if (json.is_string() && !json.get_ref<const std::string&>().empty()) {
            glob({}, json, {});
            return out;
        }
        if (!json.is_object() || json.size() != 1) return Error{"price.bad_match", {who}, {}};
        const std::string& kind = json.begin().key();
        const Json& value = json.begin().value();
        if (kind == "and") return several(value, NameMatch::Type::all_of);
        if (kind == "or") return several(value, NameMatch::Type::any_of);
        if (!value.is_string()) return Error{"price.bad_match", {who}, {}};
        if (kind == "regex") {
            try {
                out.regex = std::regex(value.get_ref<const std::string&>());
            } catch (const std::regex_error&) {
                return Error{"price.bad_match", {who}, {}};
            }
            out.type = NameMatch::Type::regex;
        } else if (kind == "equals") {
            glob({}, value, {});
        } else if (kind == "starts_with") {
            glob({}, value, "*");
        } else if (kind == "ends_with") {
            glob("*", value, {});
        } else if (kind == "contains") {
            glob("*", value, "*");
        } else {
            return Error{"price.bad_match", {who}, {}};
        }
        return out;
    }

    // {"constraint":…,"prices":{…}} as genai-prices has it, or ours: everything in one object.
    Result<DatedPrice> read_dated(const Json& json, const std::string& who) {
        if (!json.is_object()) return Error{"price.bad_price", {who, "prices", json.dump()}, {}};
        const auto inner = json.find("prices");
        auto out = read_price(inner == json.end() ? json : *inner, who);
        if (!out) return out;
        const auto constraint = json.find("constraint");
        const bool theirs = constraint != json.end() && constraint->is_object();
        const Json& when = theirs ? *constraint : json;
        const std::string from = text_of(when, theirs ? "start_date" : "from");
        if (!from.empty()) {
            out->from = parse_iso8601(from.size() == 10 ? from + "T00:00:00Z" : from);
            if (!out->from) return Error{"price.bad_price", {who, "from", from}, {}};
        }
        std::string first = text_of(when, "start_time");
        std::string last = text_of(when, "end_time");
        if (const auto utc = when.find("utc"); utc != when.end() && utc->is_array() && utc->size() == 2 &&
                                               (*utc)[0].is_string() && (*utc)[1].is_string()) {
            first = (*utc)[0].get<std::string>();
            last = (*utc)[1].get<std::string>();
        }
        if (!first.empty()) {
            const auto a = seconds_of_day(first);
            const auto b = seconds_of_day(last);
            if (!a || !b) return Error{"price.bad_price", {who, "utc", first + " " + last}, {}};
            out->seconds = {*a, *b};
        }
        return out;
    }

    Result<DatedPrice> read_price(const Json& json, const std::string& who) {
        DatedPrice out;
        if (!json.is_object()) return Error{"price.bad_price", {who, "prices", json.dump()}, {}};
        // genai-prices: each price has tiers of its own. What holds above a threshold is said for all at
        // once.
        std::map<Rate, std::map<std::int64_t, std::int64_t>> tiered;
        std::set<std::int64_t> starts;
        for (const auto& [key, value] : json.items()) {
            const auto rate = rate_named(key);
            if (!rate) {
                if (!kKnownElsewhere.contains(key)) warn(key);
                continue;
            }
            const bool steps = value.is_object() && value.contains("base");
            const auto price = read_rate(*rate, steps ? value["base"] : value);
            if (!price) return Error{"price.bad_price", {who, key, value.dump()}, {}};
            out.base[*rate] = *price;
            if (!steps) continue;
            const auto list = value.find("tiers");
            for (const Json& step : list == value.end() ? Json::array() : *list) {
                const auto above = step.is_object() ? step.find("start") : step.end();
                const auto at = step.is_object() && above != step.end() && above->is_number()
                                    ? std::optional(above->get<double>())
                                    : std::nullopt;
                const auto its = step.is_object() && step.contains("price") ? read_rate(*rate, step["price"])
                                                                            : std::nullopt;
                if (!at || !(*at >= 0) || *at > 1e15 || !its)
                    return Error{"price.bad_price", {who, key, step.dump()}, {}};
                tiered[*rate][std::llround(*at)] = *its;
                starts.insert(std::llround(*at));
            }
        }
        for (const std::int64_t start : starts) {
            PriceTier tier{start, {}};
            for (const auto& [rate, steps] : tiered) {
                const auto next = steps.upper_bound(start);
                if (next != steps.begin()) tier.rates[rate] = std::prev(next)->second;
            }
            out.tiers.push_back(tier);
        }
        if (const auto list = json.find("tiers"); list != json.end()) {
            if (!list->is_array()) return Error{"price.bad_price", {who, "tiers", list->dump()}, {}};
            for (const Json& step : *list) {
                auto tier = read_tier(step, who);
                if (!tier) return tier.error();
                out.tiers.push_back(*tier);
            }
        }
        std::ranges::stable_sort(out.tiers, {}, &PriceTier::above_input);
        return out;
    }

    Result<PriceTier> read_tier(const Json& json, const std::string& who) {
        PriceTier out;
        const auto above = json.is_object() ? json.find("above_input") : json.end();
        if (!json.is_object() || above == json.end() || !above->is_number() || above->get<double>() < 0 ||
            above->get<double>() > 1e15) {
            return Error{"price.bad_price", {who, "above_input", json.dump()}, {}};
        }
        out.above_input = std::llround(above->get<double>());
        for (const auto& [key, value] : json.items()) {
            const auto rate = rate_named(key);
            if (!rate) {
                if (!kKnownElsewhere.contains(key)) warn(key);
                continue;
            }
            const auto price = read_rate(*rate, value);
            if (!price) return Error{"price.bad_price", {who, key, value.dump()}, {}};
            out.rates[*rate] = *price;
        }
        return out;
    }

    // Fees are USD per thousand requests.
    static std::optional<std::int64_t> read_rate(Rate rate, const Json& value) {
        auto price = millionths(value);
        if (price && rate == Rate::request) *price *= 1000;
        return price;
    }

    PriceTable& table_;
    std::set<std::string> unknown_;
    int number_ = 0; // of the entry that is read, for its errors
    int depth_ = 0;
};

Result<PriceTable> PriceTable::read(std::string_view snapshot, std::string_view overrides) {
    PriceTable table;
    PriceReader reader(table);
    if (!overrides.empty()) {
        const Json json = Json::parse(overrides, nullptr, false);
        if (json.is_discarded()) return Error{"price.not_json", {}, {}};
        if (auto done = reader.overrides(json); !done) return done.error();
    }
    if (!snapshot.empty()) {
        const Json json = Json::parse(snapshot, nullptr, false);
        if (json.is_discarded()) return Error{"price.not_json", {}, {}};
        if (auto done = reader.snapshot(json); !done) return done.error();
    }
    const std::uint64_t hash = hash64(snapshot, hash64(overrides));
    table.version_ = static_cast<std::int64_t>(hash >> 1 | 1);
    return table;
}

} // namespace clew
