#include "app/cli/show_step.h"

#include "app/cli/output.h"
#include "model/analysis/gaps.h"
#include "model/analysis/rates.h"
#include "model/analysis/step/step.h"
#include "model/base/messages.h"
#include "model/base/text.h"
#include "model/trace/dialects/messages.h"
#include "model/trace/display_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace clew::app {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kPreview = 72; // bytes

template <class T>
Json or_null(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}
Json index_or_null(std::int32_t index) {
    return index < 0 ? Json(nullptr) : Json(index);
}

struct Answer {
    const TraceSnapshot& trace;
    const SpanDetail& span;
    const Step& step;
    std::optional<DurationNs> gap_before;

    [[nodiscard]] std::optional<DurationNs> first_token() const {
        return time_to_first_token(span.start, span.first_token);
    }
    [[nodiscard]] std::optional<TokenRate> rate() const {
        return token_rate(span.start, span.first_token, span.end, span.usage.output);
    }
};

std::string preview_of(const Message& message) {
    for (const MessagePart& part : message.parts) {
        if (part.type == PartType::tool_call)
            return part.tool_name + "(" + one_line(part.json, kPreview) + ")";
        const std::string& said = part.text.empty() ? part.json : part.text;
        if (!said.empty()) return one_line(said, kPreview);
        if (part.type == PartType::image || part.type == PartType::file) return "[" + part.mime + "]";
    }
    return {};
}

Json size_json(const PromptSize& size) {
    return {{"characters", size.characters}, {"tokens", or_null(size.tokens)}};
}

Json prompt_json(const PromptComposition& prompt) {
    Json parts = Json::array();
    for (const PromptShare& share : prompt.shares)
        parts.push_back({{"part", prompt_part_name(share.part)},
                         {"characters", share.size.characters},
                         {"tokens", or_null(share.size.tokens)},
                         {"cached_tokens", prompt.cache_read ? Json(share.cached) : Json(nullptr)},
                         {"pieces", share.pieces},
                         {"first_message", index_or_null(share.first_message)}});
    return {{"input_tokens", or_null(prompt.input_tokens)},
            {"cache_read_tokens", or_null(prompt.cache_read)},
            {"cache_write_tokens", or_null(prompt.cache_write)},
            {"cached_share", or_null(prompt.cached_share())},
            {"cached_until_message", index_or_null(prompt.cached_until)},
            {"characters", prompt.characters},
            {"estimated", prompt.input_tokens.has_value()},
            {"parts", std::move(parts)}};
}

Json previous_json(const Step& step) {
    if (!step.previous) return nullptr;
    const PromptChange& change = step.change;
    Json reasons = Json::array();
    for (const BreakReason& reason : change.reasons)
        reasons.push_back({{"code", reason.code}, {"sentence", no_nbsp(sentence(reason.code, reason.args))}});
    const bool known = change.history_known;
    const auto count = [known](std::int64_t messages) { return known ? Json(messages) : Json(nullptr); };
    return {{"span_id", to_hex(*step.previous)},
            {"name", step.previous_name},
            {"history_known", known},
            {"messages",
             {{"resent", count(change.resent)},
              {"previous_answer", count(change.answers)},
              {"changed", count(change.changed)},
              {"new", count(change.fresh)},
              {"dropped", count(change.dropped)}}},
            {"resent", size_json(change.resent_size)},
            {"new", size_json(change.fresh_size)},
            {"cache", cache_verdict_name(change.cache)},
            {"prefix_changed", known ? Json(change.prefix_changed) : Json(nullptr)},
            {"broke_after_tokens",
             change.cache == CacheVerdict::broke ? or_null(step.call.usage.cache_read) : Json(nullptr)},
            {"broke_at_message", change.reasons.empty() ? Json(nullptr) : index_or_null(change.differs_at)},
            {"reasons", std::move(reasons)}};
}

