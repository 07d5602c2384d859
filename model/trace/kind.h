// What a span is, how it ended, and how well its times are known. Pure values. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace clew {

// The canonical kinds (numbers are stored: append only). A tool that runs over MCP is a tool; `kMcp` is its
// badge.
enum class Kind : std::uint8_t {
    generic = 0,
    agent = 1,
    workflow = 2,
    llm = 3,
    tool = 4,
    retriever = 5,
    embedding = 6,
    reranker = 7,
    memory = 8,
    guardrail = 9,
    evaluator = 10,
};
inline constexpr int kKindCount = 11;

enum class Status : std::uint8_t { unset = 0, ok = 1, error = 2 };

// exact: stated by the source; derived: computed from other stated times; synthetic: laid out in order by us.
enum class TimeQuality : std::uint8_t { exact = 0, derived = 1, synthetic = 2 };

std::string_view kind_name(Kind kind); // "llm", "tool" …
std::optional<Kind> kind_from_name(std::string_view name);
std::string_view status_name(Status status);
std::string_view time_quality_name(TimeQuality quality);

} // namespace clew
