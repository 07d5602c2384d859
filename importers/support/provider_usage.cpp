#include "importers/support/provider_usage.h"

#include <initializer_list>

namespace clew {

namespace {

using Count = std::optional<std::int64_t>;

Count first_count(json::Object object, std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys) {
        if (const auto count = json::count_of(object, key)) return count;
    }
    return {};
}

Count first_detail(json::Object usage, std::initializer_list<std::string_view> objects,
                   std::initializer_list<std::string_view> keys) {
    for (const std::string_view name : objects) {
        const auto details = json::object_of(usage, name);
        if (!details) continue;
        if (const auto count = first_count(*details, keys)) return count;
    }
    return {};
}

Count sum(Count a, Count b) {
    return a || b ? Count(a.value_or(0) + b.value_or(0)) : Count();
}

// Gemini lists tokens by modality: [{"modality":"AUDIO","tokenCount":12}].
Count spoken(json::Object usage, std::initializer_list<std::string_view> lists) {
    for (const std::string_view name : lists) {
        for (const json::Object part : json::objects_of(usage, name)) {
            if (json::text_of(part, "modality") == "AUDIO")
                return first_count(part, {"token_count", "tokenCount"});
        }
    }
    return {};
}

Usage gemini(json::Object usage) {
    Usage out;
    const Count thoughts = first_count(usage, {"thoughts_token_count", "thoughtsTokenCount"});
    const Count prompt = first_count(usage, {"prompt_token_count", "promptTokenCount"});
    const Count tools = first_count(usage, {"tool_use_prompt_token_count", "toolUsePromptTokenCount"});
    const Count answer = first_count(usage, {"candidates_token_count", "candidatesTokenCount",
                                             "response_token_count", "responseTokenCount"});
    out.input = sum(prompt, tools);
    out.output = sum(answer, thoughts);
    out.reasoning = thoughts;
    out.cache_read = first_count(usage, {"cached_content_token_count", "cachedContentTokenCount"});
    out.input_audio = spoken(usage, {"prompt_tokens_details", "promptTokensDetails"});
    out.output_audio = spoken(usage, {"candidates_tokens_details", "candidatesTokensDetails"});
    return out;
}

} // namespace

Usage usage_of_provider(json::Object usage) {
    for (const std::string_view key :
         {"prompt_token_count", "promptTokenCount", "candidates_token_count", "candidatesTokenCount"}) {
        if (json::member(usage, key)) return gemini(usage);
    }
    Usage out;
    const Count prompt = json::count_of(usage, "prompt_tokens");
    out.input = prompt ? prompt : json::count_of(usage, "input_tokens");
    out.output = first_count(usage, {"completion_tokens", "output_tokens"});
    const auto input_detail = [&](std::initializer_list<std::string_view> keys) {
        return first_detail(usage, {"prompt_tokens_details", "input_tokens_details"}, keys);
    };
    out.cache_read = input_detail({"cached_tokens", "cache_read"});
    const bool inside = out.cache_read.has_value();
    if (!inside) out.cache_read = first_count(usage, {"cache_read_input_tokens", "cache_read_tokens"});
    out.cache_write = first_count(usage, {"cache_creation_input_tokens", "cache_write_tokens"});
    if (!out.cache_write)
        out.cache_write = input_detail({"cache_creation_tokens", "cache_write_tokens", "cache_creation"});
    out.cache_write_1h = first_detail(usage, {"cache_creation"}, {"ephemeral_1h_input_tokens"});
    out.input_audio = input_detail({"audio_tokens"});
    out.output_audio =
        first_detail(usage, {"completion_tokens_details", "output_tokens_details"}, {"audio_tokens"});
    out.reasoning = first_detail(usage, {"completion_tokens_details", "output_tokens_details"},
                                 {"reasoning_tokens", "reasoning"});
    if (!out.reasoning) out.reasoning = json::count_of(usage, "reasoning_tokens");
    // Anthropic's own counts leave out what was cached.
    const Count cached = sum(out.cache_read, out.cache_write);
    const bool exclusive = out.input && cached && ((!prompt && !inside) || *cached > *out.input);
    if (exclusive) out.input = *out.input + *cached;
    return out;
}

void add_to(std::optional<std::int64_t>& total, std::optional<std::int64_t> value) {
    total = sum(total, value);
}

void add_to(Usage& total, const Usage& usage) {
    add_to(total.input, usage.input);
    add_to(total.cache_read, usage.cache_read);
    add_to(total.cache_write, usage.cache_write);
    add_to(total.output, usage.output);
    add_to(total.reasoning, usage.reasoning);
    add_to(total.cache_write_1h, usage.cache_write_1h);
    add_to(total.input_audio, usage.input_audio);
    add_to(total.output_audio, usage.output_audio);
}

void add_usage(AttributeList& attributes, const Usage& usage) {
    attributes.integer("gen_ai.usage.input_tokens", usage.input);
    attributes.integer("gen_ai.usage.cache_read.input_tokens", usage.cache_read);
    attributes.integer("gen_ai.usage.cache_creation.input_tokens", usage.cache_write);
    attributes.integer("gen_ai.usage.output_tokens", usage.output);
    attributes.integer("gen_ai.usage.reasoning.output_tokens", usage.reasoning);
    attributes.integer("gen_ai.usage.audio.input_tokens", usage.input_audio);
    attributes.integer("gen_ai.usage.audio.output_tokens", usage.output_audio);
}

} // namespace clew
