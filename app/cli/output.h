// What subcommands print: the JSON of design §6, and the same for people.
#pragma once

#include "model/store/trace_store.h"

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace clew::app {

nlohmann::ordered_json totals_json(const Totals& totals);
nlohmann::ordered_json sources_json(const std::vector<SourceReport>& reports);
void print_json(const nlohmann::ordered_json& json); // pretty, with a line end, on stdout

void print_sources(const std::vector<SourceReport>& reports);
std::string note_sentence(const Note& note);
std::string no_nbsp(std::string text); // for terminals and files: U+00A0 → blank

// Text padded to `width` columns (counted in code points).
std::string padded(const std::string& text, std::size_t width, bool right = false);

} // namespace clew::app
