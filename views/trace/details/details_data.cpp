#include "views/trace/details/details_data.h"

#include "model/analysis/gaps.h"
#include "model/base/text.h"
#include "model/trace/dialects/messages.h"
#include "model/trace/display_name.h"
#include "views/trace/details/flow_document.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace clew::views {

namespace {

using Json = nlohmann::json;

// Runs that are looked at to find those that a conversation speaks of: reading a span costs about a
// millisecond.
constexpr std::size_t kMaxCandidates = 64;
constexpr std::size_t kMaxParsed = 4u << 20;

// Values nested deeper than this are left to the raw view: writing them again would need a stack as deep.
constexpr int kMaxDepth = 500;

bool tooDeep(std::string_view text) {
    int depth = 0;
    bool inString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                inString = false;
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            if (++depth > kMaxDepth) return true;
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return false;
}

Json parsed(std::string_view text) {
    if (text.empty() || tooDeep(text)) return Json(Json::value_t::discarded);
    return Json::parse(text, nullptr, false);
}

std::string textOf(const Json& object, const char* key) {
    const auto at = object.find(key);
    if (at == object.end()) return {};
    if (at->is_string()) return at->get<std::string>();
    return at->is_null() ? std::string() : at->dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<PlainAttribute> attributesOf(const Json& object) {
    const auto at = object.find("attributes");
    if (at == object.end() || !at->is_array()) return {};
    return plain_attributes(at->dump(-1, ' ', false, Json::error_handler_t::replace));
}

TimeNs timeOf(const Json& object) {
    for (const char* key : {"timeUnixNano", "observedTimeUnixNano"}) {
        const std::string text = textOf(object, key);
        TimeNs time = 0;
        const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), time);
        if (!text.empty() && wrong == std::errc() && end == text.data() + text.size() && time != 0)
            return time;
    }
    return kNoTime;
}

std::vector<EventItem> eventsOf(const std::string& text) {
    std::vector<EventItem> out;
    if (text.empty()) return out;
    const Json array = parsed(text);
    if (!array.is_array()) return out;
    for (const Json& one : array) {
        if (!one.is_object()) continue;
        EventItem event;
        event.time = timeOf(one);
        event.name = textOf(one, "name");
        if (event.name.empty()) event.name = textOf(one, "eventName");
        event.attributes = attributesOf(one);
        out.push_back(std::move(event));
    }
    std::ranges::stable_sort(out, {}, &EventItem::time);
    return out;
}

std::vector<LinkItem> linksOf(const std::string& text) {
    std::vector<LinkItem> out;
    if (text.empty()) return out;
    const Json array = parsed(text);
    if (!array.is_array()) return out;
    for (const Json& one : array) {
        if (!one.is_object()) continue;
        LinkItem link;
        link.traceHex = textOf(one, "traceId");
        link.spanHex = textOf(one, "spanId");
        if (const auto id = trace_id_from_hex(link.traceHex)) link.trace = *id;
        if (const auto id = span_id_from_hex(link.spanHex)) link.span = *id;
        link.attributes = attributesOf(one);
        out.push_back(std::move(link));
    }
    return out;
}

// The same run as another recorder saw it stands with the links of its root.
void linkOtherRecorders(DetailsData& data, TraceStore& store, const std::stop_token& stop) {
    const auto others = store.also_recorded(data.span.trace, stop);
    if (!others) return;
    for (const AlsoRecorded& other : *others) {
        LinkItem link;
        link.trace = other.trace;
        link.traceHex = to_hex(other.trace);
        link.attributes = {{"also recorded by", json_string(other.format)},
                           {"name", json_string(other.name)},
                           {"spans", std::to_string(other.spans)}};
        data.links.push_back(std::move(link));
    }
}

const std::string* find(const std::vector<PlainAttribute>& attributes, std::string_view key) {
    const auto at = std::ranges::find(attributes, key, &PlainAttribute::key);
    return at == attributes.end() ? nullptr : &at->json;
}

QString plain(const std::string* json) {
    if (!json) return {};
    const Json value = parsed(*json);
    if (value.is_string()) return QString::fromStdString(value.get<std::string>());
    return QString::fromStdString(*json);
}

std::optional<double> numberIn(const std::string* json) {
    if (!json) return {};
    const Json value = parsed(*json);
    if (value.is_number()) return value.get<double>();
    if (!value.is_string()) return {};
    bool ok = false;
    const double read = QString::fromStdString(value.get<std::string>()).toDouble(&ok);
    return ok ? std::optional(read) : std::nullopt;
}

