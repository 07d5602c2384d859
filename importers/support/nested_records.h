// Exports of platforms hold their records alone, in lists, or in lists inside of answers and of lists: finds
// the objects among them. Any thread.
#pragma once

#include "importers/support/json_values.h"

namespace clew {

// Hands `value`, or each object in the lists that it is, to `read(object, depth)`, which says whether it was
// a record or held any. At most `deepest` levels; an object that holds a list goes on with `depth + 1`. The
// answer is whether there was any record; an empty list lacks none.
template <class Read>
bool read_nested(json::Element value, int depth, int deepest, const Read& read) {
    if (depth > deepest) return false;
    if (const auto list = json::as_array(value)) {
        bool any = list->begin() == list->end();
        for (const json::Element element : *list)
            any = read_nested(element, depth + 1, deepest, read) || any;
        return any;
    }
    const auto object = json::as_object(value);
    return object && read(*object, depth);
}

} // namespace clew
