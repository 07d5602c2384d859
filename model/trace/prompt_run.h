// What one run made of one version of a prompt: what versions are compared by. Values; any thread.
#pragma once

#include "model/base/ids.h"
#include "model/base/money.h"
#include "model/base/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace clew {

// How a prompt and its version are called. Inferred ones are numbered by Clew, where a source names none.
struct PromptVersion {
    std::string name;
    std::string version; // "" = none is known
    bool inferred = false;
    [[nodiscard]] std::string key() const { return version.empty() ? name : name + "@" + version; }
    bool operator==(const PromptVersion&) const = default;
};

// One text under one name and stated version. `near` tells texts apart.
struct PromptUse {
    std::string name;
    std::string version; // as stated; "" = none is
    std::uint64_t near = 0;
    TimeNs first = kNoTime;
};

// One call and the text that its prompt was made of (model/analysis/prompts).
struct PromptOfCall {
    SpanId span;
    std::string name;
    std::string version; // as stated; "" = none is, and the store numbers the text
    std::uint64_t near = 0;
    std::string text;
    TimeNs start = kNoTime;
};
// Of the run's calls of models with this version. Unknown is nullopt, which is not 0.
struct PromptRun {
    TraceId trace;
    TimeNs start = kNoTime; // of the run
    std::vector<SpanId> calls;
    std::vector<DurationNs> durations; // of those that have ended
    bool failed = false;               // one of the calls, or the run itself
    std::optional<std::int64_t> input_tokens, output_tokens;
    std::optional<std::int64_t> cache_read; // of `cache_input`
    std::optional<std::int64_t> cache_input;
    std::optional<PicoUsd> cost; // known of every call that costs
    // Whether the rules found errors or warnings in the run; nullopt where they have not looked at it as it
    // is.
    std::optional<bool> troubled;
};

} // namespace clew
