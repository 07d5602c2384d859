// Claude Code sessions: one file per subject in tests/data/claude_code, read whole, byte by byte and in
// pieces.
#include "model/trace/dialects/messages.h"
#include "tests/support/feed.h"

#include <QTest>

#include <map>
#include <set>

namespace clew {
extern const Format claude_code_format;
}

using namespace clew;
using namespace clew::test;

namespace {

FedPart part(const std::string& name) {
    return {name, read_fixture(CLEW_TEST_DATA "/claude_code/" + name)};
}

// What a store would hold: the last word on each span; empty text says nothing.
class Stored {
public:
    explicit Stored(const Fed& fed) {
        for (const auto& span : fed.sink.spans) {
            const auto [it, fresh] = spans_.try_emplace({span.trace, span.id}, span);
            if (fresh) continue;
            auto kept = span;
            if (kept.attributes.empty()) kept.attributes = it->second.attributes;
            if (kept.links.empty()) kept.links = it->second.links;
            it->second = kept;
        }
        logs_ = fed.sink.logs;
    }

    [[nodiscard]] std::vector<const CollectedSpan*> of(Kind kind) const {
        std::vector<const CollectedSpan*> out;
        for (const auto& [key, span] : spans_)
            if (span.kind == kind) out.push_back(&span);
        std::ranges::sort(out, {}, &CollectedSpan::start);
        return out;
    }
    [[nodiscard]] const CollectedSpan& by_own_id(std::string_view id) const {
        for (const auto& [key, span] : spans_)
            if (span.own_id == id) return span;
        qFatal("no span %s", std::string(id).c_str());
    }
    [[nodiscard]] const CollectedSpan& by_name(std::string_view name) const {
        for (const auto& [key, span] : spans_)
            if (span.name == name) return span;
        qFatal("no span %s", std::string(name).c_str());
    }
    [[nodiscard]] std::size_t count(Kind kind) const { return of(kind).size(); }
    [[nodiscard]] std::size_t roots() const {
        std::size_t n = 0;
        for (const auto& [key, span] : spans_)
            n += span.parent.valid() ? 0 : 1;
        return n;
    }
    [[nodiscard]] std::size_t orphans() const {
        std::size_t n = 0;
        for (const auto& [key, span] : spans_)
            n += span.parent.valid() && !spans_.contains({span.trace, span.parent}) ? 1 : 0;
        return n;
    }
    [[nodiscard]] std::size_t events(const CollectedSpan& span, std::string_view name) const {
        std::size_t n = 0;
        for (const auto& log : logs_)
            n += log.trace == span.trace && log.span == span.id && log.name == name ? 1 : 0;
        return n;
    }
    [[nodiscard]] Usage usage() const {
        Usage sum{0, 0, 0, 0, {}};
        for (const auto* call : of(Kind::llm)) {
            *sum.input += call->usage.input.value_or(0);
            *sum.cache_read += call->usage.cache_read.value_or(0);
            *sum.cache_write += call->usage.cache_write.value_or(0);
            *sum.output += call->usage.output.value_or(0);
        }
        return sum;
    }
    [[nodiscard]] std::size_t size() const { return spans_.size(); }

private:
    std::map<std::pair<TraceId, SpanId>, CollectedSpan> spans_;
    std::vector<CollectedLog> logs_;
};

Stored read(const std::vector<FedPart>& parts) {
    return Stored(feed(claude_code_format, parts));
}

Conversation conversation(const CollectedSpan& span) {
    SpanDetail detail;
    detail.kind = span.kind;
    detail.own_id = span.own_id;
    detail.attributes = span.attributes;
    return conversation_of(detail);
}

} // namespace

class ClaudeCodeTest : public QObject {
    Q_OBJECT
private slots:
    void is_detected();
    void a_session_is_one_trace_of_turns();
    void an_answer_of_several_lines_is_one_call();
    void tools_fail_loudly_and_silently();
    void nothing_is_dropped();
    void spans_read_as_conversation();
    void inline_subagents_hang_below_their_tool();
    void subagent_files_hang_below_their_tool_in_any_order();
    void a_fork_stores_what_is_its_own();
    void a_rewind_links_back();
    void a_compaction_is_a_memory_span();
    void failed_requests_are_no_calls();
    void stream_json_has_order_only();
    void odd_lines_cost_only_themselves();
    void any_split_gives_the_same_data();
    void any_split_gives_the_same();
    void twice_the_same_file_changes_nothing();
    void ids_do_not_depend_on_position();
    void truncation_anywhere_keeps_what_was_whole();
    void deep_and_hostile_lines();
    void a_stopped_import_stops();
    void bad_lines_are_named();
};

