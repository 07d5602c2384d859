// aitracer-sdk records: one object per model call, in a list, in JSON Lines or alone.
//
//   {"workflow":"refund","model":"gpt-4o-mini","input_data":{…},"output_data":{…},
//    "metrics":{"promptTokens":12,"completionTokens":5,"latencyMs":640},"timestamp":…,"id":…}
//
// The SDK documents its call, not its file: snake_case and camelCase, counts at the top or in metrics, and
// several names for the id and the time are taken. A record is a trace of one call; its time is its end.
// Records without an id are known by their content.

#include "importers/registry.h"
#include "importers/support/attribute_list.h"
#include "importers/support/json_importer.h"
#include "importers/support/json_keys.h"
#include "importers/support/nested_records.h"
#include "importers/support/own_ids.h"
#include "importers/support/requested_calls.h"
#include "model/base/hash.h"
#include "model/base/text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

namespace clew {

namespace aitracer {

using namespace json;

constexpr std::string_view kFormatId = "aitracer";
constexpr std::array<std::string_view, 3> kWhole = {"", "records", "data"};

class RecordReader {
public:
    explicit RecordReader(Object record)
        : record_(record)
        , metrics_(object_of(record, "metrics")) {}

    SpanDraft read() {
        set_ids();
        span_.kind = Kind::llm;
        draft_.name = draft_.trace_name = take_text({"workflow", "workflowName", "workflow_name"});
        draft_.request_model = take_text({"model"});
        draft_.provider = take_text({"provider"});
        draft_.session = take_text({"sessionId", "session_id"});
        draft_.user = take_text({"userId", "user_id"});
        if (draft_.name.empty()) draft_.name = draft_.request_model.empty() ? "call" : draft_.request_model;
        set_times();
        set_usage();
        set_status();
        attributes_.text("gen_ai.workflow.name", draft_.trace_name);
        attributes_.text("gen_ai.request.model", draft_.request_model);
        attributes_.json("gen_ai.input.messages", take({"input_data", "inputData", "input", "messages"}));
        const auto answer = take({"output_data", "outputData", "output", "response"});
        attributes_.json("gen_ai.output.messages", answer);
        span_.unexecuted_calls = requested_calls(answer);
        for (const auto one : record_)
            if (std::ranges::find(used_, one.key) == used_.end())
                attributes_.any(std::string("aitracer.") += one.key, one.value);
        draft_.attributes = attributes_.take();
        read_columns(draft_);
        return std::move(draft_);
    }

private:
    std::optional<Element> take(std::initializer_list<std::string_view> keys) {
        for (const auto key : keys) {
            if (const auto value = member(record_, key)) {
                used_.push_back(key);
                return value;
            }
        }
        return {};
    }

    std::string take_text(std::initializer_list<std::string_view> keys) {
        for (const auto key : keys) {
            if (const auto text = text_of(record_, key); !text.empty()) {
                used_.push_back(key);
                return std::string(text);
            }
        }
        return {};
    }

    void set_ids() {
        std::string own;
        if (const auto id = take({"id", "traceId", "trace_id", "interactionId", "interaction_id"}))
            own = text_or_json(*id);
        const std::string known_by = own.empty() ? std::to_string(hash64(simdjson::minify(record_))) : own;
        span_.trace = own_trace_id(kFormatId, known_by).id;
        span_.id = derive_span_id(kFormatId, {known_by});
        span_.flags |= kDerivedId;
        draft_.own_id = draft_.trace_own_id = own;
    }

    // The end is when it was logged.
    void set_times() {
        span_.end = time_of(take({"timestamp", "createdAt", "created_at", "ts", "time"}));
        span_.start = span_.end;
        span_.time_quality = TimeQuality::derived;
        const auto millis = number({"latencyMs", "latency_ms", "durationMs"});
        constexpr double kYear = 3.2e10;
        if (millis && *millis >= 0 && *millis < kYear && span_.end > 0)
            span_.start -= std::llround(*millis * static_cast<double>(kMillisecond));
    }

    void set_usage() {
        span_.usage.input = count({"promptTokens", "prompt_tokens", "inputTokens", "input_tokens"});
        span_.usage.output =
            count({"completionTokens", "completion_tokens", "outputTokens", "output_tokens"});
        span_.usage.cache_read = count({"cachedTokens", "cached_tokens", "cacheReadTokens"});
        if (span_.usage.input && span_.usage.cache_read.value_or(0) > *span_.usage.input)
            *span_.usage.input += *span_.usage.cache_read;
        if (const auto usd = number({"costUsd", "cost_usd", "cost"})) span_.reported_cost = from_usd(*usd);
    }

