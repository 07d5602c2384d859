// Stable hashes: the same bytes give the same value on every machine and in every version of Clew. Any
// thread.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace clew {

struct Hash128 {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    auto operator<=>(const Hash128&) const = default;
};

std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0);
Hash128 hash128(std::string_view bytes, std::uint64_t seed = 0);

} // namespace clew
