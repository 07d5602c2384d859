#include "importers/formats/agent_telemetry_record.h"

#include "model/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace clew::agent_telemetry {

namespace {

constexpr std::string_view kHeaderTypes[] = {"run_header", "header", "run_start", "metadata", "run_metadata"};
constexpr double kMostLatencyMs = 1e11; // three years

// Our names of what a record says under a short one.
struct Known {
    std::string_view key;
    std::string_view attribute;
};
constexpr Known kInference[] = {
    {"model", "gen_ai.request.model"},
    {"input_tokens", "gen_ai.usage.input_tokens"},
    {"output_tokens", "gen_ai.usage.output_tokens"},
};

// Unlike AttributeList, it keeps members that are null or empty, as the record has them.
class AttributeArray {
public:
    void text(std::string_view key, std::string_view value) {
        begin(key);
        json_ += R"({"stringValue":)";
        append_json_string(json_, value);
        json_ += "}}";
    }
    void element(std::string_view key, Element value) {
        begin(key);
        any(value);
        json_ += '}';
    }
    void integer(std::string_view key, std::int64_t value) {
        begin(key);
        json_ += fmt::format(R"({{"intValue":"{}"}}}})", value);
    }
    void one_text_list(std::string_view key, std::string_view value) {
        begin(key);
        json_ += R"({"arrayValue":{"values":[{"stringValue":)";
        append_json_string(json_, value);
        json_ += "}]}}}";
    }
    std::string take() { return std::move(json_ += ']'); }

private:
    void begin(std::string_view key) {
        json_ += json_.size() > 1 ? R"(,{"key":)" : R"({"key":)";
        append_json_string(json_, key);
        json_ += R"(,"value":)";
    }

    void any(Element value) {
        switch (value.type()) {
        case simdjson::dom::element_type::STRING:
            json_ += R"({"stringValue":)";
            append_json_string(json_, std::string_view(value.get_string().value_unsafe()));
            json_ += '}';
            break;
        case simdjson::dom::element_type::INT64:
            json_ += fmt::format(R"({{"intValue":"{}"}})", value.get_int64().value_unsafe());
            break;
        case simdjson::dom::element_type::UINT64:
            json_ += fmt::format(R"({{"doubleValue":{}}})", value.get_uint64().value_unsafe());
            break;
        case simdjson::dom::element_type::DOUBLE:
            json_ += fmt::format(R"({{"doubleValue":{}}})", value.get_double().value_unsafe());
            break;
        case simdjson::dom::element_type::BOOL:
            json_ += value.get_bool().value_unsafe() ? R"({"boolValue":true})" : R"({"boolValue":false})";
            break;
        case simdjson::dom::element_type::NULL_VALUE: json_ += "{}"; break;
        case simdjson::dom::element_type::ARRAY: array(value.get_array().value_unsafe()); break;
        case simdjson::dom::element_type::OBJECT: object(value.get_object().value_unsafe()); break;
        }
    }

    void array(simdjson::dom::array values) {
        json_ += R"({"arrayValue":{"values":[)";
        bool first = true;
        for (const Element value : values) {
            if (!first) json_ += ',';
            first = false;
            any(value);
        }
        json_ += "]}}";
    }

    void object(Object members) {
        json_ += R"({"kvlistValue":{"values":[)";
        bool first = true;
        for (const auto member : members) {
            json_ += first ? R"({"key":)" : R"(,{"key":)";
            first = false;
            append_json_string(json_, member.key);
            json_ += R"(,"value":)";
            any(member.value);
            json_ += '}';
        }
        json_ += "]}}";
    }

    std::string json_ = "[";
};

std::string_view attribute_name(std::string_view key) {
    const auto* it = std::ranges::find(kInference, key, &Known::key);
    return it == std::end(kInference) ? key : it->attribute;
}

void add_inference(AttributeArray& out, const Record& record) {
    out.text("gen_ai.operation.name", "chat");
    for (const auto member : record.object) {
        if (member.key == "stop_reason" && member.value.is_string()) {
            out.one_text_list("gen_ai.response.finish_reasons", member.value.get_string().value_unsafe());
        } else {
            out.element(attribute_name(member.key), member.value);
        }
    }
}

void add_tool(AttributeArray& out, const Record& record) {
    out.text("gen_ai.operation.name", "execute_tool");
    for (const auto member : record.object) {
        if (member.key == "tool") {
            out.element("gen_ai.tool.name", member.value);
        } else if (member.key == "args") {
            out.text("gen_ai.tool.call.arguments", plain_text(member.value));
        } else if (member.key == "result") {
            if (member.value.is_null()) {
                out.element("gen_ai.tool.call.result", member.value);
            } else {
                out.text("gen_ai.tool.call.result", plain_text(member.value));
            }
        } else {
            out.element(member.key, member.value);
        }
    }
}

std::optional<std::int64_t> whole_number(Element value) {
    if (std::int64_t out = 0; value.get_int64().get(out) == simdjson::SUCCESS) return out;
    if (double out = 0; value.get_double().get(out) == simdjson::SUCCESS) {
        if (std::isfinite(out) && std::abs(out) < 9e15 && out == std::floor(out))
            return static_cast<std::int64_t>(out);
        return {};
    }
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS) return {};
    std::int64_t out = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    return read.ec == std::errc{} && read.ptr == text.data() + text.size() ? std::optional(out)
                                                                           : std::nullopt;
}

