// Token counts as these APIs write them. Unlike usage_of_provider(), the shape is known here, and servers
// that count cached or reasoning tokens beside the others are seen through.
#include "importers/formats/openai_call.h"

#include <initializer_list>

namespace clew::openai {

using json::Object;

namespace {

std::int64_t sum(std::optional<std::int64_t> a, std::optional<std::int64_t> b) {
    return a.value_or(0) + b.value_or(0);
}

} // namespace

Usage usage_of(Object usage, Shape shape) {
    Usage out;
    const auto first = [&](std::initializer_list<std::string_view> keys) -> std::optional<std::int64_t> {
        for (const auto key : keys)
            if (const auto count = json::count_of(usage, key)) return count;
        return {};
    };
    const auto detail = [&](std::initializer_list<std::string_view> lists,
                            std::string_view key) -> std::optional<std::int64_t> {
        for (const auto list : lists)
            if (const auto object = json::object_of(usage, list))
                if (const auto count = json::count_of(*object, key)) return count;
        return {};
    };
    out.input = first({"prompt_tokens", "input_tokens"});
    out.output = first({"completion_tokens", "output_tokens"});
    out.cache_read = detail({"prompt_tokens_details", "input_tokens_details"}, "cached_tokens");
    if (!out.cache_read) out.cache_read = first({"cache_read_input_tokens", "prompt_cache_hit_tokens"});
    out.cache_write = first({"cache_creation_input_tokens"});
    if (!out.cache_write)
        out.cache_write = detail({"prompt_tokens_details", "input_tokens_details"}, "cache_write_tokens");
    out.reasoning = detail({"completion_tokens_details", "output_tokens_details"}, "reasoning_tokens");
    const std::int64_t cached = sum(out.cache_read, out.cache_write);
    const bool beside = shape == Shape::anthropic && !json::member(usage, "prompt_tokens");
    if (out.input && (beside || cached > *out.input)) *out.input += cached;
    // Some servers count reasoning beside the answer; their total tells.
    const auto total = json::count_of(usage, "total_tokens");
    if (out.output && out.reasoning && *out.reasoning > 0 &&
        (*out.reasoning > *out.output || (total && *total == sum(out.input, out.output) + *out.reasoning)))
        *out.output += *out.reasoning;
    return out;
}

} // namespace clew::openai
