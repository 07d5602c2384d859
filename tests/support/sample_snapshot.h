// A hand-made run with every state that the trace pane draws: error, silent failure, retry, orphan, subagent,
// running, an instant, a folded branch. Its names and figures are invented.
#pragma once

#include "tests/support/synthetic_snapshot.h"

namespace clew::test {

inline constexpr TraceId kSampleTrace{0x5eed, 48213};
inline constexpr std::uint64_t kSampleRoot = 1, kSampleError = 12, kSampleRetry = 13, kSampleSubagent = 15,
                               kSampleSilent = 17, kSampleSelected = 19, kSampleFolded = 21,
                               kSampleOrphan = 30;
inline constexpr DurationNs kSampleNow = 24'600 * kMillisecond;

std::shared_ptr<TraceSnapshot> sample_snapshot();

} // namespace clew::test
