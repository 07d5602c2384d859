#include "model/trace/kind.h"

#include <algorithm>
#include <array>

namespace clew {

namespace {
constexpr std::array<std::string_view, kKindCount> kKindNames = {
    "generic",   "agent",    "workflow", "llm",       "tool",     "retriever",
    "embedding", "reranker", "memory",   "guardrail", "evaluator"};
}

std::string_view kind_name(Kind kind) {
    const auto index = static_cast<std::size_t>(kind);
    return index < kKindNames.size() ? kKindNames[index] : kKindNames[0];
}

std::optional<Kind> kind_from_name(std::string_view name) {
    const auto it = std::ranges::find(kKindNames, name);
    if (it == kKindNames.end()) return {};
    return static_cast<Kind>(it - kKindNames.begin());
}

std::string_view status_name(Status status) {
    return status == Status::error ? "error" : status == Status::ok ? "ok" : "unset";
}

std::string_view time_quality_name(TimeQuality quality) {
    return quality == TimeQuality::synthetic ? "synthetic"
           : quality == TimeQuality::derived ? "derived"
                                             : "exact";
}

} // namespace clew
