#include "model/analysis/step/step_text.h"

#include "model/base/hash.h"
#include "model/base/text.h"

#include <algorithm>
#include <map>

namespace clew {

namespace {

constexpr std::size_t kQuoted = 60; // bytes
constexpr std::size_t kBefore = 24; // of them at most before the difference
constexpr std::size_t kToolsNamed = 6;

bool inside_character(std::string_view text, std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0u) == 0x80u;
}

// From a word that begins a little before `at`.
std::string quoted(std::string_view text, std::size_t at) {
    std::size_t from = at > kBefore ? at - kBefore : 0;
    if (from > 0)
        while (from < at && text[from - 1] != ' ' && text[from - 1] != '\n')
            ++from;
    while (from > 0 && inside_character(text, from))
        --from;
    std::string_view rest = text.substr(std::min(from, text.size()));
    const std::string_view shown = utf8_prefix(rest, kQuoted);
    std::string line;
    for (const char c : shown) {
        const bool blank = c == '\n' || c == '\r' || c == '\t' || c == ' ';
        if (blank && (line.empty() || line.back() == ' ')) continue;
        line += blank ? ' ' : c;
    }
    return (from > 0 ? "…" : "") + line + (shown.size() < rest.size() ? "…" : "");
}

std::string_view said_in(const MessagePart* part) {
    if (part == nullptr) return {};
    if (!part->text.empty()) return part->text;
    return part->json.empty() ? std::string_view(part->uri) : std::string_view(part->json);
}

} // namespace

std::uint64_t hash_of_tool(const ToolDefinition& tool) {
    return hash64(tool.parameters_json, hash64(tool.description, hash64(tool.name)));
}

std::pair<std::string, std::string> first_difference(const MessagePart* before, const MessagePart* now) {
    const std::string_view was = said_in(before), is = said_in(now);
    const auto [a, b] = std::ranges::mismatch(was, is);
    const auto at = static_cast<std::size_t>(a - was.begin());
    return {quoted(was, at), quoted(is, at)};
}

BreakReason tools_reason(const Conversation& before, const Conversation& now) {
    std::map<std::string_view, std::uint64_t> was;
    for (const ToolDefinition& tool : before.tools)
        was[tool.name] = hash_of_tool(tool);
    std::vector<std::string> words;
    for (const ToolDefinition& tool : now.tools) {
        const auto old = was.find(tool.name);
        if (old == was.end()) {
            words.push_back("+" + tool.name);
            continue;
        }
        if (old->second != hash_of_tool(tool)) words.push_back("~" + tool.name);
        was.erase(old);
    }
    for (const auto& [name, hash] : was)
        words.push_back("−" + std::string(name));
    if (words.empty()) return {"step.tools_reordered", {}};
    std::string list;
    for (std::size_t i = 0; i < std::min(words.size(), kToolsNamed); ++i)
        (list += i > 0 ? " " : "") += words[i];
    if (words.size() > kToolsNamed) list += " …";
    return {"step.tools_changed", {list}};
}

} // namespace clew
