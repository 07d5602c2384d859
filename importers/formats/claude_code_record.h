// One line of a Claude Code session file, or of `claude -p --output-format stream-json`, as the fields that
// spans are built from. Views live as long as the parsed document. One thread at a time.
#pragma once

#include "importers/support/json_values.h"
#include "model/base/money.h"
#include "model/base/time.h"
#include "model/trace/span.h"

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace clew::claude_code {

using Json = simdjson::dom::element;

struct Record {
    std::string_view raw; // the whole line
    simdjson::dom::object object;

    std::string_view type, subtype, uuid, parent, session, timestamp;
    TimeNs time = kNoTime;
    bool sidechain = false;
    bool meta = false;            // written by the program, not by the user
    bool compact_summary = false; // what a compaction left of the history
    bool stream = false;          // of stream-json: no times, no parents

    std::string_view agent_id;
    std::string_view parent_tool; // the tool call whose subagent wrote this
    std::string_view about;       // uuid of the record that this one is about (leafUuid, messageId)
    std::string_view request_id;
    std::string_view source_record; // uuid of the assistant line that a tool result answers
    std::string_view source_tool;

    bool has_message = false;
    std::string_view message_id, model, stop_reason;
    std::optional<Json> content; // of the message: text or an array of blocks
    Usage usage;                 // canonical: input includes cached input
    std::optional<PicoUsd> cost;
};

// nullopt where the line is JSON but no object.
std::optional<Record> read_record(std::string_view raw, const Json& line);

using json::flag_of;
using json::integer_of;
using json::object_of;
using json::text_of;

// {input_tokens, cache_read_input_tokens, …}, where input excludes the cache, in the canonical convention.
Usage usage_of(const simdjson::dom::object& usage);

// The readable text of a message's or a tool result's content: the string, or its text blocks, at most
// `max_bytes`.
std::string plain_text(const Json& content, std::size_t max_bytes);

// What a tool was called with, in a few words: the command, the file, the pattern. One line.
std::string main_argument(const Json& input);

// Whether a block of the content answers a tool call.
bool is_tool_result(const Json& content);

} // namespace clew::claude_code
