// Deterministic OTLP JSON Lines for the benchmarks.
//
// plain: many traces of agents with 1 to 3 KB of messages on a third of the spans, one trace of a tenth of
// all spans. resend: agent loops that send their whole history with every call.
#pragma once

#include <cstdint>
#include <string>

namespace clew::bench {

struct Dump {
    std::string path;
    std::uint64_t bytes = 0;
    std::uint64_t spans = 0;
    std::uint64_t unique_text = 0; // bytes of text that are not repeats (resend only)
    std::string largest_trace;     // hex id
    std::string last_span;         // of the largest trace: hex id (resend: the span with the longest history)
};

Dump write_plain_dump(const std::string& path, std::uint64_t spans);
Dump write_resend_dump(const std::string& path, int runs, int turns, int long_run_turns);

} // namespace clew::bench
