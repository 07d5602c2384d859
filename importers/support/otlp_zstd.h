// One zstd frame in memory. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace clew {

struct UnpackedFrame {
    std::string bytes;
    std::string_view
        trouble; // empty where the frame was whole; else what is wrong, and `bytes` is what came before
    bool too_large = false; // more than `limit`
};

bool is_zstd_frame(std::string_view bytes);
UnpackedFrame unpack_zstd_frame(std::string_view frame, std::size_t limit);

} // namespace clew
