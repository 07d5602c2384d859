// Puts the spans of one trace into tree order: the pure half of opening a trace (snapshot_loader.h reads the
// rows).
//
// Input: rows in the order in which they were stored, with the own fields of each span filled (ids, times,
// kind, status, flags, texts, tokens, cost); links, depth, marks and sums are worked out here. Iterative, so
// that a chain of 100,000 spans does no harm, and linear but for sorting siblings. Any thread.
//
// Whatever the parents say, every row stands in the tree once: a span whose parent is not there is an orphan
// at the top; a ring of parents is cut at its earliest span. Siblings stand by start (unknown starts last),
// those that start together in the order of storing.
//
// Sums never double: language model and embedding spans count where no such span below them states usage;
// where a subtree has none that does, the topmost span that states usage stands in. Costs follow the same
// rule.
#pragma once

#include "model/trace/trace_snapshot.h"

#include <stop_token>

namespace clew {

// Replaces `trace.spans` by the ordered rows and fills `trace.index`. False when stopped; `trace` is then not
// usable.
bool arrange_spans(TraceSnapshot& trace, const std::stop_token& stop = {});

} // namespace clew
