#include "model/store/filter/attributes.h"

#include "model/trace/span_detail.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace clew {

AttributeTest::AttributeTest(const FilterTerm& term)
    : term_(term)
    , pattern_(Pattern::of(term))
    , plain_key_(std::ranges::all_of(term.name, [](char c) {
        return c > ' ' && c < 0x7F && c != '"' && c != '\\' && c != '/' && c != '<' && c != '>' && c != '&';
    })) {
}

bool AttributeTest::in(std::string_view attributes) const {
    // Most spans do not have it: seen without reading the JSON.
    if (plain_key_ && attributes.find(term_.name) == std::string_view::npos) return false;
    for (const PlainAttribute& attribute : plain_attributes(attributes)) {
        if (attribute.key == term_.name && value_holds(attribute.json)) return true;
    }
    return false;
}

bool AttributeTest::value_holds(std::string_view json) const {
    if (term_.test == FilterTest::exists) return true;
    if (!json.starts_with('"') && !json.starts_with('[')) return text_holds(json);
    const auto value = nlohmann::json::parse(json, nullptr, false);
    if (value.is_string()) return text_holds(value.get_ref<const std::string&>());
    if (value.is_array()) {
        for (const auto& item : value) {
            const bool string = item.is_string();
            if (text_holds(string ? item.get_ref<const std::string&>()
                                  : item.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)))
                return true;
        }
    }
    return text_holds(json);
}

bool AttributeTest::text_holds(std::string_view text) const {
    if (term_.test != FilterTest::range) return pattern_.matches(text);
    double number = 0;
    const auto got = std::from_chars(text.data(), text.data() + text.size(), number);
    return got.ec == std::errc() && got.ptr == text.data() + text.size() && term_.reals.holds(number);
}

} // namespace clew
