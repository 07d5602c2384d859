// Which result of a conversation answers which call. Pure; any thread.
#pragma once

#include "model/trace/message.h"

#include <cstddef>
#include <map>
#include <utility>

namespace clew::views {

using PartPlace = std::pair<std::size_t, std::size_t>; // message, part

struct ToolPairs {
    std::map<PartPlace, PartPlace> resultOf, callOf;
};

// By call id; where either side has none, the next result of the same tool.
ToolPairs toolPairs(const Conversation& conversation);

} // namespace clew::views
