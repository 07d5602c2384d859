// The events of an ADK session as turns, calls to the model and tools. One thread at a time.
#pragma once

#include "importers/support/attribute_list.h"
#include "importers/support/json_list.h"
#include "importers/support/run_spans.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace clew::adk_session {

inline constexpr std::string_view kFormatId = "adk-session";

// A member under its name in Python or in JSON: "invocation_id", "invocationId".
std::optional<json::Element> member(json::Object object, std::string_view snake, std::string_view camel);
std::string_view text_of(json::Object object, std::string_view snake, std::string_view camel);

bool is_event(json::Object object);

class Session {
public:
    Session(SpanOutput& out, std::string own_id, std::string key, TimeNs fallback);

    // What the first versions logged of a call beside its event.
    void log(json::Object entry);
    void read(json::Object event);
    void finish();

    std::string app;
    std::string user;
    std::string session;
    AttributeList root_attributes;
    bool partial = false; // pieces of streamed answers were passed over
    [[nodiscard]] bool synthetic() const { return synthetic_; }

private:
    struct Turn {
        SpanDraft draft;
        TimeRange covered;
        std::string said;
        std::string answered;
        JsonList new_messages;
        bool counted = false;
    };
    struct Agent { // below a turn: one that another agent handed over to
        SpanDraft draft;
        TimeRange covered;
    };
    struct Waiting {
        SpanDraft draft;
        AttributeList attributes;
        std::string call_id;
        std::string name;
        std::string invocation;
        std::size_t answer = 0; // index of the answer + 1
    };
    struct Answer {
        SpanDraft draft;
        std::size_t waiting = 0;
        bool held = false;
    };
    struct Event {
        json::Object object;
        std::string id;
        std::string invocation;
        std::string author;
        std::string branch;
        TimeNs time = kNoTime;
        TimeNs before = kNoTime; // when the record before it was written
        std::optional<json::Object> content;
        std::vector<json::Object> calls;
        std::vector<json::Object> results;
        bool by_model = false;
    };

    [[nodiscard]] Event event_of(json::Object object);
    Turn& turn_of(const Event& event);
    SpanId parent_of(const Event& event, Turn& turn);
    void cover(const Event& event, TimeNs from, TimeNs to);
    void answer(const Event& event, Turn& turn);
    void call(const Event& event, json::Object call, std::size_t index, std::size_t answer);
    void result(const Event& event, json::Object response);
    void aside(const Event& event);
    [[nodiscard]] TimeQuality quality(bool stated) const;
    void add_root();

    SpanOutput& out_;
    RunSpans spans_;
    TimeNs last_;
    bool stated_ = false;
    bool synthetic_ = false;
    std::size_t index_ = 0;
    std::string turn_;       // key of the open one
    std::string root_agent_; // who answered first
    std::map<std::string, json::Object, std::less<>> logs_;
    std::map<std::string, Turn, std::less<>> turns_;
    std::map<std::string, Agent, std::less<>> agents_; // by invocation and author
    std::vector<Waiting> waiting_;
    std::vector<Answer> answers_;
};

} // namespace clew::adk_session
