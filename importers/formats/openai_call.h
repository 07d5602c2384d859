// One call of a model over an API of OpenAI's or Anthropic's shape: the request and response objects become a
// span. Used by every format that holds such objects (logs, streams, batches).
//
// Views live as long as the parsed documents. One thread at a time.
#pragma once

#include "importers/support/attribute_list.h"
#include "importers/support/json_values.h"
#include "importers/support/span_draft.h"

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clew::openai {

// Unmapped members are kept under this: "openai.request.…", "openai.response.…", "openai.…".
inline constexpr std::string_view kPrefix = "openai.";

enum class Shape : std::uint8_t {
    none,
    chat,       // POST /chat/completions
    completion, // POST /completions
    responses,  // POST /responses
    embeddings, // POST /embeddings
    anthropic,  // POST /messages
};

Shape shape_of_request(json::Object object);
Shape shape_of_response(json::Object object);

struct ToolCall {
    std::string id, name, arguments;
    std::string result;  // hosted tools only: as JSON or text
    std::string error;   // likewise
    bool hosted = false; // ran inside the call, on the provider's side
    bool mcp = false;    // likewise, over MCP
    std::string own_id;  // the item's own id
};

// What a call got back, as far as it matters beyond being shown.
struct Answer {
    std::vector<std::string> finish_reasons;
    std::vector<ToolCall> calls;
    std::string words; // the first ones
};

struct Call {
    std::optional<json::Object> request;
    std::optional<json::Object> response;
    std::optional<json::Element> messages; // what went in, where it stands outside a request object
    std::optional<json::Element> answer;   // what came back, where it is no response object
    std::optional<json::Element> error;
    Shape shape = Shape::none;
};

Answer answer_of(const Call& call);
// The messages, items or blocks in it.
std::optional<json::Element> output_of(const Call& call);
Usage usage_of(json::Object usage, Shape shape);
std::string_view error_text(json::Element error);

// What went into the call: messages, items, or a text.
std::optional<json::Element> input_of(const Call& call);
std::string_view model_asked_for(const Call& call);
std::string_view model_that_answered(const Call& call);
std::string_view provider_of_model(std::string_view model);

// The first words that a user wrote in it; empty where there are none.
std::string user_words(std::optional<json::Element> input, std::size_t max_bytes);

// Name, kind, columns and status of the span; ids, times and what stands around the objects are the caller's.
// `own_request`: the request object is made for it alone, so that all of its members are kept.
SpanDraft span_of(const Call& call, const Answer& answer, AttributeList& attributes, bool own_request = true);

// A parameter of a request under its GenAI name; false where there is none for it.
bool add_parameter(AttributeList& attributes, std::string_view key, json::Element value);

} // namespace clew::openai
