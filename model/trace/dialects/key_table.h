// A set of known words, built by the compiler, asked for on the bulk path: find() neither allocates nor
// compares more than one word as a rule. Any thread.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace clew {

// `Entry` has a member `key`, a std::string_view. The entries must outlive the table (a constexpr array).
template <class Entry, std::size_t N>
class KeyTable {
public:
    constexpr explicit KeyTable(const std::array<Entry, N>& entries)
        : entries_(&entries) {
        for (std::size_t i = 0; i < N; ++i) {
            std::size_t at = hash(entries[i].key) & kMask;
            while (index_[at] != 0)
                at = (at + 1) & kMask;
            index_[at] = static_cast<std::uint16_t>(i + 1);
        }
    }

    [[nodiscard]] constexpr const Entry* find(std::string_view key) const {
        for (std::size_t at = hash(key) & kMask; index_[at] != 0; at = (at + 1) & kMask) {
            const Entry& entry = (*entries_)[index_[at] - 1u];
            if (entry.key == key) return &entry;
        }
        return nullptr;
    }

private:
    static_assert(N < 0xffff);
    static constexpr std::size_t kMask = std::bit_ceil(N * 4) - 1;

    // A few characters tell attribute keys apart; reading all of a long key would cost more than a rare
    // collision.
    static constexpr std::size_t hash(std::string_view key) {
        const std::size_t n = key.size();
        if (n == 0) return 0;
        const auto byte = [key](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(key[i])}; };
        std::uint64_t h = n | byte(0) << 8 | byte(n - 1) << 16 | byte(n / 2) << 24 | byte(n / 4) << 32 |
                          byte(n - 1 - n / 4) << 40 | byte(n - 1 - n / 8) << 48 |
                          byte(n > 7 ? 7 : n - 1) << 56;
        h *= 0x9e3779b97f4a7c15u;
        return static_cast<std::size_t>(h >> 40);
    }

    const std::array<Entry, N>* entries_;
    std::array<std::uint16_t, kMask + 1> index_{};
};

} // namespace clew
