// The little Markdown that answers are full of: bold, code, headings, lists, fenced code. One pass, linear in
// the text; whatever else stands there is shown as it stands. Pure.
#pragma once

#include "views/trace/details/flow_document.h"

#include <vector>

namespace clew::views {

struct MarkdownPiece {
    FlowText text;
    bool code = false;   // a fenced block
    bool bullet = false; // a list item; `indent` is its depth
    int indent = 0;
};

std::vector<MarkdownPiece> markdownPieces(const QString& text);

} // namespace clew::views
