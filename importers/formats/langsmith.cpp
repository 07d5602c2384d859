// LangSmith runs, as its API, its SDKs and export scripts write them: a JSON array, JSON Lines,
// {"runs":[…]}, nested child_runs, and the batches that SDKs post ({"post":[…],"patch":[…]}).
//
//   {"id":"<uuid>","trace_id":"<uuid>","parent_run_id":null,"dotted_order":"20250101T120000000000Z<uuid>",
//    "name":"agent","run_type":"chain","start_time":"2025-01-01T12:00:00","end_time":…,"inputs":{…},
//    "outputs":{…},"error":null,"extra":{"metadata":{…}},"tags":[],"session_name":"a project", …}
//
// A run is a span, a trace is a trace under its UUID. Tokens of chains sum those of the calls below them. A
// batch creates a run (post) and ends it later (patch), in any order and batch; the two are joined. Runs that
// name no trace belong to that of their topmost parent. Feedback objects become evaluation events on their
// run. What LangSmith calls a session is a project; the chat's session is in the metadata.

#include "importers/formats/langsmith_run.h"
#include "importers/registry.h"
#include "importers/support/event_list.h"
#include "importers/support/held_records.h"
#include "importers/support/json_importer.h"
#include "importers/support/json_keys.h"
#include "importers/support/own_ids.h"

#include <array>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace clew {

namespace {

using namespace langsmith;
using namespace json;

constexpr std::uint64_t kLargestDocument = 1ull << 30;
constexpr std::size_t kMostHeld = std::size_t{256} << 20;
// Of posts, which have no end: what is let go of is in the store, and a later piece is joined to it there.
constexpr std::size_t kMostHeldLive = std::size_t{32} << 20;
constexpr std::size_t kMostTracesLive = 500'000;
constexpr std::size_t kMostFeedbackLive = 50'000;
constexpr int kDeepest = 200;    // child_runs in child_runs
constexpr int kMergedLevels = 2; // extra and its metadata
constexpr std::array<std::string_view, 6> kWhole = {"", "runs", "traces", "post", "patch", "data"};

struct Feedback {
    std::string run, trace, attributes;
    TimeNs time = kNoTime;
    bool placed = false; // where it belongs if its run is a root
};

class Langsmith final : public JsonImporter {
public:
    Langsmith()
        : JsonImporter("langsmith", Layout::automatic, kWhole, kLargestDocument) {}

private:
    Result<void> read(Element root) override {
        const auto object = as_object(root);
        const bool envelope = !object || !looks_like_run(*object);
        if (cut() && !envelope) return {}; // only a part of one run: left out, as the note says
        if (!read_value(root, {}, 0)) note(Severity::warning, "langsmith.no_run");
        if (held_.bytes() > kMostHeld) add_held();
        return {};
    }

    Result<void> finish_source() override {
        add_held();
        for (const Feedback& one : feedback_)
            if (!one.placed) add_feedback(one);
        return {};
    }

    Result<void> settle_source() override {
        emit(held_.touched());
        settle_feedback();
        held_.forget_oldest(kMostHeldLive);
        if (traces_.size() > kMostTracesLive) traces_.clear();
        return {};
    }

    static bool looks_like_run(Object object) {
        return member(object, "run_type") || member(object, "dotted_order");
    }

    // Whether there was a run or a feedback in it.
    bool read_value(Element value, const RunIds& above, int depth) {
        if (depth > kDeepest) {
            note_once(Severity::warning, "langsmith.too_deep", {std::to_string(kDeepest)});
            return true;
        }
        if (const auto array = as_array(value)) {
            bool any = array->begin() == array->end();
            for (const Element element : *array)
                any = read_value(element, above, depth + 1) || any;
            return any;
        }
        const auto object = as_object(value);
        if (!object) return false;
        if (looks_like_run(*object)) {
            add_whole(*object, above, depth);
            return true;
        }
        if (member(*object, "key") && (member(*object, "run_id") || member(*object, "trace_id"))) {
            take_feedback(*object);
            return true;
        }
        return read_envelope(*object, above, depth);
    }

    bool read_envelope(Object object, const RunIds& above, int depth) {
        bool any = false;
        for (const std::string_view key : {"post", "patch"}) {
            const auto runs = array_of(object, key);
            if (!runs) continue;
            any = true;
            for (const Element element : *runs)
                if (const auto run = as_object(element)) take_piece(*run, key == "post");
        }
        for (const std::string_view key : {"runs", "traces", "data", "feedback", "run"}) {
            const auto inner = member(object, key);
            if (inner && (inner->is_array() || inner->is_object()))
                any = read_value(*inner, above, depth + 1) || any;
        }
        return any;
    }

    // ---- runs that are stated at once