Json answer_json(const Answer& answer) {
    const CallPrompt& call = answer.step.call;
    Json messages = Json::array();
    for (std::size_t i = 0; i < call.conversation->messages.size(); ++i) {
        const Message& message = call.conversation->messages[i];
        const bool told = message.output || (answer.step.previous && answer.step.change.history_known);
        const std::string_view change = message.output ? message_change_name(MessageChange::output)
                                        : told         ? message_change_name(answer.step.change.messages[i])
                                                       : std::string_view();
        messages.push_back({{"index", i},
                            {"role", message.role},
                            {"change", told ? Json(change) : Json(nullptr)},
                            {"characters", call.composition.messages[i].characters},
                            {"tokens", or_null(call.composition.messages[i].tokens)},
                            {"preview", preview_of(message)}});
    }
    const auto rate = answer.rate();
    return {{"trace_id", to_hex(answer.trace.id)},
            {"span_id", to_hex(answer.span.id)},
            {"name", answer.span.name},
            {"model", call.model},
            {"duration_ns", or_null(between(answer.span.start, answer.span.end))},
            {"first_token_ns", or_null(answer.first_token())},
            {"tokens_per_second", rate ? Json(rate->per_second) : Json(nullptr)},
            {"gap_before_ns", or_null(answer.gap_before)},
            {"output_tokens", or_null(answer.span.usage.output)},
            {"prompt", prompt_json(call.composition)},
            {"previous", previous_json(answer.step)},
            {"messages", std::move(messages)}};
}

// ---- as text

std::string amount(const PromptSize& size, bool tokens) {
    if (tokens) return "≈ " + format_count(size.tokens.value_or(0));
    return format_count(size.characters);
}

void print_head(const Answer& answer) {
    const auto duration = between(answer.span.start, answer.span.end);
    std::string line = fmt::format("{}  {}", answer.span.name, to_hex(answer.span.id));
    line += "  " + (answer.span.end == kNoTime ? std::string("running") : format_duration(duration));
    if (const auto first = answer.first_token()) line += ", first token after " + format_duration(first);
    if (const auto rate = answer.rate())
        line += fmt::format(", {:.3g} tok/s{}", rate->per_second,
                            rate->after_first ? "" : " over the whole call");
    if (answer.gap_before && *answer.gap_before >= kLeastGap)
        line += ", " + format_duration(answer.gap_before) + " after what ran before it";
    fmt::print("{}\n\n", no_nbsp(line));
}

std::string title_of(PromptPart part) {
    static constexpr std::array<std::string_view, kPromptParts> kTitles = {
        "Not in the record",  "System", "Tools", "History", "Reasoning", "Tool results", "Images and files",
        "Newest user message"};
    return std::string(kTitles[static_cast<std::size_t>(part)]);
}

void print_prompt(const PromptComposition& prompt) {
    if (prompt.shares.empty()) {
        fmt::print("Prompt  the record says nothing of it\n");
        return;
    }
    std::string head =
        prompt.input_tokens
            ? fmt::format("Prompt  {} tokens", format_count(*prompt.input_tokens))
            : fmt::format("Prompt  {} characters; no tokens are reported", format_count(prompt.characters));
    if (prompt.cache_read) head += fmt::format(", {} read from the cache", format_count(*prompt.cache_read));
    if (const auto share = prompt.cached_share()) head += fmt::format(" ({:.0f} %)", *share * 100);
    if (prompt.cache_write) head += fmt::format(", {} written to it", format_count(*prompt.cache_write));
    fmt::print("{}\n", head);
    const bool tokens = prompt.input_tokens.has_value();
    for (const PromptShare& share : prompt.shares) {
        const double part = tokens ? static_cast<double>(share.size.tokens.value_or(0)) /
                                         static_cast<double>(*prompt.input_tokens)
                                   : static_cast<double>(share.size.characters) /
                                         static_cast<double>(std::max<std::int64_t>(prompt.characters, 1));
        fmt::print("  {} {} {:>4.0f} %{}\n", padded(title_of(share.part), 20),
                   padded(amount(share.size, tokens), 12, true), part * 100,
                   share.cached > 0 ? fmt::format("   ≈ {} cached", format_count(share.cached)) : "");
    }
    if (tokens) fmt::print("  Parts are shares by length of text; their sum is what was reported.\n");
}

std::string counted(std::int64_t count, std::string_view word) {
    return fmt::format("{} {}", format_count(count), word);
}

