// A conversation as people read it, whatever shape the provider or the SDK wrote it in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace clew {

enum class PartType : std::uint8_t { text, reasoning, tool_call, tool_result, image, file, json };

struct MessagePart { // importer.h has its own Part: one piece of a source
    PartType type = PartType::text;
    std::string text;         // text and reasoning; a caption of others
    std::string json;         // arguments, result or an unknown shape, as JSON text
    std::string tool_call_id; // calls and results
    std::string tool_name;
    std::string mime;      // images and files
    std::string uri;       // data: or other address of an image or a file
    bool is_error = false; // results
};

struct Message {
    std::string role; // system, user, assistant, tool, or the source's own word
    std::string name;
    std::string finish_reason;
    std::vector<MessagePart> parts;
    bool output = false; // written by this call; the rest was its input
};

struct ToolDefinition {
    std::string name;
    std::string description;
    std::string parameters_json;
};

struct Conversation {
    std::vector<Message> messages;
    std::vector<ToolDefinition> tools;
    std::string input_json;  // what went in, where it is no conversation (tool arguments, a chain's input)
    std::string output_json; // likewise; plain text is a JSON string
    bool content_missing = false; // the client did not capture content
};

} // namespace clew
