// How the prompt of a model call goes on from that of an earlier one: what is resent, what is new, what was
// changed or dropped, and where a provider's prompt cache could not go on. Pure; any thread.
//
// Prompts are compared part by part (a text, a call, a result), so that it does not matter into how many
// messages an SDK puts them.
#pragma once

#include "model/analysis/step/prompt.h"
#include "model/trace/span_detail.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clew {

// One call, ready to be compared. Shares its conversation.
struct CallPrompt {
    struct Item {
        std::uint64_t hash = 0;
        std::int32_t message = 0, part = 0;
        bool instruction = false;
        bool output = false;
        bool reasoning = false;
        std::int64_t bytes = 0;
    };
    SpanId span;
    std::shared_ptr<const Conversation> conversation;
    std::string model;
    Usage usage;
    TimeNs start = kNoTime, end = kNoTime;
    PromptComposition composition;
    std::vector<Item> items; // inputs, then outputs
    std::size_t inputs = 0;  // how many of the items are inputs
    std::vector<std::uint64_t> tools;

    // The record seems to hold only what came in since the call before: far less text than tokens, or a
    // result whose call is not there.
    [[nodiscard]] bool keeps_only_new() const;
};

CallPrompt call_prompt(const SpanDetail& span, std::shared_ptr<const Conversation> conversation);

// How far `current` goes along with `previous`; instructions and tools are left out, as every call of an
// agent has them.
struct Overlap {
    std::size_t prefix_items = 0;  // equal from the first on
    std::int64_t prefix_bytes = 0; // their text
    std::size_t items = 0;         // of the current prompt
    std::size_t shared_items = 0;  // equal anywhere
    bool whole = false;            // the whole of the previous prompt is in front
    bool with_answer = false;      // and what that call wrote behind it
};
Overlap overlap_of(const CallPrompt& previous, const CallPrompt& current);

enum class MessageChange : std::uint8_t {
    resent,  // stood in the previous prompt
    answer,  // what the previous call wrote
    changed, // stands where the previous prompt had another
    fresh,   // new in this call
    output,  // written by this call
};
std::string_view message_change_name(MessageChange change);

// Why a prompt cache could not go on; `code` is one of the message table ("step.system_changed").
struct BreakReason {
    std::string_view code;
    std::vector<std::string> args;
};

enum class CacheVerdict : std::uint8_t {
    unknown, // neither call says what was read or written
    held,
    broke,
};
std::string_view cache_verdict_name(CacheVerdict verdict);

struct PromptChange {
    std::vector<MessageChange> messages;                          // as the conversation's
    std::int64_t resent = 0, answers = 0, changed = 0, fresh = 0; // messages, instructions included
    std::int64_t dropped = 0;           // messages of the previous prompt that are gone
    PromptSize resent_size, fresh_size; // fresh: with what was changed
    bool history_known = true;          // false: the record keeps only what is new

    bool prefix_changed = false;  // the prompt differs before the previous one ends
    std::int32_t differs_at = -1; // message of the first difference; -1 = before the first message
    CacheVerdict cache = CacheVerdict::unknown;
    std::vector<BreakReason> reasons; // most telling first; empty where nothing broke
};

PromptChange compare_prompts(const CallPrompt& previous, const CallPrompt& current);

} // namespace clew
