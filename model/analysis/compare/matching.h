// Equal members of two sequences, in order: a longest common subsequence, or, where that would cost too much,
// a long one. Pure. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace clew {

struct MatchedPair {
    std::size_t a = 0, b = 0;
};

// Rising in both. Time and memory stay bounded by a constant times the lengths, however much differs.
std::vector<MatchedPair> match_sequences(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b);

} // namespace clew
