#include "model/analysis/findings/rule_settings.h"

#include "model/base/hash.h"
#include "model/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace clew {

namespace {

using Json = nlohmann::ordered_json;

std::int64_t whole(double value) {
    return static_cast<std::int64_t>(std::llround(value));
}

constexpr double kMany = 1'000'000;

constexpr std::array kThresholds = {
    ThresholdEntry{"loop_calls", "loop", "More equal calls than", "calls", 1, kMany, 0,
                   [](const Thresholds& t) { return static_cast<double>(t.loop_calls); },
                   [](Thresholds& t, double v) { t.loop_calls = whole(v); }},
    ThresholdEntry{"retry_calls", "retry_storm", "Failed in a row, at least", "calls", 2, kMany, 0,
                   [](const Thresholds& t) { return static_cast<double>(t.retry_calls); },
                   [](Thresholds& t, double v) { t.retry_calls = whole(v); }},
    ThresholdEntry{"ping_pong_edits", "ping_pong", "Taken back, at least", "times", 1, kMany, 0,
                   [](const Thresholds& t) { return static_cast<double>(t.ping_pong_edits); },
                   [](Thresholds& t, double v) { t.ping_pong_edits = whole(v); }},
    ThresholdEntry{"growth", "context_growth", "Larger, at least", "times", 1.1, 1000, 1,
                   [](const Thresholds& t) { return t.growth; },
                   [](Thresholds& t, double v) { t.growth = v; }},
    ThresholdEntry{"growth_from", "context_growth", "From", "tokens", 0, 100 * kMany, 0,
                   [](const Thresholds& t) { return static_cast<double>(t.growth_from); },
                   [](Thresholds& t, double v) { t.growth_from = whole(v); }},
    ThresholdEntry{"idle_gap", "idle_gap", "Nothing ran for", "s", 1, kMany, 0,
                   [](const Thresholds& t) { return static_cast<double>(t.idle_gap) / kSecond; },
                   [](Thresholds& t, double v) { t.idle_gap = whole(v * kSecond); }},
};

const ThresholdEntry* find_threshold(std::string_view id) {
    const auto found = std::ranges::find(kThresholds, id, &ThresholdEntry::id);
    return found == kThresholds.end() ? nullptr : &*found;
}

std::string threshold_names() {
    std::string out;
    for (const ThresholdEntry& entry : kThresholds)
        (out += out.empty() ? "" : ", ") += entry.id;
    return out;
}

Result<void> set_checked(RuleSettings& settings, const ThresholdEntry& entry, double value) {
    if (!(value >= entry.least && value <= entry.most))
        return Error{"finding.bad_threshold",
                     {std::string(entry.id), fmt::format("{}", value), fmt::format("{}", entry.least),
                      fmt::format("{}", entry.most)},
                     {}};
    entry.set(settings.thresholds, value);
    return {};
}

} // namespace

std::span<const ThresholdEntry> threshold_table() {
    return kThresholds;
}

Result<void> set_threshold(RuleSettings& settings, std::string_view assignment) {
    const auto equals = assignment.find('=');
    const std::string_view id = trimmed(assignment.substr(0, equals));
    const ThresholdEntry* entry = find_threshold(id);
    if (entry == nullptr) return Error{"finding.unknown_threshold", {std::string(id), threshold_names()}, {}};
    const std::string_view text =
        equals == std::string_view::npos ? std::string_view() : trimmed(assignment.substr(equals + 1));
    double value = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || wrong != std::errc() || end != text.data() + text.size())
        return Error{"finding.bad_threshold",
                     {std::string(id), std::string(text), fmt::format("{}", entry->least),
                      fmt::format("{}", entry->most)},
                     {}};
    return set_checked(settings, *entry, value);
}

std::string rule_settings_json(const RuleSettings& settings) {
    Json off = Json::array();
    for (const std::string& rule : settings.off)
        off.push_back(rule);
    Json thresholds = Json::object();
    const Thresholds usual;
    for (const ThresholdEntry& entry : kThresholds) {
        const double value = entry.get(settings.thresholds);
        if (value == entry.get(usual)) continue;
        if (entry.decimals == 0)
            thresholds[std::string(entry.id)] = whole(value);
        else
            thresholds[std::string(entry.id)] = value;
    }
    return Json{{"off", std::move(off)}, {"thresholds", std::move(thresholds)}}.dump(2) + "\n";
}

Result<RuleSettings> read_rule_settings(std::string_view json) {
    RuleSettings out;
    if (trimmed(json).empty()) return out;
    const Json value = Json::parse(json, nullptr, false);
    if (!value.is_object()) return Error{"finding.bad_settings", {}, {}};
    if (const auto off = value.find("off"); off != value.end()) {
        if (!off->is_array()) return Error{"finding.bad_settings", {}, {}};
        for (const Json& rule : *off) {
            if (!rule.is_string()) return Error{"finding.bad_settings", {}, {}};
            if (find_rule(rule.get<std::string>()) != nullptr) out.off.insert(rule.get<std::string>());
        }
    }
    if (const auto thresholds = value.find("thresholds"); thresholds != value.end()) {
        if (!thresholds->is_object()) return Error{"finding.bad_settings", {}, {}};
        for (const auto& [id, number] : thresholds->items()) {
            const ThresholdEntry* entry = find_threshold(id);
            if (entry == nullptr) continue;
            if (!number.is_number()) return Error{"finding.bad_settings", {}, {}};
            if (auto set = set_checked(out, *entry, number.get<double>()); !set) return set.error();
        }
    }
    return out;
}

std::int64_t findings_version(const RuleSettings& settings) {
    const auto hash = static_cast<std::int64_t>(
        hash64(rule_settings_json(settings), static_cast<std::uint64_t>(kRulesVersion)));
    return hash == 0 ? 1 : hash;
}

std::string rule_names() {
    std::string out;
    for (const Rule& rule : finding_rules())
        (out += out.empty() ? "" : ", ") += rule.id;
    return out;
}

} // namespace clew
