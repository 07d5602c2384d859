// Attribute values as text, numbers and truths.
#include "model/base/text.h"
#include "model/trace/dialects/columns_parts.h"
#include "model/trace/json_text.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace clew {

namespace {

constexpr double kLargestCount = 9.0e18;

} // namespace

std::string_view text_of(const AttributeValue& value, std::string& scratch, std::size_t max_bytes) {
    switch (value.type) {
    case AttributeValue::Type::text: return utf8_prefix(value.text, max_bytes);
    case AttributeValue::Type::json: return utf8_prefix(value.text, max_bytes);
    case AttributeValue::Type::escaped: return unescape_json(value.text, scratch, max_bytes);
    case AttributeValue::Type::boolean: return value.boolean ? "true" : "false";
    case AttributeValue::Type::integer: return scratch = fmt::format("{}", value.integer);
    case AttributeValue::Type::real: return scratch = fmt::format("{}", value.real);
    case AttributeValue::Type::none: break;
    }
    return {};
}

std::optional<double> number_of(const AttributeValue* value) {
    if (value == nullptr) return {};
    switch (value->type) {
    case AttributeValue::Type::integer: return static_cast<double>(value->integer);
    case AttributeValue::Type::real:
        return std::isfinite(value->real) ? std::optional{value->real} : std::nullopt;
    case AttributeValue::Type::text:
    case AttributeValue::Type::escaped: {
        const auto text = trimmed(value->text);
        double number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) return {};
        return number;
    }
    default: return {};
    }
}

std::optional<std::int64_t> count_of(const AttributeValue* value) {
    if (value == nullptr) return {};
    if (value->type == AttributeValue::Type::integer)
        return value->integer >= 0 ? std::optional{value->integer} : std::nullopt;
    const auto number = number_of(value);
    if (!number || *number < 0 || *number > kLargestCount || std::floor(*number) != *number) return {};
    return static_cast<std::int64_t>(*number);
}

std::optional<bool> truth_of(const AttributeValue* value) {
    if (value == nullptr) return {};
    if (value->type == AttributeValue::Type::boolean) return value->boolean;
    if (value->type == AttributeValue::Type::integer) return value->integer != 0;
    if (value->type == AttributeValue::Type::text)
        return equals_ignoring_case(value->text, "true") || value->text == "1";
    return {};
}

} // namespace clew
