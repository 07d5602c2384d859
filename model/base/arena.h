// A bump allocator for the short strings that a batch of spans needs beside its input block. One thread at a
// time; freed as a whole.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace clew {

class Arena {
public:
    explicit Arena(std::size_t chunk_bytes = 64 * 1024)
        : chunk_bytes_(chunk_bytes) {}

    // A copy of `text` that lives as long as the arena.
    std::string_view copy(std::string_view text) {
        if (text.empty()) return {};
        char* to = allocate(text.size());
        std::memcpy(to, text.data(), text.size());
        return {to, text.size()};
    }

    char* allocate(std::size_t bytes) {
        if (bytes > left_) {
            const std::size_t size = std::max(bytes, chunk_bytes_);
            chunks_.push_back(std::make_unique_for_overwrite<char[]>(size));
            next_ = chunks_.back().get();
            left_ = size;
        }
        char* out = next_;
        next_ += bytes;
        left_ -= bytes;
        used_ += bytes;
        return out;
    }

    [[nodiscard]] std::size_t used() const { return used_; }

private:
    std::size_t chunk_bytes_;
    std::vector<std::unique_ptr<char[]>> chunks_;
    char* next_ = nullptr;
    std::size_t left_ = 0;
    std::size_t used_ = 0;
};

} // namespace clew
