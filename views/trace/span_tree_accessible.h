// What screen readers see of the span tree: a tree whose items are its rows, each with a name, a state and a
// place.
#pragma once

namespace clew::views {

// Once per process; later calls do nothing. GUI thread.
void installSpanTreeAccessible();

} // namespace clew::views
