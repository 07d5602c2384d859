// Brings attributes, events and links that are not written as OTLP/JSON says into that form: attributes as an
// object, plain values without their type, other key style, ids in base64. The slow path of the reader:
// allocates freely. What it does not know it keeps as it stands.
#pragma once

#include <simdjson.h>

#include <string>

namespace clew {

// Each appends to `out`. false where the JSON could not be read (then `out` may hold a part).
bool write_otlp_value(simdjson::ondemand::value value, std::string& out); // {"stringValue":…}

// [{"key":…,"value":{…}},…]
bool write_otlp_attributes(simdjson::ondemand::array array, std::string& out);
bool write_otlp_attributes(simdjson::ondemand::value value, std::string& out);

bool write_otlp_events(simdjson::ondemand::array array, std::string& out);
bool write_otlp_links(simdjson::ondemand::array array, std::string& out);

// A resource or a scope: its members, "attributes" among them, as OTLP/JSON names them. With braces.
bool write_otlp_object(simdjson::ondemand::value value, std::string& out);

} // namespace clew
