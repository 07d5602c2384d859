// How deep JSON is nested, seen before it is parsed: what walks it does so by recursion, and traces are not
// trusted. Any thread.
#pragma once

#include <string_view>

namespace clew {

inline constexpr int kDeepestJson = 200;

bool is_too_deep(std::string_view json, int deepest = kDeepestJson);

} // namespace clew
