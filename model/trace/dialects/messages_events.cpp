// Messages in span events and log events: gen_ai.user.message, gen_ai.choice, gen_ai.content.prompt, …
// (semantic conventions 1.27 to 1.41).
#include "model/trace/dialects/messages_shapes.h"

namespace clew::messages {

namespace {

// One message event, by its name and its fields.
void append_event(std::string_view name, Json fields, EventMessages& out) {
    if (name == "gen_ai.choice") {
        const Json* message = member(fields, "message");
        Json choice = message != nullptr && message->is_object() ? *message : fields;
        if (message != nullptr && message->is_string()) choice = Json{{"content", *message}};
        if (!choice.is_object()) return append_messages(choice, true, out.output);
        if (!choice.contains("tool_calls"))
            if (const Json* calls = member(fields, "tool_calls")) choice["tool_calls"] = *calls;
        if (!choice.contains("role")) choice["role"] = "assistant";
        if (const auto reason = text_member(fields, "finish_reason"); !reason.empty())
            choice["finish_reason"] = reason;
        return append_messages(choice, true, out.output);
    }
    std::string_view role = name;
    role.remove_prefix(std::string_view("gen_ai.").size());
    role.remove_suffix(std::string_view(".message").size());
    if (!fields.is_object()) fields = Json{{"content", fields}};
    if (!fields.contains("role")) fields["role"] = std::string(role);
    if (role == "tool") fields["role"] = "tool";
    append_messages(fields, false, role == "system" ? out.system : out.input);
}

bool is_message_event(std::string_view name) {
    return name == "gen_ai.choice" || (name.starts_with("gen_ai.") && name.ends_with(".message"));
}

Json fields_of(const SpanEvent& event) {
    if (Json body = event.attributes.value("body"); !says_nothing(body)) return body;
    Json fields = Json::object();
    for (const auto& [key, any] : event.attributes.all()) {
        if (key == "gen_ai.system" || key == "event.name" || key == "gen_ai.event.content") continue;
        fields[std::string(key)] =
            key == "content" ? event.attributes.plain(key) : event.attributes.value(key);
    }
    if (Json content = event.attributes.value("gen_ai.event.content"); !content.is_discarded()) {
        if (content.is_object()) return content;
        fields["content"] = std::move(content);
    }
    return fields;
}

} // namespace

EventMessages event_messages(const std::vector<SpanEvent>& events) {
    EventMessages out;
    for (const SpanEvent& event : events) {
        const auto value = [&](std::string_view key) { return event.attributes.value(key); };
        std::string name{event.name};
        if (!name.starts_with("gen_ai."))
            if (const std::string stated = event.attributes.text("event.name"); !stated.empty())
                name = stated;
        if (is_message_event(name)) {
            Json fields = fields_of(event);
            if (!says_nothing(fields)) append_event(name, std::move(fields), out);
        } else if (name == "gen_ai.content.prompt") {
            append_messages(value("gen_ai.prompt"), false, out.input);
        } else if (name == "gen_ai.content.completion") {
            append_messages(value("gen_ai.completion"), true, out.output);
        } else if (name == "gen_ai.client.inference.operation.details") {
            append_messages(value("gen_ai.input.messages"), false, out.input);
            append_messages(value("gen_ai.output.messages"), true, out.output);
            if (const Json system = value("gen_ai.system_instructions"); !says_nothing(system)) {
                Message message;
                message.role = "system";
                append_content(system, message.parts);
                out.system.push_back(std::move(message));
            }
        }
    }
    return out;
}

EventMessages listed_events(const Json& list) {
    EventMessages out;
    if (!list.is_array()) return out;
    for (const Json& element : list) {
        if (!element.is_object()) continue;
        const std::string name = text_member(element, "event.name");
        if (!is_message_event(name)) continue;
        Json fields = element;
        for (const char* own : {"event.name", "gen_ai.system", "gen_ai.message.index"})
            fields.erase(own);
        append_event(name, std::move(fields), out);
    }
    return out;
}

} // namespace clew::messages
