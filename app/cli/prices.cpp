// clew prices: what a model's tokens cost and why, the user's own prices, a newer table. Never over the
// network.

#include "app/prices.h"

#include "app/cli/command_line.h"
#include "app/cli/output.h"
#include "model/base/messages.h"
#include "model/base/numbers.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace clew::app {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
    std::string match, provider, model, override_file, update_file, at, service_tier;
    bool test = false;
    bool reset = false;
    bool json = false;
    std::optional<std::int64_t> input, output, cache_read, cache_write, cache_write_1h, reasoning,
        input_audio, output_audio;
};

// Millionths as a decimal number: 75000 is "0.075".
std::string decimal(std::int64_t millionths) {
    std::string text = fmt::format("{}.{:06}", millionths / 1'000'000, millionths % 1'000'000);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

// Pico-USD a token are USD a million tokens in millionths; a request's fee is said for a thousand.
std::string price_text(Rate rate, std::int64_t price) {
    return decimal(rate == Rate::request ? price / 1000 : price);
}

// All twelve decimals that there are, as far as they say something.
std::string exact_usd(PicoUsd cost) {
    std::string text = fmt::format("{}.{:012}", cost / kUsd, cost % kUsd);
    const auto last = text.find_last_not_of('0');
    text.erase(std::max(last + 1, text.find('.') + 3));
    return "$" + text;
}

std::string day(const std::optional<TimeNs>& from) {
    return from ? iso8601(*from).substr(0, 10) : std::string();
}

Json rates_json(const Rates& rates) {
    Json out = Json::object();
    for (std::size_t i = 0; i < kRates; ++i) {
        const auto rate = static_cast<Rate>(i);
        if (!rates[rate]) continue;
        const std::int64_t price = rate == Rate::request ? *rates[rate] / 1000 : *rates[rate];
        out[std::string(rate_key(rate))] = static_cast<double>(price) / 1e6;
    }
    return out;
}

Json price_json(const DatedPrice& price) {
    Json out = rates_json(price.base);
    out["from"] = price.from ? Json(day(price.from)) : Json(nullptr);
    if (price.seconds)
        out["utc"] = {
            fmt::format("{:02}:{:02}", price.seconds->first / 3600, price.seconds->first / 60 % 60),
            fmt::format("{:02}:{:02}", price.seconds->second / 3600, price.seconds->second / 60 % 60)};
    out["tiers"] = Json::array();
    for (const PriceTier& tier : price.tiers) {
        Json one = {{"above_input", tier.above_input}};
        one.update(rates_json(tier.rates));
        out["tiers"].push_back(std::move(one));
    }
    return out;
}

Json entry_json(const PriceEntry& entry) {
    Json prices = Json::array();
    for (const DatedPrice& price : entry.prices)
        prices.push_back(price_json(price));
    return {{"model", entry.id},
            {"provider", entry.provider},
            {"source", entry.provider.empty() ? "override" : "snapshot"},
            {"prices", std::move(prices)}};
}

Json about_json(const UserPrices& prices) {
    return {{"source", prices.table->source()},
            {"date", prices.table->date()},
            {"licence", prices.table->licence()},
            {"update", prices.update_path.empty() ? Json(nullptr) : Json(prices.update_path)},
            {"override", prices.override_path.empty() ? Json(nullptr) : Json(prices.override_path)},
            {"override_models", prices.table->overrides()}};
}

void print_row(const PriceEntry& entry) {
    for (const DatedPrice& price : entry.prices) {
        const auto cell = [](const Rates& rates, Rate rate) {
            return padded(rates[rate] ? price_text(rate, *rates[rate]) : kUnknown, 9, true);
        };
        const auto cells = [&](const Rates& rates) {
            return fmt::format("{} {} {} {}", cell(rates, Rate::input), cell(rates, Rate::output),
                               cell(rates, Rate::cache_read), cell(rates, Rate::cache_write));
        };
        fmt::print("{} {}  {:<10}  {}\n", padded(entry.id, 44), cells(price.base), day(price.from),
                   entry.provider.empty() ? "your own" : entry.provider);
        for (const PriceTier& tier : price.tiers)
            fmt::print("{} {}\n",
                       padded(no_nbsp(fmt::format("    input above {}", format_count(tier.above_input))), 44),
                       cells(tier.rates));
    }
}

int list(const UserPrices& prices, const Options& options) {
    const PriceTable& table = *prices.table;
    if (options.json) {
        Json json = about_json(prices);
        json["models"] = Json::array();
        for (const PriceEntry& entry : table.entries())
            json["models"].push_back(entry_json(entry));
        print_json(json);
        return 0;
    }
    fmt::print("{} {:>9} {:>9} {:>9} {:>9}  {:<10}  {}\n", padded("USD a million tokens", 44), "input",
               "output", "cache rd", "cache wr", "from", "source");
    for (const PriceEntry& entry : table.entries())
        print_row(entry);
    fmt::print("\n{} prices: {}{}. {}\n", table.entries().size(), table.source(),
               table.date().empty() ? "" : ", " + table.date(), table.licence());
    return 0;
}

Result<PriceTable::Found> find(const PriceTable& table, const Options& options, const std::string& model) {
    auto found = table.look_up(options.provider, model);
    if (found.entry < 0) return Error{"price.no_model", {model}, {}};
    return found;
}

std::string why(const PriceTable::Found& found) {
    if (found.provider.empty()) return fmt::format("your own price, by the name “{}”", found.form);
    return fmt::format("{} prices, by the name “{}”{}", found.provider, found.form,
                       found.by_name_alone ? ", which alone tells the provider" : "");
}

int match(const UserPrices& prices, const Options& options) {
    const auto found = find(*prices.table, options, options.match);
    if (!found) return failed(found.error());
    const PriceEntry& entry = prices.table->entries()[static_cast<std::size_t>(found->entry)];
    if (options.json) {
        Json json = entry_json(entry);
        json["matched"] = found->form;
        json["why"] = why(*found);
        print_json(json);
        return 0;
    }
    fmt::print("{}: {}\n\n", entry.id, why(*found));
    fmt::print("{} {:>9} {:>9} {:>9} {:>9}\n", padded("USD a million tokens", 44), "input", "output",
               "cache rd", "cache wr");
    print_row(entry);
    return 0;
}

int test(const UserPrices& prices, const Options& options) {
    const std::string& model = options.model.empty() ? options.match : options.model;
    if (model.empty()) return failed({"usage", {"--test needs --model MODEL"}, {}});
    const auto found = find(*prices.table, options, model);
    if (!found) return failed(found.error());
    TimeNs at = now();
    if (!options.at.empty()) {
        const auto time = parse_iso8601(options.at.size() == 10 ? options.at + "T00:00:00Z" : options.at);
        if (!time) return failed({"usage", {"--at is no date"}, {}});
        at = *time;
    }
    Usage usage{options.input.value_or(0),  options.cache_read, options.cache_write,
                options.output.value_or(0), options.reasoning,  options.cache_write_1h};
    const CallExtras extras{options.service_tier, options.cache_write_1h, options.input_audio,
                            options.output_audio};
    const auto cost = prices.table->priced(found->entry, usage, extras, at);
    if (!cost) return failed(cost.error());
    const PriceEntry& entry = prices.table->entries()[static_cast<std::size_t>(found->entry)];
    if (options.json) {
        Json parts = Json::array();
        for (std::size_t i = 0; i < cost->part_count; ++i) {
            const CostPart& part = cost->parts[i];
            parts.push_back({{"of", rate_key(part.rate)},
                             {"priced_as", rate_key(part.priced_as)},
                             {"count", part.count},
                             {"usd_per_million", static_cast<double>(part.price) / 1e6},
                             {"cost_usd", to_usd(part.cost)}});
        }
        print_json({{"model", entry.id},
                    {"provider", entry.provider},
                    {"why", why(*found)},
                    {"tier_above_input", cost->above_input < 0 ? Json(nullptr) : Json(cost->above_input)},
                    {"factor", static_cast<double>(cost->factor) / 1e6},
                    {"parts", std::move(parts)},
                    {"cost_usd", to_usd(cost->total)}});
        return 0;
    }
    fmt::print("{}: {}\n", entry.id, why(*found));
    if (cost->price->from) fmt::print("prices from {}\n", day(cost->price->from));
    if (cost->above_input >= 0)
        fmt::print("the whole input exceeds {}: that tier's prices hold for the whole call\n",
                   no_nbsp(format_count(cost->above_input)));
    if (cost->cache_beside_input)
        fmt::print("the cached tokens exceed the input: they are taken as beside it\n");
    for (std::size_t i = 0; i < cost->part_count; ++i) {
        const CostPart& part = cost->parts[i];
        const std::string factor = cost->factor == 1'000'000 ? "" : " × " + decimal(cost->factor);
        const std::string as = part.rate == part.priced_as
                                   ? ""
                                   : fmt::format("  (at the price of {})", rate_key(part.priced_as));
        fmt::print("{} {} × ${} / {}{} = {}{}\n", padded(std::string(rate_key(part.rate)), 22), part.count,
                   price_text(part.rate, part.price), part.rate == Rate::request ? "1,000" : "1,000,000",
                   factor, exact_usd(part.cost), as);
    }
    fmt::print("{} {}\n", padded("total, computed", 22), exact_usd(cost->total));
    return 0;
}

Result<std::string> read_file(const std::string& path) {
    std::error_code failed;
    const auto size = std::filesystem::file_size(path, failed);
    if (failed) return Error{"file.not_found", {path}, {}};
    if (size > (64u << 20)) return Error{"price.not_json", {}, path};
    std::ifstream in(path, std::ios::binary);
    if (!in) return Error{"file.not_readable", {path, "it could not be opened"}, {}};
    return std::string(std::istreambuf_iterator<char>(in), {});
}

// The store is computed again at once where there is one; any other when it is next opened.
int follow(const CommandLine& line, const Options& options, const std::string& said) {
    const UserPrices prices = read_user_prices();
    if (prices.problem) return failed(*prices.problem);
    const std::string path = line.store.empty() ? default_store_path() : line.store;
    std::error_code ignored;
    bool again = false;
    if (std::filesystem::exists(path, ignored)) {
        auto store = open_store(line);
        if (!store) return failed(store.error());
        if (auto done = (*store)->follow_prices(); !done) return failed(done.error());
        again = true;
    }
    if (options.json) {
        Json json = about_json(prices);
        json["store_computed_again"] = again;
        print_json(json);
    } else {
        fmt::print("{}{}\n", said, again ? " The store's costs follow them." : "");
    }
    return 0;
}

int take(const CommandLine& line, const Options& options) {
    const bool own = !options.override_file.empty();
    const std::string& path = own ? options.override_file : options.update_file;
    auto text = read_file(path);
    if (!text) return failed(text.error());
    auto table = own ? PriceTable::read({}, *text) : PriceTable::read(*text);
    if (!table || text->empty()) {
        Error error = table ? Error{"price.not_json", {}, {}} : table.error();
        error.where = path;
        return failed(error);
    }
    for (const Error& warning : table->warnings())
        fmt::print(stderr, "clew: {}\n", sentence(warning));
    if (auto done = own ? keep_override(*text) : keep_update(*text); !done) return failed(done.error());
    return follow(line, options,
                  own ? fmt::format("{} prices of your own come first.", table->entries().size())
                      : fmt::format("{} prices of {} hold now.", table->entries().size(), table->source()));
}

int run(const CommandLine& line, const Options& options) {
    if (!options.override_file.empty() || !options.update_file.empty()) {
        if (!options.override_file.empty() && !options.update_file.empty())
            return failed({"usage", {"--override and --update are two commands"}, {}});
        return take(line, options);
    }
    if (options.reset) {
        if (auto done = keep_override({}); !done) return failed(done.error());
        if (auto done = keep_update({}); !done) return failed(done.error());
        return follow(line, options, "The prices that Clew brings along hold again.");
    }
    const UserPrices prices = read_user_prices();
    if (prices.problem) failed(*prices.problem);
    if (options.test) return test(prices, options);
    if (!options.match.empty()) return match(prices, options);
    return list(prices, options);
}

} // namespace

