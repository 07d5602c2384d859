#include "importers/sources/agent_files.h"

#include <algorithm>

namespace clew {

namespace fs = std::filesystem;

namespace {

// The first `"sessionId":"…"` of a file's first bytes; empty where there is none.
std::string session_of(const FileTree& tree, const fs::path& path) {
    const std::string bytes = tree.head(path);
    const std::string_view head = std::string_view(bytes).substr(0, 64 * 1024);
    constexpr std::string_view kKey = "\"sessionId\"";
    std::size_t at = head.find(kKey);
    if (at == std::string_view::npos) return {};
    at = head.find_first_not_of(" :", at + kKey.size());
    if (at == std::string_view::npos || head[at] != '"') return {};
    const std::size_t end = head.find('"', at + 1);
    return end == std::string_view::npos ? std::string() : std::string(head.substr(at + 1, end - at - 1));
}

void add_agent(const FileTree& tree, SourceFiles& source, const fs::path& folder, const std::string& prefix,
               const std::string& name) {
    const std::string meta =
        name.substr(0, name.size() - std::string_view(".jsonl").size()) + std::string(kAgentMetaSuffix);
    if (tree.has(folder / meta)) source.parts.push_back({(folder / meta).string(), prefix + meta});
    source.parts.push_back({(folder / name).string(), prefix + name});
}

} // namespace

bool is_agent_file(std::string_view name) {
    return name.starts_with("agent-") && name.ends_with(".jsonl");
}

void add_subagents(const FileTree& tree, SourceFiles& source, const fs::path& main,
                   const std::vector<std::string>& siblings) {
    const std::string stem = main.stem().string();
    const fs::path own = main.parent_path() / stem / "subagents";
    for (const std::string& name : tree.names(own)) {
        if (is_agent_file(name)) add_agent(tree, source, own, stem + "/subagents/", name);
    }
    if (std::ranges::none_of(siblings, is_agent_file)) return;
    const std::string session = session_of(tree, main);
    if (session.empty()) return;
    for (const std::string& name : siblings) {
        if (is_agent_file(name) && session_of(tree, main.parent_path() / name) == session) {
            add_agent(tree, source, main.parent_path(), "", name);
        }
    }
}

} // namespace clew
