#include "model/trace/span_detail.h"

#include "model/base/text.h"

#include <charconv>
#include <nlohmann/json.hpp>

namespace clew {

namespace {

using Json = nlohmann::json;
using Plain = nlohmann::ordered_json; // people read the members in the order in which they were written

Plain scalar(const Json& value) {
    switch (value.type()) {
    case Json::value_t::string: return value.get_ref<const std::string&>();
    case Json::value_t::boolean: return value.get<bool>();
    case Json::value_t::number_integer: return value.get<std::int64_t>();
    case Json::value_t::number_unsigned: return value.get<std::uint64_t>();
    case Json::value_t::number_float: return value.get<double>();
    default: return nullptr;
    }
}

// Integers come as text, because JSON's numbers lose digits elsewhere.
Plain integer(const Json& value) {
    if (!value.is_string()) return scalar(value);
    const auto& text = value.get_ref<const std::string&>();
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size() && !text.empty()) return number;
    return text;
}

const Json* member(const Json& json, const char* key) {
    if (!json.is_object()) return nullptr;
    const auto it = json.find(key);
    return it == json.end() ? nullptr : &*it;
}

// OTLP's AnyValue without its wrapper. Deep values nest as deep as the reader of the document allowed
// (1,024). Strings, booleans and doubles are their own JSON ("NaN" stays text), bytes their base64 text.
Plain plain(const Json& any) {
    if (!any.is_object() || any.empty()) return nullptr;
    const std::string& wrapper = any.begin().key();
    const Json& value = any.begin().value();
    if (wrapper == "intValue") return integer(value);
    if (wrapper == "arrayValue") {
        Plain out = Plain::array();
        if (const Json* values = member(value, "values"); values != nullptr && values->is_array())
            for (const auto& item : *values)
                out.push_back(plain(item));
        return out;
    }
    if (wrapper == "kvlistValue") {
        // Appended without a search: a list of many keys would cost the square of them, and repeated keys all
        // stay.
        Plain::object_t members;
        if (const Json* values = member(value, "values"); values != nullptr && values->is_array())
            for (const auto& item : *values) {
                const Json* key = member(item, "key");
                const Json* inner = member(item, "value");
                members.Plain::object_t::Container::emplace_back(
                    key != nullptr && key->is_string() ? key->get<std::string>() : std::string{},
                    inner == nullptr ? Plain{} : plain(*inner));
            }
        return members;
    }
    return scalar(value);
}

} // namespace

std::vector<PlainAttribute> plain_attributes(std::string_view otlp_attributes) {
    std::vector<PlainAttribute> out;
    if (trimmed(otlp_attributes).empty()) return out;
    const Json json = Json::parse(otlp_attributes, nullptr, false);
    if (!json.is_array()) return out;
    out.reserve(json.size());
    for (const auto& item : json) {
        if (!item.is_object()) continue;
        const Json* key = member(item, "key");
        const Json* value = member(item, "value");
        out.push_back({key != nullptr && key->is_string() ? key->get<std::string>() : std::string{},
                       (value == nullptr ? Plain{} : plain(*value))
                           .dump(-1, ' ', false, Plain::error_handler_t::replace)});
    }
    return out;
}

} // namespace clew
