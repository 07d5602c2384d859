#include "importers/sources/folder.h"

#include "importers/sources/agent_files.h"
#include "importers/sources/batch_files.h"
#include "importers/sources/conversation_files.h"
#include "importers/sources/file.h"
#include "importers/sources/file_tree.h"
#include "importers/sources/log_pieces.h"
#include "model/base/text.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

namespace clew {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRunSuffixes[] = {".jsonl", ".json", ".ndjson",   ".log",  ".pb",   ".proto",
                                             ".bin",   ".otlp", ".otlpjson", ".traj", ".eval", ".zip"};

std::string canonical_path(const fs::path& path) {
    std::error_code failed;
    const fs::path out = fs::canonical(path, failed);
    return failed ? path.string() : out.string();
}

// The path is left as it is: canonical_path() where files are on a disk.
SourceFiles gather(const FileTree& tree, const fs::path& main, const std::vector<std::string>& siblings) {
    const std::string name = main.filename().string();
    SourceFiles out;
    if (out.parts = conversation_parts(tree, main); !out.parts.empty()) {
        out.path = out.parts.front().path;
        return out;
    }
    out.path = main.string();
    if (const auto piece = log_piece_of(name)) {
        out.parts = log_pieces(main.parent_path(), piece->base, siblings);
        const fs::path base = main.parent_path() / piece->base;
        if (out.parts.size() > 1 && tree.has(base)) out.path = base.string();
    }
    if (out.parts.empty()) out.parts.push_back({main.string(), name});
    if (out.parts.size() == 1) {
        if (auto batch = batch_parts(tree, main, siblings); !batch.empty()) {
            out.parts = std::move(batch);
            out.path = out.parts.front().path;
        }
    }
    if (out.parts.size() == 1 && name.ends_with(".jsonl") && !is_agent_file(name))
        add_subagents(tree, out, main, siblings);
    return out;
}

// The sources among the files of one folder. What is a part of another source (`taken`, over all folders) is
// none of its own.
void gather_folder(const FileTree& tree, const fs::path& folder, std::vector<std::string> names,
                   std::set<std::string>& taken, std::vector<SourceFiles>& out) {
    std::ranges::sort(names);
    // Sessions first, so that a subagent's file beside one is not taken as a source of its own.
    std::ranges::stable_partition(names, [](const std::string& name) { return !is_agent_file(name); });
    for (const std::string& name : names) {
        if (taken.contains((folder / name).string())) continue;
        SourceFiles source = gather(tree, folder / name, names);
        for (const SourcePart& part : source.parts)
            taken.insert(part.path);
        out.push_back(std::move(source));
    }
}

// A subagent's file may have come before the session that it belongs to.
void drop_companions(std::vector<SourceFiles>& sources) {
    std::set<std::string> companions;
    for (const SourceFiles& source : sources) {
        for (std::size_t i = 1; i < source.parts.size(); ++i)
            companions.insert(source.parts[i].path);
    }
    std::erase_if(sources, [&](const SourceFiles& source) {
        return source.parts.size() == 1 && companions.contains(source.parts.front().path);
    });
}

bool is_run_file(const std::string& name) {
    if (name.ends_with(kAgentMetaSuffix) || name == "sessions-index.json") return false;
    if (log_piece_of(name)) return true;
    const std::string plain = lower(without_compression(name));
    return std::ranges::any_of(kRunSuffixes,
                               [&](std::string_view suffix) { return plain.ends_with(suffix); });
}

} // namespace

Result<SourceFiles> files_of_source(const std::string& path) {
    const fs::path main(path);
    if (!is_file(main)) {
        auto reader = ByteReader::open(path);
        if (!reader) return reader.error();
        return SourceFiles{.path = path, .parts = {{path, main.filename().string()}}};
    }
    const fs::path folder = main.has_parent_path() ? main.parent_path() : fs::path(".");
    const DiskTree disk;
    SourceFiles out = gather(disk, folder / main.filename(), disk.names(folder));
    out.path = canonical_path(out.path);
    return out;
}

Result<std::vector<SourceFiles>> sources_in_folder(const std::string& path) {
    std::error_code failed;
    std::map<fs::path, std::vector<std::string>> folders;
    fs::recursive_directory_iterator it(path, fs::directory_options::skip_permission_denied, failed);
    if (failed) return Error{"file.not_readable", {path, failed.message()}, {}};
    for (const fs::recursive_directory_iterator last; it != last; it.increment(failed)) {
        if (failed) return Error{"file.not_readable", {path, failed.message()}, {}};
        const std::string name = it->path().filename().string();
        const bool hidden = name.starts_with('.');
        if (hidden) it.disable_recursion_pending();
        if (!hidden && is_file(it->path())) folders[it->path().parent_path()].push_back(name);
    }
    const DiskTree disk;
    std::set<std::string> taken;
    std::vector<SourceFiles> out;
    for (auto& [folder, names] : folders) {
        std::erase_if(names, [](const std::string& name) { return !is_run_file(name); });
        gather_folder(disk, folder, std::move(names), taken, out);
    }
    drop_companions(out);
    for (SourceFiles& source : out)
        source.path = canonical_path(source.path);
    if (out.empty()) return Error{"file.directory_empty", {path}, {}};
    std::ranges::sort(out, {}, &SourceFiles::path);
    return out;
}

std::vector<std::vector<std::size_t>> sources_in_archive(std::span<const std::string> names,
                                                         const HeadOf& head_of) {
    const ArchiveTree archive(names, head_of);
    const bool some = std::ranges::any_of(
        names, [](const std::string& name) { return is_run_file(fs::path(name).filename().string()); });
    std::set<std::string> taken;
    std::vector<SourceFiles> sources;
    for (const auto& [folder, members] : archive.folders()) {
        std::vector<std::string> here = archive.names(folder);
        if (some) std::erase_if(here, [](const std::string& name) { return !is_run_file(name); });
        gather_folder(archive, folder, std::move(here), taken, sources);
    }
    drop_companions(sources);
    std::vector<std::vector<std::size_t>> out;
    for (const SourceFiles& source : sources) {
        auto& members = out.emplace_back();
        for (const SourcePart& part : source.parts) {
            if (const std::size_t* member = archive.find(part.path)) members.push_back(*member);
        }
    }
    return out;
}

} // namespace clew
