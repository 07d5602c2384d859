#include "model/store/filter/values.h"

#include "model/base/money.h"
#include "model/base/text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace clew {

namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr DurationNs kMinute = 60 * kSecond;
constexpr DurationNs kHour = 60 * kMinute;
constexpr DurationNs kDayNs = 24 * kHour;

// A value with its width: a number is a point, a date the day from its first to its last nanosecond.
struct Extent {
    std::int64_t first = 0;
    std::int64_t last = 0;
    bool since = false; // "-60d": alone it means from then on
};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Takes "1", "1.5", ".5" off the front.
std::optional<long double> take_number(std::string_view& text) {
    std::size_t end = 0;
    while (end < text.size() && (is_digit(text[end]) || text[end] == '.'))
        ++end;
    if (end > 40) return {};
    double value = 0;
    const auto got = std::from_chars(text.data(), text.data() + end, value, std::chars_format::fixed);
    if (end == 0 || got.ec != std::errc() || got.ptr != text.data() + end) return {};
    text.remove_prefix(end);
    return value;
}

// Between two whole numbers `first` is the one above and `last` the one below: nothing equals 1.5 calls, and
// more than 1.5 are 2. Rounding errors of a decimal fraction are none.
std::optional<Extent> whole(long double value) {
    if (!(std::fabs(value) < 9.2e18L)) return {};
    const long double nearest = std::round(value);
    const auto at = static_cast<std::int64_t>(nearest);
    if (std::fabs(value - nearest) <= std::max(1e-9L, std::fabs(value) * 1e-15L)) return Extent{at, at};
    return Extent{static_cast<std::int64_t>(std::ceil(value)), static_cast<std::int64_t>(std::floor(value))};
}

std::optional<Extent> count(std::string_view text) {
    auto number = take_number(text);
    if (!number) return {};
    if (text == "k" || text == "K") return whole(*number * 1e3L);
    if (text == "m" || text == "M") return whole(*number * 1e6L);
    if (text == "g" || text == "G") return whole(*number * 1e9L);
    return text.empty() ? whole(*number) : std::nullopt;
}

std::optional<Extent> money(std::string_view text) {
    if (text.starts_with('$')) text.remove_prefix(1);
    long double unit = static_cast<long double>(kUsd);
    if (text.ends_with('k') || text.ends_with('K')) {
        unit *= 1000;
        text.remove_suffix(1);
    }
    const auto number = take_number(text);
    return number && text.empty() ? whole(*number * unit) : std::nullopt;
}

std::optional<DurationNs> unit_of(std::string_view word) {
    if (word == "ns") return 1;
    if (word == "us" || word == "µs") return kMicrosecond;
    if (word == "ms") return kMillisecond;
    if (word == "s") return kSecond;
    if (word == "m" || word == "min") return kMinute;
    if (word == "h") return kHour;
    if (word == "d") return kDayNs;
    if (word == "w") return 7 * kDayNs;
    return {};
}

// "30s", "1h30m"; a lone number is seconds.
std::optional<Extent> duration(std::string_view text) {
    long double sum = 0;
    bool first = true;
    while (!text.empty()) {
        const auto number = take_number(text);
        if (!number) return {};
        std::size_t end = 0;
        while (end < text.size() && !is_digit(text[end]) && text[end] != '.')
            ++end;
        if (end == 0 && !(first && text.empty())) return {};
        const auto unit = end == 0 ? kSecond : unit_of(text.substr(0, end));
        if (!unit) return {};
        sum += *number * static_cast<long double>(*unit);
        text.remove_prefix(end);
        first = false;
    }
    return first ? std::nullopt : whole(sum);
}

// "2026", "2026-11", "2026-11-20", with "T08", "T08:00", "T08:00:05" and a zone behind: as wide as what is
// left out.
std::optional<Extent> date(std::string_view text) {
    if (text.size() < 4 || text.size() > 40) return {};
    const auto all_digits = [](std::string_view part) {
        for (const char c : part)
            if (!is_digit(c)) return false;
        return !part.empty();
    };
    const auto begin = [](const std::string& moment) { return parse_iso8601(moment); };
    const auto until = [](std::optional<TimeNs> from, std::optional<TimeNs> to) -> std::optional<Extent> {
        if (!from || !to) return {};
        return Extent{*from, *to - 1};
    };
    const std::string stated(text);
    if (text.size() == 4 && all_digits(text)) {
        const int year = std::stoi(stated);
        return until(begin(stated + "-01-01T00:00:00Z"),
                     begin(std::to_string(year + 1) + "-01-01T00:00:00Z"));
    }
    if (text.size() == 7 && text[4] == '-' && all_digits(text.substr(0, 4)) && all_digits(text.substr(5))) {
        const int month = std::stoi(stated.substr(5));
        const auto from = begin(stated + "-01T00:00:00Z");
        if (!from) return {};
        const std::string next =
            month == 12 ? std::to_string(std::stoi(stated.substr(0, 4)) + 1) + "-01"
                        : stated.substr(0, 5) + (month < 9 ? "0" : "") + std::to_string(month + 1);
        return until(from, begin(next + "-01T00:00:00Z"));
    }
    const auto wide = [](std::optional<TimeNs> from, DurationNs width) -> std::optional<Extent> {
        if (!from || *from > kMost - width) return {};
        return Extent{*from, *from + width - 1};
    };
    if (text.size() == 10) return wide(begin(stated + "T00:00:00Z"), kDayNs);
    if (text.size() == 13) return wide(begin(stated + ":00:00Z"), kHour);
    const auto zone = text.find_first_of("Z+-", 10);
    const auto clock = text.substr(0, zone);
    if (clock.size() == 16) {
        const std::string rest = zone == std::string_view::npos ? "Z" : std::string(text.substr(zone));
        return wide(begin(std::string(clock) + ":00" + rest), kMinute);
    }
    if (clock.size() == 19) return wide(begin(stated), kSecond);
    return wide(begin(stated), 1);
}

