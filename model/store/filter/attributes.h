// Whether a term attr.KEY holds for stored attributes. Pure; any thread.
#pragma once

#include "model/store/filter/pattern.h"

#include <string>
#include <string_view>

namespace clew {

class AttributeTest {
public:
    explicit AttributeTest(const FilterTerm& term);
    // `attributes` is an OTLP/JSON attribute array. A list holds what one of its items holds.
    [[nodiscard]] bool in(std::string_view attributes) const;

private:
    [[nodiscard]] bool value_holds(std::string_view json) const;
    [[nodiscard]] bool text_holds(std::string_view text) const;

    FilterTerm term_;
    Pattern pattern_;
    bool plain_key_; // stands in JSON as it is
};

} // namespace clew