    void set_status() {
        const auto error = take({"error", "errorMessage"});
        const std::string text =
            error ? error->is_bool() ? std::string() : text_or_json(*error) : std::string();
        const std::string status = lower(take_text({"status"}));
        if (!text.empty() || (error && flag_of(record_, "error")) || status == "error" || status == "failed")
            span_.status = Status::error;
        else if (status == "success" || status == "ok")
            span_.status = Status::ok;
        draft_.status_message = text;
    }

    std::optional<double> number(std::initializer_list<std::string_view> keys) const {
        for (const auto key : keys) {
            if (metrics_)
                if (const auto value = number_of(*metrics_, key)) return value;
            if (const auto value = number_of(record_, key)) return value;
        }
        return {};
    }

    std::optional<std::int64_t> count(std::initializer_list<std::string_view> keys) const {
        for (const auto key : keys) {
            if (metrics_)
                if (const auto value = count_of(*metrics_, key)) return value;
            if (const auto value = count_of(record_, key)) return value;
        }
        return {};
    }

    Object record_;
    std::optional<Object> metrics_;
    std::vector<std::string_view> used_;
    AttributeList attributes_;
    SpanDraft draft_;
    Span& span_ = draft_.span;
};

class Aitracer final : public JsonImporter {
public:
    Aitracer()
        : JsonImporter("aitracer", Layout::automatic, kWhole) {}

private:
    Result<void> read(Element root) override {
        const auto object = as_object(root);
        if (cut() && object && member(*object, "model")) return {};
        if (!read_value(root, 0)) note(Severity::warning, "aitracer.no_record");
        return {};
    }

    bool read_value(Element value, int depth) {
        constexpr int kDeepest = 2;
        return read_nested(value, depth, kDeepest,
                           [this](Object object, int at) { return read_object(object, at); });
    }

    bool read_object(Object object, int depth) {
        if (member(object, "model") || member(object, "workflow")) {
            SpanDraft draft = RecordReader(object).read();
            place(draft.span);
            out.add(std::move(draft));
            return true;
        }
        for (const std::string_view key : {"records", "data", "payloads"})
            if (const auto list = member(object, key); list && list->is_array())
                return read_value(*list, depth + 1);
        return false;
    }

    // A call without a time follows the one before it.
    void place(Span& span) {
        if (span.end == kNoTime) {
            note_once(Severity::info, "aitracer.no_time");
            if (last_ == kNoTime) last_ = part().modified == kNoTime ? 0 : part().modified;
            span.start = span.end = last_ + kMillisecond;
            span.time_quality = TimeQuality::synthetic;
        }
        last_ = span.end;
    }

    TimeNs last_ = kNoTime;
};

Confidence sniff(const Head& head) {
    constexpr int kLook = 3;
    JsonKeys objects(head.bytes);
    for (int i = 0; i < kLook && objects.next(); ++i) {
        const bool content = objects.has("input_data") || objects.has("inputData") || objects.has("input") ||
                             objects.has("output_data") || objects.has("outputData");
        const bool said = objects.text().find("\"promptTokens\"") != std::string_view::npos ||
                          objects.text().find("\"latencyMs\"") != std::string_view::npos ||
                          objects.has("metrics") || objects.has("input_data") || objects.has("output_data");
        if (objects.has("workflow") && objects.has("model") && content && said) return Confidence::yes;
        if (objects.has("model") && objects.has("latency_ms") && objects.has("input_tokens") &&
            objects.has("input") && objects.has("output"))
            return Confidence::maybe;
    }
    return Confidence::no;
}

constexpr std::array<std::string_view, 3> kSuffixes = {".jsonl", ".json", ".ndjson"};

} // namespace aitracer

const Format aitracer_format = {
    .id = aitracer::kFormatId,
    .title = "aitracer records",
    .suffixes = aitracer::kSuffixes,
    .sniff = aitracer::sniff,
    .create = []() -> std::unique_ptr<Importer> { return std::make_unique<aitracer::Aitracer>(); },
};

} // namespace clew
