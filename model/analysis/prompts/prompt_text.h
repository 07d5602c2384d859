// What a prompt is known by where no source names its version: system prompt and tool definitions, without
// what differs from call to call. Pure; any thread; linear in the text. docs/prompts.md says what is masked.
#pragma once

#include "model/trace/message.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace clew {

struct PromptText {
    std::uint64_t hash = 0; // of the text without ids, times and white space; never 0
    std::uint64_t near = 0; // the same where only values differ (numbers, names, addresses); never 0
    std::string text;       // with marks in place of what is masked for `hash`
};

// nullopt where the call has neither a system prompt nor tools, or its content is not in the record.
std::optional<PromptText> prompt_text(const Conversation& conversation);

// Ids and times as marks, white space folded.
std::string without_ids(std::string_view text);
// Numbers, addresses, and names inside sentences as marks too: what templates fill in.
std::string without_values(std::string_view text);

} // namespace clew
