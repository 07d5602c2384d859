#include "model/base/messages.h"

#include <algorithm>
#include <array>

namespace clew {

namespace {

// One line per code, in alphabetical order within its area.
constexpr std::array kTable = {
    // files and containers
    MessageEntry{"file.changed", "“{0}” was rewritten since it was last read; its earlier spans were replaced.", ""},
    MessageEntry{"file.directory_empty", "“{0}” holds no file that could be read.", "Choose a folder that holds run files."},
    MessageEntry{"file.empty", "“{0}” is empty.", "Choose a file that an agent or an SDK has written to."},
    MessageEntry{"file.not_found", "“{0}” was not found.", "Check the path and try again."},
    MessageEntry{"file.not_readable", "“{0}” could not be read: {1}.", "Check the permissions of the file."},
    MessageEntry{"file.not_writable", "“{0}” could not be written: {1}.", "Choose another place or free some space."},
    MessageEntry{"file.not_regular", "“{0}” is neither a file nor a folder.", "Choose a file or a folder."},
    MessageEntry{"container.bad_gzip", "The gzip data of “{0}” is damaged at byte {1}.", "What came before it was kept."},
    MessageEntry{"container.bad_zstd", "The zstd data of “{0}” is damaged at byte {1}: {2}.", "What came before it was kept."},
    MessageEntry{"container.unsupported", "“{0}” is a {1} archive, which Clew does not read.", "Unpack it first."},
    // formats
    MessageEntry{"format.sqlite", "“{0}” is an SQLite database, not a run file.", "Export its traces as JSON Lines first."},
    MessageEntry{"format.parquet", "“{0}” is a Parquet file, which Clew does not read.", "Export it as JSON Lines first."},
    MessageEntry{"format.unknown", "“{0}” is in no format that Clew knows: {1}.", "Name the format with --format, or see “clew doctor” for the formats."},
    MessageEntry{"format.unknown_name", "There is no format named “{0}”. Known: {1}.", "Use one of these names."},
    MessageEntry{"format.nothing_read", "Nothing could be read from “{0}”: {1}.", "Check that the file is whole and of the format that its name says."},
    // generic
    MessageEntry{"cancelled", "Cancelled.", ""},
    MessageEntry{"usage", "{0}", "See “clew --help”."},
};

void fill(std::string& out, std::string_view text, std::span<const std::string> args) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '{' && i + 2 < text.size() && text[i + 2] == '}' && text[i + 1] >= '0' && text[i + 1] <= '9') {
            const auto n = static_cast<std::size_t>(text[i + 1] - '0');
            if (n < args.size()) out += args[n];
            i += 2;
        } else {
            out += text[i];
        }
    }
}

} // namespace

std::span<const MessageEntry> message_table() { return kTable; }

const MessageEntry* find_message(std::string_view code) {
    const auto it = std::ranges::find(kTable, code, &MessageEntry::code);
    return it == kTable.end() ? nullptr : &*it;
}

std::string sentence(std::string_view code, std::span<const std::string> args) {
    std::string out;
    if (const auto* entry = find_message(code)) {
        fill(out, entry->text, args);
    } else {
        out = code;
        for (const auto& arg : args) (out += ' ') += arg;
    }
    return out;
}

std::string hint(std::string_view code, std::span<const std::string> args) {
    std::string out;
    if (const auto* entry = find_message(code)) fill(out, entry->hint, args);
    return out;
}

std::string sentence(const Error& error) {
    std::string out = sentence(error.code, error.args);
    if (!error.where.empty()) ((out += " (") += error.where) += ")";
    if (const std::string way_out = hint(error.code, error.args); !way_out.empty()) (out += ' ') += way_out;
    return out;
}

} // namespace clew
