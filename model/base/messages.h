// The message table: codes of errors, notes, findings and verdicts, and the sentences that people read.
//
// A sentence says what happened to which subject, why, and the way out. `{0}`, `{1}` … take the arguments.
// app/ may install a translation. Any thread, once started.
#pragma once

#include "model/base/result.h"

#include <span>
#include <string>
#include <string_view>

namespace clew {

struct MessageEntry {
    std::string_view code;
    std::string_view text; // what happened, why; with {0} {1} …
    std::string_view hint; // what to do; may be empty
};

std::span<const MessageEntry> message_table();
const MessageEntry* find_message(std::string_view code);

// "“a.jsonl” could not be read: permission denied. Check … (a.jsonl, line 3)". Unknown codes give the code
// itself.
std::string sentence(const Error& error);
std::string sentence(std::string_view code, std::span<const std::string> args);
std::string hint(std::string_view code, std::span<const std::string> args);

} // namespace clew
