// Where LangSmith runs state their tokens: counted by the service (prompt_tokens …), by the SDK
// (usage_metadata), by LangChain (llm_output) or by the provider's own answer.
#include "importers/formats/langsmith_run.h"
#include "importers/support/provider_usage.h"

namespace clew::langsmith {

namespace {

using namespace json;

using Count = std::optional<std::int64_t>;

void fill(Count& to, Count from) {
    if (!to) to = from;
}

Count sum(Count a, Count b) {
    if (!a && !b) return {};
    return a.value_or(0) + b.value_or(0);
}

void fill_cache(Usage& usage, Object details) {
    fill(usage.cache_read, count_of(details, "cache_read"));
    fill(usage.cache_read, count_of(details, "cached_tokens"));
    fill(usage.cache_write, count_of(details, "cache_creation"));
    fill(usage.cache_write,
         sum(count_of(details, "ephemeral_5m_input_tokens"), count_of(details, "ephemeral_1h_input_tokens")));
    fill(usage.cache_write_1h, count_of(details, "ephemeral_1h_input_tokens"));
    fill(usage.input_audio, count_of(details, "audio"));
    fill(usage.input_audio, count_of(details, "audio_tokens"));
}

void fill_reasoning(Usage& usage, Object details) {
    fill(usage.reasoning, count_of(details, "reasoning"));
    fill(usage.reasoning, count_of(details, "reasoning_tokens"));
    fill(usage.output_audio, count_of(details, "audio"));
    fill(usage.output_audio, count_of(details, "audio_tokens"));
}

// {"input_tokens","output_tokens","input_token_details":{…}}: input includes what was cached.
void fill_metadata(Usage& usage, Object object) {
    fill(usage.input, count_of(object, "input_tokens"));
    fill(usage.output, count_of(object, "output_tokens"));
    if (const auto details = object_of(object, "input_token_details")) fill_cache(usage, *details);
    if (const auto details = object_of(object, "output_token_details")) fill_reasoning(usage, *details);
}

std::optional<Object> first_object(Array array) {
    const auto begin = array.begin();
    return begin == array.end() ? std::nullopt : as_object(*begin);
}

// A message, or a serialized constructor of one.
std::optional<Object> fields_of(std::optional<Object> message) {
    if (!message) return {};
    if (const auto fields = object_of(*message, "kwargs")) return fields;
    return message;
}

std::optional<Object> answer_of(Object outputs) {
    if (const auto generations = array_of(outputs, "generations")) {
        auto generation = first_object(*generations);
        if (!generation && generations->begin() != generations->end()) {
            if (const auto inner = as_array(*generations->begin())) generation = first_object(*inner);
        }
        if (generation) return fields_of(object_of(*generation, "message"));
    }
    for (const std::string_view key : {"message", "output"})
        if (const auto message = object_of(outputs, key)) return fields_of(message);
    return {};
}

RunUsage counted_by_service(Object run) {
    RunUsage out;
    out.usage.input = count_of(run, "prompt_tokens");
    out.usage.output = count_of(run, "completion_tokens");
    // Runs whose tokens are not known are exported with zeros.
    if (out.usage.input.value_or(0) == 0 && out.usage.output.value_or(0) == 0) out.usage = {};
    if (out.usage.stated()) {
        for (const std::string_view key : {"prompt_token_details", "prompt_tokens_details"})
            if (const auto details = object_of(run, key)) fill_cache(out.usage, *details);
        for (const std::string_view key : {"completion_token_details", "completion_tokens_details"})
            if (const auto details = object_of(run, key)) fill_reasoning(out.usage, *details);
    }
    out.cost = usd_of(run, "total_cost");
    if (out.cost == PicoUsd{0} && !out.usage.stated()) out.cost.reset();
    return out;
}

} // namespace

RunUsage usage_of(Object run) {
    RunUsage out = counted_by_service(run);
    const auto take = [&out](std::optional<Object> metadata) {
        if (!metadata) return;
        fill_metadata(out.usage, *metadata);
        if (!out.cost) out.cost = usd_of(*metadata, "total_cost");
    };
    const auto outputs = object_of(run, "outputs");
    if (outputs) take(object_of(*outputs, "usage_metadata"));
    if (const auto extra = object_of(run, "extra")) {
        take(object_of(*extra, "usage_metadata"));
        if (const auto metadata = object_of(*extra, "metadata")) take(object_of(*metadata, "usage_metadata"));
    }
    if (!outputs) return out;
    const auto take_provider = [&out](Object usage) {
        if (!out.usage.stated()) out.usage = usage_of_provider(usage);
    };
    const auto answer = answer_of(*outputs);
    if (answer) take(object_of(*answer, "usage_metadata"));
    if (const auto llm = object_of(*outputs, "llm_output")) {
        for (const std::string_view key : {"token_usage", "usage"})
            if (const auto usage = object_of(*llm, key)) take_provider(*usage);
    }
    if (const auto usage = object_of(*outputs, "usage")) take_provider(*usage);
    return out;
}

} // namespace clew::langsmith
