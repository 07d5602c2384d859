// The filter of the runs list and of `export --filter`: words and key:value terms, all of which must hold.
//
//   refund "gift card" feedback:down status:error model:gpt-4o tool:search name:agent session:s-1 kind:tool
//
// A filter selects traces: a span term holds when any span satisfies it; `-` before a term turns it round.
// Words and quoted phrases search names and content, case folded, from the beginning of a word; `*` before
// one finds it inside words as well. Keys: agent, feedback (up, down, any, none: on the trace or a span of
// it), kind, label, model, name, prompt (name or name@version), provider, session, status (error: some span
// failed; ok: none did), tool, trace (an id or its beginning), user. Values are compared whole, case folded;
// `*` is a wildcard in them.
#pragma once

#include "model/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace clew {

struct FilterTerm {
    std::string key; // "" = text
    std::string value;
    bool negated = false; // -key:value
};

struct Filter {
    std::vector<FilterTerm> terms;
    [[nodiscard]] bool empty() const { return terms.empty(); }
};

// "filter.unknown_key" and the like name the word and where it stands.
Result<Filter> parse_filter(std::string_view text);

} // namespace clew
