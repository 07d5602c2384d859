// JSON helpers of the message shapes, and the shapes in turn.
#include "model/base/text.h"
#include "model/trace/dialects/json_repair.h"
#include "model/trace/dialects/messages.h"
#include "model/trace/dialects/messages_shapes.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace clew::messages {

namespace {

constexpr int kDeepest = 200; // copying and printing JSON recurses

bool too_deep(std::string_view text) {
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') {
            for (++i; i < text.size() && text[i] != '"'; ++i)
                if (text[i] == '\\') ++i;
        } else if (c == '{' || c == '[') {
            if (++depth > kDeepest) return true;
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return false;
}

bool could_hold_json(std::string_view text) {
    const std::string_view inner = trimmed(text);
    return inner.size() >= 2 &&
           ((inner.front() == '{' && inner.back() == '}') || (inner.front() == '[' && inner.back() == ']') ||
            (inner.front() == '"' && inner.back() == '"'));
}

} // namespace

Json parsed(std::string_view text) {
    Json discarded = Json::value_t::discarded;
    if (too_deep(text)) return discarded;
    Json value = Json::parse(text, nullptr, false);
    if (value.is_discarded() && text.find("\\u") != std::string_view::npos)
        value = Json::parse(with_valid_escapes(text), nullptr, false);
    return value;
}

Json opened(Json value) {
    for (int i = 0; i < 3 && value.is_string(); ++i) {
        const std::string& text = value.get_ref<const std::string&>();
        if (!could_hold_json(text)) break;
        Json inner = parsed(text);
        if (inner.is_discarded()) break;
        value = std::move(inner);
    }
    return value;
}

Json opened(std::string_view json_text) {
    return opened(parsed(json_text));
}

std::string dumped(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

const Json* member(const Json& object, std::string_view key) {
    if (!object.is_object()) return nullptr;
    const auto it = object.find(key);
    return it == object.end() || it->is_null() ? nullptr : &*it;
}

const Json* member(const Json& object, std::initializer_list<std::string_view> keys) {
    for (const auto key : keys)
        if (const Json* found = member(object, key)) return found;
    return nullptr;
}

std::string text_member(const Json& object, std::string_view key) {
    const Json* found = member(object, key);
    if (found == nullptr) return {};
    return found->is_string()      ? found->get<std::string>()
           : found->is_primitive() ? dumped(*found)
                                   : std::string{};
}

std::string text_member(const Json& object, std::initializer_list<std::string_view> keys) {
    for (const auto key : keys)
        if (auto found = text_member(object, key); !found.empty()) return found;
    return {};
}

bool says_nothing(const Json& value) {
    constexpr std::array<std::string_view, 5> kAbsent = {"<REDACTED>", "<not specified>",
                                                         "<not serializable>", "N/A", "[REDACTED]"};
    if (value.is_discarded() || value.is_null()) return true;
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        return text.empty() || std::ranges::find(kAbsent, text) != kAbsent.end();
    }
    return (value.is_array() || value.is_object()) && value.empty();
}

Part text_part(std::string text) {
    Part part;
    part.text = std::move(text);
    return part;
}

Part reasoning_part(std::string text) {
    Part part = text_part(std::move(text));
    part.type = PartType::reasoning;
    return part;
}

Part call_part(std::string id, std::string name, const Json* arguments) {
    Part part;
    part.type = PartType::tool_call;
    part.tool_call_id = std::move(id);
    part.tool_name = std::move(name);
    if (arguments == nullptr) return part;
    // Arguments are an object, or a string that holds one; what does not parse stays a string.
    const Json value = opened(*arguments);
    part.json =
        value.is_string() && value.get_ref<const std::string&>().empty() ? std::string{} : dumped(value);
    return part;
}

Part result_part(std::string id, std::string name, const Json* result, bool is_error) {
    Part part;
    part.type = PartType::tool_result;
    part.tool_call_id = std::move(id);
    part.tool_name = std::move(name);
    part.is_error = is_error;
    if (result == nullptr) return part;
    const Json value = opened(*result);
    if (value.is_string()) {
        part.text = value.get<std::string>();
        return part;
    }
    part.json = dumped(value);
    if (!value.is_array()) return part;
    std::vector<Part> inner; // text blocks read as text
    for (const Json& block : value) {
        if (!block.is_object() || !block.contains("type")) return part;
        append_parts(block, inner);
    }
    for (const Part& p : inner) {
        if (p.type != PartType::text) continue;
        if (!part.text.empty()) part.text += '\n';
        part.text += p.text;
    }
    if (std::ranges::all_of(inner, [](const Part& p) { return p.type == PartType::text; })) part.json.clear();
    return part;
}

Part media_part(PartType type, std::string mime, std::string uri) {
    Part part;
    part.type = type;
    part.mime = std::move(mime);
    part.uri = std::move(uri);
    if (part.mime.empty() && part.uri.starts_with("data:"))
        part.mime = part.uri.substr(5, part.uri.find_first_of(";,") - 5);
    return part;
}

