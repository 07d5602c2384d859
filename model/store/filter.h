// The filter language: the runs list, `query`, `summary --filter` and `export --filter` speak it.
//
//   refund "gift card" feedback:down (status:error or cost>0.05) -model:gpt-4* has(tool:search duration>30s)
//
// A filter selects traces. A term about spans holds when any span satisfies it, so the terms of
// `tool:search status:error` may meet in different spans; `has(tool:search status:error)` wants one span that
// meets all. `not` (or `-`) turns round what the whole trace says.
//
//   filter   = any
//   any      = all { "or" all }
//   all      = unary { ["and"] unary }
//   unary    = ("not" | "-") unary | primary
//   primary  = "(" any ")" | "has" "(" any ")" | relative | "seq" "(" item { "," item } ")" | term
//   relative = ("child" | "parent" | "descendant" | "ancestor") ( ":" unary | "(" any ")" )
//   item     = any, in which a bare word is a tool and `bash:error`, `bash:ok` a tool with its status
//   term     = word | "phrase" | /regex/ | key (":" | "=" | "!=") value | key ("<" | "<=" | ">" | ">=") value
//   value    = word | "phrase" | /regex/[i] | number | number ".." number
//
// Words and phrases search names and content, case folded, from the beginning of a word; `*` before one finds
// it inside words as well. Values are compared whole, case folded; `*` is a wildcard in them. A relative that
// stands alone is one in `has`: `parent:kind:agent` says that some span's parent is an agent. Keys:
// filter/keys.cpp. For users: docs/filter.md.
#pragma once

#include "model/base/result.h"
#include "model/base/time.h"
#include "model/store/filter/syntax.h"

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace clew {

struct FilterError {
    Error error; // `where` is the place in words
    FilterPlace place;
};

struct FilterReading {
    Filter filter; // empty where there is an error
    std::optional<FilterError> error;
};

// `today` and `-60d` are seen from `at`. Any input, of any size, is answered.
FilterReading read_filter(std::string_view text, TimeNs at = now());

// The same where only the sentence is wanted.
Result<Filter> parse_filter(std::string_view text, TimeNs at = now());

// What has to hold side by side: the parts of an outermost `and`, or the whole.
std::vector<FilterNodePtr> conditions_of(const Filter& filter);

// Whether the tree holds where `term` answers for its terms: for stores in memory, which know no spans.
bool filter_holds(const Filter& filter, const std::function<bool(const FilterTerm&)>& term);

inline constexpr std::size_t kLongestFilter = 64 * 1024; // bytes
inline constexpr std::size_t kMostFilterTerms = 256;
inline constexpr int kDeepestFilter = 64; // parentheses

} // namespace clew
