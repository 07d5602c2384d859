// Usage: calls, tokens, money and latency over time and by one dimension, as the Costs page asks for them.
// Answered from roll-ups, never from spans. Values; times are ns since 1970 UTC, money pico-USD.
#pragma once

#include "model/base/ids.h"
#include "model/base/money.h"
#include "model/base/numbers.h"
#include "model/base/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace clew {

enum class UsageBy : std::uint8_t { model, agent, tool, prompt, session };

// How wide the steps of the time axis are. `fitting`: hours up to three days, days up to ninety, else weeks.
enum class UsageStep : std::uint8_t { fitting, hour, day, week };

struct UsageQuery {
    std::string filter;                // model/store/filter.h; "" = all
    std::vector<std::int64_t> sources; // SourceId; empty = all
    UsageBy by = UsageBy::model;
    UsageStep step = UsageStep::fitting;
    TimeNs now = kNoTime; // what `today` in the filter is seen from; kNoTime = the clock
    int most_expensive = 20;
    // Groups that the bars tell apart: the first ones. Thousands of sessions by hundreds of days are no
    // chart.
    int told_apart = 256;
};

struct UsageSums {
    std::int64_t calls = 0;  // LLM and embedding calls; of tools their executions
    std::int64_t errors = 0; // of these calls
    // Of calls that count in totals (design §4).
    std::int64_t input_tokens = 0, cache_read_tokens = 0, cache_write_tokens = 0, output_tokens = 0;
    std::optional<PicoUsd> reported, computed;
    std::int64_t unpriced_calls = 0;
    [[nodiscard]] CostKinds costs() const { return {reported, computed, unpriced_calls}; }
};

struct UsageGroup {
    // As `summary --by` names it; "" = calls without one. Calls that state no agent or session have their
    // run's. Of tools the calls are executions, and the tokens and the money those of the calls below the
    // tool (of the nearest one); "" has the money of all other calls.
    std::string key;
    UsageSums sums;
    std::int64_t runs = 0;
    std::optional<DurationNs> p50, p95; // of a call, from buckets of ± 4.4 %; nullopt where none has ended
};

struct UsageBar {
    TimeNs start = kNoTime;        // of the step, UTC
    std::int64_t runs = 0;         // that have calls in it
    std::vector<UsageSums> groups; // in the order of UsageAnswer::groups, the first `told_apart` of them
    UsageSums sums;                // of the step
};

struct RunCost {
    TraceId id;
    std::string name, detail;
    PicoUsd cost = 0; // known: reported or computed
};

// A bar of the histogram of known cost per run: [from, to) in pico-USD, eight steps a decade.
struct CostBin {
    PicoUsd from = 0, to = 0;
    std::int64_t runs = 0;
};

struct UsageAnswer {
    // Wider than asked for where there would be over a thousand bars; weeks begin on Monday.
    UsageStep step = UsageStep::day;
    int steps_a_bar = 1; // more than one where a thousand weeks are not enough (a clock went wrong)
    std::vector<UsageGroup> groups; // most known cost first, then most calls, then by key
    // Every step from the first to the last, empty ones too. Calls without a start are in none.
    std::vector<UsageBar> bars;
    UsageSums sums;                      // of all groups
    std::int64_t model_calls = 0;        // LLM and embedding calls, whatever it is grouped by
    std::int64_t runs = 0, all_runs = 0; // that match; in the store
    std::int64_t runs_reported = 0;      // with a cost that their source states
    // From the first that is not empty to the last. Runs that cost nothing have a bin of their own before it,
    // from 0 on.
    std::vector<CostBin> bins;
    std::optional<PicoUsd> run_p50, run_p95;
    std::vector<RunCost> most_expensive; // none that cost nothing
    // Calls without a price by model, most first: what to add a price for.
    std::vector<std::pair<std::string, std::int64_t>> unpriced_models;
};

} // namespace clew
