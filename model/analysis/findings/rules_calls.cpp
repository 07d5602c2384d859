// Model calls: their context, their answers, their counts.

#include "model/analysis/findings/rules.h"
#include "model/base/numbers.h"
#include "model/base/text.h"

#include <algorithm>
#include <array>
#include <map>

namespace clew::rules {

namespace {

constexpr std::size_t kShown = 160;

// How providers say that a prompt was too long.
bool says_too_long(std::string_view message) {
    constexpr std::array<std::string_view, 9> kWords{
        "context_length_exceeded", "maximum context length", "context length",
        "prompt is too long",      "context window",         "model_context_window_exceeded",
        "input is too long",       "too many input tokens",  "exceeds the maximum number of tokens"};
    const std::string small = lower(message);
    return std::ranges::any_of(kWords,
                               [&](std::string_view word) { return small.find(word) != std::string::npos; });
}

bool is_cut(std::string_view reason) {
    constexpr std::array<std::string_view, 6> kReasons{"length",     "max_tokens", "max_output_tokens",
                                                       "incomplete", "maxtokens",  "model_length"};
    const std::string small = lower(reason);
    return std::ranges::find(kReasons, small) != kReasons.end();
}

bool is_call(const RuledSpan& span) {
    return span.kind == Kind::llm || span.kind == Kind::embedding;
}

// Speech and pictures are paid by the second and by the piece.
bool takes_no_tokens(std::string_view model) {
    constexpr std::array<std::string_view, 4> kModels{"tts-", "whisper", "dall-e", "imagen"};
    return std::ranges::any_of(kModels, [&](std::string_view one) { return model.starts_with(one); });
}

// One finding of all calls of a model.
Finding of_calls(const RuledTrace& trace, std::string_view rule, const std::string& model,
                 const std::vector<std::int32_t>& calls) {
    return finding_at(trace, rule, Severity::info, calls,
                      {model.empty() ? std::string("a model without a name") : model,
                       format_count(static_cast<std::int64_t>(calls.size()))},
                      calls.size());
}

} // namespace

void context_overflow(const RuledTrace& trace, const Thresholds&, Found& out) {
    for (std::size_t i = 0; i < trace.spans().size(); ++i) {
        const RuledSpan& span = trace.spans()[i];
        const auto at = static_cast<std::int32_t>(i);
        const bool overflow =
            (span.kind == Kind::llm && span.failed() && says_too_long(span.status_message)) ||
            lower(span.finish_reason) == "model_context_window_exceeded";
        const bool compaction =
            span.kind == Kind::memory && lower(span.name).find("compact") != std::string::npos;
        if (!overflow && !compaction) continue;
        Finding finding = finding_at(
            trace, "context_overflow", overflow ? Severity::error : Severity::info, {at},
            {overflow ? "The prompt did not fit into the model's context: " +
                            one_line(span.status_message.empty() ? span.finish_reason : span.status_message,
                                     kShown)
                      : std::string("The context was compacted")});
        if (overflow) finding.wasted = spent_by(trace, {at});
        out.push_back(std::move(finding));
    }
}

void context_growth(const RuledTrace& trace, const Thresholds& limits, Found& out) {
    std::map<std::pair<std::int32_t, std::string>, std::int32_t> before; // the last call of an owner's model
    for (const std::int32_t at : by_start(trace)) {
        const RuledSpan& span = trace.spans()[static_cast<std::size_t>(at)];
        if (span.kind != Kind::llm || !span.usage.input) continue;
        const auto [last, first] = before.try_emplace({trace.owner(at), span.model}, at);
        if (first) continue;
        const RuledSpan& earlier = trace.spans()[static_cast<std::size_t>(last->second)];
        const std::int64_t grew = *span.usage.input - *earlier.usage.input;
        if (*span.usage.input >= limits.growth_from && grew >= limits.growth_from / 2 &&
            static_cast<double>(*span.usage.input) >=
                limits.growth * static_cast<double>(*earlier.usage.input)) {
            Finding finding =
                finding_at(trace, "context_growth", Severity::info, {at, last->second},
                           {format_count(*earlier.usage.input), format_count(*span.usage.input)});
            finding.wasted.tokens = grew;
            out.push_back(std::move(finding));
        }
        last->second = at;
    }
}

void truncated_output(const RuledTrace& trace, const Thresholds&, Found& out) {
    for (std::size_t i = 0; i < trace.spans().size(); ++i) {
        const RuledSpan& span = trace.spans()[i];
        if (span.kind != Kind::llm || !is_cut(span.finish_reason)) continue;
        const auto at = static_cast<std::int32_t>(i);
        out.push_back(finding_at(
            trace, "truncated_output", Severity::warning, {at},
            {span.finish_reason, span.usage.output ? format_count(*span.usage.output) : std::string("–")}));
    }
}

void token_drift(const RuledTrace& trace, const Thresholds&, Found& out) {
    const auto& spans = trace.spans();
    // Sums of the calls below each span, by the rule that a call behind a tool is its own.
    std::vector<std::int64_t> below(spans.size(), 0);
    std::vector<bool> any(spans.size(), false), counted(spans.size(), false);
    for (std::size_t i = spans.size(); i-- > 0;) {
        const RuledSpan& span = spans[i];
        const bool leaf =
            is_call(span) && span.usage.stated() && (span.flags & kAggregateUsage) == 0 && !any[i];
        const std::int64_t own =
            leaf ? span.usage.input.value_or(0) + span.usage.output.value_or(0) : std::int64_t{0};
        counted[i] = leaf;
        if (span.parent < 0) continue;
        const auto above = static_cast<std::size_t>(span.parent);
        below[above] += below[i] + own;
        any[above] = any[above] || any[i] || leaf;
    }
    for (std::size_t i = 0; i < spans.size(); ++i) {
        const RuledSpan& span = spans[i];
        if (!span.usage.stated()) continue;
        const std::int64_t sum = span.usage.input.value_or(0) + span.usage.output.value_or(0);
        const auto at = static_cast<std::int32_t>(i);
        if (span.stated_total && span.usage.input && span.usage.output && *span.stated_total != sum) {
            // Some count reasoning, or what was cached, beside input and output.
            const std::int64_t beside = sum + span.usage.reasoning.value_or(0);
            const std::int64_t uncached =
                sum - span.usage.cache_read.value_or(0) - span.usage.cache_write.value_or(0);
            if (*span.stated_total != beside && *span.stated_total != uncached)
                out.push_back(
                    finding_at(trace, "token_drift", Severity::warning, {at},
                               {"The span states " + format_count(*span.stated_total) + " tokens in all",
                                "input and output are " + format_count(sum)}));
        }
        if (!counted[i] && any[i] && below[i] != sum)
            out.push_back(finding_at(trace, "token_drift", Severity::warning, {at},
                                     {"The span states " + format_count(sum) + " tokens",
                                      "the calls below it used " + format_count(below[i])}));
    }
}

void missing_usage(const RuledTrace& trace, const Thresholds&, Found& out) {
    const auto& spans = trace.spans();
    std::vector<bool> stated_below(spans.size(), false);
    for (std::size_t i = spans.size(); i-- > 0;) {
        if (spans[i].parent >= 0 && (stated_below[i] || (is_call(spans[i]) && spans[i].usage.stated())))
            stated_below[static_cast<std::size_t>(spans[i].parent)] = true;
    }
    // Some agents state what a whole turn used, and nothing of its calls.
    std::vector<bool> stated_above(spans.size(), false);
    for (std::size_t i = 0; i < spans.size(); ++i) {
        if (spans[i].parent < 0) continue;
        const auto above = static_cast<std::size_t>(spans[i].parent);
        stated_above[i] = stated_above[above] || spans[above].usage.stated();
    }
    std::map<std::string, std::vector<std::int32_t>> calls;
    for (std::size_t i = 0; i < spans.size(); ++i) {
        const RuledSpan& span = spans[i];
        if (span.kind != Kind::llm || span.usage.stated() || span.failed() || span.end == kNoTime ||
            stated_below[i] || stated_above[i] || takes_no_tokens(span.model))
            continue;
        calls[span.model].push_back(static_cast<std::int32_t>(i));
    }
    for (const auto& [model, of_model] : calls)
        out.push_back(of_calls(trace, "missing_usage", model, of_model));
}

// One of a model: its price is missing once, however often it is called.
void unpriced(const RuledTrace& trace, const Thresholds&, Found& out) {
    std::map<std::string, std::vector<std::int32_t>> calls;
    for (std::size_t i = 0; i < trace.spans().size(); ++i) {
        const RuledSpan& span = trace.spans()[i];
        if (!is_call(span) || !span.usage.stated() || span.cost || (span.flags & kAggregateUsage) != 0)
            continue;
        calls[span.model].push_back(static_cast<std::int32_t>(i));
    }
    for (const auto& [model, of_model] : calls)
        out.push_back(of_calls(trace, "unpriced", model, of_model));
}

} // namespace clew::rules
