// Tokens, money and the first token's time, brought to the canonical convention (reference: formats, G.4).
#include "model/base/text.h"
#include "model/trace/dialects/columns_parts.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace clew {

namespace {

using Json = nlohmann::json;

// JSON inside a string, sometimes inside a string once more.
Json json_of(const AttributeValue* value) {
    std::string scratch;
    if (value == nullptr) return {};
    Json json = Json::parse(text_of(*value, scratch), nullptr, false);
    if (json.is_string()) json = Json::parse(json.get_ref<const std::string&>(), nullptr, false);
    return json;
}

std::optional<std::int64_t> count_in(const Json& json, std::initializer_list<const char*> path) {
    const Json* at = &json;
    for (const char* key : path) {
        if (!at->is_object()) return {};
        const auto it = at->find(key);
        if (it == at->end()) return {};
        at = &*it;
    }
    if (at->is_number_unsigned() && at->get<std::uint64_t>() > INT64_MAX) return {};
    if (at->is_number_integer() && at->get<std::int64_t>() >= 0) return at->get<std::int64_t>();
    if (at->is_number_float())
        if (const auto number = at->get<double>();
            number >= 0 && number < 9e18 && std::floor(number) == number)
            return static_cast<std::int64_t>(number);
    return {};
}

std::optional<double> number_in(const Json& json, const char* key) {
    if (!json.is_object()) return {};
    const auto it = json.find(key);
    if (it == json.end() || !it->is_number()) return {};
    return it->get<double>();
}

void fill(std::optional<std::int64_t>& field, std::optional<std::int64_t> value) {
    if (!field) field = value;
}

// Sums beyond any honest count are cut rather than wrapped.
std::int64_t sum(std::int64_t a, std::int64_t b) {
    std::int64_t out = 0;
    return __builtin_add_overflow(a, b, &out) ? INT64_MAX : out;
}

void include_cache(Usage& usage) {
    usage.input =
        sum(usage.input.value_or(0), sum(usage.cache_read.value_or(0), usage.cache_write.value_or(0)));
}

// Whether "input" has the cached tokens in it, against Langfuse's convention: clients hand on what their
// provider counted. A total that is the sum of input and output alone shows it; else the provider's own word
// for cached tokens beside a model of OpenAI's, who count so.
bool cached_is_part(const Json& json, std::string_view model) {
    const auto input = count_in(json, {"input"});
    if (!input) return false;
    if (const auto total = count_in(json, {"total"}))
        return *total == sum(*input, count_in(json, {"output"}).value_or(0));
    const auto cached = count_in(json, {"cache_read_input_tokens"});
    const bool openai = model.starts_with("gpt-") || model.starts_with("chatgpt") ||
                        model.starts_with("o1") || model.starts_with("o3") || model.starts_with("o4") ||
                        model.starts_with("openai/");
    return cached && *cached <= *input && openai;
}

// Langfuse: every bucket stands beside the others ("input" is what was not cached).
Usage usage_from_buckets(const Json& json, std::string_view model) {
    Usage usage;
    if (!json.is_object()) return usage;
    const bool within = cached_is_part(json, model);
    const auto add = [](std::optional<std::int64_t>& field, std::int64_t value) {
        field = sum(field.value_or(0), value);
    };
    for (const auto& [key, unused] : json.items()) {
        const auto value = count_in(json, {key.c_str()});
        const auto has = [&key = key](const char* word) { return key.find(word) != std::string::npos; };
        if (!value || has("total")) continue;
        // Names with a dot ("prompt_details.cache_read") were attributes once, which count parts of a whole.
        const bool part = has(".") || (within && key != "input" && key != "output");
        if (has("cache")) {
            add(has("creation") || has("write") ? usage.cache_write : usage.cache_read, *value);
            if (!part) add(usage.input, *value);
        } else if (has("output") || has("completion") || has("reasoning")) {
            if (has("reasoning")) add(usage.reasoning, *value);
            if (has("audio")) add(usage.output_audio, *value);
            if (!part) add(usage.output, *value);
        } else if (has("input") || has("prompt")) {
            if (has("audio")) add(usage.input_audio, *value);
            if (!part) add(usage.input, *value);
        }
    }
    return usage;
}

void fill_from_object(Usage& usage, const Json& json) {
    fill(usage.input, count_in(json, {"input_tokens"}));
    fill(usage.output, count_in(json, {"output_tokens"}));
    fill(usage.cache_read, count_in(json, {"input_token_details", "cache_read"}));
    fill(usage.cache_read, count_in(json, {"cache_read_input_tokens"}));
    fill(usage.cache_write, count_in(json, {"input_token_details", "cache_creation"}));
    fill(usage.cache_write, count_in(json, {"cache_creation_input_tokens"}));
    fill(usage.reasoning, count_in(json, {"output_token_details", "reasoning"}));
    fill(usage.input_audio, count_in(json, {"input_token_details", "audio"}));
    fill(usage.output_audio, count_in(json, {"output_token_details", "audio"}));
}

void fill_from_provider_metadata(Usage& usage, const Json& json) {
    fill(usage.cache_read, count_in(json, {"anthropic", "usage", "cache_read_input_tokens"}));
    fill(usage.cache_read, count_in(json, {"openai", "cachedPromptTokens"}));
    fill(usage.cache_read, count_in(json, {"bedrock", "usage", "cacheReadInputTokens"}));
    fill(usage.cache_write, count_in(json, {"anthropic", "usage", "cache_creation_input_tokens"}));
    fill(usage.cache_write, count_in(json, {"anthropic", "cacheCreationInputTokens"}));
    fill(usage.cache_write_1h,
         count_in(json, {"anthropic", "usage", "cache_creation", "ephemeral_1h_input_tokens"}));
    fill(usage.cache_write, count_in(json, {"bedrock", "usage", "cacheWriteInputTokens"}));
    fill(usage.reasoning, count_in(json, {"openai", "reasoningTokens"}));
}

// Genkit states a model's usage inside its output.
void fill_from_genkit(Usage& usage, const Json& json) {
    usage.input = count_in(json, {"usage", "inputTokens"});
    usage.output = count_in(json, {"usage", "outputTokens"});
    usage.cache_read = count_in(json, {"usage", "cachedContentTokens"});
    const auto thoughts = count_in(json, {"usage", "thoughtsTokens"});
    if (!usage.output || !thoughts) return;
    usage.reasoning = thoughts; // beside the output, as Google counts them
    usage.output = sum(*usage.output, *thoughts);
}

void fill_from_details(Usage& usage, const SeenColumns& seen) {
    if (const auto* input = seen.find(Column::input_details)) {
        const Json json = json_of(input);
        fill(usage.cache_read, count_in(json, {"cache_read"}));
        fill(usage.cache_write, count_in(json, {"cache_creation"}));
        fill(usage.input_audio, count_in(json, {"audio"}));
    }
    if (const auto* output = seen.find(Column::output_details)) {
        const Json json = json_of(output);
        fill(usage.reasoning, count_in(json, {"reasoning"}));
        fill(usage.output_audio, count_in(json, {"audio"}));
    }
}

// Sources that state neither convention show theirs where the parts exceed the whole.
void normalise(Usage& usage) {
    if (usage.input && sum(usage.cache_read.value_or(0), usage.cache_write.value_or(0)) > *usage.input)
        include_cache(usage);
    if (usage.output && usage.reasoning.value_or(0) > *usage.output)
        usage.output = sum(*usage.output, *usage.reasoning);
}

} // namespace

