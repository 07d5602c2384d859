// The inside of a JSON string, decoded. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace clew {

// `escaped` is what stands between the quotes. Decodes at most about `max_bytes`, cut at a character, into
// `out` and returns a view of it. Lone surrogates become U+FFFD.
std::string_view unescape_json(std::string_view escaped, std::string& out, std::size_t max_bytes = SIZE_MAX);

} // namespace clew
