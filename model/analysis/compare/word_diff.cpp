#include "model/analysis/compare/word_diff.h"

#include "model/analysis/compare/matching.h"
#include "model/base/hash.h"

#include <cstddef>

namespace clew {

namespace {

enum class Sort : std::uint8_t { letter, blank, other };

// Bytes beyond ASCII are parts of letters: no character is ever cut.
Sort sort_of(char c) {
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') return Sort::blank;
    const bool letter =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    return letter || (static_cast<unsigned char>(c) & 0x80u) != 0 ? Sort::letter : Sort::other;
}

// Words, runs of white space, and single signs.
std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> out;
    for (std::size_t from = 0; from < text.size();) {
        const Sort sort = sort_of(text[from]);
        std::size_t to = from + 1;
        while (sort != Sort::other && to < text.size() && sort_of(text[to]) == sort)
            ++to;
        out.push_back(text.substr(from, to - from));
        from = to;
    }
    return out;
}

std::vector<std::uint64_t> hashes_of(const std::vector<std::string_view>& words) {
    std::vector<std::uint64_t> out;
    out.reserve(words.size());
    for (const std::string_view word : words)
        out.push_back(hash64(word));
    return out;
}

// White space between two words that differ is no common ground.
std::vector<MatchedPair> without_lone_blanks(const std::vector<MatchedPair>& pairs,
                                             const std::vector<std::string_view>& was,
                                             const std::vector<std::string_view>& is) {
    std::vector<MatchedPair> out;
    for (std::size_t from = 0; from < pairs.size();) {
        std::size_t to = from;
        bool words = false;
        do
            words = words || sort_of(was[pairs[to].a].front()) != Sort::blank;
        while (++to < pairs.size() && pairs[to].a == pairs[to - 1].a + 1 &&
               pairs[to].b == pairs[to - 1].b + 1);
        const bool at_edge = (pairs[from].a == 0 && pairs[from].b == 0) ||
                             (pairs[to - 1].a + 1 == was.size() && pairs[to - 1].b + 1 == is.size());
        if (words || at_edge)
            out.insert(out.end(), pairs.begin() + static_cast<std::ptrdiff_t>(from),
                       pairs.begin() + static_cast<std::ptrdiff_t>(to));
        from = to;
    }
    return out;
}

} // namespace

std::vector<WordRun> diff_words(std::string_view a, std::string_view b) {
    const auto was = words_of(a), is = words_of(b);
    const auto pairs = without_lone_blanks(match_sequences(hashes_of(was), hashes_of(is)), was, is);
    std::vector<WordRun> out;
    const auto add = [&](WordChange change, std::string_view text) {
        if (out.empty() || out.back().change != change) out.push_back({change, {}});
        out.back().text += text;
    };
    std::size_t x = 0, y = 0;
    const auto differ = [&](std::size_t to_x, std::size_t to_y) {
        for (; x < to_x; ++x)
            add(WordChange::removed, was[x]);
        for (; y < to_y; ++y)
            add(WordChange::added, is[y]);
    };
    for (const MatchedPair& pair : pairs) {
        differ(pair.a, pair.b);
        add(WordChange::same, was[x++]);
        ++y;
    }
    differ(was.size(), is.size());
    return out;
}

} // namespace clew
