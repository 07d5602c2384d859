#include "model/base/numbers.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>

namespace clew {

namespace {

constexpr const char* kNbsp = "\u00a0";

// Three digits: 1.23, 12.3, 123.
std::string three_digits(double value) {
    const int places = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    return fmt::format("{:.{}f}", value, places);
}

// At most three digits, and no ".0": 6.1k, 14.2k, 812k, 1.9M.
std::string short_number(double value, double unit, const char* suffix) {
    const double scaled = value / unit;
    std::string text = fmt::format("{:.{}f}", scaled, scaled < 99.95 ? 1 : 0);
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    return text + suffix;
}

} // namespace

std::string format_duration(std::optional<DurationNs> duration) {
    if (!duration) return kUnknown;
    if (*duration < 0) return "−" + format_duration(*duration == kNoTime ? 0 : -*duration);
    const double ns = static_cast<double>(*duration);
    if (*duration == 0) return "0";
    if (ns < 999.5) return fmt::format("{}{}ns", *duration, kNbsp);
    if (ns < 999.5e3) return fmt::format("{}{}µs", three_digits(ns / 1e3), kNbsp);
    if (ns < 10e6) return fmt::format("{}{}ms", three_digits(ns / 1e6), kNbsp);
    if (ns < 999.5e6) return fmt::format("{:.0f}{}ms", ns / 1e6, kNbsp);
    if (ns < 59.95e9) return fmt::format("{}{}s", three_digits(ns / 1e9), kNbsp);
    const std::int64_t seconds = (*duration + kSecond / 2) / kSecond;
    if (seconds < 3600) return fmt::format("{0}{2}m{2}{1:02}{2}s", seconds / 60, seconds % 60, kNbsp);
    const std::int64_t minutes = (seconds + 30) / 60;
    if (minutes < 48 * 60) return fmt::format("{0}{2}h{2}{1:02}{2}m", minutes / 60, minutes % 60, kNbsp);
    const std::int64_t hours = (minutes + 30) / 60;
    return fmt::format("{0}{2}d{2}{1:02}{2}h", hours / 24, hours % 24, kNbsp);
}

std::string format_tokens(std::optional<std::int64_t> tokens) {
    if (!tokens) return kUnknown;
    const double value = static_cast<double>(*tokens);
    if (value < 1000) return std::to_string(*tokens);
    if (value < 999.5e3) return short_number(value, 1e3, "k");
    if (value < 999.5e6) return short_number(value, 1e6, "M");
    return short_number(value, 1e9, "G");
}

std::string format_cost(std::optional<PicoUsd> cost) {
    if (!cost) return kUnknown;
    const double usd = to_usd(*cost);
    if (*cost == 0) return "$0";
    if (usd >= 0.9995) {
        const auto cents = static_cast<std::int64_t>(std::llround(usd * 100));
        return fmt::format("${}.{:02}", format_count(cents / 100), cents % 100);
    }
    if (usd >= 0.00095) return fmt::format("${:.3f}", usd);
    if (usd >= 0.00005) return fmt::format("${:.4f}", usd);
    return "<$0.0001";
}

std::optional<PicoUsd> CostKinds::sum() const {
    if (!known()) return {};
    PicoUsd out = 0;
    const bool over = __builtin_add_overflow(reported.value_or(0), computed.value_or(0), &out);
    return over ? std::numeric_limits<PicoUsd>::max() : out;
}

std::string format_costs(const CostKinds& costs) {
    if (!costs.known()) return costs.unpriced > 0 ? "unpriced" : kUnknown;
    return (costs.unpriced > 0 ? "≥ " : "") + format_cost(costs.sum());
}

std::string cost_words(const CostKinds& costs) {
    std::string out;
    const auto add = [&out](const std::string& words) { out += (out.empty() ? "" : ", ") + words; };
    if (costs.reported) add(format_cost(costs.reported) + " reported");
    if (costs.computed) add(format_cost(costs.computed) + " computed");
    if (costs.unpriced > 0)
        add(format_count(costs.unpriced) + (costs.unpriced == 1 ? " call unpriced" : " calls unpriced"));
    return out;
}

std::string format_count(std::int64_t count) {
    std::string digits = std::to_string(count);
    const std::ptrdiff_t first = digits.starts_with('-') ? 1 : 0;
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > first; at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    return digits;
}

std::string format_short_count(std::int64_t count) {
    const double value = static_cast<double>(count);
    if (value < 1000) return std::to_string(count);
    if (value < 999.5e3) return three_digits(value / 1e3) + "k";
    return three_digits(value / 1e6) + "M";
}

std::string format_bytes(std::uint64_t bytes) {
    static constexpr std::array kUnits = {"kB", "MB", "GB", "TB"};
    if (bytes < 1000) return fmt::format("{}{}B", bytes, kNbsp);
    double value = static_cast<double>(bytes) / 1000;
    std::size_t unit = 0;
    while (value >= 999.5 && unit + 1 < kUnits.size()) {
        value /= 1000;
        ++unit;
    }
    return fmt::format("{:.{}f}{}{}", value, value < 9.95 ? 1 : 0, kNbsp, kUnits[unit]);
}

} // namespace clew
