// Lossless OTLP JSON Lines: one trace a line, every attribute, event and link as it came. Judgements follow
// as GenAI evaluation log records, which carry trace and span id, so that the spans stay value for value what
// they were.

#include "app/export/export.h"
#include "app/export/judged_targets.h"
#include "model/base/text.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <utility>

namespace clew::app {

namespace {

void append_member(std::string& out, std::string_view name, std::string_view json) {
    if (out.back() != '{') out += ',';
    append_json_string(out, name);
    out += ':';
    out += json;
}

void append_text(std::string& out, std::string_view name, std::string_view text) {
    append_member(out, name, json_string(text));
}

std::string nanos(TimeNs time) {
    return fmt::format("\"{}\"", time == kNoTime ? 0 : time);
}

// "" and "[]" are what a missing array reads as: leave them out, as most exporters do.
bool is_empty_array(std::string_view json) {
    return trimmed(json).empty() || trimmed(json) == "[]";
}

void append_span(std::string& out, const SpanDetail& span) {
    out += '{';
    append_text(out, "traceId", to_hex(span.trace));
    append_text(out, "spanId", to_hex(span.id));
    if (span.parent.valid()) append_text(out, "parentSpanId", to_hex(span.parent));
    append_text(out, "name", span.name);
    append_member(out, "startTimeUnixNano", nanos(span.start));
    if (span.end != kNoTime) append_member(out, "endTimeUnixNano", nanos(span.end));
    if (!is_empty_array(span.attributes)) append_member(out, "attributes", span.attributes);
    if (!is_empty_array(span.events)) append_member(out, "events", span.events);
    if (!is_empty_array(span.links)) append_member(out, "links", span.links);
    if (span.status != Status::unset || !span.status_message.empty()) {
        std::string status = "{";
        if (!span.status_message.empty()) append_text(status, "message", span.status_message);
        if (span.status != Status::unset)
            append_member(status, "code", span.status == Status::ok ? "1" : "2");
        append_member(out, "status", status + "}");
    }
    if (!span.rest.empty()) (out += ',') += span.rest;
    out += '}';
}

std::string resource_spans(const std::string& resource, const std::string& schema_url,
                           const std::map<std::pair<std::string, std::string>, std::string>& scopes) {
    std::string out = "{";
    append_member(out, "resource", resource.empty() ? "{}" : resource);
    std::string array = "[";
    for (const auto& [scope, spans] : scopes) {
        if (array.size() > 1) array += ',';
        std::string one = "{";
        append_member(one, "scope", scope.first.empty() ? "{}" : scope.first);
        append_member(one, "spans", "[" + spans + "]");
        if (!scope.second.empty()) append_text(one, "schemaUrl", scope.second);
        array += one + "}";
    }
    append_member(out, "scopeSpans", array + "]");
    if (!schema_url.empty()) append_text(out, "schemaUrl", schema_url);
    return out + "}";
}

Result<bool> append_trace(std::string& out, ExportContext& context, TraceId trace) {
    std::map<std::pair<std::string, std::string>, std::map<std::pair<std::string, std::string>, std::string>>
        groups;
    auto read = context.traces.each_span(
        trace,
        [&](const SpanDetail& span) {
            std::string& spans = groups[{span.resource_json, span.resource_schema_url}]
                                       [{span.scope_json, span.scope_schema_url}];
            if (!spans.empty()) spans += ',';
            append_span(spans, span);
            return true;
        },
        context.stop);
    if (!read) return read.error();
    if (groups.empty()) return false;
    out += R"({"resourceSpans":[)";
    bool first = true;
    for (const auto& [resource, scopes] : groups) {
        if (!first) out += ',';
        first = false;
        out += resource_spans(resource.first, resource.second, scopes);
    }
    out += "]}\n";
    return true;
}

std::string text_attribute(std::string_view key, std::string_view value) {
    return fmt::format(R"({{"key":{},"value":{{"stringValue":{}}}}})", json_string(key), json_string(value));
}

std::string evaluation(const Judgement& judgement, std::string_view name, std::string_view attributes) {
    return fmt::format(
        R"({{"eventName":"gen_ai.evaluation.result","timeUnixNano":{},"traceId":"{}",{}"attributes":[{},{}{}{}]}})",
        nanos(judgement.time), to_hex(judgement.target.trace),
        judgement.target.span.valid() ? fmt::format(R"("spanId":"{}",)", to_hex(judgement.target.span))
                                      : std::string(),
        text_attribute("gen_ai.evaluation.name", name), attributes,
        judgement.author.empty() ? "" : "," + text_attribute("clew.author", judgement.author),
        judgement.comment.empty() ? ""
                                  : "," + text_attribute("gen_ai.evaluation.explanation", judgement.comment));
}

std::string score_attribute(double value) {
    return fmt::format(R"({{"key":"gen_ai.evaluation.score.value","value":{{"doubleValue":{:.17g}}}}})",
                       value);
}

void append_judgements(std::string& out, const std::vector<Judgement>& judgements) {
    std::string records;
    const auto add = [&](const std::string& record) { (records += records.empty() ? "" : ",") += record; };
    for (const Judgement& judgement : judgements) {
        if (judgement.thumb != Thumb::none)
            add(evaluation(judgement, "thumbs",
                           score_attribute(judgement.thumb == Thumb::up ? 1 : 0) + "," +
                               text_attribute("gen_ai.evaluation.score.label", thumb_name(judgement.thumb))));
        for (const std::string& label : judgement.labels)
            add(evaluation(judgement, "label", text_attribute("gen_ai.evaluation.score.label", label)));
        for (const auto& [name, value] : judgement.scores)
            add(evaluation(judgement, name, score_attribute(value)));
        if (judgement.thumb == Thumb::none && judgement.labels.empty() && judgement.scores.empty())
            add(evaluation(judgement, "comment", text_attribute("gen_ai.evaluation.score.label", "comment")));
    }
    if (records.empty()) return;
    out += fmt::format(
        R"({{"resourceLogs":[{{"resource":{{}},"scopeLogs":[{{"scope":{{"name":"clew.judgements"}},"logRecords":[{}]}}]}}]}})",
        records);
    out += '\n';
}

Result<void> write(ExportContext& context, std::string& out) {
    for (const ExportItem& item : context.items) {
        auto appended = append_trace(out, context, item.row.id);
        if (!appended) return appended.error();
        if (!*appended) {
            ++context.report.left_out["no span left in the store"];
            continue;
        }
        ++context.report.rows;
        append_judgements(out, item.judgements);
    }
    return {};
}

Result<std::int64_t> validate(std::string_view bytes) {
    std::int64_t rows = 0, line = 0;
    while (!bytes.empty()) {
        ++line;
        const std::size_t end = bytes.find('\n');
        const std::string_view text = bytes.substr(0, end);
        if (end == std::string_view::npos || !nlohmann::json::accept(text))
            return Error{"export.bad_row", {"otlp", std::to_string(line), "it is no whole JSON object"}, {}};
        if (text.starts_with(R"({"resourceSpans":)")) ++rows;
        bytes.remove_prefix(end + 1);
    }
    return rows;
}

} // namespace

const ExportFormat otlp_export = {"otlp", "OTLP JSON Lines (lossless)", ".jsonl", write, validate};

} // namespace clew::app
