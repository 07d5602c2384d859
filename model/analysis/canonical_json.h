// Texts brought into one form, so that what says the same is equal. Pure. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace clew {

// JSON with sorted keys and no white space; text that is no JSON comes back trimmed.
std::string canonical_json(std::string_view json);
// The same with times, UUIDs and request ids replaced: two calls that differ in those alone are equal.
std::string without_volatile(std::string_view canonical);
// Both at once, at half the cost.
std::string canonical_without_volatile(std::string_view json);
// A JSON string is the text in it; anything else comes back as it is.
std::string plain_text(std::string_view json);

} // namespace clew