void readEvaluations(DetailsData& data) {
    for (const EventItem& event : data.events) {
        if (event.name != "gen_ai.evaluation.result") continue;
        Evaluation one;
        one.name = plain(event.find("gen_ai.evaluation.name"));
        one.label = plain(event.find("gen_ai.evaluation.score.label"));
        one.explanation = plain(event.find("gen_ai.evaluation.explanation"));
        one.score = numberIn(event.find("gen_ai.evaluation.score.value"));
        one.source = QStringLiteral("event gen_ai.evaluation.result");
        one.time = event.time;
        data.evaluations.push_back(std::move(one));
    }
    // annotations.<i>.annotation.name and evaluations.<i>.evaluation.name, also behind "trace." and
    // "session."
    std::map<std::string, Evaluation> found;
    for (const PlainAttribute& attribute : data.attributes) {
        for (const auto& [plural, single] :
             {std::pair<std::string_view, std::string_view>{"annotations.", ".annotation."},
              std::pair<std::string_view, std::string_view>{"evaluations.", ".evaluation."}}) {
            const std::size_t head = attribute.key.find(plural);
            const std::size_t tail = attribute.key.find(single);
            const bool scoped =
                head == 0 || attribute.key.starts_with("trace.") || attribute.key.starts_with("session.");
            if (head == std::string::npos || tail == std::string::npos || tail < head || !scoped) continue;
            Evaluation& one = found[attribute.key.substr(0, tail)];
            const std::string field = attribute.key.substr(tail + single.size());
            if (field == "name") one.name = plain(&attribute.json);
            if (field == "label") one.label = plain(&attribute.json);
            if (field == "score") one.score = numberIn(&attribute.json);
            if (field == "explanation") one.explanation = plain(&attribute.json);
            if (field == "annotator_kind") one.by = plain(&attribute.json);
            one.source =
                QStringLiteral("attribute %1").arg(QString::fromStdString(attribute.key.substr(0, tail)));
        }
    }
    for (auto& [key, one] : found)
        data.evaluations.push_back(std::move(one));
}

std::set<std::string> callIds(const Conversation& conversation) {
    std::set<std::string> out;
    for (const Message& message : conversation.messages)
        for (const MessagePart& part : message.parts)
            if ((part.type == PartType::tool_call || part.type == PartType::tool_result) &&
                !part.tool_call_id.empty())
                out.insert(part.tool_call_id);
    return out;
}

// Tool spans beside and below this one, nearest first.
std::vector<SpanId> candidates(const TraceSnapshot& snapshot, std::int32_t self) {
    std::vector<std::int32_t> out;
    const auto collect = [&](std::int32_t first) {
        for (std::int32_t i = first; i != kNoSpan;
             i = snapshot.spans[static_cast<std::size_t>(i)].next_sibling)
            if (snapshot.spans[static_cast<std::size_t>(i)].kind == Kind::tool) out.push_back(i);
    };
    const SnapshotSpan& span = snapshot.spans[static_cast<std::size_t>(self)];
    collect(span.first_child);
    collect(span.parent == kNoSpan ? 0 : snapshot.spans[static_cast<std::size_t>(span.parent)].first_child);
    std::ranges::stable_sort(out, {}, [self](std::int32_t i) { return std::abs(i - self); });
    if (out.size() > kMaxCandidates) out.resize(kMaxCandidates);
    std::vector<SpanId> ids;
    for (const std::int32_t i : out)
        ids.push_back(snapshot.spans[static_cast<std::size_t>(i)].id);
    return ids;
}

void findRuns(DetailsData& data, TraceStore& store, const TraceSnapshot& snapshot, std::int32_t self,
              const std::stop_token& stop) {
    std::set<std::string> wanted = callIds(data.conversation);
    if (wanted.empty()) return;
    constexpr std::array<std::string_view, 4> kKeys = {"gen_ai.tool.call.id", "tool_call.id", "tool.call_id",
                                                       "ai.toolCall.id"};
    for (const SpanId id : candidates(snapshot, self)) {
        if (wanted.empty() || stop.stop_requested()) return;
        const auto read = store.span(data.span.trace, id, stop);
        if (!read) continue;
        std::string call = wanted.contains(read->own_id) ? read->own_id : std::string();
        const auto attributes = plain_attributes(read->attributes);
        for (const std::string_view key : kKeys)
            if (call.empty()) call = plain(find(attributes, key)).toStdString();
        if (!wanted.erase(call)) continue;
        ToolRun run;
        run.span = id;
        run.duration = between(read->start, read->end);
        run.failed = read->status == Status::error || (read->flags & kToolError) != 0;
        run.silent = (read->flags & kSilentFailure) != 0;
        run.statusMessage = read->status_message;
        run.output = conversation_of(*read).output_json;
        data.runs.emplace(call, std::move(run));
    }
}

bool says(const Json& value) {
    if (value.is_null()) return false;
    if (value.is_boolean()) return value.get<bool>();
    if (value.is_string()) return !value.get_ref<const std::string&>().empty();
    if (value.is_number()) return value.get<double>() != 0;
    return !value.empty();
}

