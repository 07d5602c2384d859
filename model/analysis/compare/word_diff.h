// Two texts by words. Pure. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace clew {

enum class WordChange : std::uint8_t { same, removed, added };

struct WordRun {
    WordChange change = WordChange::same;
    std::string text; // words with the white space behind them
    bool operator==(const WordRun&) const = default;
};

// The runs that are not `added` make up `a`, those that are not `removed` make up `b`; of what differs the
// removed words stand first. The cost is bounded as that of match_sequences.
std::vector<WordRun> diff_words(std::string_view a, std::string_view b);

} // namespace clew
