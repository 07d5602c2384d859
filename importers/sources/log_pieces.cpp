#include "importers/sources/log_pieces.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace clew {

namespace fs = std::filesystem;

std::string_view without_compression(std::string_view name) {
    for (const std::string_view suffix : {".gz", ".zst"}) {
        if (name.ends_with(suffix)) return name.substr(0, name.size() - suffix.size());
    }
    return name;
}

std::optional<LogPiece> log_piece_of(std::string_view name) {
    if (name.ends_with(".jsonl")) return LogPiece{std::string(name), 0};
    const std::string_view plain = without_compression(name);
    const std::size_t dot = plain.rfind('.');
    if (dot == std::string_view::npos || !plain.substr(0, dot).ends_with(".jsonl")) return {};
    unsigned number = 0;
    const char* last = plain.data() + plain.size();
    const auto read = std::from_chars(plain.data() + dot + 1, last, number);
    if (read.ec != std::errc{} || read.ptr != last || number == 0) return {};
    return LogPiece{std::string(plain.substr(0, dot)), number};
}

std::vector<SourcePart> log_pieces(const fs::path& folder, const std::string& base,
                                   const std::vector<std::string>& siblings) {
    std::vector<std::pair<unsigned, std::string>> found;
    for (const std::string& name : siblings) {
        const auto piece = log_piece_of(name);
        if (piece && piece->base == base) found.emplace_back(piece->number, name);
    }
    std::ranges::sort(found, [](const auto& a, const auto& b) {
        return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    std::vector<SourcePart> out;
    for (const auto& [number, name] : found) {
        // `x.jsonl.2` and `x.jsonl.2.gz` are the same piece while it is being compressed.
        if (number != 0 && !out.empty() && without_compression(out.back().name) == without_compression(name))
            continue;
        out.push_back({(folder / name).string(), name});
    }
    return out;
}

} // namespace clew
