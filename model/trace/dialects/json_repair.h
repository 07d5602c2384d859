// Text that is JSON but for half characters: what programs write that cut strings between two UTF-16 units.
#pragma once

#include <string>
#include <string_view>

namespace clew {

// The same JSON text with \u escapes of unpaired surrogates replaced by \ufffd (same length). Any thread.
std::string with_valid_escapes(std::string_view json);

} // namespace clew