void add_prices(CLI::App& root, CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* command = root.add_subcommand("prices", "What models cost: the price table, your own prices");
    command->add_option("--match", options->match, "Which entry prices a model, and why");
    command->add_option("--provider", options->provider, "Its provider, for --match and --test");
    command->add_flag("--test", options->test, "Print how a call's cost is computed");
    command->add_option("--model", options->model, "For --test");
    for (const auto& [name, count, help] :
         {std::tuple{"--input", &options->input, "Tokens in, with cached ones"},
          std::tuple{"--output", &options->output, "Tokens out, with reasoning"},
          std::tuple{"--cache-read", &options->cache_read, "Of those in, read from the cache"},
          std::tuple{"--cache-write", &options->cache_write, "Of those in, written to the cache"},
          std::tuple{"--cache-write-1h", &options->cache_write_1h, "Of those written, kept for an hour"},
          std::tuple{"--reasoning", &options->reasoning, "Of those out, reasoning"},
          std::tuple{"--input-audio", &options->input_audio, "Of those in, audio"},
          std::tuple{"--output-audio", &options->output_audio, "Of those out, audio"}})
        command->add_option(name, *count, help);
    command->add_option("--service-tier", options->service_tier, "batch, flex or priority");
    command->add_option("--at", options->at, "The day of the call (default: now)");
    command->add_option("--override", options->override_file, "Take a file's prices before the table's");
    command->add_option("--update", options->update_file, "Take a newer table from a file");
    command->add_flag("--reset", options->reset, "Back to the table that Clew brings along");
    command->add_flag("--json", options->json, "Print JSON");
    command->callback([&line, options] { line.chosen = [&line, options] { return run(line, *options); }; });
}

} // namespace clew::app
