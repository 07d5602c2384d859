// A file, pipe or standard input as bytes, read in pieces of 1 MiB.
//
// Waiting for a pipe ends when `stop` is requested. Errors name the path and the system's reason. One thread
// at a time.
#pragma once

#include "importers/sources/byte_source.h"
#include "model/base/result.h"
#include "model/base/time.h"

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

namespace clew {

class ByteReader final : public ByteSource {
public:
    // A file or a pipe; folders, devices and sockets are refused ("file.not_regular"). A pipe that nobody
    // writes to is at its end.
    static Result<ByteReader> open(const std::string& path, std::stop_token stop = {});
    // Takes over an open descriptor, and closes it where `owned`.
    ByteReader(int descriptor, std::string name, bool owned, std::stop_token stop = {});
    ~ByteReader() override;
    ByteReader(ByteReader&& other) noexcept;
    ByteReader& operator=(ByteReader&& other) noexcept;

    Result<std::string_view> read() override;
    Result<std::size_t> read(std::span<char> room) override;
    [[nodiscard]] bool quiet_for(std::chrono::milliseconds time) const override;
    Result<void> seek(std::uint64_t offset) override; // files only
    // Files only: bytes from `offset` on, whatever read() does meanwhile; 0 at the end. Any thread.
    Result<std::size_t> read_at(std::uint64_t offset, std::span<char> room) const;

    [[nodiscard]] bool seekable() const override { return regular_; }
    [[nodiscard]] std::uint64_t position() const override { return position_; }
    [[nodiscard]] std::uint64_t size() const override { return size_; }
    [[nodiscard]] std::optional<std::uint64_t> content_size() const override {
        return regular_ ? std::optional(size_) : std::nullopt;
    }
    [[nodiscard]] TimeNs modified() const override { return modified_; }
    [[nodiscard]] const std::string& name() const { return name_; }

private:
    Result<void> wait() const;
    [[nodiscard]] Error failed(int code) const;

    int descriptor_ = -1;
    std::string name_;
    bool owned_ = false;
    bool regular_ = false;
    std::stop_token stop_;
    std::uint64_t position_ = 0;
    std::uint64_t size_ = 0;
    TimeNs modified_ = kNoTime;
    std::unique_ptr<char[]> buffer_;
};

} // namespace clew
