// What a filter says, as a tree. Immutable once parsed; shared freely between threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace clew {

// Bytes of the filter's text.
struct FilterPlace {
    std::size_t offset = 0;
    std::size_t length = 0;
    [[nodiscard]] std::size_t end() const { return offset + length; }
    bool operator==(const FilterPlace&) const = default;
};

enum class FilterTest : std::uint8_t {
    text,   // words or a phrase in names and content (no key)
    whole,  // the whole value without case, `*` is a wildcard
    regex,  // somewhere in the value; in content without case
    range,  // a number or a moment
    exists, // the attribute or score is there
};

// Both ends belong to it. Whole units: ns, pico-USD, tokens, things counted.
struct FilterRange {
    std::int64_t low = std::numeric_limits<std::int64_t>::min();
    std::int64_t high = std::numeric_limits<std::int64_t>::max();
    bool operator==(const FilterRange&) const = default;
};

// For scores and attributes, whose numbers have no unit.
struct FilterReals {
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();
    bool above_low = false; // low itself does not belong to it
    bool below_high = false;
    [[nodiscard]] bool holds(double value) const {
        return (above_low ? value > low : value >= low) && (below_high ? value < high : value <= high);
    }
    bool operator==(const FilterReals&) const = default;
};

struct FilterTerm {
    std::string key;  // "" = text; in lower case
    std::string name; // of attr.NAME and score.NAME
    FilterTest test = FilterTest::text;
    std::string value;        // without quotes and slashes; of a range as it was written
    bool ignore_case = false; // of a regular expression
    FilterRange range;
    FilterReals reals;
};

struct FilterNode;
using FilterNodePtr = std::shared_ptr<const FilterNode>;

struct FilterNode {
    enum class Kind : std::uint8_t {
        all,      // of parts, at least two
        any,      // of parts, at least two
        negation, // of one part, as are the next five
        has,      // one span meets it
        child,
        parent,
        descendant,
        ancestor,
        sequence, // parts in the order of time
        term,
    };
    Kind kind = Kind::term;
    FilterPlace place;
    FilterTerm term; // of Kind::term
    std::vector<FilterNodePtr> parts;
};

struct Filter {
    FilterNodePtr root; // null = everything
    [[nodiscard]] bool empty() const { return root == nullptr; }
};

} // namespace clew
