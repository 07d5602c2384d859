// How fast model calls answer: time to first token, and tokens per second behind it. Pure; any thread.
#pragma once

#include "model/trace/trace_snapshot.h"

#include <cstdint>
#include <optional>

namespace clew {

// From the start to the first token; nothing where the source does not say, or says what cannot be.
std::optional<DurationNs> time_to_first_token(TimeNs start, TimeNs first_token);

struct TokenRate {
    double per_second = 0;
    bool after_first = false; // over the time behind the first token; else over the whole call
};
// Nothing where it could only be wrong: no output, no end, or more than any model writes.
std::optional<TokenRate> token_rate(TimeNs start, TimeNs first_token, TimeNs end,
                                    std::optional<std::int64_t> output_tokens);

// Of the calls of a trace, by nearest rank.
struct Percentiles {
    double median = 0, p95 = 0;
    std::int64_t calls = 0; // that say it
};
struct CallRates {
    std::optional<Percentiles> first_token; // ns
    // Of calls that say when their first token came; where none does, over whole calls.
    std::optional<Percentiles> per_second; // p95 = the rate that 95 % of the calls reach or pass
    bool after_first = false;
    std::int64_t calls = 0;
};
CallRates call_rates(const TraceSnapshot& trace);

} // namespace clew
