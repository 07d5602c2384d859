// Claude Code records → sessions (one trace each), turns, LLM calls, tools and subagents.
//
// Records come in file order. Of what has been written only ids, times and short words are kept, so that a
// session of any length needs memory by its number of records, not by its text. All ids derive from the
// source's own: session id, record uuid, message id, tool call id, agent id. One thread at a time.
#pragma once

#include "importers/formats/claude_code_output.h"
#include "importers/formats/claude_code_record.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace clew::claude_code {

class Sessions {
public:
    void begin_part(std::string_view name, TimeNs modified, SpanSink& sink);
    void take(const Record& record);
    void take_odd(std::string_view raw); // JSON, but no object
    // agent-<id>.meta.json beside a subagent's file: which tool call started it.
    void take_agent_file(std::string_view agent_id, std::string_view tool_id, std::string_view agent_type);
    void end_part();
    void finish(SpanSink& sink);

    [[nodiscard]] bool stopped() const { return out_.stopped(); }
    [[nodiscard]] Output& output() { return out_; }

private:
    using Key = std::uint64_t; // hash of an own id
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

    // Where a record went.
    struct Seen {
        std::uint32_t session = kNone;
        std::uint32_t lane = kNone;
        std::uint32_t turn = kNone;
        SpanId span;
        TimeNs time = kNoTime;
        Key line = 0;
    };
    struct Launch { // a tool call that starts a subagent
        std::string tool_id, type, description;
        Key prompt = 0;
        bool taken = false;
    };
    struct Fork {
        TraceId trace;
        SpanId span;
        std::string session;
    };
    struct Session {
        std::string id;
        TraceId trace;
        SpanId root;
        TimeNs start = kNoTime;
        TimeNs end = kNoTime;
        TimeNs last = kNoTime;
        bool synthetic = false; // times are ours
        bool shown = false;
        bool changed = true;
        std::string custom_title, ai_title, summary, first_prompt;
        std::string cwd, branch, version, entry;
        std::uint32_t turn = kNone;
        std::uint32_t agent = kNone; // the last inline subagent
        std::vector<std::uint32_t> turns;
        std::vector<Launch> launches;
        std::vector<Fork> forks;
        std::optional<PicoUsd> cost;
        Usage usage; // as stated for the whole
        std::string failure;
        SpanId compaction; // waits for its summary
        std::string compaction_raw, compaction_detail;
        TimeNs compaction_start = kNoTime;
    };
    struct Turn {
        std::uint32_t session = 0;
        SpanId id;
        TimeNs start = kNoTime;
        TimeNs end = kNoTime;
        std::string detail, own_id, failure;
        SpanId rewound_to;
        bool changed = true;
    };
    struct Agent {
        std::uint32_t session = 0;
        SpanId id;
        SpanId fallback_parent;
        TimeNs start = kNoTime;
        TimeNs end = kNoTime;
        std::string own_id, tool_id, type, description, words;
        Key prompt = 0;
        std::vector<std::string> records;
        bool changed = true;
    };
    struct Lane { // one conversation: the session's own, or a subagent's
        std::uint32_t session = 0;
        std::uint32_t agent = kNone;
        std::vector<std::string> pending; // what the next LLM call will have been given
        std::size_t pending_bytes = 0;
        std::vector<std::uint32_t> open; // calls whose lines may still come
        std::size_t open_bytes = 0;
    };
    struct Call {
        std::uint32_t session = 0;
        std::uint32_t lane = 0;
        SpanId id;
        SpanId parent;
        TimeNs start = kNoTime;
        TimeNs end = kNoTime;
        Usage usage;
        std::optional<PicoUsd> cost;
        std::string model, message_id, request_id, stop_reason, detail, tools;
        std::vector<std::string> records;
        bool closed = false;
    };
    struct Tool {
        std::uint32_t session = 0;
        std::uint32_t lane = 0;
        SpanId id;
        SpanId parent;
        TimeNs start = kNoTime;
        TimeNs end = kNoTime;
        std::string own_id, name, detail, failure;
        std::vector<std::string> records;
        bool answered = false;
        bool failed = false;
        bool silent = false;
        bool closed = false;
    };
    struct Summary {
        Key leaf = 0;
        std::uint32_t part_session = kNone;
        std::string text, raw;
    };

