// JSON as people read it: one line where it fits, else one member a line, with syntax marks. Numbers and
// member order stay as written; \u escapes of printable characters are decoded. Depth and size are no matter
// (no recursion). Pure.
#pragma once

#include "views/trace/details/flow_document.h"

#include <optional>
#include <string_view>

namespace clew::views {

// nullopt where `json` is no JSON text. `columns` is the width in characters that a line should keep.
std::optional<FlowText> jsonText(std::string_view json, int columns);

// The value of a JSON string, unescaped; nullopt where `json` is not one string.
std::optional<QString> jsonString(std::string_view json);

// A value for people: a JSON string as its text, other JSON pretty, what is no JSON as it stands.
FlowText valueText(std::string_view jsonOrText, int columns);

} // namespace clew::views
