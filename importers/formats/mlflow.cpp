// MLflow traces: what Trace.to_json() and the tracking server's artifacts hold, one document or one a line,
// and rows of searched traces.
//
//   {"info":{"trace_id":"tr-<32 hex>","request_time":…,"execution_duration":…,"state":"OK",
//            "trace_metadata":{"mlflow.trace.session":…},"tags":{…},"assessments":[…]},
//    "data":{"spans":[{"trace_id":"<base64>","span_id":"<base64>","parent_span_id":"","name":…,
//            "start_time_unix_nano":…,"end_time_unix_nano":…,"attributes":{"mlflow.spanType":"\"LLM\""},
//            "events":[],"status":{"code":"STATUS_CODE_OK"}}]}}
//
// Older versions write info as request_id, timestamp_ms and status, and spans with a context and hex ids.
// Spans keep their OpenTelemetry ids. What the info says becomes attributes of the root span, assessments
// become evaluation events on their span. A trace without a root span gets one made of its info.

#include "importers/formats/mlflow_span.h"
#include "importers/registry.h"
#include "importers/support/event_list.h"
#include "importers/support/json_importer.h"
#include "importers/support/json_keys.h"
#include "importers/support/nested_records.h"
#include "importers/support/opened_json.h"
#include "importers/support/provider_usage.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <utility>

namespace clew {

namespace {

using namespace mlflow;
using namespace json;

constexpr std::array<std::string_view, 3> kWhole = {"", "spans", "traces"};

// Milliseconds, or a protobuf duration ("1.25s").
std::optional<DurationNs> duration_of(std::optional<Element> value) {
    if (!value) return {};
    std::string_view text = as_text(*value);
    if (text.ends_with('s')) {
        text.remove_suffix(1);
        const auto seconds = parse_epoch_seconds(text);
        return seconds && *seconds >= 0 ? std::optional<DurationNs>(*seconds) : std::nullopt;
    }
    double millis = 0;
    constexpr double kYear = 3.2e10;
    if (value->get(millis) != simdjson::SUCCESS || !(millis >= 0) || millis > kYear) return {};
    return std::llround(millis * static_cast<double>(kMillisecond));
}

// What the info of a trace says, in any version.
class Info {
public:
    explicit Info(std::optional<Object> info)
        : info_(info) {
        if (!info_) return;
        own = first_text(*info_, {"trace_id", "request_id"});
        for (const std::string_view key : {"request_time", "timestamp_ms"})
            if (start == kNoTime) start = time_of(*info_, key);
        for (const std::string_view key :
             {"execution_duration", "execution_duration_ms", "execution_time_ms"})
            if (!duration_) duration_ = duration_of(member(*info_, key));
        if (start != kNoTime && duration_ && __builtin_add_overflow(start, *duration_, &end)) end = kNoTime;
        const std::string_view state = first_text(*info_, {"state", "status"});
        if (state == "OK") status = Status::ok;
        if (state == "ERROR") status = Status::error;
        for (const std::string_view key : {"trace_metadata", "request_metadata"})
            if (!metadata_) metadata_ = object_of(*info_, key);
        tags_ = object_of(*info_, "tags");
    }

    void write(AttributeList& attributes) const {
        if (!info_) return;
        if (metadata_)
            for (const auto one : *metadata_)
                attributes.any(named(one.key, "mlflow.metadata."), one.value);
        if (tags_)
            for (const auto one : *tags_)
                attributes.any(std::string("mlflow.traceTag.") += one.key, one.value);
        attributes.rest(
            "mlflow.info.", *info_,
            {"trace_id", "request_id", "trace_metadata", "request_metadata", "tags", "assessments"});
    }

    void fill(SpanDraft& draft) const {
        if (draft.session.empty() && metadata_) draft.session = text_of(*metadata_, "mlflow.trace.session");
        if (draft.user.empty() && metadata_)
            draft.user = first_text(*metadata_, {"mlflow.trace.user", "mlflow.user"});
        if (tags_) draft.trace_name = text_of(*tags_, "mlflow.traceName");
    }