    // sessions, turns, events
    std::uint32_t session_of(const Record& r);
    std::uint32_t session_named(std::string_view id);
    std::uint32_t turn_of(const Record& r, std::uint32_t session) const;
    TimeNs time_of(const Record& r, Session& session);
    const Seen* seen(std::string_view uuid) const;
    bool repeated(const Record& r, std::uint32_t session);
    void link_fork(Session& session, std::uint32_t original, SpanId span);
    void dispatch(const Record& r, Seen& here);
    void user(const Record& r, Seen& here);
    void prompt(const Record& r, Seen& here, std::string_view text);
    void system(const Record& r, Seen& here);
    void compact_boundary(const Record& r, Seen& here);
    void compact_summary(const Record& r, Seen& here);
    void summary(const Record& r);
    void title(const Record& r, Session& session);
    void result(const Record& r, Seen& here);
    void event(const Record& r, Seen& here);
    void stash(std::string_view raw);
    void mark_rewind(const Record& r, Turn& turn, std::uint32_t index);
    void resolve_summaries(bool last);
    void show_session(Session& session);
    void show_turn(Turn& turn, std::vector<std::string> records);
    SpanId place(const Seen& here) const; // turn, subagent or root

    // calls, tools, subagents
    std::uint32_t lane_of(const Record& r, std::uint32_t session);
    std::uint32_t lane_for(std::uint32_t session, std::uint32_t agent);
    std::uint32_t agent_named(std::uint32_t session, std::string_view own_id, const Record& r);
    void assistant(const Record& r, Seen& here);
    void synthetic(const Record& r, Seen& here);
    void tool_use(const simdjson::dom::object& block, const Record& r, const Seen& here, SpanId parent);
    bool tool_result(const simdjson::dom::object& block, const Record& r, Seen& here);
    Tool* tool_named(std::string_view id, std::uint32_t session);
    void give(Lane& lane, std::string_view raw);
    void note_agent(Seen& here, const Record& r);
    void launched(Session& session, std::string_view agent_id, std::string_view tool_id);
    void resolve(Agent& agent);
    void close(Call& call);
    void close(Tool& tool);
    void show(const Call& call, std::vector<std::string> records);
    void show(const Tool& tool, std::vector<std::string> records);
    void show(Agent& agent);
    void close_all();
    [[nodiscard]] std::string agent_name(const Lane& lane) const;
    SpanDraft span_of(const Session& session, SpanId id, SpanId parent, TimeNs start, TimeNs end) const;

    Output out_;
    std::string part_;
    TimeNs part_modified_ = kNoTime;
    std::uint32_t part_session_ = kNone; // the first of the part
    std::uint32_t current_session_ = kNone;
    std::vector<std::string> homeless_; // records before any session was known
    std::size_t homeless_bytes_ = 0;
    std::uint64_t repeats_ = 0;
    std::uint64_t partials_ = 0;

    std::vector<Session> sessions_;
    std::vector<Turn> turns_;
    std::vector<Agent> agents_;
    std::vector<Lane> lanes_;
    std::vector<Call> calls_;
    std::vector<Tool> tools_;
    std::vector<std::uint32_t> open_tools_;
    std::vector<Summary> summaries_;
    std::unordered_map<Key, std::uint32_t> session_index_, call_index_, tool_index_, agent_index_,
        lane_index_;
    std::unordered_map<Key, std::uint32_t> tool_of_record_; // tools without an id, by the line that asked
    std::unordered_map<Key, Seen> seen_;
    std::unordered_map<Key, std::pair<std::string, std::string>> agent_files_; // agent id → tool id, type
};

} // namespace clew::claude_code
