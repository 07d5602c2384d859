// Where two texts or two lists of tools differ, as the sentences about a broken cache quote it. Pure.
#pragma once

#include "model/analysis/step/continuation.h"

#include <cstdint>
#include <string>
#include <utility>

namespace clew {

std::uint64_t hash_of_tool(const ToolDefinition& tool);

// What stands where two parts first differ, from the word before on, in one short line each; null = nothing
// is there.
std::pair<std::string, std::string> first_difference(const MessagePart* before, const MessagePart* now);

// Of two lists that are not equal: "+search −fetch ~edit" for added, removed and changed, or their order.
BreakReason tools_reason(const Conversation& before, const Conversation& now);

} // namespace clew