    // The sum of the whole trace, for a root that stands for all of it.
    void fill_totals(Span& span) const {
        OpenedJson opened;
        const auto totals = metadata_ ? opened.open(*metadata_, "mlflow.trace.tokenUsage") : std::nullopt;
        if (const auto usage = totals ? as_object(*totals) : std::nullopt)
            span.usage = usage_of_provider(*usage);
        if (span.usage.stated()) span.flags |= kAggregateUsage;
    }

    [[nodiscard]] std::optional<Object> object() const { return info_; }

    std::string_view own;
    TimeNs start = kNoTime, end = kNoTime;
    Status status = Status::unset;

private:
    static std::string named(std::string_view key, std::string_view prefix) {
        return key.starts_with("mlflow.") ? std::string(key) : std::string(prefix) += key;
    }

    std::optional<Object> info_, metadata_, tags_;
    std::optional<DurationNs> duration_;
};

// "[{a},{b}]" and more elements in the same form.
std::string joined(std::string list, std::string_view more) {
    if (list.empty() || more.empty()) return list.empty() ? std::string(more) : list;
    list.back() = ',';
    return list += more.substr(1);
}

class Mlflow final : public JsonImporter {
public:
    Mlflow()
        : JsonImporter("mlflow", Layout::automatic, kWhole) {}

private:
    Result<void> read(Element root) override {
        if (!read_value(root, 0)) note(Severity::warning, "mlflow.no_trace");
        return {};
    }

    bool read_value(Element value, int depth) {
        constexpr int kDeepest = 3;
        return read_nested(value, depth, kDeepest,
                           [this](Object object, int at) { return read_object(object, at); });
    }

    bool read_object(Object object, int depth) {
        const auto list = member(object, "traces");
        if (list && list->is_array()) return read_value(*list, depth + 1);
        return read_document(object);
    }

    bool read_document(Object document) {
        OpenedJson opened;
        if (const auto trace = opened.open(document, "trace")) {
            if (const auto inner = as_object(*trace); inner && member(*inner, "info"))
                return read_document(*inner);
        }
        const auto info = object_of(document, "info");
        const auto data = object_of(document, "data");
        auto spans = data ? opened.open(*data, "spans") : opened.open(document, "spans");
        if (spans && !spans->is_array()) spans.reset();
        // Rows of searched traces state their info at the top.
        const bool row = !info && (member(document, "trace_id") || member(document, "request_id"));
        if (!info && !row && !spans) return false;
        read_trace(Info(info  ? info
                        : row ? std::optional(document)
                              : std::nullopt),
                   spans ? as_array(*spans) : std::nullopt);
        return true;
    }

    void read_trace(const Info& info, std::optional<Array> spans) {
        auto id = read_trace_id(info.own);
        if (spans)
            for (const Element element : *spans)
                if (const auto span = as_object(element))
                    if (const auto stated = trace_id_of(*span)) {
                        id = stated;
                        break;
                    }
        if (!id && info.own.empty()) {
            note(Severity::warning, "mlflow.no_id");
            return;
        }
        const TraceId trace = id ? *id : derive_trace_id(kFormatId, {info.own});
        SpanId root;
        if (spans)
            for (const Element element : *spans)
                if (const auto span = as_object(element)) add_span(*span, trace, info, root);
        if (!root.valid()) root = add_root(trace, info);
        add_assessments(trace, root, info);
    }

    void add_span(Object span, TraceId trace, const Info& info, SpanId& root) {
        SpanDraft draft = draft_of(span, trace);
        if (draft.own_id.empty() && text_of(span, "span_id").empty() && !object_of(span, "context")) {
            note_once(Severity::warning, "mlflow.no_id");
            return;
        }
        if (info.own != to_hex(trace)) draft.trace_own_id = info.own;
        if (!draft.span.parent.valid() && !root.valid()) {
            root = draft.span.id;
            AttributeList attributes;
            info.write(attributes);
            draft.attributes = joined(std::move(draft.attributes), attributes.take());
            info.fill(draft);
        }
        out.add(std::move(draft));
    }

