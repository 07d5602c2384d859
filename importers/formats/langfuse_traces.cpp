#include "importers/formats/langfuse_traces.h"

#include "importers/support/event_list.h"
#include "model/base/text.h"

#include <charconv>
#include <utility>

namespace clew::langfuse {

using namespace json;

namespace {

constexpr std::size_t kMostHeld = std::size_t{256} << 20;
// Of posts, which have no end: what is let go of is in the store, and later pieces are joined to it there.
constexpr std::size_t kMostHeldLive = std::size_t{32} << 20;
constexpr std::size_t kMostTracesLive = 10'000;
constexpr int kMergedLevels = 1; // metadata

// "generation-update" → GENERATION, as exports name the types.
std::string type_of_event(std::string_view event, std::string_view stated) {
    const std::string_view word = event.substr(0, event.find('-'));
    if (word == "observation") return std::string(stated);
    std::string out(word);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
    return out;
}

void widen(TimeNs& start, TimeNs& end, const Span& span) {
    if (span.start != kNoTime && (start == kNoTime || span.start < start)) start = span.start;
    const TimeNs last = span.end != kNoTime ? span.end : span.start;
    if (last != kNoTime && (end == kNoTime || last > end)) end = last;
}

} // namespace

bool Traces::read(Object object, const Envelope& envelope) {
    const Record record(object);
    switch (kind_of(object)) {
    case RecordKind::event: read_event(object); break;
    case RecordKind::observation: read_observation(record, envelope); break;
    case RecordKind::score: read_score(record); break;
    case RecordKind::trace: read_trace(record, envelope); break;
    case RecordKind::none: return false;
    }
    return true;
}

void Traces::read_trace(const Record& record, const Envelope& envelope) {
    if (const auto observations = array_of(record.object(), "observations"))
        read_nested(record, *observations);
    SpanDraft draft = trace_draft(record, envelope);
    Seen& seen = traces_[draft.span.trace];
    seen.stated = seen.touched = true;
    seen.own = record.text("id");
    if (draft.span.end == kNoTime || (seen.end != kNoTime && seen.end > draft.span.end))
        draft.span.end = seen.end;
    if (draft.span.start == kNoTime) draft.span.start = seen.start;
    seen.root_start = draft.span.start;
    seen.root_end = draft.span.end;
    out_.add(std::move(draft));
    if (const auto scores = array_of(record.object(), "scores")) {
        for (const Element element : *scores) {
            if (const auto score = as_object(element)) read_score(Record(*score));
        }
    }
}

// Lists of traces name their observations by id only.
void Traces::read_nested(const Record& trace, Array observations) {
    for (const Element element : observations) {
        const auto observation = as_object(element);
        if (!observation) continue;
        if (kind_of(*observation) == RecordKind::observation) {
            read_observation(Record(*observation), {});
        } else {
            say_(Severity::warning, "langfuse.odd_observation", {std::string(trace.text("id"))});
        }
    }
}

void Traces::read_observation(const Record& record, const Envelope& envelope) {
    if (record.text("id").empty()) {
        say_(Severity::warning, "langfuse.no_id", {std::string(record.text("name"))});
        return;
    }
    SpanDraft draft = observation_draft(record, envelope);
    Seen& seen = traces_[draft.span.trace];
    seen.touched = true;
    if (seen.own.empty())
        seen.own = record.text("traceId").empty() ? record.text("id") : record.text("traceId");
    widen(seen.start, seen.end, draft.span);
    const auto fill = [](std::string& to, const std::string& from) {
        if (to.empty()) to = from;
    };
    fill(seen.name, draft.trace_name);
    fill(seen.session, draft.session);
    fill(seen.user, draft.user);
    const SpanId root = trace_ids(seen.own).span;
    if (seen.name.empty() && draft.span.parent == root) seen.name = draft.name;
    if (draft.span.id == root) seen.stated = true;
    out_.add(std::move(draft));
}

void Traces::read_score(const Record& record) {
    Score score = score_of(record);
    if (score.trace_own.empty()) {
        say_(Severity::warning, "langfuse.score_without_trace", {std::string(record.text("name"))});
        return;
    }
    // The root of a trace that came as OTLP is a span of its own.
    const bool whole = score.observation_own.empty();
    const Ids ids =
        whole ? trace_ids(score.trace_own) : observation_ids(score.trace_own, score.observation_own);
    out_.add_event(ids.trace, whole ? SpanId{} : ids.span, score.time, kEvaluationEvent, score.attributes);
}

// Of a tag: "generation 1743580801000000000".
static TimeNs time_in(std::string_view tag) {
    TimeNs time = kNoTime;
    const std::string_view digits = tag.substr(tag.find(' ') + 1);
    (void)std::from_chars(digits.data(), digits.data() + digits.size(), time);
    return time;
}

void Traces::read_event(Object event) {
    const std::string_view type = text_of(event, "type");
    const auto body = object_of(event, "body");
    if (!body || type == "sdk-log") {
        say_(Severity::info, "langfuse.sdk_log", {});
        return;
    }
    const Record record(*body);
    if (type.starts_with("score-")) {
        read_score(record);
        return;
    }
    const bool of_trace = type.starts_with("trace-");
    const std::string_view id = record.text("id");
    if (id.empty()) {
        say_(Severity::warning, "langfuse.no_id", {std::string(record.text("name"))});
        return;
    }
    // The tag: what it is, and when its first event was sent.
    HeldRecord& held = held_.add((of_trace ? "t " : "o ") + std::string(id), *body, false);
    held.created = held.created || of_trace || type.ends_with("-create") || !record.text("traceId").empty();
    const TimeNs sent = time_of(event, "timestamp");
    const std::size_t blank = held.tag.find(' ');
    if (blank == std::string::npos)
        held.tag = (of_trace ? std::string() : type_of_event(type, record.text("type"))) + ' ' +
                   std::to_string(sent);
    else if (sent != kNoTime && sent < time_in(held.tag))
        held.tag.replace(blank + 1, std::string::npos, std::to_string(sent));
    if (held_.bytes() > kMostHeld) add_held();
}

void Traces::add_held() {
    for (const HeldRecord& held : held_.take_all())
        add_held(held);
}

void Traces::add_held(const HeldRecord& held) {
    const WholeRecord whole(held, kMergedLevels);
    if (!whole.object() || out_.stopped()) return;
    const std::size_t blank = held.tag.find(' ');
    Envelope envelope{.type = std::string_view(held.tag).substr(0, blank)};
    envelope.time = time_in(held.tag);
    const Record record(*whole.object());
    if (held.key.starts_with("t "))
        read_trace(record, envelope);
    else
        read_observation(record, envelope);
}

void Traces::settle() {
    // An update that does not say of which trace waits for what it updates.
    for (const HeldRecord* held : held_.touched())
        if (held->created) add_held(*held);
    for (auto& [id, seen] : traces_) {
        if (std::exchange(seen.touched, false)) finish_root(seen);
    }
    held_.forget_oldest(kMostHeldLive);
    if (traces_.size() > kMostTracesLive) traces_.clear();
}

void Traces::finish() {
    add_held();
    for (auto& [id, seen] : traces_) {
        if (out_.stopped()) return;
        finish_root(seen);
    }
}

void Traces::finish_root(Seen& seen) {
    const bool later = seen.end != kNoTime && (seen.root_end == kNoTime || seen.end > seen.root_end);
    if (seen.stated && !later) return;
    const Ids ids = trace_ids(seen.own);
    SpanDraft draft;
    draft.span.trace = ids.trace;
    draft.span.id = ids.span;
    draft.span.flags = kSynthesized | kDerivedId;
    draft.span.kind = Kind::workflow;
    draft.span.time_quality = TimeQuality::derived;
    draft.span.start = seen.root_start != kNoTime ? seen.root_start : seen.start;
    draft.span.end = seen.end;
    if (!seen.stated) {
        draft.name = seen.name.empty() ? std::string("trace") : seen.name;
        draft.trace_name = seen.name;
        draft.session = seen.session;
        draft.user = seen.user;
    }
    draft.own_id = seen.own;
    if (!trace_id_from_hex(seen.own)) draft.trace_own_id = seen.own;
    out_.add(std::move(draft));
}

} // namespace clew::langfuse
