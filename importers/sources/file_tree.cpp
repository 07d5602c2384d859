#include "importers/sources/file_tree.h"

#include "importers/sources/file.h"

#include <algorithm>
#include <system_error>

namespace clew {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}

std::vector<std::string> DiskTree::names(const fs::path& folder) const {
    std::vector<std::string> out;
    std::error_code failed;
    for (fs::directory_iterator it(folder, failed), last; !failed && it != last; it.increment(failed)) {
        if (is_file(it->path())) out.push_back(it->path().filename().string());
    }
    std::ranges::sort(out);
    return out;
}

bool DiskTree::has(const fs::path& file) const {
    return is_file(file);
}

std::string DiskTree::head(const fs::path& file) const {
    auto reader = ByteReader::open(file.string());
    if (!reader) return {};
    auto bytes = reader->read();
    return bytes ? std::string(*bytes) : std::string();
}

ArchiveTree::ArchiveTree(std::span<const std::string> names, const HeadOf& head_of)
    : head_of_(head_of) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        const fs::path path(names[i]);
        folders_[path.parent_path()][path.filename().string()] = i;
    }
}

const std::size_t* ArchiveTree::find(const fs::path& file) const {
    const auto folder = folders_.find(file.parent_path());
    if (folder == folders_.end()) return nullptr;
    const auto member = folder->second.find(file.filename().string());
    return member == folder->second.end() ? nullptr : &member->second;
}

std::vector<std::string> ArchiveTree::names(const fs::path& folder) const {
    std::vector<std::string> out;
    if (const auto found = folders_.find(folder); found != folders_.end()) {
        for (const auto& [name, member] : found->second)
            out.push_back(name);
    }
    return out;
}

bool ArchiveTree::has(const fs::path& file) const {
    return find(file) != nullptr;
}

std::string ArchiveTree::head(const fs::path& file) const {
    const std::size_t* member = find(file);
    return member == nullptr ? std::string() : head_of_(*member);
}

} // namespace clew
