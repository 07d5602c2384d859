// The files of an OpenHands conversation: its state, then one file an event, in the order of their numbers.
// Any thread.
#pragma once

#include "importers/sources/file_tree.h"

#include <filesystem>
#include <vector>

namespace clew {

// Those of the conversation that `main` belongs to; empty where it belongs to none.
std::vector<SourcePart> conversation_parts(const FileTree& tree, const std::filesystem::path& main);

} // namespace clew
