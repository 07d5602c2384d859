// OpenAI Agents SDK: what its trace exporter posts, and processors of one's own write to files: payloads of
// items, arrays, or one item a line.
//
//   {"data":[
//     {"object":"trace","id":"trace_<32 hex>","workflow_name":"…","group_id":"…","metadata":{…}},
//     {"object":"trace.span","id":"span_<24 hex>","trace_id":"trace_…","parent_id":null,"started_at":…,
//      "ended_at":…,"span_data":{"type":"generation","model":…,"input":[…],"output":[…],"usage":{…}},
//      "error":{"message":…,"data":…}}]}
//
// A trace is the root span of what it names; the group is the session. Spans for a task and its turns
// ("custom", with sdk_span_type) repeat the tokens of the calls below them. A response span names the answer
// by its id only: the SDK does not export its content.

#include "importers/registry.h"
#include "importers/support/event_list.h"
#include "importers/support/json_importer.h"
#include "importers/support/json_keys.h"
#include "importers/support/model_parameters.h"
#include "importers/support/nested_records.h"
#include "importers/support/own_ids.h"
#include "importers/support/provider_usage.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace clew {

namespace openai_agents {

using namespace json;

constexpr std::string_view kFormatId = "openai-agents";
constexpr std::size_t kMostTracesLive = 10'000; // of posts, which have no end
constexpr std::array<std::string_view, 2> kWhole = {"", "data"};

std::string_view without(std::string_view id, std::string_view prefix) {
    return id.starts_with(prefix) ? id.substr(prefix.size()) : id;
}

OwnTraceId trace_id(std::string_view own) {
    return own_trace_id(kFormatId, without(own, "trace_"));
}
SpanId span_id(std::string_view own) {
    return derive_span_id(kFormatId, {own});
}
SpanId root_id(std::string_view trace_own) {
    return derive_span_id(kFormatId, {"trace", trace_own});
}

class SpanReader {
public:
    SpanReader(Object item, Object data)
        : item_(item)
        , data_(data) {}

    SpanDraft read() {
        place();
        const std::string_view type = text_of(data_, "type");
        attributes_.text("openai_agents.type", type);
        draft_.name = text_of(data_, "name");
        if (type == "generation" || type == "response" || type == "transcription" || type == "speech")
            read_call();
        else if (type == "function")
            read_tool();
        else if (type == "agent")
            read_agent();
        else if (type == "handoff")
            read_handoff();
        else if (type == "guardrail")
            span_.kind = Kind::guardrail;
        else if (type == "mcp_tools")
            read_tool_list();
        else
            read_custom(type);
        if (draft_.name.empty()) draft_.name = type.empty() ? std::string_view("span") : type;
        read_error();
        for (const auto one : data_)
            if (std::ranges::find(used_, one.key) == used_.end())
                attributes_.any(std::string("openai_agents.") += one.key, one.value);
        attributes_.any("openai_agents.metadata", member(item_, "metadata"));
        attributes_.rest("openai_agents.", item_,
                         {"object", "id", "trace_id", "parent_id", "started_at", "ended_at", "span_data",
                          "error", "metadata"});
        draft_.attributes = attributes_.take();
        draft_.events = events_.take();
        read_columns(draft_);
        return std::move(draft_);
    }

private:
    void place() {
        const std::string_view own = text_of(item_, "id");
        const std::string_view trace = text_of(item_, "trace_id");
        const std::string_view parent = text_of(item_, "parent_id");
        const OwnTraceId id = trace_id(trace);
        span_.trace = id.id;
        span_.id = span_id(own);
        span_.parent = parent.empty() || parent == own || parent == trace ? root_id(trace) : span_id(parent);
        span_.flags |= kDerivedId;
        draft_.own_id = own;
        draft_.trace_own_id = trace;
        span_.start = time_of(item_, "started_at");
        span_.end = time_of(item_, "ended_at");
    }