void print_change(const Answer& answer) {
    const Step& step = answer.step;
    if (!step.previous) {
        fmt::print(
            "\nNo earlier call is resent in this one: it begins a conversation, or its record keeps only "
            "what is new.\n");
        return;
    }
    const PromptChange& change = step.change;
    fmt::print("\nSince {} {}\n", step.previous_name, to_hex(*step.previous));
    if (change.history_known) {
        const bool tokens = step.call.composition.input_tokens.has_value();
        const std::string unit = tokens ? "tok" : "chars";
        std::string line = counted(change.resent + change.answers, "resent") + ", " +
                           amount(change.resent_size, tokens) + " " + unit;
        if (change.answers > 0) line += fmt::format(" (with the answer of that call)");
        line += "; " + counted(change.fresh, "new");
        if (change.changed > 0) line += ", " + counted(change.changed, "changed");
        line += ", " + amount(change.fresh_size, tokens) + " " + unit;
        if (change.dropped > 0) line += "; " + counted(change.dropped, "dropped");
        fmt::print("  Messages: {}\n", line);
    } else {
        fmt::print("  The record keeps only what is new: what was resent is not known.\n");
    }
    const char* verdict = change.cache == CacheVerdict::held    ? "The cache held."
                          : change.cache == CacheVerdict::broke ? "The cache broke"
                          : change.reasons.empty()              ? ""
                                                                : "A cache could not go on";
    if (*verdict == 0) return;
    std::string line = verdict;
    if (change.cache != CacheVerdict::held) {
        const std::int64_t read = step.call.usage.cache_read.value_or(0);
        if (!change.prefix_changed && read > 0)
            line += fmt::format(" after {} tokens.", format_count(read));
        else
            line += change.differs_at < 0 ? " at the beginning of the prompt."
                                          : fmt::format(" at message {}.", change.differs_at + 1);
        for (const BreakReason& reason : change.reasons)
            line += "\n  " + sentence(reason.code, reason.args);
    }
    fmt::print("  {}\n", no_nbsp(line));
}

void print_messages(const Answer& answer) {
    const CallPrompt& call = answer.step.call;
    if (call.conversation->messages.empty()) return;
    const bool tokens = call.composition.input_tokens.has_value();
    fmt::print("\nMessages ({})\n", tokens ? "tokens" : "characters");
    for (std::size_t i = 0; i < call.conversation->messages.size(); ++i) {
        const Message& message = call.conversation->messages[i];
        const bool told = answer.step.previous && answer.step.change.history_known;
        const std::string_view change = message.output ? "this call"
                                        : told         ? message_change_name(answer.step.change.messages[i])
                                                       : "";
        fmt::print("  {:>4} {} {} {}  {}\n", i + 1, padded(message.role, 10), padded(std::string(change), 9),
                   padded(message.output ? "" : amount(call.composition.messages[i], tokens), 10, true),
                   preview_of(message));
    }
}

} // namespace

Result<void> show_step(TraceStore& traces, const TraceSnapshot& trace, SpanId span, bool json) {
    const std::int32_t self = trace.find(span);
    if (self == kNoSpan) return Error{"span.unknown", {to_hex(trace.id), to_hex(span)}, {}};
    auto detail = traces.span(trace.id, span);
    if (!detail) return detail.error();
    if (detail->kind != Kind::llm)
        return Error{"step.not_a_call",
                     {std::string(display_name(detail->name)), std::string(kind_name(detail->kind))},
                     {}};
    const Step step = step_of(
        trace, self, call_prompt(*detail, std::make_shared<const Conversation>(conversation_of(*detail))),
        [&](SpanId wanted) -> std::optional<SpanDetail> {
            auto read = traces.span(trace.id, wanted);
            return read ? std::optional(std::move(*read)) : std::nullopt;
        });
    const Answer answer{trace, *detail, step, gap_before(trace, self)};
    if (json) {
        print_json(answer_json(answer));
        return {};
    }
    print_head(answer);
    print_prompt(step.call.composition);
    print_change(answer);
    print_messages(answer);
    return {};
}

} // namespace clew::app
