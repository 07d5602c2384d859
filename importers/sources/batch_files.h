// The files of an OpenAI batch: its requests, answers and errors, named alike. Any thread.
#pragma once

#include "importers/sources/file_tree.h"

#include <filesystem>
#include <string>
#include <vector>

namespace clew {

// Those of the batch that `main` belongs to, requests first; empty where there are no others.
std::vector<SourcePart> batch_parts(const FileTree& tree, const std::filesystem::path& main,
                                    const std::vector<std::string>& siblings);

} // namespace clew