    void add_whole(Object run, const RunIds& above, int depth) {
        RunIds ids = ids_of(run);
        if (ids.run.empty()) {
            note(Severity::warning, "langsmith.no_id", {std::string(text_of(run, "name"))});
            return;
        }
        if (ids.parent.empty()) ids.parent = above.run;
        if (ids.parent == ids.run) ids.parent.clear();
        if (ids.trace.empty()) ids.trace = above.trace;
        if (ids.trace.empty() && !ids.parent.empty()) {
            hold_until_traced(ids, run);
        } else {
            if (ids.trace.empty()) ids.trace = ids.run;
            add(run, ids);
        }
        if (const auto children = array_of(run, "child_runs")) {
            for (const Element child : *children)
                (void)read_value(child, ids, depth + 1);
        }
    }

    // `trace` stands for the trace that the ids name, where only its id is known. `whole`: what comes later
    // of the run is an addition to it.
    void add(Object run, const RunIds& ids, std::optional<TraceId> trace = {}, bool whole = true) {
        SpanDraft draft = draft_of(run, ids);
        if (trace) set_trace(draft, *trace);
        if (whole) traces_[draft.span.id] = draft.span.trace;
        out.add(std::move(draft));
    }

    static void set_trace(SpanDraft& draft, TraceId trace) {
        draft.span.trace = trace;
        draft.trace_own_id.clear();
    }

    [[nodiscard]] std::optional<TraceId> known_trace(std::string_view run) const {
        const auto it = traces_.find(own_span_id(kFormatId, run));
        return it == traces_.end() ? std::nullopt : std::optional(it->second);
    }

    void hold_until_traced(const RunIds& ids, Object run) {
        HeldRecord& held = held_.add(ids.run, run, true);
        held.tag = ids.parent;
        held.ended = true;
    }

    // ---- runs that come in pieces

    void take_piece(Object piece, bool first) {
        const RunIds ids = ids_of(piece);
        if (ids.run.empty()) {
            note(Severity::warning, "langsmith.no_id", {std::string(text_of(piece, "name"))});
            return;
        }
        if (const auto trace = known_trace(ids.run)) {
            add_late(piece, ids, *trace, first);
            return;
        }
        HeldRecord& held = held_.add(ids.run, piece, first);
        if (!ids.parent.empty()) held.tag = ids.parent;
        held.ended = held.ended || member(piece, "end_time");
        if (held.created && held.ended && !ids.trace.empty())
            add_record(held_.take(ids.run), {ids.trace, {}});
    }

    // The run is out already: a post is a retry of what was read; a patch adds to it.
    void add_late(Object piece, const RunIds& ids, TraceId trace, bool first) {
        if (first) {
            note_once(Severity::info, "langsmith.repeated", {ids.run});
            return;
        }
        SpanDraft draft = draft_of(piece, ids);
        set_trace(draft, trace);
        const std::string attributes = std::exchange(draft.attributes, {});
        draft.events.clear();
        if (draft.span.time_quality == TimeQuality::derived) draft.span.start = kNoTime;
        const SpanId id = draft.span.id;
        const TimeNs time = draft.span.end;
        out.add(std::move(draft));
        out.add_event(trace, id, time, "langsmith.patch", attributes);
    }

    // A trace by its own id, or one that is out already.
    struct Place {
        std::string own;
        std::optional<TraceId> known;
    };

    void add_record(const HeldRecord& held, const Place& place) {
        const WholeRecord record(held, kMergedLevels);
        if (!record.object()) return;
        RunIds ids = ids_of(*record.object());
        ids.run = held.key;
        if (ids.parent.empty()) ids.parent = held.tag;
        const bool stated = !ids.trace.empty();
        if (!stated) ids.trace = place.own;
        add(*record.object(), ids, stated ? std::nullopt : place.known, held.created && held.ended);
    }

    // What is still open, in the order in which it began.
    void add_held() {
        const auto records = held_.take_all();
        std::vector<const HeldRecord*> all;
        all.reserve(records.size());
        for (const HeldRecord& record : records) {
            if (!record.created) note_once(Severity::info, "langsmith.patch_only", {record.key});
            all.push_back(&record);
        }
        emit(all);
    }

    // Hands out records as they stand. Those that name no trace belong to the one of their topmost parent.
    void emit(const std::vector<const HeldRecord*>& records) {
        Parents parents;
        for (const HeldRecord* record : records)
            parents.emplace(record->key, record->tag);
        held_.for_each([&](const HeldRecord& record) { parents.emplace(record.key, record.tag); });
        std::unordered_map<std::string_view, std::string_view> tops;
        for (const HeldRecord* record : records) {
            if (out.stopped()) return;
            const std::string_view top = topmost(record->key, parents, tops);
            add_record(*record, {std::string(top), known_trace(top)});
        }
    }

    using Parents = std::unordered_map<std::string_view, std::string_view>;

