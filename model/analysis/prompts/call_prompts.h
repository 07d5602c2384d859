// The prompt of every call of a trace: its name, the version that is stated, and what its text is known by.
// Pure; any thread.
#pragma once

#include "model/trace/prompt_run.h"
#include "model/trace/span_detail.h"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace clew {

// Of masking and naming: stores compute again what was computed by another. It only ever grows.
inline constexpr std::int64_t kPromptsVersion = 1;

class CallPrompts {
public:
    void add(const SpanDetail& span); // in tree order: parents first
    std::vector<PromptOfCall> take() { return std::move(calls_); }

private:
    [[nodiscard]] std::string name_of(const SpanDetail& span) const;

    std::unordered_map<SpanId, std::string> owners_; // the nearest agent or workflow, by name
    std::vector<PromptOfCall> calls_;
};

} // namespace clew
