#include "importers/support/otlp_values.h"

#include "model/base/text.h"

#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace clew {

namespace {

template <class Number>
std::optional<Number> number_in(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    return number;
}

} // namespace

std::optional<TimeNs> read_otlp_time(std::uint64_t nanoseconds) {
    if (nanoseconds == 0) return kNoTime;
    if (nanoseconds > static_cast<std::uint64_t>(std::numeric_limits<TimeNs>::max())) return {};
    return static_cast<TimeNs>(nanoseconds);
}

std::optional<TimeNs> read_otlp_time(std::string_view text) {
    if (text.empty()) return kNoTime;
    if (const auto number = number_in<std::uint64_t>(text)) return read_otlp_time(*number);
    if (const auto real = number_in<double>(text)) {
        if (!(*real >= 0) || *real >= 9.2e18) return {};
        return *real == 0 ? kNoTime : static_cast<TimeNs>(*real);
    }
    return parse_iso8601(text);
}

std::string_view read_otlp_span_kind(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kKinds{
        {{"0", "UNSPECIFIED"},
         {"1", "INTERNAL"},
         {"2", "SERVER"},
         {"3", "CLIENT"},
         {"4", "PRODUCER"},
         {"5", "CONSUMER"}}};
    if (text.starts_with("SPAN_KIND_")) text.remove_prefix(10);
    for (const auto& [number, word] : kKinds)
        if (text == number || equals_ignoring_case(text, word)) return number;
    return {};
}

std::optional<Status> read_otlp_status(std::string_view text) {
    if (text.starts_with("STATUS_CODE_")) text.remove_prefix(12);
    if (text.empty() || text == "0" || equals_ignoring_case(text, "UNSET")) return Status::unset;
    if (text == "1" || equals_ignoring_case(text, "OK")) return Status::ok;
    if (text == "2" || equals_ignoring_case(text, "ERROR")) return Status::error;
    return {};
}

AttributeValue text_value(std::string_view text) {
    AttributeValue value;
    value.type = AttributeValue::Type::text;
    value.text = text;
    return value;
}

AttributeValue escaped_value(std::string_view inside) {
    AttributeValue value = text_value(inside);
    if (inside.find('\\') != std::string_view::npos) value.type = AttributeValue::Type::escaped;
    return value;
}

AttributeValue integer_value(std::int64_t number) {
    AttributeValue value;
    value.type = AttributeValue::Type::integer;
    value.integer = number;
    return value;
}

AttributeValue integer_value(std::string_view digits) {
    if (const auto number = number_in<std::int64_t>(digits)) return integer_value(*number);
    return real_value(digits);
}

AttributeValue real_value(double number) {
    AttributeValue value;
    value.type = AttributeValue::Type::real;
    value.real = number;
    return value;
}

AttributeValue real_value(std::string_view digits) {
    if (digits == "NaN") return real_value(std::numeric_limits<double>::quiet_NaN());
    if (digits == "Infinity") return real_value(std::numeric_limits<double>::infinity());
    if (digits == "-Infinity") return real_value(-std::numeric_limits<double>::infinity());
    if (const auto number = number_in<double>(digits)) return real_value(*number);
    return {};
}

AttributeValue boolean_value(bool truth) {
    AttributeValue value;
    value.type = AttributeValue::Type::boolean;
    value.boolean = truth;
    return value;
}

AttributeValue json_value(std::string_view json) {
    AttributeValue value;
    value.type = AttributeValue::Type::json;
    value.text = json;
    return value;
}

} // namespace clew
