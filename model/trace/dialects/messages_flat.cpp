// Attributes by key, and messages in indexed flat keys (OpenLLMetry: gen_ai.prompt.0.role, …).
#include "model/trace/dialects/json_repair.h"
#include "model/trace/dialects/messages_shapes.h"

#include <charconv>

namespace clew::messages {

namespace {

namespace dom = simdjson::dom;

// OTLP's AnyValue without its wrapper.
Json plain_value(const dom::element& any, int depth = 0) {
    constexpr int kDeepest = 200;
    dom::object object;
    if (any.get(object) != simdjson::SUCCESS || object.size() == 0 || depth > kDeepest) return nullptr;
    const auto field = *object.begin();
    std::string_view text;
    dom::array list;
    if (field.key == "stringValue" || field.key == "bytesValue") {
        if (field.value.get(text) == simdjson::SUCCESS) return std::string(text);
    } else if (field.key == "intValue") {
        std::int64_t number = 0;
        if (field.value.get(number) == simdjson::SUCCESS) return number;
        if (field.value.get(text) != simdjson::SUCCESS) return nullptr;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error == std::errc{} && end == text.data() + text.size()) return number;
        return std::string(text);
    } else if (field.key == "doubleValue") {
        double number = 0;
        if (field.value.get(number) == simdjson::SUCCESS) return number;
        if (field.value.get(text) == simdjson::SUCCESS) return std::string(text);
    } else if (field.key == "boolValue") {
        bool flag = false;
        if (field.value.get(flag) == simdjson::SUCCESS) return flag;
    } else if (field.key == "arrayValue") {
        Json out = Json::array();
        if (field.value["values"].get(list) == simdjson::SUCCESS)
            for (const dom::element element : list)
                out.push_back(plain_value(element, depth + 1));
        return out;
    } else if (field.key == "kvlistValue") {
        Json out = Json::object();
        if (field.value["values"].get(list) == simdjson::SUCCESS)
            for (const dom::element element : list) {
                dom::element inner;
                if (element["key"].get(text) != simdjson::SUCCESS) continue;
                out[std::string(text)] =
                    element["value"].get(inner) == simdjson::SUCCESS ? plain_value(inner, depth + 1) : Json();
            }
        return out;
    }
    return nullptr;
}

} // namespace

Attributes::Attributes(const dom::element& array) {
    dom::array list;
    if (array.get(list) != simdjson::SUCCESS) return;
    for (const dom::element element : list) {
        std::string_view key;
        dom::element value;
        if (element["key"].get(key) == simdjson::SUCCESS && element["value"].get(value) == simdjson::SUCCESS)
            index_.try_emplace(key, value);
    }
}

Json Attributes::plain(std::string_view key) const {
    const auto it = index_.find(key);
    return it == index_.end() ? Json(Json::value_t::discarded) : plain_value(it->second);
}

Json Attributes::value(std::string_view key) const {
    return opened(plain(key));
}

std::string Attributes::text(std::string_view key) const {
    const Json value = plain(key);
    if (value.is_discarded() || value.is_null()) return {};
    return value.is_string() ? value.get<std::string>() : dumped(value);
}

Attributes::Indexed Attributes::indexed(std::string_view prefix) const {
    Indexed out;
    for (auto it = index_.lower_bound(prefix); it != index_.end() && it->first.starts_with(prefix); ++it) {
        std::string_view rest = it->first.substr(prefix.size());
        std::uint64_t n = 0;
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), n);
        if (error != std::errc{}) continue;
        rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
        if (rest.starts_with('.')) rest.remove_prefix(1);
        out[n].emplace_back(rest, plain_value(it->second));
    }
    return out;
}

bool Payload::Document::read(std::string_view json) {
    if (json.size() < 3) return false;
    text = simdjson::padded_string(json);
    auto failed = parser.parse(text).get(root);
    if (failed == simdjson::STRING_ERROR) {
        text = simdjson::padded_string(with_valid_escapes(json));
        failed = parser.parse(text).get(root);
    }
    return failed == simdjson::SUCCESS;
}

Payload::Payload(const SpanDetail& detail)
    : span(detail) {
    if (attributes_document_.read(detail.attributes))
        Attributes::operator=(Attributes(attributes_document_.root));
    dom::array list;
    if (!events_document_.read(detail.events) || events_document_.root.get(list) != simdjson::SUCCESS) return;
    for (const dom::element element : list) {
        SpanEvent event;
        dom::element attributes;
        if (!element.is_object()) continue;
        if (element["name"].get(event.name) != simdjson::SUCCESS) event.name = {};
        if (element["attributes"].get(attributes) == simdjson::SUCCESS)
            event.attributes = Attributes(attributes);
        events.push_back(std::move(event));
    }
}

namespace {

// "tool_calls.1.name" → 1, "name"
bool split_index(std::string_view key, std::string_view prefix, std::uint64_t& n, std::string_view& rest) {
    if (!key.starts_with(prefix)) return false;
    key.remove_prefix(prefix.size());
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), n);
    if (error != std::errc{} || end == key.data() + key.size() || *end != '.') return false;
    rest = key.substr(static_cast<std::size_t>(end - key.data()) + 1);
    return true;
}

} // namespace

std::vector<Message> flat_messages(const Payload& payload, std::string_view prefix, bool output) {
    std::vector<Message> out;
    for (auto& [n, fields] : payload.indexed(prefix)) {
        Json message = Json::object();
        std::map<std::uint64_t, Json> calls;
        for (auto& [key, value] : fields) {
            std::uint64_t call = 0;
            std::string_view rest;
            if (split_index(key, "tool_calls.", call, rest))
                calls[call][std::string(rest)] = std::move(value);
            else
                message[std::string(key)] = std::move(value);
        }
        for (auto& [n_call, fields_of_call] : calls)
            message["tool_calls"].push_back(std::move(fields_of_call));
        if (!message.contains("role")) message["role"] = output ? "assistant" : "user";
        append_messages(message, output, out);
    }
    return out;
}

} // namespace clew::messages