std::optional<Extent> moment(std::string_view text, TimeNs at) {
    const std::string word = lower(text);
    const TimeNs midnight = at - (at % kDayNs + kDayNs) % kDayNs;
    if (word == "now") return Extent{at, at};
    if (word == "today") return Extent{midnight, midnight + kDayNs - 1};
    if (word == "yesterday") return Extent{midnight - kDayNs, midnight - 1};
    if (text.starts_with('-')) {
        const auto ago = duration(text.substr(1));
        TimeNs from = 0;
        if (!ago || is_digit(text.back()) || __builtin_sub_overflow(at, ago->first, &from)) return {};
        return Extent{from, from, true};
    }
    return date(text);
}

std::optional<Extent> extent(FilterValue takes, std::string_view text, TimeNs at) {
    switch (takes) {
    case FilterValue::count: return count(text);
    case FilterValue::money: return money(text);
    case FilterValue::duration: return duration(text);
    case FilterValue::moment: return moment(text, at);
    default: return {};
    }
}

std::optional<double> real(std::string_view text) {
    double value = 0;
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto got = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || got.ec != std::errc() || got.ptr != text.data() + text.size() ||
        !std::isfinite(value))
        return {};
    return value;
}

constexpr FilterRange kNothing{1, 0};

} // namespace

std::optional<FilterRange> filter_range(FilterValue takes, FilterOperator op, std::string_view value,
                                        TimeNs at) {
    FilterRange range;
    if (const auto dots = value.find(".."); dots != std::string_view::npos) {
        const auto from = value.substr(0, dots);
        const auto to = value.substr(dots + 2);
        if (op != FilterOperator::equal || (from.empty() && to.empty())) return {};
        if (!from.empty()) {
            const auto low = extent(takes, from, at);
            if (!low) return {};
            range.low = low->first;
        }
        if (!to.empty()) {
            const auto high = extent(takes, to, at);
            if (!high) return {};
            range.high = high->last;
        }
        return range;
    }
    const auto stated = extent(takes, value, at);
    if (!stated) return {};
    switch (op) {
    case FilterOperator::equal:
        if (stated->since) return FilterRange{stated->first, kMost};
        return FilterRange{stated->first, stated->last};
    case FilterOperator::greater:
        if (stated->last == kMost) return kNothing;
        return FilterRange{stated->last + 1, kMost};
    case FilterOperator::greater_equal: return FilterRange{stated->first, kMost};
    case FilterOperator::less:
        if (stated->first == kLeast) return kNothing;
        return FilterRange{kLeast, stated->first - 1};
    case FilterOperator::less_equal: return FilterRange{kLeast, stated->last};
    }
    return {};
}

std::optional<FilterReals> filter_reals(FilterOperator op, std::string_view value) {
    FilterReals out;
    if (const auto dots = value.find(".."); dots != std::string_view::npos) {
        const auto from = value.substr(0, dots);
        const auto to = value.substr(dots + 2);
        if (op != FilterOperator::equal || (from.empty() && to.empty())) return {};
        const auto low = real(from);
        const auto high = real(to);
        if ((!from.empty() && !low) || (!to.empty() && !high)) return {};
        if (low) out.low = *low;
        if (high) out.high = *high;
        return out;
    }
    const auto number = real(value);
    if (!number) return {};
    if (op != FilterOperator::less && op != FilterOperator::less_equal) out.low = *number;
    if (op != FilterOperator::greater && op != FilterOperator::greater_equal) out.high = *number;
    out.above_low = op == FilterOperator::greater;
    out.below_high = op == FilterOperator::less;
    return out;
}

std::string_view example_of(FilterValue takes) {
    switch (takes) {
    case FilterValue::count: return "a number such as 20, 10k or 10..20";
    case FilterValue::money: return "US dollars such as 0.05, $2 or 0.1..0.5";
    case FilterValue::duration: return "a duration such as 800ms, 30s, 5m, 1h30m or 10s..1m";
    case FilterValue::moment:
        return "a date such as 2026-11-20, 2026-11-20T08:00, today, -60d or 2026-11-01..2026-11-20";
    default: return "a number such as 0.5 or 0.2..0.8";
    }
}

} // namespace clew
