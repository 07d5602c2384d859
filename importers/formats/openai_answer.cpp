// What came back from a call.
#include "importers/formats/openai_call.h"
#include "model/base/text.h"

#include <utility>

namespace clew::openai {

namespace {

using json::Array;
using json::Element;
using json::Object;

constexpr std::size_t kWords = 80;
constexpr std::size_t kSentence = 2000;

bool hosted_tool(std::string_view type) {
    return type == "web_search_call" || type == "file_search_call" || type == "code_interpreter_call" ||
           type == "mcp_call" || type == "image_generation_call";
}

// What a hosted tool was asked, in the words of its kind.
std::string hosted_arguments(Object item) {
    if (const auto text = json::text_of(item, "arguments"); !text.empty()) return std::string(text);
    for (const std::string_view key : {"action", "queries", "code"})
        if (const auto value = json::member(item, key))
            return key == "action" ? json::json_of(*value)
                                   : "{\"" + std::string(key) + "\":" + json::json_of(*value) + "}";
    return {};
}

std::string hosted_result(Object item) {
    for (const std::string_view key : {"output", "results", "outputs", "result"})
        if (const auto value = json::member(item, key)) return json::text_or_json(*value);
    return {};
}

void add_words(Answer& answer, std::string_view text) {
    if (answer.words.empty()) answer.words = one_line(text, kWords);
}

void add_chat_calls(Object message, Answer& answer) {
    if (const auto calls = json::array_of(message, "tool_calls")) {
        for (const Element one : *calls) {
            const auto call = json::as_object(one);
            if (!call) continue;
            const Object function =
                json::object_of(*call, "function").value_or(json::object_of(*call, "custom").value_or(*call));
            ToolCall out;
            out.id = json::text_of(*call, "id");
            out.name = json::text_of(function, "name");
            for (const std::string_view key : {"arguments", "input"})
                if (const auto value = json::member(function, key); value && out.arguments.empty())
                    out.arguments = json::text_or_json(*value);
            answer.calls.push_back(std::move(out));
        }
    }
    if (const auto function = json::object_of(message, "function_call"))
        answer.calls.push_back({.name = std::string(json::text_of(*function, "name")),
                                .arguments = std::string(json::text_of(*function, "arguments"))});
}

void read_choices(Array choices, Answer& answer) {
    for (const Element one : choices) {
        const auto choice = json::as_object(one);
        if (!choice) continue;
        if (const auto reason = json::text_of(*choice, "finish_reason"); !reason.empty())
            answer.finish_reasons.emplace_back(reason);
        const auto message = json::object_of(*choice, "message");
        if (!message) {
            add_words(answer, json::text_of(*choice, "text"));
            continue;
        }
        if (const auto content = json::member(*message, "content"))
            add_words(answer, json::content_text(*content, kSentence));
        add_words(answer, json::text_of(*message, "refusal"));
        add_chat_calls(*message, answer);
    }
}

// Items of the Responses API and content blocks of Anthropic's.
void read_item(Object item, Answer& answer) {
    const std::string_view type = json::text_of(item, "type");
    if (type == "message") {
        if (const auto content = json::member(item, "content"))
            add_words(answer, json::content_text(*content, kSentence));
        return;
    }
    if (type == "text") return add_words(answer, json::text_of(item, "text"));
    const bool asks = type == "function_call" || type == "custom_tool_call" || type == "computer_call" ||
                      type == "local_shell_call" || type == "shell_call" || type == "apply_patch_call" ||
                      type == "tool_use";
    const bool hosted = hosted_tool(type) || type == "server_tool_use";
    if (!asks && !hosted) return;
    ToolCall call;
    call.hosted = hosted;
    call.mcp = type == "mcp_call";
    call.own_id = json::text_of(item, "id");
    call.id = json::first_text(item, {"call_id", "id"});
    call.name = json::text_of(item, "name");
    if (call.name.empty())
        call.name = type.substr(0, type.ends_with("_call") ? type.size() - 5 : type.size());
    if (const auto input = json::member(item, "input"))
        call.arguments = json::text_or_json(*input);
    else
        call.arguments = hosted_arguments(item);
    if (hosted) {
        call.result = hosted_result(item);
        if (const auto error = json::member(item, "error")) call.error = error_text(*error);
        if (const auto status = json::text_of(item, "status"); status == "failed" && call.error.empty())
            call.error = "failed";
    }
    answer.calls.push_back(std::move(call));
}

void read_items(Array items, Answer& answer) {
    for (const Element one : items)
        if (const auto item = json::as_object(one)) read_item(*item, answer);
}

} // namespace

std::optional<Element> output_of(const Call& call) {
    if (!call.response) return call.answer;
    for (const std::string_view key : {"choices", "output", "content"})
        if (const auto value = json::member(*call.response, key)) return value;
    return call.answer;
}

std::string_view error_text(Element error) {
    if (error.is_string()) return json::as_text(error);
    const auto object = json::as_object(error);
    if (!object) return {};
    if (const auto text = json::first_text(*object, {"message", "detail", "error", "reason"}); !text.empty())
        return text;
    const auto inner = json::member(*object, "error");
    return inner && inner->is_object() ? error_text(*inner) : json::first_text(*object, {"code", "type"});
}

Answer answer_of(const Call& call) {
    Answer answer;
    const auto output = output_of(call);
    if (output && output->is_string()) add_words(answer, json::as_text(*output));
    const auto list = output ? json::as_array(*output) : std::nullopt;
    if (list && (call.shape == Shape::chat || call.shape == Shape::completion))
        read_choices(*list, answer);
    else if (list && call.shape != Shape::embeddings)
        read_items(*list, answer);
    if (!call.response) return answer;
    if (const auto reason = json::text_of(*call.response, "stop_reason"); !reason.empty())
        answer.finish_reasons.emplace_back(reason);
    if (call.shape == Shape::responses) {
        const auto details = json::object_of(*call.response, "incomplete_details");
        const auto reason = details ? json::text_of(*details, "reason") : std::string_view{};
        const auto state = reason.empty() ? json::text_of(*call.response, "status") : reason;
        if (!state.empty()) answer.finish_reasons.emplace_back(state);
    }
    return answer;
}

} // namespace clew::openai