QString reasonIn(const Json& object, int depth) {
    if (!object.is_object()) return {};
    const auto line = [](const std::string& key, const Json& value) {
        const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
        return fromUtf8(key) + QStringLiteral(" = ") + fromUtf8(utf8_prefix(text, 120));
    };
    for (const auto& [key, value] : object.items()) {
        const std::string name = lower(key);
        const bool error = (name == "error" || name == "errors" || name == "iserror" || name == "is_error" ||
                            name == "exception" || name == "error_message") &&
                           says(value);
        const bool exit = (name == "exit_code" || name == "exitcode" || name == "returncode") &&
                          value.is_number() && value.get<double>() != 0;
        const bool http =
            (name == "status_code" || name == "statuscode" || name == "http_status" || name == "status") &&
            value.is_number() && value.get<double>() >= 400;
        const bool refused = (name == "success" || name == "ok") && value.is_boolean() && !value.get<bool>();
        if (error || exit || http || refused) return line(key, value);
    }
    for (const auto& [key, value] : object.items())
        if (depth < 3)
            if (const QString inner = reasonIn(value, depth + 1); !inner.isEmpty()) return inner;
    return {};
}

} // namespace

const std::string* EventItem::find(std::string_view key) const {
    return clew::views::find(attributes, key);
}

QString failureReason(const std::string& resultJson) {
    if (resultJson.empty() || resultJson.size() > kMaxParsed) return {};
    Json value = parsed(resultJson);
    if (value.is_string()) {
        const auto inner = value.get<std::string>();
        value = parsed(inner);
        if (value.is_discarded()) return fromUtf8(one_line(inner, 120));
    }
    return reasonIn(value, 0);
}

Result<DetailsPtr> loadDetails(TraceStore& store, NoteBook& noteBook, TraceId trace, SpanId span,
                               const TraceSnapshotPtr& snapshot, const std::stop_token& stop) {
    auto read = store.span(trace, span, stop);
    if (!read) return read.error();
    auto data = std::make_shared<DetailsData>();
    data->span = std::move(*read);
    data->conversation = conversation_of(data->span);
    data->composition = compose_prompt(data->conversation, prompt_usage(data->span));
    data->attributes = plain_attributes(data->span.attributes);
    if (const Json resource = parsed(data->span.resource_json); resource.is_object())
        data->resource = attributesOf(resource);
    if (const Json scope = parsed(data->span.scope_json); scope.is_object()) {
        for (const char* key : {"name", "version"})
            if (const std::string text = textOf(scope, key); !text.empty())
                data->scope.push_back({key, json_string(text)});
        for (PlainAttribute& attribute : attributesOf(scope))
            data->scope.push_back(std::move(attribute));
    }
    data->events = eventsOf(data->span.events);
    data->links = linksOf(data->span.links);
    readEvaluations(*data);
    if (const std::string* flag = find(data->attributes, "tool.silent_failure_detected");
        flag && *flag == "true")
        data->failure = QStringLiteral("tool.silent_failure_detected = true");
    if (const QString reason = failureReason(data->conversation.output_json); !reason.isEmpty())
        data->failure = reason;

    data->isRoot = !data->span.parent.valid();
    if (snapshot && snapshot->id == trace) {
        if (const std::int32_t self = snapshot->find(span); self != kNoSpan) {
            data->isRoot = self == 0;
            for (std::int32_t at = snapshot->spans[static_cast<std::size_t>(self)].parent; at != kNoSpan;
                 at = snapshot->spans[static_cast<std::size_t>(at)].parent)
                data->path.prepend(fromUtf8(
                    display_name(snapshot->text(snapshot->spans[static_cast<std::size_t>(at)].name))));
            findRuns(*data, store, *snapshot, self, stop);
            data->gapBefore = gap_before(*snapshot, self);
        }
    }
    if (data->isRoot) linkOtherRecorders(*data, store, stop);
    if (auto judgements = noteBook.judgements(trace, stop)) data->judgements = std::move(*judgements);
    for (const Judgement& judgement : data->judgements) {
        const std::int32_t at =
            snapshot && snapshot->id == trace ? snapshot->find(judgement.target.span) : kNoSpan;
        if (at != kNoSpan)
            data->names[judgement.target.span] =
                fromUtf8(snapshot->text(snapshot->spans[static_cast<std::size_t>(at)].name));
    }
    if (stop.stop_requested()) return Error{"cancelled", {}, ""};
    return DetailsPtr(std::move(data));
}

StepPtr loadStep(TraceStore& store, const DetailsPtr& details, const TraceSnapshotPtr& snapshot,
                 const std::stop_token& stop) {
    if (!details || details->span.kind != Kind::llm || !snapshot || snapshot->id != details->span.trace)
        return nullptr;
    const std::int32_t self = snapshot->find(details->span.id);
    if (self == kNoSpan) return nullptr;
    // The conversation is the details' own: shared, not copied.
    const std::shared_ptr<const Conversation> conversation(details, &details->conversation);
    Step step = step_of(*snapshot, self, call_prompt(details->span, conversation),
                        [&](SpanId wanted) -> std::optional<SpanDetail> {
                            if (stop.stop_requested()) return {};
                            auto read = store.span(details->span.trace, wanted, stop);
                            return read ? std::optional(std::move(*read)) : std::nullopt;
                        });
    if (stop.stop_requested()) return nullptr;
    return std::make_shared<const Step>(std::move(step));
}

} // namespace clew::views
