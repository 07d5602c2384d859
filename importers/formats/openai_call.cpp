#include "importers/formats/openai_call.h"

#include "importers/support/provider_usage.h"
#include "model/base/text.h"

#include <algorithm>
#include <array>
#include <span>

namespace clew::openai {

namespace {

using json::Element;

constexpr std::size_t kWords = 80;
constexpr std::size_t kSentence = 2000;

struct Parameter {
    std::string_view key;
    std::string_view attribute;
};
constexpr auto kParameters = std::to_array<Parameter>({
    {"temperature", "gen_ai.request.temperature"},
    {"top_p", "gen_ai.request.top_p"},
    {"top_k", "gen_ai.request.top_k"},
    {"max_tokens", "gen_ai.request.max_tokens"},
    {"max_completion_tokens", "gen_ai.request.max_tokens"},
    {"max_output_tokens", "gen_ai.request.max_tokens"},
    {"frequency_penalty", "gen_ai.request.frequency_penalty"},
    {"presence_penalty", "gen_ai.request.presence_penalty"},
    {"seed", "gen_ai.request.seed"},
    {"n", "gen_ai.request.choice.count"},
    {"stop", "gen_ai.request.stop_sequences"},
    {"stop_sequences", "gen_ai.request.stop_sequences"},
});

// Members that have a place of their own in the span.
constexpr auto kRequestMembers = std::to_array<std::string_view>(
    {"model", "messages", "input", "prompt", "instructions", "system", "tools", "functions"});
constexpr auto kResponseMembers =
    std::to_array<std::string_view>({"id", "object", "model", "choices", "output", "content", "role", "type",
                                     "stop_reason", "input", "messages"});

bool holds(std::span<const std::string_view> keys, std::string_view key) {
    return std::ranges::find(keys, key) != keys.end();
}

std::string_view operation(Shape shape) {
    switch (shape) {
    case Shape::completion: return "text_completion";
    case Shape::embeddings: return "embeddings";
    default: return "chat";
    }
}

void add_request(const Call& call, AttributeList& attributes, bool own_request) {
    if (!call.request) return;
    for (const auto member : *call.request) {
        if (holds(kRequestMembers, member.key) || add_parameter(attributes, member.key, member.value) ||
            !own_request)
            continue;
        attributes.any(std::string(kPrefix) + "request." + std::string(member.key), member.value);
    }
}

void add_response(const Call& call, AttributeList& attributes) {
    if (!call.response) return;
    attributes.text("gen_ai.response.id", json::text_of(*call.response, "id"));
    attributes.text("gen_ai.response.model", json::text_of(*call.response, "model"));
    const bool echoes_request = call.shape == Shape::responses && !call.request;
    for (const auto member : *call.response) {
        if (holds(kResponseMembers, member.key) || member.value.is_null()) continue;
        if (echoes_request && (member.key == "tools" || member.key == "instructions" ||
                               member.key == "input" || add_parameter(attributes, member.key, member.value)))
            continue;
        if (call.shape == Shape::embeddings && member.key == "data") {
            // The vectors say nothing to a reader, and are most of the file.
            if (const auto list = json::as_array(member.value))
                attributes.integer(std::string(kPrefix) + "response.data.count",
                                   static_cast<std::int64_t>(list->size()));
            continue;
        }
        attributes.any(std::string(kPrefix) + "response." + std::string(member.key), member.value);
    }
}

void add_messages(const Call& call, AttributeList& attributes) {
    for (const auto& from : {call.request, call.response}) {
        if (!from) continue;
        const auto lead = json::member(*from, "instructions");
        const auto system = lead ? lead : json::member(*from, "system");
        if (system) {
            attributes.json("gen_ai.system_instructions", system);
            break;
        }
    }
    attributes.json("gen_ai.input.messages", input_of(call));
    const auto output = output_of(call);
    if (call.shape == Shape::completion && output && call.response) {
        attributes.text("gen_ai.output.messages", "{\"choices\":" + json::json_of(*output) + "}");
    } else if (call.shape == Shape::anthropic && call.response) {
        attributes.text("gen_ai.output.messages", simdjson::minify(*call.response));
    } else if (call.shape != Shape::embeddings) {
        attributes.json("gen_ai.output.messages", output);
    }
    for (const auto& from : {call.request, call.response}) {
        if (!from) continue;
        const auto tools = json::member(*from, "tools");
        const auto list = tools ? tools : json::member(*from, "functions");
        const auto array = list ? json::as_array(*list) : std::nullopt;
        if (array && array->size() > 0) {
            attributes.json("gen_ai.tool.definitions", list);
            break;
        }
    }
}

void set_status(const Call& call, SpanDraft& draft, AttributeList& attributes) {
    Span& span = draft.span;
    if (call.response || call.answer) span.status = Status::ok;
    std::optional<Element> error = call.error;
    if (call.response && !error) error = json::member(*call.response, "error");
    const std::string_view state =
        call.response ? json::text_of(*call.response, "status") : std::string_view{};
    if (!error && state != "failed") {
        if (state == "in_progress" || state == "queued") span.status = Status::unset;
        return;
    }
    span.status = Status::error;
    draft.status_message =
        error ? std::string(utf8_prefix(error_text(*error), kSentence)) : std::string(state);
    if (!error) return;
    if (const auto object = json::as_object(*error))
        attributes.text("error.type", json::first_text(*object, {"code", "type", "class"}));
    if (draft.status_message.empty()) draft.status_message = json::text_or_json(*error, kSentence);
}

} // namespace

bool add_parameter(AttributeList& attributes, std::string_view key, Element value) {
    const auto it = std::ranges::find(kParameters, key, &Parameter::key);
    if (it == kParameters.end()) return false;
    if (value.is_string() && it->attribute == "gen_ai.request.stop_sequences")
        attributes.texts(it->attribute, {std::string(json::as_text(value))});
    else
        attributes.any(it->attribute, value);
    return true;
}

SpanDraft span_of(const Call& call, const Answer& answer, AttributeList& attributes, bool own_request) {
    SpanDraft draft;
    draft.span.kind = call.shape == Shape::embeddings ? Kind::embedding : Kind::llm;
    draft.request_model = model_asked_for(call);
    draft.model = model_that_answered(call);
    const std::string& model = draft.model.empty() ? draft.request_model : draft.model;
    draft.name = operation(call.shape);
    if (!model.empty()) (draft.name += ' ') += model;
    draft.provider = provider_of_model(model);
    if (draft.provider.empty() && call.shape == Shape::anthropic) draft.provider = "anthropic";
    attributes.text("gen_ai.operation.name", operation(call.shape));
    attributes.text("gen_ai.provider.name", draft.provider);
    attributes.text("gen_ai.request.model", draft.request_model);
    if (const auto usage = call.response ? json::object_of(*call.response, "usage") : std::nullopt) {
        draft.span.usage = usage_of(*usage, call.shape);
        // OpenRouter and others state what the call cost.
        draft.span.reported_cost = json::usd_of(*usage, "cost");
        draft.span.flags |= service_tier_flag(json::text_of(*usage, "service_tier")); // Anthropic
        draft.span.flags |= service_tier_flag(json::text_of(*call.response, "service_tier"));
    }
    add_request(call, attributes, own_request);
    add_response(call, attributes);
    attributes.texts("gen_ai.response.finish_reasons", answer.finish_reasons);
    set_status(call, draft, attributes);
    add_usage(attributes, draft.span.usage);
    add_messages(call, attributes);
    draft.detail = answer.words;
    for (const ToolCall& tool : answer.calls) {
        if (!answer.words.empty() || draft.detail.size() + tool.name.size() > kWords) break;
        if (!draft.detail.empty()) draft.detail += ", ";
        draft.detail += tool.name;
    }
    return draft;
}

} // namespace clew::openai
