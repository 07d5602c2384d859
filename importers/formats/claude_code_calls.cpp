// LLM calls, tools and subagents of Claude Code sessions.
#include "importers/formats/claude_code_sessions.h"
#include "importers/support/provider_usage.h"
#include "model/base/hash.h"
#include "model/base/text.h"
#include "model/trace/dialects/messages.h"

#include <algorithm>
#include <array>

namespace clew::claude_code {

namespace {

constexpr std::size_t kOpenCalls = 4;                   // per conversation
constexpr std::size_t kOpenBytes = 32 * 1024 * 1024;    // of their text
constexpr std::size_t kPendingBytes = 32 * 1024 * 1024; // of what the next call was given
constexpr std::size_t kDetailBytes = 80;

// Their results are text that others wrote: its words say nothing about the tool.
bool returns_data(std::string_view tool) {
    constexpr std::array<std::string_view, 7> kTools = {"Read",         "Grep",     "Glob",      "LS",
                                                        "NotebookRead", "TodoRead", "BashOutput"};
    return std::ranges::find(kTools, tool) != kTools.end();
}

bool starts_subagent(std::string_view tool) {
    return tool == "Task" || tool == "Agent";
}

void append_unique(std::vector<std::string>& records, std::string_view raw) {
    if (std::ranges::find(records, raw) == records.end()) records.emplace_back(raw);
}

} // namespace

// ---- conversations
// -------------------------------------------------------------------------------------------------

std::uint32_t Sessions::lane_for(std::uint32_t session, std::uint32_t agent) {
    const Key key = std::uint64_t{session} << 32 | agent;
    const auto [it, fresh] = lane_index_.try_emplace(key, static_cast<std::uint32_t>(lanes_.size()));
    if (fresh) {
        Lane lane;
        lane.session = session;
        lane.agent = agent;
        lanes_.push_back(std::move(lane));
    }
    return it->second;
}

std::uint32_t Sessions::agent_named(std::uint32_t session, std::string_view own_id, const Record& r) {
    const std::string scoped = sessions_[session].id + '\0' + std::string(own_id);
    const auto [it, fresh] =
        agent_index_.try_emplace(hash64(scoped), static_cast<std::uint32_t>(agents_.size()));
    if (fresh) {
        Agent agent;
        agent.session = session;
        agent.id = derive_span_id(kFormatId, {sessions_[session].id, "agent", own_id});
        agent.own_id = own_id;
        agent.fallback_parent = sessions_[session].root;
        if (const std::uint32_t turn = sessions_[session].turn; turn != kNone)
            agent.fallback_parent = turns_[turn].id;
        if (!r.parent_tool.empty()) agent.tool_id = r.parent_tool;
        agents_.push_back(std::move(agent));
    }
    return it->second;
}

std::uint32_t Sessions::lane_of(const Record& r, std::uint32_t session) {
    if (!r.parent_tool.empty()) return lane_for(session, agent_named(session, r.parent_tool, r));
    if (!r.sidechain) return lane_for(session, kNone);
    if (!r.agent_id.empty()) return lane_for(session, agent_named(session, r.agent_id, r));
    if (const Seen* parent = seen(r.parent); parent != nullptr && parent->session == session) {
        if (parent->lane != kNone && lanes_[parent->lane].agent != kNone) return parent->lane;
    }
    Session& s = sessions_[session];
    if (s.agent == kNone || (r.parent.empty() && !r.uuid.empty()))
        s.agent = agent_named(session, r.uuid.empty() ? std::string_view("sidechain") : r.uuid, r);
    return lane_for(session, s.agent);
}

void Sessions::give(Lane& lane, std::string_view raw) {
    if (lane.pending_bytes + raw.size() > kPendingBytes) return; // the prompt's or the tool's span holds it
    lane.pending_bytes += raw.size();
    lane.pending.emplace_back(raw);
}

std::string Sessions::agent_name(const Lane& lane) const {
    if (lane.agent == kNone) return "claude-code";
    const Agent& agent = agents_[lane.agent];
    return agent.type.empty() ? "subagent" : agent.type;
}

// ---- LLM calls
// -----------------------------------------------------------------------------------------------------

// A line that the program wrote in the model's name: no call was made, or it failed.
void Sessions::synthetic(const Record& r, Seen& here) {
    const bool failed = flag_of(r.object, "isApiErrorMessage");
    if (failed && here.turn != kNone) {
        const std::string text = r.content ? plain_text(*r.content, 400) : std::string{};
        turns_[here.turn].failure = text.empty() ? "API error" : one_line(text, 200);
        turns_[here.turn].changed = true;
    }
    here.span = place(here);
    out_.event(sessions_[here.session].trace, here.span, here.time,
               failed ? "claude_code.api_error_message" : "claude_code.synthetic_message", r.raw);
}

void Sessions::assistant(const Record& r, Seen& here) {
    if (r.model == "<synthetic>") return synthetic(r, here);
    Session& session = sessions_[here.session];
    // One answer of the API is several lines; message and request ids are the API's own, in whatever session
    // they stand.
    std::string own;
    if (!r.message_id.empty())
        own = std::string(r.message_id) + '\0' + std::string(r.request_id);
    else if (!r.request_id.empty())
        own = session.id + '\0' + std::string(r.request_id);
    else
        own = session.id + "\0\0" + (r.uuid.empty() ? std::to_string(hash64(r.raw)) : std::string(r.uuid));
    const auto [it, fresh] = call_index_.try_emplace(hash64(own), static_cast<std::uint32_t>(calls_.size()));
    const std::uint32_t index = it->second;
    if (fresh) {
        Call call;
        call.session = here.session;
        call.lane = here.lane;
        call.id = derive_span_id(kFormatId, {session.id, "llm", own});
        call.parent = place(here);
        call.start = here.time;
        if (const Seen* parent = seen(r.parent); parent != nullptr && parent->session == here.session &&
                                                 parent->time != kNoTime && parent->time <= here.time)
            call.start = parent->time;
        call.end = here.time;
        call.message_id = r.message_id;
        call.request_id = r.request_id;
        Lane& lane = lanes_[here.lane];
        call.records = std::move(lane.pending);
        lane.open_bytes += lane.pending_bytes;
        lane.pending.clear();
        lane.pending_bytes = 0;
        lane.open.push_back(index);
        calls_.push_back(std::move(call));
    }
    Call& call = calls_[index];
    here.span = call.id;
    if (call.session != here.session) return link_fork(session, call.session, call.id);
    if (call.lane != here.lane) { // a subagent that was given the history
        ++repeats_;
        return;
    }
    if (r.usage.stated()) call.usage = r.usage;
    if (r.cost) call.cost = r.cost;
    if (!r.model.empty()) call.model = r.model;
    if (!r.stop_reason.empty()) call.stop_reason = r.stop_reason;
    call.end = std::max(call.end, here.time);
    const bool late = call.closed;
    Lane& lane = lanes_[here.lane];
    if (!late) {
        call.records.emplace_back(r.raw);
        lane.open_bytes += r.raw.size();
    }
    if (here.turn != kNone && lane.agent == kNone) {
        Turn& turn = turns_[here.turn];
        turn.end = std::max(turn.end, here.time);
        turn.changed = true;
        turn.failure.clear();
    }
    if (lane.agent != kNone) {
        Agent& agent = agents_[lane.agent];
        if (agent.start == kNoTime) agent.start = here.time;
        agent.end = std::max(agent.end, here.time);
        agent.changed = true;
    }
    if (!session.shown) show_session(session);

    const SpanId parent = call.parent;
    const TraceId trace = session.trace;
    std::string words;
    simdjson::dom::array blocks;
    if (r.content && r.content->get(blocks) == simdjson::SUCCESS) {
        for (const Json block : blocks) {
            simdjson::dom::object object;
            if (block.get(object) != simdjson::SUCCESS) continue;
            const std::string_view type = text_of(object, "type");
            if (type == "text" && words.empty()) words = one_line(text_of(object, "text"), kDetailBytes);
            if (type != "tool_use") continue;
            if (call.tools.size() < kDetailBytes)
                call.tools +=
                    (call.tools.empty() ? "→ " : ", ") + one_line(text_of(object, "name"), kDetailBytes);
            tool_use(object, r, here, parent);
        }
    } else if (r.content) {
        words = one_line(plain_text(*r.content, 400), kDetailBytes);
    }
    if (call.detail.empty()) call.detail = words;
    if (late) {
        out_.event(trace, call.id, here.time, "claude_code.assistant", r.raw);
        show(call, {});
        return;
    }
    while (!lane.open.empty() && (lane.open.size() > kOpenCalls || lane.open_bytes > kOpenBytes)) {
        const std::uint32_t oldest = lane.open.front();
        lane.open.erase(lane.open.begin());
        for (const auto& record : calls_[oldest].records)
            lane.open_bytes -= std::min(lane.open_bytes, record.size());
        close(calls_[oldest]);
    }
}

void Sessions::close(Call& call) {
    call.closed = true;
    show(call, std::exchange(call.records, {}));
}

void Sessions::show(const Call& call, std::vector<std::string> records) {
    const Session& session = sessions_[call.session];
    SpanDraft draft = span_of(session, call.id, call.parent, call.start, call.end);
    draft.span.kind = Kind::llm;
    draft.span.usage = call.usage;
    draft.span.reported_cost = call.cost;
    draft.model = call.model;
    draft.name = call.model.empty() ? "chat" : "chat " + call.model;
    draft.detail = utf8_prefix(call.detail.empty() ? call.tools : call.detail, kDetailBytes);
    draft.agent = agent_name(lanes_[call.lane]);
    draft.own_id = call.message_id.empty() ? call.request_id : call.message_id;
    if (!records.empty()) {
        AttributeList attributes;
        attributes.text("gen_ai.operation.name", "chat");
        attributes.text("gen_ai.provider.name", "anthropic");
        attributes.text("gen_ai.request.model", call.model);
        attributes.text("gen_ai.response.model", call.model);
        attributes.text("gen_ai.response.id", call.message_id);
        if (!call.stop_reason.empty()) attributes.texts("gen_ai.response.finish_reasons", {call.stop_reason});
        add_usage(attributes, call.usage);
        attributes.text("gen_ai.conversation.id", session.id);
        attributes.text("gen_ai.agent.name", draft.agent);
        attributes.text("claude_code.request_id", call.request_id);
        attributes.texts(kRecords, records);
        draft.attributes = attributes.take();
    }
    out_.span(std::move(draft));
}

// ---- tools
// ---------------------------------------------------------------------------------------------------------

Sessions::Tool* Sessions::tool_named(std::string_view id, std::uint32_t session) {
    if (id.empty()) return nullptr;
    const auto it = tool_index_.find(hash64(id));
    if (it == tool_index_.end() || tools_[it->second].session != session) return nullptr;
    return &tools_[it->second];
}

void Sessions::tool_use(const simdjson::dom::object& block, const Record& r, const Seen& here,
                        SpanId parent) {
    Session& session = sessions_[here.session];
    const std::string_view name = text_of(block, "name");
    std::string own{text_of(block, "id")};
    const bool nameless = own.empty();
    if (nameless)
        own =
            (r.uuid.empty() ? std::to_string(hash64(r.raw)) : std::string(r.uuid)) + ":" + std::string(name);
    const auto [it, fresh] = tool_index_.try_emplace(hash64(own), static_cast<std::uint32_t>(tools_.size()));
    const std::uint32_t index = it->second;
    if (!fresh) {
        Tool& known = tools_[index];
        if (known.session != here.session)
            link_fork(session, known.session, known.id);
        else if (!known.closed)
            append_unique(known.records, r.raw);
        return;
    }
    if (nameless && !r.uuid.empty()) tool_of_record_[hash64(r.uuid)] = index;
    Tool tool;
    tool.session = here.session;
    tool.lane = here.lane;
    tool.id = derive_span_id(kFormatId, {session.id, "tool", own});
    tool.parent = parent;
    tool.start = here.time;
    tool.own_id = own;
    tool.name = name.empty() ? "tool" : one_line(name, 200);
    tool.records.emplace_back(r.raw);
    Json input;
    if (block.at_key("input").get(input) == simdjson::SUCCESS) {
        tool.detail = main_argument(input);
        simdjson::dom::object arguments;
        if (starts_subagent(name) && input.get(arguments) == simdjson::SUCCESS) {
            if (const auto words = text_of(arguments, "description"); !words.empty())
                tool.detail = one_line(words, kDetailBytes);
            session.launches.push_back({own, one_line(text_of(arguments, "subagent_type"), 80), tool.detail,
                                        hash64(text_of(arguments, "prompt")), false});
        }
    }
    open_tools_.push_back(index);
    tools_.push_back(std::move(tool));
}

// False where the call is nowhere: the record is then kept as an event.
bool Sessions::tool_result(const simdjson::dom::object& block, const Record& r, Seen& here) {
    Tool* tool = tool_named(text_of(block, "tool_use_id"), here.session);
    if (tool == nullptr && text_of(block, "tool_use_id").empty()) {
        const auto it = tool_of_record_.find(hash64(r.source_record));
        if (it != tool_of_record_.end() && tools_[it->second].session == here.session)
            tool = &tools_[it->second];
        if (tool == nullptr) tool = tool_named(r.source_tool, here.session);
    }
    if (tool == nullptr) return false;
    Session& session = sessions_[here.session];
    here.span = tool->id;
    tool->answered = true;
    tool->end = tool->end == kNoTime ? here.time : std::max(tool->end, here.time);
    if (tool->start != kNoTime && tool->end < tool->start) tool->end = tool->start;
    Json content;
    const bool has_content = block.at_key("content").get(content) == simdjson::SUCCESS;
    if (flag_of(block, "is_error")) {
        tool->failed = true;
        tool->failure = has_content ? one_line(plain_text(content, 1000), 200) : std::string{};
        if (tool->failure.empty()) tool->failure = "error";
    } else if (!tool->failed && !returns_data(tool->name)) {
        constexpr std::size_t kMost = 64 * 1024;
        simdjson::dom::object rich;
        tool->silent = has_content && result_says_failure(plain_text(content, kMost));
        if (!tool->silent && r.raw.size() < kMost &&
            r.object.at_key("toolUseResult").get(rich) == simdjson::SUCCESS)
            tool->silent = result_says_failure(simdjson::minify(rich));
    }
    if (const auto rich = object_of(r.object, "toolUseResult"); rich && starts_subagent(tool->name))
        launched(session, text_of(*rich, "agentId"), tool->own_id);
    if (tool->closed) {
        out_.event(session.trace, tool->id, here.time, "claude_code.tool_result", r.raw);
        show(*tool, {});
        return true;
    }
    append_unique(tool->records, r.raw);
    close(*tool);
    std::erase(open_tools_, static_cast<std::uint32_t>(tool - tools_.data()));
    return true;
}

void Sessions::close(Tool& tool) {
    tool.closed = true;
    show(tool, std::exchange(tool.records, {}));
}

void Sessions::show(const Tool& tool, std::vector<std::string> records) {
    const Session& session = sessions_[tool.session];
    SpanDraft draft = span_of(session, tool.id, tool.parent, tool.start, tool.answered ? tool.end : kNoTime);
    draft.span.kind = Kind::tool;
    draft.name = tool.name;
    draft.tool = tool.name;
    draft.detail = tool.detail;
    draft.agent = agent_name(lanes_[tool.lane]);
    draft.own_id = tool.own_id;
    if (tool.name.starts_with("mcp__")) draft.span.flags |= kMcp;
    if (tool.failed) {
        draft.span.status = Status::error;
        draft.span.flags |= kToolError;
        draft.status_message = tool.failure;
    } else if (tool.answered) {
        draft.span.status = Status::ok;
        if (tool.silent) draft.span.flags |= kSilentFailure;
    }
    if (!records.empty()) {
        AttributeList attributes;
        attributes.text("gen_ai.operation.name", "execute_tool");
        attributes.text("gen_ai.tool.name", tool.name);
        attributes.text("gen_ai.tool.call.id", tool.own_id);
        attributes.text("gen_ai.conversation.id", session.id);
        attributes.text("gen_ai.agent.name", draft.agent);
        attributes.texts(kRecords, records);
        draft.attributes = attributes.take();
    }
    out_.span(std::move(draft));
}

void Sessions::close_all() {
    for (Lane& lane : lanes_) {
        for (const std::uint32_t call : lane.open)
            close(calls_[call]);
        lane.open.clear();
        lane.open_bytes = 0;
    }
    for (const std::uint32_t tool : open_tools_)
        close(tools_[tool]);
    open_tools_.clear();
}

// ---- subagents
// -----------------------------------------------------------------------------------------------------

// What a subagent was told.
void Sessions::note_agent(Seen& here, const Record& r) {
    Agent& agent = agents_[lanes_[here.lane].agent];
    here.span = agent.id;
    if (agent.start == kNoTime) agent.start = here.time;
    agent.end = std::max(agent.end, here.time);
    agent.changed = true;
    if (!agent.records.empty() || agent.prompt != 0) return event(r, here);
    const std::string text = plain_text(*r.content, std::numeric_limits<std::size_t>::max());
    agent.prompt = hash64(text);
    agent.words = one_line(text, kDetailBytes);
    agent.records.emplace_back(r.raw);
    resolve(agent);
}

void Sessions::launched(Session& session, std::string_view agent_id, std::string_view tool_id) {
    if (agent_id.empty()) return;
    const std::string scoped = session.id + '\0' + std::string(agent_id);
    agent_files_.try_emplace(hash64(scoped), std::string(tool_id), std::string{});
}

void Sessions::take_agent_file(std::string_view agent_id, std::string_view tool_id,
                               std::string_view agent_type) {
    agent_files_[hash64(agent_id)] = {std::string(tool_id), one_line(agent_type, 80)};
}

// Finds the tool call that started a subagent: stated by id, else the one that gave it its prompt.
void Sessions::resolve(Agent& agent) {
    Session& session = sessions_[agent.session];
    if (agent.tool_id.empty()) {
        for (const std::string& key : {session.id + '\0' + agent.own_id, agent.own_id}) {
            const auto it = agent_files_.find(hash64(key));
            if (it == agent_files_.end()) continue;
            if (agent.tool_id.empty()) agent.tool_id = it->second.first;
            if (agent.type.empty()) agent.type = it->second.second;
        }
        if (!agent.tool_id.empty()) agent.changed = true;
    }
    for (Launch& launch : session.launches) {
        const bool same = agent.tool_id.empty()
                              ? !launch.taken && agent.prompt != 0 && launch.prompt == agent.prompt
                              : launch.tool_id == agent.tool_id;
        if (!same) continue;
        agent.changed = agent.changed || agent.tool_id.empty() || agent.type != launch.type;
        launch.taken = true;
        agent.tool_id = launch.tool_id;
        if (!launch.type.empty()) agent.type = launch.type;
        agent.description = launch.description;
        break;
    }
}

void Sessions::show(Agent& agent) {
    const Session& session = sessions_[agent.session];
    const SpanId parent = agent.tool_id.empty()
                              ? agent.fallback_parent
                              : derive_span_id(kFormatId, {session.id, "tool", agent.tool_id});
    SpanDraft draft = span_of(session, agent.id, parent, agent.start, agent.end);
    draft.span.kind = Kind::agent;
    draft.span.flags = kSubagent;
    draft.name = agent.type.empty() ? "subagent" : agent.type;
    draft.agent = draft.name;
    draft.detail = agent.description.empty() ? agent.words : agent.description;
    draft.own_id = agent.own_id;
    if (draft.span.start == kNoTime) draft.span.start = session.start;
    AttributeList attributes;
    attributes.text("gen_ai.operation.name", "invoke_agent");
    attributes.text("gen_ai.agent.name", draft.name);
    attributes.text("gen_ai.agent.id", agent.own_id);
    attributes.text("gen_ai.conversation.id", session.id);
    attributes.texts(kRecords, agent.records);
    draft.attributes = attributes.take();
    agent.changed = false;
    out_.span(std::move(draft));
}

} // namespace clew::claude_code
