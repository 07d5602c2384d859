#include "app/user_folder.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

namespace clew::app {

namespace fs = std::filesystem;

fs::path user_folder() {
    const char* data = std::getenv("XDG_DATA_HOME");
    const char* home = std::getenv("HOME");
    const fs::path base = data && *data ? fs::path(data) : fs::path(home ? home : ".") / ".local" / "share";
    return base / "clew";
}

std::string read_user_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return in ? std::string(std::istreambuf_iterator<char>(in), {}) : std::string();
}

Result<void> keep_user_file(const fs::path& path, std::string_view text) {
    std::error_code failed;
    if (text.empty()) {
        fs::remove(path, failed);
        return failed ? Result<void>(Error{"store.io", {path.string(), failed.message()}, {}})
                      : Result<void>();
    }
    fs::create_directories(path.parent_path(), failed);
    fs::path part = path;
    part += "." + std::to_string(::getpid()) + ".part";
    {
        std::ofstream out(part, std::ios::binary | std::ios::trunc);
        out.write(text.data(), static_cast<std::streamsize>(text.size()));
        if (!out.flush()) {
            fs::remove(part, failed);
            return Error{"store.io", {path.string(), "it could not be written"}, {}};
        }
    }
    fs::rename(part, path, failed);
    if (failed) return Error{"store.io", {path.string(), failed.message()}, {}};
    return {};
}

} // namespace clew::app
