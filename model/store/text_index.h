// The full-text index: what it holds, how it is built and how it is asked.
//
// A document is a span's own text (names, columns, what of its payload is stored with it) or one block of
// pieces that a trace repeats, so resent content is indexed once. Documents go in as the words of
// text_match.h; what is indexed up to where is kept beside the index, so a build goes on where the last one
// ended. A hit gives the trace.
#pragma once

#include "model/base/result.h"
#include "model/store/sqlite/database.h"
#include "model/store/store_core.h"

#include <cstdint>
#include <stop_token>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace clew {

class TextQuery;

// Indexes what is not indexed yet, in short transactions between which others can write. On the calling
// thread. "cancelled" where stopped; what was indexed until then stays.
Result<void> build_text_index(StoreCore& core, std::stop_token stop = {});

struct TextHits {
    std::vector<std::int64_t> traces; // row ids, ascending
    bool unindexed = false;           // some content had to be scanned
};

// Traces (of those that are not hidden) that hold `text` in a name, a column or content: exact, confirmed on
// the content, and the same whether that is indexed or not. Case folded, from the beginning of a word, white
// space and line breaks alike; a leading `*` finds it inside words as well, which reads everything.
Result<TextHits> search_text(Database& db, std::string_view text, std::stop_token stop = {});

// The same, looking only at the content of traces `among` (null = all) where there is a choice: others may be
// left out of the hits.
Result<TextHits> search_text(Database& db, const TextQuery& query,
                             const std::unordered_set<std::int64_t>* among, std::stop_token stop);

} // namespace clew
