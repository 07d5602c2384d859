#include "importers/sources/conversation_files.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace clew {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kEventsFolder = "events";
constexpr std::string_view kBaseState = "base_state.json";

// The number of a file that holds one event of an OpenHands conversation; nullopt where it is none.
std::optional<std::uint64_t> event_number(std::string_view name) {
    if (!name.ends_with(".json")) return {};
    name.remove_suffix(std::string_view(".json").size());
    constexpr std::string_view kPrefix = "event-";
    const bool prefixed = name.starts_with(kPrefix);
    if (prefixed) name.remove_prefix(kPrefix.size());
    std::uint64_t number = 0;
    const char* last = name.data() + name.size();
    const auto read = std::from_chars(name.data(), last, number);
    if (read.ec != std::errc{}) return {};
    const bool whole = prefixed ? read.ptr != last && *read.ptr == '-' : read.ptr == last;
    return whole ? std::optional(number) : std::nullopt;
}

} // namespace

std::vector<SourcePart> conversation_parts(const FileTree& tree, const fs::path& main) {
    const fs::path parent = main.parent_path();
    const bool here = parent.empty() || parent == "."; // a name without its folder's
    std::error_code ignored;
    const fs::path within = here ? fs::current_path(ignored).filename() : parent.filename();
    const bool state = main.filename() == kBaseState;
    if (!state && (within != kEventsFolder || !event_number(main.filename().string()))) return {};
    const fs::path home = state ? parent : here ? fs::path("..") : parent.parent_path();
    const fs::path folder = state ? home / kEventsFolder : parent;
    std::vector<std::pair<std::uint64_t, std::string>> events;
    for (std::string& name : tree.names(folder)) {
        if (const auto number = event_number(name)) events.emplace_back(*number, std::move(name));
    }
    std::ranges::sort(events);
    std::vector<SourcePart> out;
    if (tree.has(home / kBaseState)) out.push_back({(home / kBaseState).string(), std::string(kBaseState)});
    for (const auto& [number, name] : events)
        out.push_back({(folder / name).string(), std::string(kEventsFolder) + "/" + name});
    return out;
}

} // namespace clew
