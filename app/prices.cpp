#include "app/prices.h"

#include "app/user_folder.h"
#include "model/analysis/pricing/bundled_prices.h"

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <utility>

namespace clew::app {

namespace fs = std::filesystem;

namespace {

constexpr const char* kOverride = "override.json";
constexpr const char* kUpdate = "update.json";

fs::path folder() {
    return user_folder() / "prices";
}

std::string text_of(const char* name) {
    return read_user_file(folder() / name);
}

UserPrices prices_of(const std::string& own, const std::string& update) {
    UserPrices out;
    if (!own.empty()) out.override_path = (folder() / kOverride).string();
    if (!update.empty()) out.update_path = (folder() / kUpdate).string();
    const auto read = [&out](std::string_view snapshot, std::string_view overrides) {
        auto table = PriceTable::read(snapshot, overrides);
        if (!table) {
            out.problem = table.error();
            return false;
        }
        out.table = std::make_shared<const PriceTable>(std::move(*table));
        return true;
    };
    // A file that was spoilt since it was taken must not take all prices with it.
    static_cast<void>(read(update.empty() ? bundled_prices() : update, own) || read(bundled_prices(), own) ||
                      read(bundled_prices(), {}));
    return out;
}

} // namespace

UserPrices read_user_prices() {
    return prices_of(text_of(kOverride), text_of(kUpdate));
}

std::function<PricesPtr()> user_prices() {
    struct Known {
        std::mutex mutex;
        std::string own, update;
        PricesPtr table;
    };
    return [known = std::make_shared<Known>()]() -> PricesPtr {
        const std::scoped_lock lock(known->mutex);
        std::string own = text_of(kOverride);
        std::string update = text_of(kUpdate);
        if (!known->table || own != known->own || update != known->update) {
            known->table = prices_of(own, update).table;
            known->own = std::move(own);
            known->update = std::move(update);
        }
        return known->table;
    };
}

Result<void> add_own_price(const OwnPrice& price) {
    using Json = nlohmann::ordered_json;
    const std::string text = text_of(kOverride);
    Json own = text.empty() ? Json::object() : Json::parse(text, nullptr, false);
    if (!own.is_object() || (own.contains("models") && !own["models"].is_array()))
        return Error{"price.no_models", {}, {}};
    Json entry = {{"match", price.match}, {"input_mtok", price.input}, {"output_mtok", price.output}};
    if (price.cache_read) entry["cache_read_mtok"] = *price.cache_read;
    Json& models = own["models"];
    if (models.is_null()) models = Json::array();
    const auto same = std::find_if(models.begin(), models.end(), [&](const Json& model) {
        return model.is_object() && model.value("match", Json()) == Json(price.match);
    });
    if (same == models.end())
        models.push_back(std::move(entry));
    else
        *same = std::move(entry);
    const std::string written = own.dump(2) + "\n";
    if (auto read = PriceTable::read(bundled_prices(), written); !read) return read.error();
    return keep_override(written);
}

Result<void> keep_override(std::string_view text) {
    return keep_user_file(folder() / kOverride, text);
}

Result<void> keep_update(std::string_view text) {
    return keep_user_file(folder() / kUpdate, text);
}

} // namespace clew::app