void ClaudeCodeTest::is_detected() {
    for (const char* name :
         {"session.jsonl", "subagent_inline.jsonl", "agent-aa11.jsonl", "stream.jsonl", "odd.jsonl"}) {
        const auto bytes = part(name).bytes;
        QCOMPARE(claude_code_format.sniff(Head{name, bytes, true, {}}), Confidence::yes);
    }
    for (const char* bytes :
         {"", "{}", R"({"resourceSpans":[]})", R"({"run_id":"r","seq":1,"event_type":"llm_call"})",
          R"({"type":"session_meta","payload":{"id":"x"}})",
          R"({"sessionId":"s","projectHash":"p","kind":"main"})",
          R"({"text":"{\"parentUuid\":null,\"isSidechain\":false,\"sessionId\":\"s\"}"})"})
        QCOMPARE(claude_code_format.sniff(Head{"x.jsonl", bytes, true, {}}), Confidence::no);
}

void ClaudeCodeTest::a_session_is_one_trace_of_turns() {
    const Stored s = read({part("session.jsonl")});
    QCOMPARE(s.roots(), 1U);
    QCOMPARE(s.orphans(), 0U);
    const auto& root =
        s.by_name("Price test repaired"); // of its two summaries the one with a leaf of its own
    QCOMPARE(root.kind, Kind::agent);
    QVERIFY(root.flags & kSynthesized);
    QCOMPARE(root.session, std::string("5e551011-0000-4000-8000-000000000001"));
    QCOMPARE(root.trace_own_id, root.session);
    QCOMPARE(root.detail, std::string("Find why the price test fails"));
    QVERIFY(root.attributes.find("/home/robin/shop") != std::string::npos);
    const auto turns = s.of(Kind::workflow);
    QCOMPARE(turns.size(), 2U);
    QCOMPARE(turns[0]->detail, std::string("Find why the price test fails"));
    QCOMPARE(turns[0]->parent, root.id);
    QCOMPARE(turns[1]->detail, std::string("Now fix it"));
    QCOMPARE(turns[0]->end - turns[0]->start, 9 * kSecond);
}

void ClaudeCodeTest::an_answer_of_several_lines_is_one_call() {
    const Stored s = read({part("session.jsonl")});
    QCOMPARE(s.count(Kind::llm), 4U);
    const auto& call = s.by_own_id("msg_1");
    QCOMPARE(call.model, std::string("claude-example-1"));
    QCOMPARE(call.provider, std::string("anthropic"));
    QCOMPARE(call.usage, (Usage{953, 900, 50, 44, {}})); // the last line's, with the cache in the input
    QCOMPARE(call.end - call.start, 4 * kSecond);
    QCOMPARE(call.detail, std::string("I will look at the test."));
    QVERIFY(call.attributes.find(R"("gen_ai.usage.input_tokens","value":{"intValue":"953"})") !=
            std::string::npos);
    QCOMPARE(s.usage(), (Usage{953 + 975 + 982 + 984, 900 + 950 + 970 + 980, 50 + 20 + 10, 106, {}}));
}

void ClaudeCodeTest::tools_fail_loudly_and_silently() {
    const Stored s = read({part("session.jsonl")});
    QCOMPARE(s.count(Kind::tool), 4U);
    const auto& bash = s.by_name("Bash");
    QCOMPARE(bash.status, Status::error);
    QVERIFY(bash.flags & kToolError);
    QCOMPARE(bash.status_message, std::string("Exit code 1 price test failed"));
    QCOMPARE(bash.detail, std::string("ctest -R price"));
    QCOMPARE(bash.parent, s.of(Kind::workflow)[0]->id);
    const auto& file = s.by_name("Read");
    QCOMPARE(file.status, Status::ok);
    QCOMPARE(file.flags & (kToolError | kSilentFailure), 0U);
    const auto& lookup = s.by_name("mcp__shop__lookup");
    QCOMPARE(lookup.status, Status::ok);
    QVERIFY(lookup.flags & kSilentFailure);
    QVERIFY(lookup.flags & kMcp);
    const auto& edit = s.by_name("Edit"); // never answered
    QCOMPARE(edit.end, kNoTime);
    QCOMPARE(edit.status, Status::unset);
}

void ClaudeCodeTest::nothing_is_dropped() {
    const Stored s = read({part("session.jsonl")});
    const auto turns = s.of(Kind::workflow);
    const auto& root = s.by_name("Price test repaired");
    QCOMPARE(s.events(*turns[0], "claude_code.system.turn_duration"), 1U);
    QCOMPARE(s.events(*turns[1], "claude_code.telepathy"), 1U);
    QCOMPARE(s.events(root, "claude_code.summary"), 2U);
    QCOMPARE(s.events(root, "claude_code.record"), 1U); // a snapshot before the session was known
}

void ClaudeCodeTest::spans_read_as_conversation() {
    const Stored s = read({part("session.jsonl")});
    const auto first = conversation(s.by_own_id("msg_1"));
    QCOMPARE(first.messages.size(), 2U);
    QCOMPARE(first.messages[0].role, std::string("user"));
    QCOMPARE(first.messages[0].parts[0].text, std::string("Find why the price test fails"));
    QVERIFY(first.messages[1].output);
    QCOMPARE(first.messages[1].parts.size(), 4U);
    QCOMPARE(first.messages[1].parts[0].type, PartType::reasoning);
    QCOMPARE(first.messages[1].parts[2].tool_name, std::string("Bash"));
    const auto second = conversation(s.by_own_id("msg_2")); // what is new in the call: the two results
    QCOMPARE(second.messages.size(), 3U);
    QCOMPARE(second.messages[0].role, std::string("tool"));
    QVERIFY(second.messages[0].parts[0].is_error);
    const auto tool = conversation(s.by_name("Bash"));
    QCOMPARE(tool.input_json,
             std::string(R"({"command":"ctest -R price","description":"Run the price test"})"));
    QCOMPARE(tool.output_json, std::string(R"("Exit code 1\nprice test failed")"));
    QVERIFY(!conversation(s.by_name("Edit")).content_missing);
}

void ClaudeCodeTest::inline_subagents_hang_below_their_tool() {
    const Stored s = read({part("subagent_inline.jsonl")});
    QCOMPARE(s.orphans(), 0U);
    const auto& agent = s.by_name("Explore");
    QCOMPARE(agent.kind, Kind::agent);
    QVERIFY(agent.flags & kSubagent);
    QCOMPARE(agent.parent, s.by_name("Task").id);
    QCOMPARE(s.by_name("Glob").parent, agent.id);
    QCOMPARE(s.by_own_id("msg_k2").parent, agent.id);
    QCOMPARE(s.by_own_id("msg_2").parent, s.of(Kind::workflow)[0]->id);
    QCOMPARE(s.count(Kind::workflow), 1U); // a subagent's prompt is no turn of the user's
}

void ClaudeCodeTest::subagent_files_hang_below_their_tool_in_any_order() {
    std::vector<FedPart> parts = {part("agent-aa11.jsonl"), part("agent-bb22.jsonl"),
                                  part("agent-bb22.meta.json"), part("subagents_main.jsonl")};
    for (int order = 0; order < 4; ++order) {
        const Stored s = read(parts);
        QCOMPARE(s.roots(), 1U);
        QCOMPARE(s.orphans(), 0U);
        QCOMPARE(s.by_own_id("aa11").parent,
                 s.by_own_id("toolu_a").id); // by the tool's result, and by its prompt
        QCOMPARE(s.by_own_id("bb22").parent, s.by_own_id("toolu_b").id); // by the file beside it
        QCOMPARE(s.by_own_id("msg_g1").parent, s.by_own_id("aa11").id);
        QCOMPARE(s.count(Kind::llm), 4U);
        std::ranges::rotate(parts, parts.begin() + 1);
    }
}

void ClaudeCodeTest::a_fork_stores_what_is_its_own() {
    const Fed fed = feed(claude_code_format, {part("fork_a.jsonl"), part("fork_b.jsonl")});
    const Stored s(fed);
    QCOMPARE(s.roots(), 2U);
    QCOMPARE(s.count(Kind::llm), 3U);
    QCOMPARE(s.usage().input, std::optional<std::int64_t>(1 + 3 + 5));
    const auto& fork = s.by_name("No, lemon");
    const auto& shared = s.by_own_id("msg_1");
    QVERIFY(fork.links.find(to_hex(shared.trace)) != std::string::npos);
    QVERIFY(fork.links.find(to_hex(shared.id)) != std::string::npos);
    QVERIFY(fed.sink.find_note("claude_code.fork") != nullptr);
    QCOMPARE(read({part("fork_b.jsonl")}).count(Kind::llm), 2U); // alone it keeps its history
}

void ClaudeCodeTest::a_rewind_links_back() {
    const Stored s = read({part("rewind.jsonl")});
    const auto turns = s.of(Kind::workflow);
    QCOMPARE(turns.size(), 3U);
    QVERIFY(turns[2]->links.find(to_hex(turns[0]->id)) != std::string::npos);
    QCOMPARE(s.events(*turns[1], "claude_code.abandoned"), 1U);
    QCOMPARE(s.events(*turns[0], "claude_code.abandoned"), 0U);
}

void ClaudeCodeTest::a_compaction_is_a_memory_span() {
    const Stored s = read({part("compaction.jsonl")});
    QCOMPARE(s.count(Kind::memory), 1U);
    const auto& compaction = s.by_name("compaction");
    QCOMPARE(compaction.detail, std::string("auto, 155000 tokens"));
    QCOMPARE(s.count(Kind::workflow), 1U);
    QCOMPARE(compaction.parent, s.of(Kind::workflow)[0]->id);
    QCOMPARE(s.by_own_id("msg_2").parent, s.of(Kind::workflow)[0]->id);
    const auto next = conversation(s.by_own_id("msg_2"));
    QCOMPARE(next.messages[0].parts[0].text, std::string("This session continues: so far, work."));
}

void ClaudeCodeTest::failed_requests_are_no_calls() {
    const Stored s = read({part("api_errors.jsonl")});
    QCOMPARE(s.count(Kind::llm), 1U);
    const auto turns = s.of(Kind::workflow);
    QCOMPARE(turns.size(), 3U); // an interruption and a command's output start none
    QCOMPARE(turns[0]->status, Status::error);
    QCOMPARE(turns[0]->status_message, std::string("API Error: 529 overloaded"));
    QCOMPARE(s.events(*turns[0], "claude_code.api_error_message"), 1U);
    QCOMPARE(turns[1]->status, Status::unset); // tried again, and answered
    QCOMPARE(turns[2]->detail, std::string("/review main"));
}

void ClaudeCodeTest::stream_json_has_order_only() {
    const Fed fed = feed(claude_code_format, {part("stream.jsonl")});
    const Stored s(fed);
    QCOMPARE(s.orphans(), 0U);
    QCOMPARE(s.count(Kind::llm), 3U);
    QCOMPARE(s.count(Kind::tool), 2U);
    const auto& root = s.by_name("claude-code");
    QCOMPARE(root.time_quality, TimeQuality::synthetic);
    QCOMPARE(root.end - root.start, 4200 * kMillisecond);
    QCOMPARE(root.reported_cost, from_usd(0.0125));
    QVERIFY(root.flags & kAggregateUsage);
    QCOMPARE(s.by_name("digger").parent, s.by_name("Task").id);
    QCOMPARE(s.by_name("Bash").parent, s.by_name("digger").id);
    QVERIFY(s.by_own_id("msg_1").start < s.by_own_id("msg_2").start);
    QVERIFY(fed.sink.find_note("claude_code.partial") != nullptr);
}

void ClaudeCodeTest::odd_lines_cost_only_themselves() {
    const Fed fed = feed(claude_code_format, {part("odd.jsonl")});
    QVERIFY(fed.result.ok());
    const Stored s(fed);
    QCOMPARE(s.roots(), 1U);
    QCOMPARE(s.orphans(), 0U);
    QCOMPARE(s.count(Kind::llm), 2U);
    QCOMPARE(s.count(Kind::tool), 1U);         // a result that nobody asked for is no tool
    QVERIFY(s.by_name("Bash").end != kNoTime); // call and result without ids find each other
    const auto& root = s.by_name("Odd things");
    QCOMPARE(s.events(root, "claude_code.record"),
             4U); // a record before any session, and three that are no objects
    QCOMPARE(fed.sink.count(Severity::error), 3U);
    const auto* bad = fed.sink.find_note("claude_code.bad_line");
    QCOMPARE(bad->line, std::optional<std::uint64_t>(11));
    QCOMPARE(fed.sink.find_note("claude_code.cut_line")->line, std::optional<std::uint64_t>(20));
    QVERIFY(s.by_own_id("msg_2").attributes.find("ud83d") != std::string::npos); // kept as it was written
    QCOMPARE(conversation(s.by_own_id("msg_2")).messages.back().parts[0].text,
             std::string("cut here: \xef\xbf\xbd"));
}

void ClaudeCodeTest::any_split_gives_the_same_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"session.jsonl", "subagent_inline.jsonl", "fork_b.jsonl", "rewind.jsonl",
                             "compaction.jsonl", "api_errors.jsonl", "stream.jsonl", "odd.jsonl"})
        QTest::newRow(name) << name;
}