UsageFound usage_from(const SeenColumns& seen, bool claude_code) {
    if (const auto* details = seen.find(Column::usage_details)) {
        std::string scratch;
        const auto* model = seen.find(Column::model);
        if (model == nullptr) model = seen.find(Column::request_model);
        const Usage usage = usage_from_buckets(json_of(details), model == nullptr ? std::string_view()
                                                                                  : text_of(*model, scratch));
        if (usage.stated()) return {usage, false};
    }
    Usage usage;
    usage.input = count_of(seen.find(Column::input_tokens));
    usage.cache_read = count_of(seen.find(Column::cache_read_tokens));
    usage.cache_write = count_of(seen.find(Column::cache_write_tokens));
    usage.output = count_of(seen.find(Column::output_tokens));
    usage.reasoning = count_of(seen.find(Column::reasoning_tokens));
    usage.input_audio = count_of(seen.find(Column::input_audio_tokens));
    usage.output_audio = count_of(seen.find(Column::output_audio_tokens));
    if (const auto* object = seen.find(Column::usage_object)) fill_from_object(usage, json_of(object));
    if (!usage.stated() && seen.has(Column::genkit_subtype))
        fill_from_genkit(usage, json_of(seen.find(Column::tool_result)));
    if (usage.stated()) {
        fill_from_details(usage, seen);
        if (const auto* metadata = seen.find(Column::provider_metadata))
            fill_from_provider_metadata(usage, json_of(metadata));
        if (const auto* response = seen.find(Column::vertex_response);
            response != nullptr && !usage.cache_read)
            usage.cache_read = count_in(json_of(response), {"usage_metadata", "cached_content_token_count"});
        normalise(usage);
        return {usage, false};
    }
    if (claude_code) {
        usage.input = count_of(seen.find(Column::claude_input));
        usage.cache_read = count_of(seen.find(Column::claude_cache_read));
        usage.cache_write = count_of(seen.find(Column::claude_cache_write));
        usage.output = count_of(seen.find(Column::claude_output));
        if (usage.stated()) {
            include_cache(usage);
            return {usage, false};
        }
    }
    usage.input = count_of(seen.find(Column::aggregated_input));
    usage.output = count_of(seen.find(Column::aggregated_output));
    if (!usage.stated()) return {usage, false};
    usage.cache_read = count_of(seen.find(Column::aggregated_cache_read));
    usage.cache_write = count_of(seen.find(Column::aggregated_cache_write));
    normalise(usage);
    return {usage, true};
}

