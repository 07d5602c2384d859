// The pieces of a rotated log: `x.jsonl.2.gz`, `x.jsonl.1`, `x.jsonl`. Any thread.
#pragma once

#include "importers/sources/folder.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clew {

// `x.jsonl.2.gz` → {"x.jsonl", 2}; `x.jsonl` → {"x.jsonl", 0}.
struct LogPiece {
    std::string base;
    unsigned number = 0;
};
std::optional<LogPiece> log_piece_of(std::string_view name);

std::string_view without_compression(std::string_view name); // its suffix

// The pieces of one log, the oldest first.
std::vector<SourcePart> log_pieces(const std::filesystem::path& folder, const std::string& base,
                                   const std::vector<std::string>& siblings);

} // namespace clew