    SpanId add_root(TraceId trace, const Info& info) {
        SpanDraft draft;
        draft.span.trace = trace;
        draft.span.id = derive_span_id(kFormatId, {"trace", info.own});
        draft.span.flags = kSynthesized | kDerivedId;
        draft.span.kind = Kind::workflow;
        draft.span.start = info.start;
        draft.span.end = info.end;
        draft.span.status = info.status;
        draft.own_id = info.own;
        if (info.own != to_hex(trace)) draft.trace_own_id = info.own;
        AttributeList attributes;
        if (info.object()) {
            for (const std::string_view key : {"request", "request_preview"})
                if (const auto input = member(*info.object(), key)) {
                    attributes.json("input.value", input);
                    break;
                }
            for (const std::string_view key : {"response", "response_preview"})
                if (const auto output = member(*info.object(), key)) {
                    attributes.json("output.value", output);
                    break;
                }
        }
        info.write(attributes);
        draft.attributes = attributes.take();
        info.fill(draft);
        info.fill_totals(draft.span);
        draft.name = draft.trace_name.empty() ? "trace" : draft.trace_name;
        read_columns(draft);
        const SpanId id = draft.span.id;
        out.add(std::move(draft));
        return id;
    }

    void add_assessments(TraceId trace, SpanId root, const Info& info) {
        const auto list = info.object() ? array_of(*info.object(), "assessments") : std::nullopt;
        if (!list) return;
        for (const Element element : *list)
            if (const auto assessment = as_object(element)) add_assessment(trace, root, *assessment);
    }

    // Feedback judges what came out, an expectation says what should have.
    void add_assessment(TraceId trace, SpanId root, Object assessment) {
        Evaluation evaluation{.name = first_text(assessment, {"assessment_name", "name"}),
                              .explanation = text_of(assessment, "rationale")};
        for (const std::string_view key : {"feedback", "expectation"}) {
            const auto stated = object_of(assessment, key);
            if (const auto value = stated ? member(*stated, "value") : std::nullopt)
                set_value(evaluation, *value);
        }
        AttributeList attributes = evaluation_attributes(evaluation);
        attributes.rest("mlflow.assessment.", assessment,
                        {"assessment_name", "name", "rationale", "trace_id", "span_id"});
        TimeNs time = time_of(assessment, "create_time");
        if (time == kNoTime) time = time_of(assessment, "create_time_ms");
        const std::string_view span = text_of(assessment, "span_id");
        out.add_event(trace, span.empty() ? root : span_id(span), time, kEvaluationEvent, attributes.take());
    }
};

Confidence sniff(const Head& head) {
    constexpr int kLook = 3;
    JsonKeys objects(head.bytes);
    for (int i = 0; i < kLook && objects.next(); ++i) {
        const auto says = [&](std::string_view words) {
            return objects.text().find(words) != std::string_view::npos;
        };
        // Keys, with their colons: other formats hold the same words as values.
        const bool named = says("_id\":\"tr-") || says("_id\": \"tr-");
        const bool info =
            objects.has("info") && (named || says("\"trace_metadata\":") || says("\"request_metadata\":") ||
                                    says("\"execution_duration\":"));
        if (info && (objects.has("data") || !head.whole)) return Confidence::yes;
        if ((objects.has("spans") || objects.has("data")) &&
            (says("\"mlflow.traceRequestId\":") || says("\"mlflow.spanType\":")))
            return Confidence::yes;
        if (objects.has("traces") && says("\"info\"") && says("\"mlflow.")) return Confidence::yes;
        if ((objects.has("trace_metadata") || objects.has("request_metadata")) &&
            (objects.has("trace_id") || objects.has("request_id")))
            return Confidence::yes;
    }
    return Confidence::no;
}

constexpr std::array<std::string_view, 2> kSuffixes = {".json", ".jsonl"};

} // namespace

const Format mlflow_format = {
    .id = kFormatId,
    .title = "MLflow traces",
    .suffixes = kSuffixes,
    .sniff = sniff,
    .create = []() -> std::unique_ptr<Importer> { return std::make_unique<Mlflow>(); },
};

} // namespace clew
