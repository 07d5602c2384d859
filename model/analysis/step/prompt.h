// What filled the prompt of one model call, and how large each part of it is. Pure; any thread; linear in the
// text.
//
// Sources state how many tokens went in, not which part took how many: tokens of a part are its share by
// UTF-8 bytes, an estimate whose sum is the reported input. Where far more tokens are reported than the kept
// text can be, the rest is a part of its own, `not_kept`.
#pragma once

#include "model/trace/message.h"
#include "model/trace/span_detail.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace clew {

// In the order in which a bar shows them.
enum class PromptPart : std::uint8_t {
    not_kept, // sent, but not in the record: system prompt, tools or history that a format leaves out
    system,
    tools,     // definitions
    history,   // what user and assistant said before, calls included
    reasoning, // resent
    results,   // of tools
    media,     // images and files
    user,      // the newest user message
};
inline constexpr std::size_t kPromptParts = 8;

std::string_view prompt_part_name(PromptPart part); // "not_kept", "system" …: a word for scripts

struct PromptSize {
    std::int64_t characters = 0;
    std::optional<std::int64_t> tokens; // estimate; nothing where no input tokens are reported
};

struct PromptShare {
    PromptPart part = PromptPart::system;
    PromptSize size;
    std::int64_t cached = 0;         // of its tokens, within the cached prefix; estimate
    std::int64_t pieces = 0;         // parts of messages, tool definitions; 0 = not known
    std::int32_t first_message = -1; // index of the conversation's messages; -1 = in none
};

struct PromptComposition {
    std::vector<PromptShare> shares;  // what is not empty, by PromptPart
    std::vector<PromptSize> messages; // as the conversation's; of outputs zero
    PromptSize tools;
    std::int64_t characters = 0;
    std::optional<std::int64_t> input_tokens, cache_read, cache_write; // as reported
    std::int32_t cached_until = -1; // message in which the cached prefix ends; -1 = none or unknown

    [[nodiscard]] const PromptShare* find(PromptPart part) const;
    [[nodiscard]] std::optional<double> cached_share() const; // 0 to 1
};

// The usage that a span states of its own prompt: nothing where it sums other spans, or is no model call.
Usage prompt_usage(const SpanDetail& span);

PromptComposition compose_prompt(const Conversation& conversation, const Usage& usage);

bool is_instruction(const Message& message); // system or developer

} // namespace clew
