// Where a part's bytes come from: a file, a pipe, or a member of an archive. One thread at a time.
#pragma once

#include "model/base/result.h"
#include "model/base/time.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace clew {

class ByteSource {
public:
    virtual ~ByteSource() = default;

    // The next bytes, valid until the next call; empty at the end. An error is given again by later calls; a
    // stop gives "cancelled".
    virtual Result<std::string_view> read() = 0;
    // The same into `room`: how many bytes came, 0 at the end.
    virtual Result<std::size_t> read(std::span<char> room) = 0;
    // Waits up to `time` for something to read; true where nothing came. Only pipes ever are.
    [[nodiscard]] virtual bool quiet_for(std::chrono::milliseconds) const { return false; }
    // Where seekable(): the next read() starts at this byte.
    virtual Result<void> seek(std::uint64_t offset) = 0;
    [[nodiscard]] virtual bool seekable() const = 0;

    [[nodiscard]] virtual std::uint64_t position() const = 0; // stored bytes taken so far
    [[nodiscard]] virtual std::uint64_t size() const = 0;     // stored bytes; 0 for pipes
    // What read() gives in all, where that is known.
    [[nodiscard]] virtual std::optional<std::uint64_t> content_size() const = 0;
    [[nodiscard]] virtual TimeNs modified() const = 0;
};

} // namespace clew
