// Usage objects as providers write them, and what they say in Clew's convention: input holds what was cached,
// output the reasoning.
#pragma once

#include "model/trace/span.h"

#include <string_view>

namespace clew::test {

struct ProviderUsage {
    const char* name;
    std::string_view json;
    Usage usage;
};

inline const ProviderUsage kProviderUsages[] = {
    {"OpenAI chat",
     R"({"prompt_tokens":100,"completion_tokens":50,"prompt_tokens_details":{"cached_tokens":60,"audio_tokens":20},
         "completion_tokens_details":{"reasoning_tokens":30,"audio_tokens":5}})",
     {100, 60, {}, 50, 30, {}, 20, 5}},
    {"OpenAI responses",
     R"({"input_tokens":100,"output_tokens":50,"input_tokens_details":{"cached_tokens":60},
         "output_tokens_details":{"reasoning_tokens":30}})",
     {100, 60, {}, 50, 30}},
    {"Anthropic",
     R"({"input_tokens":10,"cache_read_input_tokens":60,"cache_creation_input_tokens":30,"output_tokens":5,
         "cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20}})",
     {100, 60, 30, 5, {}, 20}},
    {"Gemini",
     R"({"promptTokenCount":100,"candidatesTokenCount":20,"thoughtsTokenCount":30,"cachedContentTokenCount":60,
         "promptTokensDetails":[{"modality":"TEXT","tokenCount":88},{"modality":"AUDIO","tokenCount":12}],
         "candidatesTokensDetails":[{"modality":"AUDIO","tokenCount":7}]})",
     {100, 60, {}, 50, 30, {}, 12, 7}},
    {"Gemini, odd details",
     R"({"promptTokenCount":100,"candidatesTokenCount":20,"promptTokensDetails":[null,{"modality":7},"AUDIO"]})",
     {100, {}, {}, 20}},
};

} // namespace clew::test