void ClaudeCodeTest::any_split_gives_the_same() {
    QFETCH(QString, name);
    QCOMPARE(split_difference(claude_code_format, {part(name.toStdString())}), std::string{});
}

void ClaudeCodeTest::twice_the_same_file_changes_nothing() {
    const Stored once = read({part("session.jsonl")});
    const Stored twice = read({part("session.jsonl"), part("session.jsonl")});
    QCOMPARE(twice.size(), once.size());
    QCOMPARE(twice.usage(), once.usage());
}

void ClaudeCodeTest::ids_do_not_depend_on_position() {
    const auto ids = [](const Stored& s) {
        std::set<std::uint64_t> out;
        for (const Kind kind : {Kind::agent, Kind::workflow, Kind::llm, Kind::tool})
            for (const auto* span : s.of(kind))
                out.insert(span->id.value);
        return out;
    };
    FedPart moved = part("session.jsonl");
    const auto expected = ids(read({moved}));
    moved.bytes = "\n\n{\"type\":\"queue-operation\",\"operation\":\"enqueue\",\"sessionId\":\"5e551011-0000-"
                  "4000-8000-000000000001\"}\n" +
                  moved.bytes;
    moved.name = "renamed.txt";
    QCOMPARE(ids(read({moved})), expected);
}

