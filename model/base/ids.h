// Trace and span ids as W3C trace context has them, and ids derived for sources that have none.
//
// An all-zero id is "none". Ids that a source lacks are hashes of (format, the source's own ids), never of
// positions, so that judgements survive a re-import, a grown file and a new version of Clew. Any thread.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace clew {

struct TraceId {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    [[nodiscard]] bool valid() const { return (high | low) != 0; }
    auto operator<=>(const TraceId&) const = default;
};

struct SpanId {
    std::uint64_t value = 0;
    [[nodiscard]] bool valid() const { return value != 0; }
    auto operator<=>(const SpanId&) const = default;
};

std::string to_hex(TraceId id); // 32 lower-case digits
std::string to_hex(SpanId id);  // 16 lower-case digits

// Exactly 32 (16) hex digits of either case; nullopt otherwise. All zero is returned as such.
std::optional<TraceId> trace_id_from_hex(std::string_view text);
std::optional<SpanId> span_id_from_hex(std::string_view text);

// Big-endian bytes, 16 (8) of them; nullopt on another length.
std::optional<TraceId> trace_id_from_bytes(std::string_view bytes);
std::optional<SpanId> span_id_from_bytes(std::string_view bytes);

// Stable hash of the format's name and the source's own ids; never all zero.
TraceId derive_trace_id(std::string_view format, std::initializer_list<std::string_view> own_ids);
SpanId derive_span_id(std::string_view format, std::initializer_list<std::string_view> own_ids);

} // namespace clew

template <>
struct std::hash<clew::TraceId> {
    std::size_t operator()(const clew::TraceId& id) const noexcept {
        return id.low ^ (id.high * 0x9e3779b97f4a7c15u);
    }
};
template <>
struct std::hash<clew::SpanId> {
    std::size_t operator()(const clew::SpanId& id) const noexcept { return id.value * 0x9e3779b97f4a7c15u; }
};
