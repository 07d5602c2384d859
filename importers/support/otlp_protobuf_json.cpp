#include "importers/support/otlp_protobuf_json.h"

#include "importers/support/otlp_ids.h"
#include "importers/support/otlp_protobuf_fields.h"
#include "importers/support/otlp_values.h"
#include "model/base/text.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <iterator>

namespace clew::otlp_pb {

namespace {

// Field numbers of opentelemetry.proto.
enum Any : std::uint32_t {
    kString = 1,
    kBoolean = 2,
    kInteger = 3,
    kReal = 4,
    kArray = 5,
    kMap = 6,
    kBytes = 7
};
constexpr std::uint32_t kValues = 1;
enum Pair : std::uint32_t { kKey = 1, kValue = 2 };
enum Event : std::uint32_t { kEventTime = 1, kEventName = 2, kEventAttributes = 3, kEventDropped = 4 };
enum Link : std::uint32_t {
    kLinkTrace = 1,
    kLinkSpan = 2,
    kLinkState = 3,
    kLinkAttributes = 4,
    kLinkDropped = 5,
    kLinkFlags = 6,
};
enum Resource : std::uint32_t { kResourceAttributes = 1, kResourceDropped = 2 };
enum Scope : std::uint32_t { kScopeName = 1, kScopeVersion = 2, kScopeAttributes = 3, kScopeDropped = 4 };

void write_real(std::string& out, double value) {
    if (std::isnan(value)) {
        out += "\"NaN\"";
    } else if (std::isinf(value)) {
        out += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    } else {
        const std::size_t from = out.size();
        fmt::format_to(std::back_inserter(out), "{}", value);
        if (out.find_first_of(".e", from) == std::string::npos) out += ".0";
    }
}

// Members of one JSON object, comma and key first.
class Members {
public:
    explicit Members(std::string& out)
        : out_(out) {
        out_ += '{';
    }
    std::string& operator[](std::string_view key) {
        if (!first_) out_ += ',';
        first_ = false;
        ((out_ += '"') += key) += "\":";
        return out_;
    }
    void close() { out_ += '}'; }

private:
    std::string& out_;
    bool first_ = true;
};

// Repeated fields may stand anywhere in a message; their JSON array is gathered beside it.
class Gathered {
public:
    std::string& next() {
        json_ += json_.empty() ? '[' : ',';
        return json_;
    }
    void put(Members& members, std::string_view key) {
        if (!json_.empty()) (members[key] += json_) += ']';
    }

private:
    std::string json_;
};

std::string count_text(const PbFields& field) {
    return fmt::format("{}", static_cast<std::uint32_t>(field.number()));
}

} // namespace

void write_string(std::string& out, std::string_view text, Trouble& trouble) {
    if (!trouble.text && !is_utf8(text)) trouble.text = true;
    append_json_string(out, text);
}

KeyValue key_value(std::string_view message) {
    KeyValue out;
    PbFields fields{message};
    while (fields.next()) {
        if (fields.sized(kKey)) out.key = fields.bytes();
        if (fields.sized(kValue)) out.value = fields.bytes();
    }
    return out;
}

void write_key_value(std::string& out, std::string_view message, Trouble& trouble, int depth) {
    const KeyValue pair = key_value(message);
    out += "{\"key\":";
    write_string(out, pair.key, trouble);
    out += ",\"value\":";
    write_value(out, pair.value, trouble, depth);
    out += '}';
}

static void write_values(std::string& out, std::string_view list, Trouble& trouble, int depth,
                         void (*write)(std::string&, std::string_view, Trouble&, int)) {
    out += "{\"values\":[";
    PbFields items{list};
    for (bool first = true; items.next();) {
        if (!items.sized(kValues)) continue;
        if (!first) out += ',';
        first = false;
        write(out, items.bytes(), trouble, depth + 1);
    }
    trouble.damage |= items.damaged() || items.cut();
    out += "]}";
}

void write_value(std::string& out, std::string_view any_value, Trouble& trouble, int depth) {
    if (depth > kDeepestValue) {
        trouble.damage = true;
        out += "{}";
        return;
    }
    const std::size_t from = out.size();
    PbFields any{any_value};
    while (any.next()) {
        // Of a oneof the last one counts.
        if (any.sized(kString)) {
            out.resize(from);
            out += "{\"stringValue\":";
            write_string(out, any.bytes(), trouble);
        } else if (any.varint(kBoolean)) {
            out.resize(from);
            out += any.number() != 0 ? "{\"boolValue\":true" : "{\"boolValue\":false";
        } else if (any.varint(kInteger)) {
            out.resize(from);
            out += fmt::format("{{\"intValue\":\"{}\"", static_cast<std::int64_t>(any.number()));
        } else if (any.fixed64(kReal)) {
            out.resize(from);
            out += "{\"doubleValue\":";
            write_real(out, std::bit_cast<double>(any.number()));
        } else if (any.sized(kArray)) {
            out.resize(from);
            out += "{\"arrayValue\":";
            write_values(out, any.bytes(), trouble, depth, write_value);
        } else if (any.sized(kMap)) {
            out.resize(from);
            out += "{\"kvlistValue\":";
            write_values(out, any.bytes(), trouble, depth, write_key_value);
        } else if (any.sized(kBytes)) {
            out.resize(from);
            out += "{\"bytesValue\":\"";
            append_base64(out, any.bytes());
            out += '"';
        } else {
            continue;
        }
        out += '}';
    }
    trouble.damage |= any.damaged() || any.cut();
    if (out.size() == from) out += "{}";
}

AttributeValue column_value(std::string_view any_value, std::string_view json) {
    AttributeValue out;
    PbFields any{any_value};
    while (any.next()) {
        if (any.sized(kString))
            out = text_value(any.bytes());
        else if (any.varint(kBoolean))
            out = boolean_value(any.number() != 0);
        else if (any.varint(kInteger))
            out = integer_value(static_cast<std::int64_t>(any.number()));
        else if (any.fixed64(kReal))
            out = real_value(std::bit_cast<double>(any.number()));
        else if (any.sized(kArray) || any.sized(kMap))
            out = json_value(json);
    }
    return out;
}

void write_event(std::string& out, std::string_view message, Trouble& trouble) {
    Members members{out};
    Gathered attributes;
    PbFields event{message};
    while (event.next()) {
        if (event.fixed64(kEventTime))
            members["timeUnixNano"] += fmt::format("\"{}\"", event.number());
        else if (event.sized(kEventName))
            write_string(members["name"], event.bytes(), trouble);
        else if (event.sized(kEventAttributes))
            write_key_value(attributes.next(), event.bytes(), trouble);
        else if (event.varint(kEventDropped))
            members["droppedAttributesCount"] += count_text(event);
    }
    trouble.damage |= event.damaged() || event.cut();
    attributes.put(members, "attributes");
    members.close();
}

void write_link(std::string& out, std::string_view message, Trouble& trouble) {
    Members members{out};
    Gathered attributes;
    PbFields link{message};
    while (link.next()) {
        if (link.sized(kLinkTrace)) {
            const auto id = trace_id_from_bytes(link.bytes());
            members["traceId"] += json_string(id ? to_hex(*id) : std::string{});
        } else if (link.sized(kLinkSpan)) {
            const auto id = span_id_from_bytes(link.bytes());
            members["spanId"] += json_string(id ? to_hex(*id) : std::string{});
        } else if (link.sized(kLinkState)) {
            write_string(members["traceState"], link.bytes(), trouble);
        } else if (link.sized(kLinkAttributes)) {
            write_key_value(attributes.next(), link.bytes(), trouble);
        } else if (link.varint(kLinkDropped)) {
            members["droppedAttributesCount"] += count_text(link);
        } else if (link.fixed32(kLinkFlags)) {
            members["flags"] += count_text(link);
        }
    }
    trouble.damage |= link.damaged() || link.cut();
    attributes.put(members, "attributes");
    members.close();
}

void write_resource(std::string& out, std::string_view message, Trouble& trouble, std::string& service_name) {
    Members members{out};
    Gathered attributes;
    PbFields resource{message};
    while (resource.next()) {
        if (resource.sized(kResourceAttributes)) {
            write_key_value(attributes.next(), resource.bytes(), trouble);
            if (const KeyValue pair = key_value(resource.bytes()); pair.key == "service.name")
                service_name = to_utf8(column_value(pair.value, {}).text);
        } else if (resource.varint(kResourceDropped)) {
            members["droppedAttributesCount"] += count_text(resource);
        }
    }
    trouble.damage |= resource.damaged() || resource.cut();
    attributes.put(members, "attributes");
    members.close();
}

void write_scope(std::string& out, std::string_view message, Trouble& trouble, std::string& name) {
    Members members{out};
    Gathered attributes;
    PbFields scope{message};
    while (scope.next()) {
        if (scope.sized(kScopeName)) {
            name = to_utf8(scope.bytes());
            append_json_string(members["name"], name);
        } else if (scope.sized(kScopeVersion)) {
            write_string(members["version"], scope.bytes(), trouble);
        } else if (scope.sized(kScopeAttributes)) {
            write_key_value(attributes.next(), scope.bytes(), trouble);
        } else if (scope.varint(kScopeDropped)) {
            members["droppedAttributesCount"] += count_text(scope);
        }
    }
    trouble.damage |= scope.damaged() || scope.cut();
    attributes.put(members, "attributes");
    members.close();
}

} // namespace clew::otlp_pb