std::optional<PicoUsd> cost_from(const SeenColumns& seen, bool claude_code) {
    std::optional<double> usd;
    if (const auto* details = seen.find(Column::cost_details)) {
        const Json json = json_of(details);
        usd = number_in(json, "total");
        if (!usd && json.is_object()) {
            for (const auto& part : json)
                if (part.is_number()) usd = usd.value_or(0) + part.get<double>();
        }
    }
    if (!usd) usd = number_of(seen.find(Column::cost));
    if (!usd && seen.has(Column::cost_object)) {
        const Json json = json_of(seen.find(Column::cost_object));
        usd = number_in(json, "total_cost");
    }
    if (!usd && claude_code) usd = number_of(seen.find(Column::claude_cost));
    return usd ? from_usd(*usd) : std::nullopt;
}

TimeNs first_token_from(const SeenColumns& seen, TimeNs start, bool claude_code) {
    const auto after = [start](std::optional<double> amount, DurationNs unit) {
        // A year is beyond any wait, and keeps the sum in range.
        if (!amount || start == kNoTime || *amount < 0 || *amount * static_cast<double>(unit) > 3.2e16)
            return kNoTime;
        TimeNs out = 0;
        return __builtin_add_overflow(start, std::llround(*amount * static_cast<double>(unit)), &out)
                   ? kNoTime
                   : out;
    };
    if (const auto* seconds = seen.find(Column::first_token_seconds))
        return after(number_of(seconds), kSecond);
    if (const auto* millis = seen.find(Column::first_token_millis))
        return after(number_of(millis), kMillisecond);
    if (const auto* time = seen.find(Column::first_token_time)) {
        std::string scratch;
        auto text = trimmed(text_of(*time, scratch, 100));
        while (text.size() >= 2 && text.front() == '"' && text.back() == '"')
            text = text.substr(1, text.size() - 2);
        return parse_iso8601(text).value_or(kNoTime);
    }
    if (claude_code) return after(number_of(seen.find(Column::claude_first_token_millis)), kMillisecond);
    return kNoTime;
}

} // namespace clew
