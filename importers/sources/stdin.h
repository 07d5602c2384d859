// Standard input as a source. See file.h.
#pragma once

#include "importers/sources/file.h"

namespace clew {

inline constexpr std::string_view kStdinPath = "-";
inline constexpr std::string_view kStdinName = "stdin";

ByteReader standard_input(std::stop_token stop = {});

} // namespace clew
