#include "model/base/time.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

namespace clew {

namespace {

// Howard Hinnant's civil calendar, as <chrono> has it.
std::int64_t days_of(int year, unsigned month, unsigned day) {
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                           std::chrono::day{day}};
    return std::chrono::sys_days{date}.time_since_epoch().count();
}

bool digits(std::string_view text, std::size_t at, std::size_t count, int& out) {
    if (at + count > text.size()) return false;
    out = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        out = out * 10 + (text[i] - '0');
    }
    return true;
}

bool combine(std::int64_t seconds, std::int64_t nanos, TimeNs& out) {
    return !__builtin_mul_overflow(seconds, kSecond, &out) && !__builtin_add_overflow(out, nanos, &out) &&
           out != kNoTime;
}

} // namespace

TimeNs now() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string iso8601(TimeNs time) {
    if (time == kNoTime) return {};
    std::int64_t seconds = time / kSecond;
    std::int64_t nanos = time % kSecond;
    if (nanos < 0) {
        nanos += kSecond;
        --seconds;
    }
    const std::chrono::sys_seconds point{std::chrono::seconds{seconds}};
    const auto day = std::chrono::floor<std::chrono::days>(point);
    const std::chrono::year_month_day date{day};
    const std::int64_t rest = (point - day).count();
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), rest / 3600,
                       rest / 60 % 60, rest % 60, nanos);
}

std::optional<TimeNs> parse_iso8601(std::string_view text) {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    if (!digits(text, 0, 4, year) || text.size() < 10 || text[4] != '-' || !digits(text, 5, 2, month) ||
        text[7] != '-' || !digits(text, 8, 2, day))
        return {};
    if (month < 1 || month > 12 || day < 1 || day > 31) return {};
    std::size_t at = 10;
    std::int64_t nanos = 0;
    if (at < text.size()) {
        if (text[at] != 'T' && text[at] != 't' && text[at] != ' ') return {};
        if (!digits(text, 11, 2, hour) || text.size() < 16 || text[13] != ':' || !digits(text, 14, 2, minute))
            return {};
        at = 16;
        if (at < text.size() && text[at] == ':') {
            if (!digits(text, 17, 2, second)) return {};
            at = 19;
        }
        if (at < text.size() && (text[at] == '.' || text[at] == ',')) {
            ++at;
            std::int64_t unit = kSecond / 10;
            const std::size_t first = at;
            for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10)
                nanos += (text[at] - '0') * unit;
            if (at == first) return {};
        }
    }
    if (hour > 24 || minute > 59 || second > 60) return {};
    std::int64_t offset = 0;
    if (at < text.size()) {
        if (text[at] == 'Z' || text[at] == 'z') {
            ++at;
        } else if (text[at] == '+' || text[at] == '-') {
            const int sign = text[at] == '-' ? -1 : 1;
            int oh = 0, om = 0;
            if (!digits(text, at + 1, 2, oh)) return {};
            at += 3;
            if (at < text.size() && text[at] == ':') ++at;
            if (digits(text, at, 2, om)) at += 2;
            offset = sign * (oh * 3600 + om * 60);
        }
        if (at != text.size()) return {};
    }
    const std::int64_t seconds =
        days_of(year, static_cast<unsigned>(month), static_cast<unsigned>(day)) * 86400 + hour * 3600 +
        minute * 60 + second - offset;
    TimeNs out = 0;
    if (!combine(seconds, nanos, out)) return {};
    return out;
}

std::optional<TimeNs> parse_epoch_seconds(std::string_view decimal) {
    const bool negative = decimal.starts_with('-');
    if (negative) decimal.remove_prefix(1);
    if (decimal.find_first_of("eE") != std::string_view::npos) {
        const double value = std::strtod(std::string(decimal).c_str(), nullptr);
        if (!(value < 9.2e9)) return {};
        const auto whole = static_cast<std::int64_t>(value);
        const TimeNs time =
            whole * kSecond + static_cast<std::int64_t>((value - static_cast<double>(whole)) * 1e9);
        return negative ? -time : time;
    }
    std::int64_t seconds = 0, nanos = 0, unit = kSecond / 10;
    std::size_t i = 0;
    for (; i < decimal.size() && decimal[i] >= '0' && decimal[i] <= '9'; ++i)
        if (__builtin_mul_overflow(seconds, 10, &seconds) ||
            __builtin_add_overflow(seconds, decimal[i] - '0', &seconds))
            return {};
    if (i == 0) return {};
    if (i < decimal.size() && decimal[i] == '.')
        for (++i; i < decimal.size() && decimal[i] >= '0' && decimal[i] <= '9'; ++i, unit /= 10)
            nanos += (decimal[i] - '0') * unit;
    if (i != decimal.size()) return {};
    TimeNs out = 0;
    if (!combine(seconds, nanos, out)) return {};
    return negative ? -out : out;
}

std::optional<DurationNs> between(TimeNs start, TimeNs end) {
    DurationNs out = 0;
    if (start == kNoTime || end == kNoTime || __builtin_sub_overflow(end, start, &out)) return {};
    return out;
}

} // namespace clew