// Seconds; by their size also milli-, micro- and nanoseconds. Shortest digits give back what Python wrote.
void read_time(Record& record, Element value) {
    std::string decimal;
    if (std::string_view text; value.get_string().get(text) == simdjson::SUCCESS) {
        if (const auto time = parse_iso8601(text)) {
            record.time = *time;
            record.time_in_other_unit = true;
            return;
        }
        decimal = text;
    } else if (double number = 0; value.get_double().get(number) == simdjson::SUCCESS) {
        double unit = 1;
        for (const double limit : {1e11, 1e14, 1e17}) {
            if (number >= limit) unit *= 1000;
        }
        record.time_in_other_unit = unit > 1;
        decimal = fmt::format("{}", number / unit);
    }
    if (const auto time = parse_epoch_seconds(decimal)) record.time = *time;
}

void read_latency(Record& record, Element value) {
    double ms = 0;
    if (value.get_double().get(ms) == simdjson::SUCCESS && ms >= 0 && ms <= kMostLatencyMs) {
        record.latency = std::llround(ms * static_cast<double>(kMillisecond));
    } else {
        record.bad_latency = !value.is_null();
    }
}

} // namespace

bool Record::is_header() const {
    if (std::ranges::find(kHeaderTypes, event_type) != std::end(kHeaderTypes)) return true;
    return event_type.empty() && seq.empty() && !latency;
}

Record read_record(std::string_view raw, Object object) {
    Record out{.raw = raw, .object = object};
    out.run_id = text_of(object, "run_id");
    out.event_type = text_of(object, "event_type");
    Element value;
    if (object.at_key("seq").get(value) == simdjson::SUCCESS && !value.is_null()) {
        out.seq_number = whole_number(value);
        out.seq = out.seq_number ? std::to_string(*out.seq_number) : plain_text(value);
    }
    if (object.at_key("ts_epoch").get(value) == simdjson::SUCCESS) read_time(out, value);
    if (object.at_key("latency_ms").get(value) == simdjson::SUCCESS) read_latency(out, value);
    return out;
}

bool looks_like_record(Object object) {
    Element value;
    return object.at_key("event_type").get(value) == simdjson::SUCCESS &&
           (object.at_key("ts_epoch").get(value) == simdjson::SUCCESS ||
            object.at_key("seq").get(value) == simdjson::SUCCESS);
}

std::optional<std::int64_t> count_of(Object object, std::string_view key) {
    Element value;
    if (object.at_key(key).get(value) != simdjson::SUCCESS || value.is_string()) return {};
    const auto out = whole_number(value);
    return out && *out >= 0 ? out : std::nullopt;
}

std::optional<double> number_of(Object object, std::string_view key) {
    double out = 0;
    if (object.at_key(key).get_double().get(out) != simdjson::SUCCESS) return {};
    return out;
}

bool is_truthy(Object object, std::string_view key) {
    Element value;
    if (object.at_key(key).get(value) != simdjson::SUCCESS) return false;
    switch (value.type()) {
    case simdjson::dom::element_type::NULL_VALUE: return false;
    case simdjson::dom::element_type::BOOL: return value.get_bool().value_unsafe();
    case simdjson::dom::element_type::STRING: return !value.get_string().value_unsafe().empty();
    case simdjson::dom::element_type::ARRAY: return value.get_array().value_unsafe().size() > 0;
    case simdjson::dom::element_type::OBJECT: return value.get_object().value_unsafe().size() > 0;
    case simdjson::dom::element_type::INT64:
    case simdjson::dom::element_type::UINT64:
    case simdjson::dom::element_type::DOUBLE: return value.get_double().value_unsafe() != 0;
    }
    return false;
}

std::string plain_text(Element value) {
    return value.is_string() ? std::string(json::as_text(value)) : json_of(value);
}

std::string attributes_of(const Record& record, unsigned attempt) {
    AttributeArray out;
    if (record.is_inference()) {
        add_inference(out, record);
    } else if (record.is_tool()) {
        add_tool(out, record);
    } else {
        for (const auto member : record.object)
            out.element(member.key, member.value);
    }
    if (attempt > 1) out.integer("agent_telemetry.attempt", attempt);
    out.text("agent_telemetry.record", record.raw);
    return out.take();
}

std::string attributes_of_header(const Record& record) {
    AttributeArray out;
    out.text("gen_ai.operation.name", "invoke_agent");
    for (const auto member : record.object)
        out.element(member.key, member.value);
    out.text("agent_telemetry.header", record.raw);
    return out.take();
}

std::string attributes_without_header(std::string_view run_id) {
    AttributeArray out;
    out.text("gen_ai.operation.name", "invoke_agent");
    out.text("run_id", run_id);
    return out.take();
}

std::string without_bare_numbers(std::string_view json) {
    static constexpr std::string_view kWords[] = {"-Infinity", "Infinity", "NaN"};
    std::string out;
    bool found = false;
    bool in_string = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (in_string) {
            if (c == '\\' && i + 1 < json.size()) {
                out += c;
                ++i;
                out += json[i];
                continue;
            }
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == 'N' || c == 'I' || c == '-') {
            const auto rest = json.substr(i);
            const auto* word =
                std::ranges::find_if(kWords, [&](std::string_view w) { return rest.starts_with(w); });
            if (word != std::end(kWords)) {
                ((out += '"') += *word) += '"';
                i += word->size() - 1;
                found = true;
                continue;
            }
        }
        out += c;
    }
    return found ? out : std::string();
}

} // namespace clew::agent_telemetry
