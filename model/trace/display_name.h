// The part of a span's name that people read. Pure. Any thread.
#pragma once

#include <string_view>

namespace clew {

// GenAI conventions put the operation in front of the name ("chat gpt-4o", "execute_tool search",
// "invoke_agent planner"), which the kind's icon says already: gives the rest, or the whole name where there
// is none.
std::string_view display_name(std::string_view span_name);

} // namespace clew
