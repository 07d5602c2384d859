// The keys of the filter language: what each takes and what it says. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace clew {

enum class FilterValue : std::uint8_t {
    name,     // compared whole, or a regular expression
    text,     // words
    choice,   // one of `choices`
    count,    // 10, 1.5k, 2M
    money,    // US dollars
    duration, // 30s, 1h30m
    moment,   // 2026-11-20, -60d
    real,     // a named number: score.NAME
    any,      // a named value of any kind: attr.NAME
};

struct FilterKey {
    std::string_view word;
    FilterValue takes;
    std::string_view about;                    // for completion and help
    std::span<const std::string_view> choices; // of FilterValue::choice; of a name, words beside those in use
    bool of_span = true;                       // may stand in has(…): says something of one span
};

std::span<const FilterKey> filter_keys(); // by the alphabet
const FilterKey* find_filter_key(std::string_view lower_case_word);

inline bool takes_number(FilterValue value) {
    return value >= FilterValue::count && value <= FilterValue::real;
}

// The word that was most likely meant, "" where none is near.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known);
// Every key and structural word.
std::span<const std::string_view> filter_words();

} // namespace clew
