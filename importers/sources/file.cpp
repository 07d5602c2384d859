#include "importers/sources/file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

namespace clew {

namespace {

constexpr std::size_t kReadPiece = 1024 * 1024;
constexpr int kWaitMs = 100; // between looks at the stop token

std::string reason(int code) {
    return std::generic_category().message(code);
}

} // namespace

Result<ByteReader> ByteReader::open(const std::string& path, std::stop_token stop) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) {
        const int code = errno;
        if (code == ENOENT || code == ENOTDIR) return Error{"file.not_found", {path}, {}};
        return Error{"file.not_readable", {path, reason(code)}, {}};
    }
    if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode)) return Error{"file.not_regular", {path}, {}};
    // A pipe without a writer must not hold us up here.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        const int code = errno;
        if (code == ENOENT) return Error{"file.not_found", {path}, {}};
        return Error{"file.not_readable", {path, reason(code)}, {}};
    }
    return ByteReader(descriptor, path, true, std::move(stop));
}

ByteReader::ByteReader(int descriptor, std::string name, bool owned, std::stop_token stop)
    : descriptor_(descriptor)
    , name_(std::move(name))
    , owned_(owned)
    , stop_(std::move(stop))
    , buffer_(std::make_unique_for_overwrite<char[]>(kReadPiece)) {
    struct stat info {};
    if (::fstat(descriptor_, &info) != 0 || !S_ISREG(info.st_mode)) return;
    regular_ = true;
    size_ = static_cast<std::uint64_t>(info.st_size);
    modified_ =
        static_cast<TimeNs>(info.st_mtim.tv_sec) * kSecond + static_cast<TimeNs>(info.st_mtim.tv_nsec);
#ifdef POSIX_FADV_SEQUENTIAL
    ::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_SEQUENTIAL);
#endif
}

ByteReader::~ByteReader() {
    if (owned_ && descriptor_ >= 0) ::close(descriptor_);
}

ByteReader::ByteReader(ByteReader&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1))
    , name_(std::move(other.name_))
    , owned_(std::exchange(other.owned_, false))
    , regular_(other.regular_)
    , stop_(std::move(other.stop_))
    , position_(other.position_)
    , size_(other.size_)
    , modified_(other.modified_)
    , buffer_(std::move(other.buffer_)) {
}

ByteReader& ByteReader::operator=(ByteReader&& other) noexcept {
    if (this == &other) return *this;
    this->~ByteReader();
    return *new (this) ByteReader(std::move(other));
}

Error ByteReader::failed(int code) const {
    return Error{"file.not_readable", {name_, reason(code)}, "byte " + std::to_string(position_)};
}

Result<void> ByteReader::wait() const {
    while (!stop_.stop_requested()) {
        pollfd waiting{.fd = descriptor_, .events = POLLIN, .revents = 0};
        const int ready = ::poll(&waiting, 1, kWaitMs);
        if (ready > 0) return {};
        if (ready < 0 && errno != EINTR) return failed(errno);
    }
    return Error{"cancelled", {}, {}};
}

bool ByteReader::quiet_for(std::chrono::milliseconds time) const {
    if (seekable()) return false;
    pollfd waiting{.fd = descriptor_, .events = POLLIN, .revents = 0};
    return ::poll(&waiting, 1, static_cast<int>(time.count())) == 0;
}

Result<std::string_view> ByteReader::read() {
    auto got = read({buffer_.get(), kReadPiece});
    if (!got) return got.error();
    return std::string_view(buffer_.get(), *got);
}

Result<std::size_t> ByteReader::read(std::span<char> room) {
    // Pipes that we opened do not block, and only a look at them tells that nobody writes. Other descriptors
    // may block.
    bool must_wait = !regular_ && !owned_;
    for (;;) {
        if (stop_.stop_requested()) return Error{"cancelled", {}, {}};
        if (must_wait) {
            if (auto ready = wait(); !ready) return ready.error();
        }
        const ssize_t got = ::read(descriptor_, room.data(), room.size());
        if (got >= 0) {
            position_ += static_cast<std::uint64_t>(got);
            return static_cast<std::size_t>(got);
        }
        if (errno != EINTR && errno != EAGAIN) return failed(errno);
        must_wait = !regular_;
    }
}

Result<void> ByteReader::seek(std::uint64_t offset) {
    if (::lseek(descriptor_, static_cast<off_t>(offset), SEEK_SET) < 0) return failed(errno);
    position_ = offset;
    return {};
}

Result<std::size_t> ByteReader::read_at(std::uint64_t offset, std::span<char> room) const {
    for (;;) {
        if (stop_.stop_requested()) return Error{"cancelled", {}, {}};
        const ssize_t got = ::pread(descriptor_, room.data(), room.size(), static_cast<off_t>(offset));
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno != EINTR) return failed(errno);
    }
}

} // namespace clew
