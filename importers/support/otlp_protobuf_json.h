// Writes parts of OTLP protobuf messages as OTLP/JSON text: integers as decimal strings, bytes as base64,
// doubles so that they read back exactly, invalid UTF-8 as U+FFFD. Unknown fields are passed over. What is
// written is valid JSON whatever the bytes are: damage ends the part that it is in. Any thread.
#pragma once

#include "model/trace/dialects/columns.h"

#include <string>
#include <string_view>

namespace clew::otlp_pb {

inline constexpr int kDeepestValue = 200;

struct Trouble {
    bool text = false;   // invalid UTF-8 was replaced
    bool damage = false; // malformed, cut or too deep
};

struct KeyValue {
    std::string_view key;
    std::string_view value; // the AnyValue message; empty where it is empty or missing
};
KeyValue key_value(std::string_view message);

void write_string(std::string& out, std::string_view text, Trouble& trouble); // with its quotes
void write_value(std::string& out, std::string_view any_value, Trouble& trouble,
                 int depth = 0); // {"stringValue":…}
void write_key_value(std::string& out, std::string_view message, Trouble& trouble, int depth = 0);
void write_event(std::string& out, std::string_view message, Trouble& trouble);
void write_link(std::string& out, std::string_view message, Trouble& trouble);
void write_resource(std::string& out, std::string_view message, Trouble& trouble, std::string& service_name);
void write_scope(std::string& out, std::string_view message, Trouble& trouble, std::string& name);

// The value for the column rules: text points into the message, arrays and maps are `json` (what was
// written).
AttributeValue column_value(std::string_view any_value, std::string_view json);

} // namespace clew::otlp_pb
