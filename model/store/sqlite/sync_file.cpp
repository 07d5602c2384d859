#include "model/store/sqlite/sync_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace clew {

Result<void> sync_file(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (file < 0) {
        if (errno == ENOENT) return {};
        return Error{"store.io", {path, std::strerror(errno)}, {}};
    }
    const int failed = ::fdatasync(file) == 0 ? 0 : errno;
    ::close(file);
    if (failed != 0) return Error{"store.io", {path, std::strerror(failed)}, {}};
    return {};
}

} // namespace clew
