// The columns of a span whose values are in the dictionary, and their numbers in table trace_term.
#pragma once

#include <cstddef>
#include <cstdint>

namespace clew {

// In the order of table span.
enum NameColumn : std::uint8_t {
    kName,
    kModel,
    kRequestModel,
    kProvider,
    kAgent,
    kTool,
    kSession,
    kUser,
    kPromptName,
    kPromptVersion,
};
inline constexpr std::size_t kNameColumns = 10;

// `term` of table trace_term: these columns counted from 1, then what is kept as a number.
constexpr int term_of(NameColumn column) {
    return column + 1;
}
inline constexpr int kKindTerm = 11;
inline constexpr int kStatusTerm = 12;
inline constexpr int kResourceTerm = 13;      // rows of table resource
inline constexpr std::int64_t kMcpKind = 100; // of kKindTerm, beside the kinds: a badge of tools

} // namespace clew
