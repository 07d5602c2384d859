// Cuts a long payload text into pieces that stay the same when the text is resent with something added, moved
// or changed around them.
//
// A cut follows every `},` that a `{` follows, and likewise with white space (plain or escaped) between: the
// ends of JSON messages, inside strings of JSON or not. Where no such cut comes for long, content-defined
// ones (Gear hash) are made, moved on to the next blank so that words stay whole. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace clew {

inline constexpr std::size_t kMinCutText = 4 * 1024; // shorter texts are not cut
inline constexpr std::size_t kMinPiece = 64;
inline constexpr std::size_t kFallbackFrom = 4 * 1024; // longest stretch without a structural cut

// The ends of the pieces, ascending; the last is text.size(). Empty for an empty text.
void cut(std::string_view text, std::vector<std::size_t>& ends);

} // namespace clew
