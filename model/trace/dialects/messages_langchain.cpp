// LangChain: messages by type, serialized constructors ({"lc":1,…}), generations.
#include "model/trace/dialects/messages_shapes.h"

namespace clew::messages {

namespace {

// "human", "HumanMessage", "HumanMessageChunk" → user
std::string role_of(std::string_view type) {
    if (type.ends_with("Chunk")) type.remove_suffix(5);
    if (type == "human" || type == "HumanMessage") return "user";
    if (type == "ai" || type == "AIMessage") return "assistant";
    if (type == "system" || type == "SystemMessage") return "system";
    if (type == "tool" || type == "ToolMessage" || type == "FunctionMessage") return "tool";
    if (type == "chat" || type == "ChatMessage") return "chat";
    return {};
}

const Json* generation_message(const Json& generation) {
    const Json* message = member(generation, "message");
    return message != nullptr && message->is_object() ? message : nullptr;
}

} // namespace

bool langchain_part(const Json& block, std::string_view type, std::vector<Part>& parts) {
    if (type != "non_standard") return false;
    const Json* value = member(block, "value");
    parts.push_back(unknown_part(value == nullptr ? block : *value));
    return true;
}

bool langchain_message(const Json& value, bool output, std::vector<Message>& messages) {
    std::string type = text_member(value, "type");
    const Json* fields = &value;
    if (value.contains("lc") ||
        type == "constructor") { // {"lc":1,"type":"constructor","id":[…,"HumanMessage"],"kwargs":{…}}
        const Json* id = member(value, "id");
        if (id == nullptr || !id->is_array() || id->empty() || !id->back().is_string()) return false;
        type = id->back().get<std::string>();
        fields = member(value, "kwargs");
    } else if (const Json* data = member(value, "data");
               data != nullptr && data->is_object() && data->contains("content")) {
        fields = data;
    }
    if (fields == nullptr || value.contains("role")) return false;
    const std::string role = role_of(type);
    if (role.empty() || (!fields->contains("content") && !fields->contains("tool_calls"))) return false;
    Json plain = Json::object();
    for (const std::string_view key :
         {"content", "tool_calls", "additional_kwargs", "tool_call_id", "status", "name"})
        if (const Json* field = member(*fields, key)) plain[std::string(key)] = *field;
    const std::string stated = text_member(*fields, "role");
    plain["role"] = role == "chat" ? (stated.empty() ? std::string("user") : stated) : role;
    if (const Json* about = member(*fields, "response_metadata"))
        if (const auto reason = text_member(*about, {"finish_reason", "stop_reason"}); !reason.empty())
            plain["finish_reason"] = reason;
    if (const Json* calls = member(plain, "tool_calls"); calls != nullptr && says_nothing(*calls))
        plain.erase("tool_calls");
    return openai_message(plain, output, messages);
}

// {"generations":[[{"text":…,"message":{…},"generation_info":{…}}]]}
bool langchain_envelope(const Json& value, bool output, std::vector<Message>& messages, int depth) {
    const Json* generations = member(value, "generations");
    if (generations == nullptr || !generations->is_array() || depth > 4) return false;
    const auto each = [&](const Json& generation) {
        const std::size_t before = messages.size();
        const Json* message = generation_message(generation);
        if (message == nullptr || !append_message(*message, output, messages)) {
            if (const auto text = text_member(generation, "text"); !text.empty())
                append_messages(Json(text), output, messages, depth + 1);
            else
                append_messages(generation, output, messages, depth + 1);
        }
        if (const Json* info = member(generation, "generation_info");
            info != nullptr && messages.size() > before && messages.back().finish_reason.empty())
            messages.back().finish_reason = text_member(*info, {"finish_reason", "stop_reason"});
    };
    for (const Json& element : *generations) {
        if (element.is_array())
            for (const Json& generation : element)
                each(generation);
        else
            each(element);
    }
    return true;
}

} // namespace clew::messages
