#include "importers/sources/batch_files.h"

#include "model/base/text.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace clew {

namespace fs = std::filesystem;

namespace {

struct BatchPiece {
    std::string base;
    unsigned number = 0;
};

// `x_input.jsonl` → {"x_.jsonl", 0}; outputs are 1, errors 2. The words stand last in the name.
std::optional<BatchPiece> batch_piece_of(std::string_view name) {
    if (!name.ends_with(".jsonl")) return {};
    struct Word {
        std::string_view text;
        unsigned number;
    };
    constexpr Word kWords[] = {{"inputs", 0},    {"input", 0},    {"requests", 0}, {"request", 0},
                               {"outputs", 1},   {"output", 1},   {"results", 1},  {"result", 1},
                               {"responses", 1}, {"response", 1}, {"errors", 2},   {"error", 2}};
    const std::string small = lower(name);
    for (const Word& word : kWords) {
        const std::size_t at = small.rfind(word.text);
        if (at == std::string::npos) continue;
        return BatchPiece{std::string(name.substr(0, at)) + std::string(name.substr(at + word.text.size())),
                          word.number};
    }
    return {};
}

bool starts_with_custom_id(const FileTree& tree, const fs::path& path) {
    const std::string bytes = tree.head(path);
    const std::string_view head = std::string_view(bytes).substr(0, 4096);
    return trimmed(head).starts_with('{') && head.find("\"custom_id\"") != std::string_view::npos;
}

} // namespace

std::vector<SourcePart> batch_parts(const FileTree& tree, const fs::path& main,
                                    const std::vector<std::string>& siblings) {
    const auto own = batch_piece_of(main.filename().string());
    if (!own) return {};
    std::vector<std::pair<unsigned, std::string>> found;
    for (const std::string& name : siblings) {
        const auto piece = batch_piece_of(name);
        if (piece && piece->base == own->base) found.emplace_back(piece->number, name);
    }
    if (found.size() < 2) return {};
    std::erase_if(found, [&](const auto& one) {
        return !starts_with_custom_id(tree, main.parent_path() / one.second);
    });
    std::ranges::sort(found);
    std::vector<SourcePart> out;
    for (const auto& [number, name] : found)
        out.push_back({(main.parent_path() / name).string(), name});
    const bool has_main = std::ranges::any_of(
        out, [&](const SourcePart& part) { return part.name == main.filename().string(); });
    return has_main && out.size() > 1 ? out : std::vector<SourcePart>{};
}

} // namespace clew