    void read_call() {
        span_.kind = Kind::llm;
        const auto response = object_of(data_, "response");
        take_content("input", "gen_ai.input.messages");
        if (!take_content("output", "gen_ai.output.messages") && response)
            attributes_.json("gen_ai.output.messages", member(*response, "output"));
        draft_.model = text_of(data_, "model");
        if (response && draft_.model.empty()) draft_.model = text_of(*response, "model");
        attributes_.text("gen_ai.request.model", draft_.model);
        attributes_.text("gen_ai.response.id", text_of(data_, "response_id"));
        read_parameters();
        auto usage = object_of(data_, "usage");
        if (!usage && response) usage = object_of(*response, "usage");
        if (usage) span_.usage = usage_of_provider(*usage);
        span_.first_token = time_of(data_, "first_content_at");
        used_.insert(used_.end(), {"model", "response_id"});
    }

    // Messages or text; audio is an object with its data and stays as it is.
    bool take_content(std::string_view key, std::string_view attribute) {
        const auto content = member(data_, key);
        if (!content || content->is_object()) return false;
        attributes_.json(attribute, content);
        used_.push_back(key);
        return true;
    }

    void read_parameters() {
        const auto config = object_of(data_, "model_config");
        if (!config) return;
        ModelParameters parameters;
        for (const auto one : *config)
            (void)parameters.take(one.key, one.value);
        parameters.write(attributes_);
    }

    void read_tool() {
        span_.kind = Kind::tool;
        draft_.tool = draft_.name;
        attributes_.text("gen_ai.tool.name", draft_.name);
        attributes_.json("gen_ai.tool.call.arguments", member(data_, "input"));
        attributes_.json("gen_ai.tool.call.result", member(data_, "output"));
        if (member(data_, "mcp_data")) span_.flags |= kMcp;
        used_.insert(used_.end(), {"name", "input", "output"});
    }

    void read_agent() {
        span_.kind = Kind::agent;
        draft_.agent = draft_.name;
        attributes_.text("gen_ai.agent.name", draft_.name);
    }

    void read_handoff() {
        const std::string_view to = text_of(data_, "to_agent");
        draft_.name = "handoff";
        draft_.detail = text_of(data_, "from_agent");
        if (!to.empty()) (draft_.detail += " → ") += to;
    }

    // The protocol's own talk: no tool runs.
    void read_tool_list() {
        span_.flags |= kMcp;
        draft_.name = "list tools";
        draft_.detail = text_of(data_, "server");
    }

    void read_custom(std::string_view type) {
        span_.kind = type == "speech_group" ? Kind::workflow : Kind::generic;
        const auto data = object_of(data_, "data");
        const std::string_view sdk = data ? text_of(*data, "sdk_span_type") : std::string_view{};
        if (sdk.empty()) return;
        span_.kind = Kind::workflow;
        draft_.name = sdk;
        if (const auto turn = integer_of(*data, "turn")) (draft_.name += ' ') += std::to_string(*turn);
        draft_.detail = text_of(*data, "name");
        draft_.agent = text_of(*data, "agent_name");
        if (const auto usage = object_of(*data, "usage")) {
            span_.usage = usage_of_provider(*usage);
            span_.flags |= kAggregateUsage;
        }
    }

    void read_error() {
        const auto error = member(item_, "error");
        if (!error) return;
        span_.status = Status::error;
        if (span_.kind == Kind::tool) span_.flags |= kToolError;
        const auto object = as_object(*error);
        draft_.status_message = object ? text_of(*object, "message") : as_text(*error);
        AttributeList attributes;
        attributes.text("exception.message", draft_.status_message);
        if (object) attributes.rest("openai_agents.error.", *object, {"message"});
        events_.add(span_.end, "exception", attributes.take());
    }

    Object item_;
    Object data_;
    std::vector<std::string_view> used_ = {"type"};
    AttributeList attributes_;
    EventList events_;
    SpanDraft draft_;
    Span& span_ = draft_.span;
};

class OpenAiAgents final : public JsonImporter {
public:
    OpenAiAgents()
        : JsonImporter("openai-agents", Layout::automatic, kWhole) {}

private:
    struct Trace {
        TimeNs start = kNoTime, end = kNoTime;
        std::string own, name, group, attributes;
        bool touched = false; // since the last settle
    };

    Result<void> read(Element root) override {
        const auto object = as_object(root);
        if (cut() && object && member(*object, "object") && !array_of(*object, "data")) return {};
        if (!read_value(root, 0)) note(Severity::warning, "openai_agents.no_item");
        return {};
    }

