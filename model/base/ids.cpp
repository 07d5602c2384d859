#include "model/base/ids.h"

#include "model/base/hash.h"

#include <array>

namespace clew {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

void append_hex(std::string& out, std::uint64_t value) {
    for (int shift = 60; shift >= 0; shift -= 4)
        out += kDigits[(value >> shift) & 15];
}

constexpr auto kNibbles = [] {
    std::array<std::int8_t, 256> table{};
    table.fill(-1);
    for (int i = 0; i < 10; ++i)
        table[static_cast<std::size_t>('0' + i)] = static_cast<std::int8_t>(i);
    for (int i = 0; i < 6; ++i) {
        table[static_cast<std::size_t>('a' + i)] = static_cast<std::int8_t>(10 + i);
        table[static_cast<std::size_t>('A' + i)] = static_cast<std::int8_t>(10 + i);
    }
    return table;
}();

bool read_hex(const char* text, std::uint64_t& out) {
    int bad = 0;
    std::uint64_t value = 0;
    for (int i = 0; i < 16; ++i) {
        const int nibble = kNibbles[static_cast<unsigned char>(text[i])];
        bad |= nibble;
        value = value << 4 | static_cast<std::uint64_t>(nibble & 15);
    }
    out = value;
    return bad >= 0;
}

std::uint64_t read_big_endian(const char* bytes) {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

// Lengths go in front of the parts, so that ("ab", "c") and ("a", "bc") differ.
std::string joined(std::string_view format, std::initializer_list<std::string_view> own_ids) {
    std::string text{format};
    for (const auto id : own_ids) {
        text += '\0';
        text += std::to_string(id.size());
        text += ':';
        text += id;
    }
    return text;
}

} // namespace

std::string to_hex(TraceId id) {
    std::string out;
    out.reserve(32);
    append_hex(out, id.high);
    append_hex(out, id.low);
    return out;
}

std::string to_hex(SpanId id) {
    std::string out;
    out.reserve(16);
    append_hex(out, id.value);
    return out;
}

std::optional<TraceId> trace_id_from_hex(std::string_view text) {
    TraceId id;
    if (text.size() != 32 || !read_hex(text.data(), id.high) || !read_hex(text.data() + 16, id.low))
        return {};
    return id;
}

std::optional<SpanId> span_id_from_hex(std::string_view text) {
    SpanId id;
    if (text.size() != 16 || !read_hex(text.data(), id.value)) return {};
    return id;
}

std::optional<TraceId> trace_id_from_bytes(std::string_view bytes) {
    if (bytes.size() != 16) return {};
    return TraceId{read_big_endian(bytes.data()), read_big_endian(bytes.data() + 8)};
}

std::optional<SpanId> span_id_from_bytes(std::string_view bytes) {
    if (bytes.size() != 8) return {};
    return SpanId{read_big_endian(bytes.data())};
}

TraceId derive_trace_id(std::string_view format, std::initializer_list<std::string_view> own_ids) {
    const Hash128 hash = hash128(joined(format, own_ids));
    return {hash.high, hash.low | 1};
}

SpanId derive_span_id(std::string_view format, std::initializer_list<std::string_view> own_ids) {
    // An odd-only value would halve the space; only zero is forbidden.
    const std::uint64_t hash = hash64(joined(format, own_ids));
    return {hash != 0 ? hash : 1};
}

} // namespace clew
