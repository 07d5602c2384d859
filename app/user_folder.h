// Where the user's own data is kept: XDG_DATA_HOME/clew, else ~/.local/share/clew. Any thread.
#pragma once

#include "model/base/result.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace clew::app {

std::filesystem::path user_folder();

std::string read_user_file(const std::filesystem::path& path); // "" where there is none
// Whole or not at all: another program may be reading it. "" takes the file away. Makes the folder.
Result<void> keep_user_file(const std::filesystem::path& path, std::string_view text);

} // namespace clew::app