void ClaudeCodeTest::truncation_anywhere_keeps_what_was_whole() {
    const FedPart whole_part = part("session.jsonl");
    std::size_t most = 0;
    for (std::size_t n = 0; n < whole_part.bytes.size(); n += 61) {
        const Fed fed = feed(claude_code_format, {{whole_part.name, whole_part.bytes.substr(0, n)}});
        QVERIFY(fed.result.ok());
        const Stored s(fed);
        QCOMPARE(s.orphans(), 0U);
        QVERIFY(s.size() >= most);
        most = s.size();
    }
}

void ClaudeCodeTest::deep_and_hostile_lines() {
    const std::string head =
        R"({"type":"user","uuid":"u","sessionId":"s","parentUuid":"u","isSidechain":false,"message":{"role":"user","content":)";
    std::string bytes;
    bytes += head + std::string(10'000, '[') + std::string(10'000, ']') + "}}\n";
    bytes += head + "\"" + std::string(8'000'000, 'x') + "\"}}\n";
    bytes +=
        R"({"type":"assistant","uuid":"a","sessionId":"s","message":{"id":"m","usage":{"input_tokens":-5,"output_tokens":9223372036854775807},"content":[{"type":"tool_use"},{"type":"tool_use","id":7,"name":[]},7,null]}})"
        "\n";
    bytes +=
        R"({"type":"user","sessionId":"s","message":{"content":[{"type":"tool_result","tool_use_id":9},{"type":"tool_result"}]}})"
        "\n";
    bytes += R"({"type":7,"sessionId":{},"uuid":[],"timestamp":"9999999-99-99"})"
             "\n";
    bytes +=
        R"({"type":"assistant","sessionId":"s","isSidechain":true,"agentId":"x","message":{"content":"just text"}})"
        "\n";
    bytes += std::string(100'000, '{') + "\n" + std::string(3, '\0') + "\n\xff\xfe\xfd\n";
    const Fed fed = feed(claude_code_format, {{"hostile.jsonl", bytes}});
    QVERIFY(fed.result.ok());
    const Stored s(fed);
    QCOMPARE(s.orphans(), 0U);
    QCOMPARE(s.count(Kind::llm), 2U);
    QVERIFY(!s.of(Kind::llm)[0]->usage.stated());
    for (const auto* call : s.of(Kind::llm))
        conversation(*call);
}

void ClaudeCodeTest::a_stopped_import_stops() {
    const auto importer = claude_code_format.create();
    CollectingSink sink;
    sink.stop_after = 3;
    const FedPart p = part("session.jsonl");
    QVERIFY(importer->begin(Part{p.name, {}, kNoTime}, sink));
    const auto pushed = importer->push(p.bytes);
    QVERIFY(!pushed);
    QCOMPARE(pushed.error().code, std::string_view("cancelled"));
    QCOMPARE(sink.spans.size(), 3U);
}

void ClaudeCodeTest::bad_lines_are_named() {
    for (const std::string_view code :
         {"claude_code.bad_line", "claude_code.cut_line", "claude_code.fork", "claude_code.no_session",
          "claude_code.partial", "claude_code.repeated"})
        QVERIFY2(find_message(code) != nullptr, std::string(code).c_str());
    const Fed fed = feed(claude_code_format, {{"lonely.jsonl", R"({"type":"mystery"})"}});
    QVERIFY(fed.result.ok());
    QVERIFY(fed.sink.spans.empty());
    QVERIFY(fed.sink.find_note("claude_code.no_session") != nullptr);
}

QTEST_GUILESS_MAIN(ClaudeCodeTest)
#include "tst_claude_code.moc"