    // The topmost parent of a run; parents may form a circle, which is entered where it is met.
    static std::string_view topmost(std::string_view run, const Parents& parents, Parents& tops) {
        std::vector<std::string_view> path;
        std::string_view top = run;
        for (;;) {
            if (const auto known = tops.find(top); known != tops.end()) {
                top = known->second;
                break;
            }
            path.push_back(top);
            tops.emplace(top, top); // ends a circle
            const auto parent = parents.find(top);
            if (parent == parents.end() || parent->second.empty()) break;
            top = parent->second;
        }
        for (const auto below : path)
            tops[below] = top;
        return top;
    }

    // ---- feedback

    // What waits for its run is handed out all the same, as of a root: the run may be in the store already,
    // or never come. It is placed again where it comes and is none.
    void settle_feedback() {
        std::erase_if(feedback_, [this](Feedback& one) {
            const auto trace = known_trace(one.run);
            const bool guessed = trace && *trace == own_trace_id(kFormatId, one.run).id;
            if (!std::exchange(one.placed, true) || (trace && !guessed)) add_feedback(one);
            return trace.has_value();
        });
        if (feedback_.size() > kMostFeedbackLive)
            feedback_.erase(feedback_.begin(), feedback_.end() - kMostFeedbackLive / 2);
    }

    void take_feedback(Object object) {
        Evaluation evaluation{.name = text_of(object, "key"), .explanation = text_of(object, "comment")};
        if (const auto score = member(object, "score")) set_value(evaluation, *score);
        if (const auto value = member(object, "value"); value && value->is_string())
            evaluation.label = as_text(*value);
        AttributeList attributes = evaluation_attributes(evaluation);
        attributes.rest("langsmith.feedback.", object,
                        {"key", "comment", "score", "run_id", "trace_id", "created_at"});
        Feedback feedback{.run = std::string(text_of(object, "run_id")),
                          .trace = std::string(text_of(object, "trace_id")),
                          .attributes = attributes.take(),
                          .time = time_of(object, "created_at")};
        if (feedback.run.empty()) feedback.run = feedback.trace;
        if (feedback.trace.empty() && !known_trace(feedback.run))
            feedback_.push_back(std::move(feedback)); // its run may follow
        else
            add_feedback(feedback);
    }

    void add_feedback(const Feedback& feedback) {
        // Most feedback is given to a whole trace, whose root has its id.
        const std::string& own = feedback.trace.empty() ? feedback.run : feedback.trace;
        const TraceId trace = known_trace(feedback.run).value_or(own_trace_id(kFormatId, own).id);
        out.add_event(trace, own_span_id(kFormatId, feedback.run), feedback.time, kEvaluationEvent,
                      feedback.attributes);
    }

    HeldRecords held_;
    std::unordered_map<SpanId, TraceId> traces_; // of the runs that are out
    std::vector<Feedback> feedback_;
};

Confidence sniff(const Head& head) {
    constexpr int kLook = 20;
    Confidence best = Confidence::no;
    JsonKeys objects(head.bytes);
    for (int i = 0; i < kLook && objects.next(); ++i) {
        if (objects.has("event_type") && objects.has("seq")) return best; // a run log
        const bool related = objects.has("dotted_order") || objects.has("parent_run_id") ||
                             objects.has("trace_id") || objects.has("session_name");
        if (objects.has("run_type") && related) return Confidence::yes;
        if (objects.has("dotted_order") && objects.has("trace_id")) return Confidence::yes;
        if (objects.has("key") && objects.has("run_id") && objects.has("feedback_source"))
            return Confidence::yes;
        const bool envelope =
            objects.has("runs") || objects.has("post") || objects.has("patch") || objects.has("traces");
        const auto says = [&](std::string_view key) {
            return objects.text().find(key) != std::string_view::npos;
        };
        if (envelope && (says("\"run_type\":") || says("\"run_type\" :")) &&
            (says("\"dotted_order\"") || says("\"parent_run_id\"") || says("\"trace_id\"")))
            return Confidence::yes;
        if (envelope && says("\"dotted_order\"") && says("\"trace_id\"")) return Confidence::yes;
        const bool timed = objects.has("start_time");
        if (timed && objects.has("run_type")) best = Confidence::maybe;
        if (timed && objects.has("inputs") && (objects.has("serialized") || objects.has("extra")))
            best = Confidence::maybe;
        if ((objects.has("post") || objects.has("patch")) && says("\"start_time\":"))
            best = Confidence::maybe;
        if (objects.has("key") && objects.has("run_id") && objects.has("score")) best = Confidence::maybe;
    }
    return best;
}

constexpr std::array<std::string_view, 3> kSuffixes = {".jsonl", ".json", ".ndjson"};

} // namespace

const Format langsmith_format = {
    .id = kFormatId,
    .title = "LangSmith runs",
    .suffixes = kSuffixes,
    .sniff = sniff,
    .create = []() -> std::unique_ptr<Importer> { return std::make_unique<Langsmith>(); },
};

} // namespace clew