Part base64_part(std::string mime, const std::string& data) {
    const bool image = mime.empty() || mime.starts_with("image/");
    if (data.starts_with("data:") || data.starts_with("http")) {
        return media_part(image ? PartType::image : PartType::file, std::move(mime), data);
    }
    std::string uri = "data:" + (mime.empty() ? std::string("image/png") : mime) + ";base64," + data;
    return media_part(image ? PartType::image : PartType::file, std::move(mime), std::move(uri));
}

Part unknown_part(const Json& value) {
    if (value.is_string()) return text_part(value.get<std::string>());
    Part part;
    part.type = PartType::json;
    part.json = dumped(value);
    part.text = text_member(value, {"text", "content", "message", "value", "output", "input"});
    return part;
}

void append_parts(const Json& block, std::vector<Part>& parts) {
    if (block.is_null() || block.is_discarded()) return;
    if (block.is_string()) {
        parts.push_back(text_part(block.get<std::string>()));
        return;
    }
    if (block.is_object()) {
        const std::string type = text_member(block, "type");
        if (genai_part(block, type, parts) || anthropic_part(block, type, parts) ||
            openai_part(block, type, parts) || langchain_part(block, type, parts) ||
            gemini_part(block, type, parts))
            return;
    }
    parts.push_back(unknown_part(block));
}

void append_content(const Json& content, std::vector<Part>& parts) {
    if (content.is_array()) {
        for (const Json& block : content)
            append_parts(block, parts);
    } else if (!(content.is_string() && content.get_ref<const std::string&>().empty())) {
        append_parts(content, parts);
    }
}

bool append_message(const Json& value, bool output, std::vector<Message>& messages) {
    return value.is_object() &&
           (langchain_message(value, output, messages) || openai_message(value, output, messages));
}

namespace {

constexpr int kNested = 6;

void append_one_message(std::vector<Part> parts, bool output, std::vector<Message>& messages) {
    Message message;
    message.role = output ? "assistant" : "user";
    message.output = output;
    message.parts = std::move(parts);
    if (!message.parts.empty()) messages.push_back(std::move(message));
}

bool append_known(const Json& value, bool output, std::vector<Message>& messages, int depth) {
    return openai_envelope(value, output, messages, depth) ||
           gemini_envelope(value, output, messages, depth) ||
           langchain_envelope(value, output, messages, depth) ||
           anthropic_envelope(value, output, messages) || append_message(value, output, messages);
}

} // namespace

// By the members alone: this is asked often, and must not walk into the value.
bool looks_like_messages(const Json& value) {
    if (value.is_array())
        return !value.empty() && std::ranges::all_of(value, [](const Json& element) {
            const Json& one = element.is_array() && !element.empty() ? element.front() : element;
            return one.is_object() && looks_like_messages(one);
        });
    if (!value.is_object()) return false;
    if (const Json* role = member(value, "role"))
        return role->is_string() &&
               (value.contains("content") || value.contains("parts") || value.contains("tool_calls"));
    for (const std::string_view list : {"messages", "choices", "contents", "candidates", "generations"})
        if (const Json* found = member(value, list)) return found->is_array() && !found->empty();
    if (value.contains("lc")) return value.contains("kwargs");
    const std::string type = text_member(value, "type");
    if (type == "human" || type == "ai" || type == "system" || type == "tool")
        return value.contains("content") || value.contains("data");
    if (type == "function_call" || type == "function_call_output") return value.contains("call_id");
    const Json* message = member(value, "message");
    return message != nullptr && message->is_object() && message->contains("role");
}

void append_messages(const Json& value, bool output, std::vector<Message>& messages, int depth) {
    if (says_nothing(value)) return;
    std::vector<Part> parts; // blocks and strings that stand without a message around them
    const auto flush = [&] {
        append_one_message(std::move(parts), output, messages);
        parts.clear();
    };
    if (value.is_array() && depth < kNested) {
        for (const Json& element : value) {
            if (element.is_array()) {
                flush();
                append_messages(element, output, messages, depth + 1);
            } else if (parts.empty()) { // straight in: items of one answer join the message before them
                if (!append_known(element, output, messages, depth + 1)) append_parts(element, parts);
            } else if (std::vector<Message> known; append_known(element, output, known, depth + 1)) {
                flush();
                std::ranges::move(known, std::back_inserter(messages));
            } else {
                append_parts(element, parts);
            }
        }
        flush();
        return;
    }
    if (value.is_object() && append_known(value, output, messages, depth)) return;
    append_content(value, parts);
    flush();
}

} // namespace clew::messages

namespace clew {

std::vector<Message> messages_from_json(std::string_view json, bool output) {
    using namespace messages;
    std::vector<Message> out;
    const Json value = opened(json);
    if (!value.is_discarded())
        append_messages(value, output, out);
    else if (!trimmed(json).empty())
        append_messages(Json(to_utf8(json)), output, out);
    return out;
}

} // namespace clew
