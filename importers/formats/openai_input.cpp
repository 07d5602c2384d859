// What went into a call.
#include "importers/formats/openai_call.h"
#include "model/base/text.h"

namespace clew::openai {

using json::Element;

namespace {

constexpr std::size_t kSentence = 2000;

} // namespace

std::optional<Element> input_of(const Call& call) {
    if (call.messages) return call.messages;
    if (call.request)
        for (const std::string_view key : {"messages", "input", "prompt"})
            if (const auto value = json::member(*call.request, key)) return value;
    // Some logs put what was sent into the object that came back.
    if (call.response)
        for (const std::string_view key : {"messages", "input"})
            if (const auto value = json::member(*call.response, key)) return value;
    return {};
}

std::string_view model_asked_for(const Call& call) {
    return call.request ? json::text_of(*call.request, "model") : std::string_view{};
}

std::string_view model_that_answered(const Call& call) {
    return call.response ? json::text_of(*call.response, "model") : std::string_view{};
}

std::string_view provider_of_model(std::string_view model) {
    for (const std::string_view start : {"gpt-", "o1", "o3", "o4", "chatgpt-", "text-embedding-", "ft:gpt-"})
        if (model.starts_with(start)) return "openai";
    return model.starts_with("claude-") ? "anthropic" : std::string_view{};
}

std::string user_words(std::optional<Element> input, std::size_t max_bytes) {
    if (!input) return {};
    if (input->is_string()) return one_line(json::as_text(*input), max_bytes);
    const auto list = json::as_array(*input);
    if (!list) return {};
    for (const Element one : *list) {
        if (one.is_string()) return one_line(json::as_text(one), max_bytes);
        const auto message = json::as_object(one);
        if (!message || json::text_of(*message, "role") != "user") continue;
        const auto content = json::member(*message, "content");
        const std::string words = content ? one_line(json::content_text(*content, kSentence), max_bytes) : "";
        if (!words.empty()) return words;
    }
    return {};
}

} // namespace clew::openai
