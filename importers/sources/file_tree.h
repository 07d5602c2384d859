// Where the files of a source stand: on a disk, or in an archive. Any thread.
#pragma once

#include "importers/sources/folder.h"

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace clew {

class FileTree {
public:
    virtual ~FileTree() = default;
    // Names of the files in a folder, sorted; empty where it cannot be read.
    [[nodiscard]] virtual std::vector<std::string> names(const std::filesystem::path& folder) const = 0;
    [[nodiscard]] virtual bool has(const std::filesystem::path& file) const = 0;
    [[nodiscard]] virtual std::string head(const std::filesystem::path& file) const = 0; // its first bytes
};

class DiskTree final : public FileTree {
public:
    [[nodiscard]] std::vector<std::string> names(const std::filesystem::path& folder) const override;
    [[nodiscard]] bool has(const std::filesystem::path& file) const override;
    [[nodiscard]] std::string head(const std::filesystem::path& file) const override;
};

class ArchiveTree final : public FileTree {
public:
    // `head_of` lives as long as this.
    ArchiveTree(std::span<const std::string> names, const HeadOf& head_of);
    using Folder = std::map<std::string, std::size_t>; // name → member
    [[nodiscard]] const std::map<std::filesystem::path, Folder>& folders() const { return folders_; }
    [[nodiscard]] const std::size_t* find(const std::filesystem::path& file) const;
    [[nodiscard]] std::vector<std::string> names(const std::filesystem::path& folder) const override;
    [[nodiscard]] bool has(const std::filesystem::path& file) const override;
    [[nodiscard]] std::string head(const std::filesystem::path& file) const override;

private:
    const HeadOf& head_of_;
    std::map<std::filesystem::path, Folder> folders_;
};

bool is_file(const std::filesystem::path& path);

} // namespace clew
