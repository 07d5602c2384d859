// Sessions: runs that belong to one session or conversation, summed up. Values.
#pragma once

#include "model/base/money.h"
#include "model/base/numbers.h"
#include "model/base/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace clew {

struct SessionRow {
    std::string session;             // the source's own id
    std::string name, detail, agent; // of its first run
    TimeNs start = kNoTime, end = kNoTime;
    DurationNs busy = 0; // its runs' durations together
    std::int64_t runs = 0, llm_calls = 0, tool_calls = 0, errors = 0, silent_failures = 0;
    bool running = false;
    std::optional<std::int64_t> input_tokens, output_tokens;
    std::optional<PicoUsd> reported, computed;
    std::int64_t unpriced_calls = 0;
    [[nodiscard]] CostKinds costs() const { return {reported, computed, unpriced_calls}; }
    bool operator==(const SessionRow&) const = default;
};

enum class SessionOrder : std::uint8_t { newest, runs, duration, cost, errors };

struct SessionQuery {
    std::string filter; // of runs: model/store/filter.h; sessions count and sum those that match
    SessionOrder order = SessionOrder::newest; // largest first
    std::int64_t offset = 0;
    std::int64_t limit = 200;
};

struct SessionPage {
    std::vector<SessionRow> rows;
    std::int64_t count = 0; // sessions that have runs which match
};

} // namespace clew
