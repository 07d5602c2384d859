// Spans made by hand for the tests and the pictures of the details pane.
#pragma once

#include "tests/support/memory_store.h"

#include <string>

namespace clew::test {

inline constexpr std::uint64_t kAgentSpan = 1, kCheckerSpan = 2, kFirstCall = 3, kScoreTool = 4,
                               kListTool = 5, kSecondCall = 6, kFailedTool = 7, kSilentTool = 8,
                               kNoContent = 9, kLongCall = 10, kHugeTool = 11;

// {"key":…,"value":{"stringValue":…}} of an attribute array.
std::string attribute(const std::string& key, const std::string& text);
std::string attribute(const std::string& key, double number);
std::string attribute(const std::string& key, std::int64_t number);
std::string attributes(const std::vector<std::string>& list);

// An agent that refunds an order: two calls, a tool that fails in silence, one that fails, one without
// content, a conversation of `longMessages` messages and a tool whose result is one line of `hugeBytes`.
struct Sample {
    TraceId trace = trace_id(7);
    MemoryTraceStore store;
    MemoryNoteBook notes;
    TraceSnapshotPtr snapshot;

    explicit Sample(int longMessages = 400, std::size_t hugeBytes = 100'000);
};

} // namespace clew::test