    Result<void> finish_source() override {
        for (auto& [id, trace] : traces_)
            add_root(id, trace);
        return {};
    }

    Result<void> settle_source() override {
        for (auto& [id, trace] : traces_)
            if (std::exchange(trace.touched, false)) add_root(id, trace);
        if (traces_.size() > kMostTracesLive) traces_.clear();
        return {};
    }

    bool read_value(Element value, int depth) {
        constexpr int kDeepest = 3;
        return read_nested(value, depth, kDeepest,
                           [this](Object object, int at) { return read_object(object, at); });
    }

    bool read_object(Object item, int depth) {
        if (const auto list = member(item, "data"); list && list->is_array())
            return read_value(*list, depth + 1);
        const std::string_view kind = text_of(item, "object");
        if (kind == "trace") return read_trace(item);
        const auto data = object_of(item, "span_data");
        return data && (kind.empty() || kind == "trace.span") && read_span(item, *data);
    }

    bool read_trace(Object item) {
        const std::string_view own = text_of(item, "id");
        if (own.empty()) return false;
        Trace& trace = traces_[trace_id(own).id];
        trace.own = own;
        trace.touched = true;
        trace.name = text_of(item, "workflow_name");
        trace.group = text_of(item, "group_id");
        AttributeList attributes;
        attributes.text("gen_ai.workflow.name", trace.name);
        attributes.text("session.id", trace.group);
        attributes.any("openai_agents.metadata", member(item, "metadata"));
        attributes.rest("openai_agents.", item, {"object", "id", "workflow_name", "group_id", "metadata"});
        trace.attributes = attributes.take();
        return true;
    }

    bool read_span(Object item, Object data) {
        if (text_of(item, "id").empty() || text_of(item, "trace_id").empty()) {
            note_once(Severity::warning, "openai_agents.no_id");
            return true;
        }
        SpanDraft draft = SpanReader(item, data).read();
        Trace& trace = traces_[draft.span.trace];
        if (trace.own.empty()) trace.own = draft.trace_own_id;
        trace.touched = true;
        const Span& span = draft.span;
        if (span.start != kNoTime && (trace.start == kNoTime || span.start < trace.start))
            trace.start = span.start;
        if (span.end != kNoTime && (trace.end == kNoTime || span.end > trace.end)) trace.end = span.end;
        out.add(std::move(draft));
        return true;
    }

    void add_root(TraceId id, const Trace& trace) {
        SpanDraft draft;
        draft.span.trace = id;
        draft.span.id = root_id(trace.own);
        draft.span.flags = kSynthesized | kDerivedId;
        draft.span.kind = Kind::workflow;
        draft.span.time_quality = TimeQuality::derived;
        draft.span.start = trace.start;
        draft.span.end = trace.end;
        draft.name = trace.name.empty() ? "trace" : trace.name;
        draft.trace_name = trace.name;
        draft.session = trace.group;
        draft.own_id = draft.trace_own_id = trace.own;
        draft.attributes = trace.attributes;
        out.add(std::move(draft));
    }

    std::map<TraceId, Trace> traces_;
};

Confidence sniff(const Head& head) {
    constexpr int kLook = 5;
    JsonKeys objects(head.bytes);
    for (int i = 0; i < kLook && objects.next(); ++i) {
        const auto says = [&](std::string_view words) {
            return objects.text().find(words) != std::string_view::npos;
        };
        if (objects.has("span_data") && objects.has("trace_id")) return Confidence::yes;
        if (objects.has("workflow_name") && objects.has("object") && objects.has("id"))
            return Confidence::yes;
        if (objects.has("data") && (says("\"span_data\":") || says("\"span_data\" :") ||
                                    (says("\"workflow_name\":") && says("\"object\":"))))
            return Confidence::yes;
    }
    return Confidence::no;
}

constexpr std::array<std::string_view, 3> kSuffixes = {".jsonl", ".json", ".ndjson"};

} // namespace openai_agents

const Format openai_agents_format = {
    .id = openai_agents::kFormatId,
    .title = "OpenAI Agents SDK traces",
    .suffixes = openai_agents::kSuffixes,
    .sniff = openai_agents::sniff,
    .create = []() -> std::unique_ptr<Importer> { return std::make_unique<openai_agents::OpenAiAgents>(); },
};

} // namespace clew
