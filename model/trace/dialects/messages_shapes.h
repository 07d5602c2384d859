// Inside of messages.cpp: JSON at view time and the shapes that providers and SDKs write messages in. Each
// shape's file answers for what it knows; messages_json.cpp asks them in turn. Pure; any thread; nothing
// throws.
#pragma once

#include "model/trace/message.h"
#include "model/trace/span_detail.h"

#include <simdjson.h>

#include <cstdint>
#include <initializer_list>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace clew::messages {

using Json = nlohmann::ordered_json;
using Part = MessagePart;

// ---- JSON (messages_json.cpp)
// ----------------------------------------------------------------------------------------

// Discarded where it is no JSON, or nested deeper than anything that people read.
Json parsed(std::string_view text);
// As `parsed`, and strings that hold JSON again (twice encoded attributes) are opened.
Json opened(std::string_view json_text);
Json opened(Json value);
std::string dumped(const Json& value);

const Json* member(const Json& object, std::string_view key); // null where missing or JSON null
const Json* member(const Json& object, std::initializer_list<std::string_view> keys); // the first there is
std::string text_member(const Json& object, std::string_view key);
std::string text_member(const Json& object, std::initializer_list<std::string_view> keys);
bool says_nothing(const Json& value); // null, "", [], {}, and the words by which SDKs say "not captured"

// ---- parts
// -------------------------------------------------------------------------------------------------------------

Part text_part(std::string text);
Part reasoning_part(std::string text);
Part call_part(std::string id, std::string name, const Json* arguments);
Part result_part(std::string id, std::string name, const Json* result, bool is_error = false);
Part media_part(PartType type, std::string mime, std::string uri);
Part base64_part(std::string mime, const std::string& data);
Part unknown_part(const Json& value); // readable words, and the JSON

// One content block (or a bare string), of whatever shape; appends one part or more.
void append_parts(const Json& block, std::vector<Part>& parts);
// A message's content: text, one block, or a list of blocks.
void append_content(const Json& content, std::vector<Part>& parts);

// The shapes of one block; false where it is none of theirs.
bool genai_part(const Json& block, std::string_view type, std::vector<Part>& parts);
bool openai_part(const Json& block, std::string_view type, std::vector<Part>& parts);
bool anthropic_part(const Json& block, std::string_view type, std::vector<Part>& parts);
bool gemini_part(const Json& block, std::string_view type, std::vector<Part>& parts);
bool langchain_part(const Json& block, std::string_view type, std::vector<Part>& parts);

// ---- messages
// ------------------------------------------------------------------------------------------------------------

// Whether a value is of a message's or a conversation's shape at all, rather than some tool's or chain's
// data.
bool looks_like_messages(const Json& value);
// Whatever it is: unknown shapes become one message with a JSON part.
void append_messages(const Json& value, bool output, std::vector<Message>& messages, int depth = 0);
// One message object; false where it is none.
bool append_message(const Json& value, bool output, std::vector<Message>& messages);

bool openai_message(const Json& value, bool output, std::vector<Message>& messages); // chat, Responses items
bool langchain_message(const Json& value, bool output,
                       std::vector<Message>& messages); // {"type":"human"}, {"lc":1}
bool openai_envelope(const Json& value, bool output, std::vector<Message>& messages, int depth);
bool gemini_envelope(const Json& value, bool output, std::vector<Message>& messages, int depth);
bool langchain_envelope(const Json& value, bool output, std::vector<Message>& messages, int depth);
bool anthropic_envelope(const Json& value, bool output, std::vector<Message>& messages);

// tool_calls of an OpenAI or LangChain message.
void append_tool_calls(const Json& calls, std::vector<Part>& parts);

void append_tools(const Json& value, std::vector<ToolDefinition>& tools);

// ---- one span's attributes
// -----------------------------------------------------------------------------------------------

// An OTLP/JSON attribute array, read on demand. Views into a document that its Payload owns.
class Attributes {
public:
    Attributes() = default;
    explicit Attributes(const simdjson::dom::element& array);
    [[nodiscard]] bool has(std::string_view key) const { return index_.contains(key); }
    [[nodiscard]] Json plain(std::string_view key) const;       // as it stands; discarded where missing
    [[nodiscard]] Json value(std::string_view key) const;       // opened; discarded where missing
    [[nodiscard]] std::string text(std::string_view key) const; // of a string; else its JSON; else ""
    // "prefix.N.rest" → N → rest → value, in order of N.
    using Indexed = std::map<std::uint64_t, std::vector<std::pair<std::string_view, Json>>>;
    [[nodiscard]] Indexed indexed(std::string_view prefix) const;
    [[nodiscard]] const std::map<std::string_view, simdjson::dom::element>& all() const { return index_; }

private:
    std::map<std::string_view, simdjson::dom::element> index_;
};

struct SpanEvent {
    std::string_view name;
    Attributes attributes;
};

// One span's attributes and events, parsed once.
class Payload : public Attributes {
public:
    explicit Payload(const SpanDetail& span);
    Payload(const Payload&) = delete;
    Payload& operator=(const Payload&) = delete;

    const SpanDetail& span;
    std::vector<SpanEvent> events;

private:
    struct Document {
        simdjson::dom::parser parser;
        simdjson::padded_string text;
        simdjson::dom::element root;
        bool read(std::string_view json);
    };
    Document attributes_document_, events_document_;
};

// Messages that stand in indexed flat keys: gen_ai.prompt.0.role …, llm.input_messages.0.message.role …
std::vector<Message> flat_messages(const Payload& payload, std::string_view prefix, bool output);
std::vector<Message> openinference_messages(const Payload& payload, std::string_view prefix, bool output);

struct EventMessages {
    std::vector<Message> input, output;
    std::vector<Message> system;
};
EventMessages event_messages(const std::vector<SpanEvent>& events);
// The same events as a JSON list in an attribute (Pydantic AI, version 1).
EventMessages listed_events(const Json& list);

bool claude_code_conversation(const Payload& payload, Conversation& out); // false where it is none

} // namespace clew::messages
