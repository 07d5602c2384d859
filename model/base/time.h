// Points in time and durations: 64-bit nanoseconds, UTC since 1970. Any thread.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace clew {

using TimeNs = std::int64_t;     // ns since 1970-01-01T00:00:00Z
using DurationNs = std::int64_t; // ns

// "the source says nothing": an end that is not known is a span that still runs.
inline constexpr TimeNs kNoTime = std::numeric_limits<TimeNs>::min();

inline constexpr DurationNs kMicrosecond = 1'000;
inline constexpr DurationNs kMillisecond = 1'000'000;
inline constexpr DurationNs kSecond = 1'000'000'000;

// kNoTime as nullopt: how times are stored and printed.
inline std::optional<TimeNs> if_known(TimeNs time) {
    return time == kNoTime ? std::nullopt : std::optional<TimeNs>(time);
}

TimeNs now();

// 2026-01-31T09:12:00.000000000Z: nine digits and Z, always.
std::string iso8601(TimeNs time);

// ISO 8601 / RFC 3339 with "T" or a blank, 0 to 9 and more fraction digits, "Z", an offset, or nothing (taken
// as UTC). nullopt where it is none or out of range.
std::optional<TimeNs> parse_iso8601(std::string_view text);

// Seconds as a decimal number ("1760000000.25"), read without passing through double.
std::optional<TimeNs> parse_epoch_seconds(std::string_view decimal);

// Checked difference: kNoTime on either side gives nullopt.
std::optional<DurationNs> between(TimeNs start, TimeNs end);

} // namespace clew
