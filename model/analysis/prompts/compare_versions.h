// Two versions of a prompt, metric by metric, over the runs that used them. Pure; any thread.
//
// A run is one observation, however many calls it holds: calls of one run share its task, its context and its
// luck, and counting them apart would promise more than was seen. A run that used both versions tells nothing
// of either alone and is left out of both.
#pragma once

#include "model/analysis/statistics/comparison.h"
#include "model/trace/judgement.h"
#include "model/trace/prompt_run.h"

#include <span>
#include <vector>

namespace clew {

// error_rate, finding_rate, latency_p50, latency_p95 (ns, of the run's median call), tokens_in, tokens_out,
// cost (USD), cache_share, thumbs_up_rate, then score.NAME of every name in use. Judgements are those of the
// runs and of their calls.
std::vector<MetricComparison> compare_versions(std::span<const PromptRun> a, std::span<const PromptRun> b,
                                               std::span<const Judgement> judgements);

} // namespace clew
