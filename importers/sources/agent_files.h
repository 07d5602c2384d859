// The files of a Claude Code session's subagents. Any thread.
#pragma once

#include "importers/sources/file_tree.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace clew {

inline constexpr std::string_view kAgentMetaSuffix = ".meta.json";

bool is_agent_file(std::string_view name);

// Adds to `source` those of the session `main`.
void add_subagents(const FileTree& tree, SourceFiles& source, const std::filesystem::path& main,
                   const std::vector<std::string>& siblings);

} // namespace clew
