// What to say of a file that no format claims: what it looks like instead. Any thread.
#pragma once

#include "model/base/result.h"

#include <string>
#include <string_view>

namespace clew {

// `head`: the first bytes after decompression; `path` as the user knows it.
Error unknown_format(const std::string& path, std::string_view head);

} // namespace clew
