#include "model/trace/dialects/columns.h"
#include "model/trace/dialects/columns_table.h"
#include "model/trace/span_detail.h"

#include <QTest>

#include <initializer_list>
#include <set>
#include <string>
#include <utility>

using namespace clew;

namespace {

AttributeValue value(const char* text) {
    AttributeValue out;
    out.type = AttributeValue::Type::text;
    out.text = text;
    return out;
}
AttributeValue value(int number) {
    AttributeValue out;
    out.type = AttributeValue::Type::integer;
    out.integer = number;
    return out;
}
AttributeValue value(double number) {
    AttributeValue out;
    out.type = AttributeValue::Type::real;
    out.real = number;
    return out;
}
AttributeValue value(bool truth) {
    AttributeValue out;
    out.type = AttributeValue::Type::boolean;
    out.boolean = truth;
    return out;
}

Arena arena;

Span read(std::initializer_list<std::pair<std::string_view, AttributeValue>> attributes,
          std::string_view name = "", std::string_view scope = "") {
    ColumnReader reader;
    Span span;
    span.name = name;
    span.start = 1'000'000'000;
    reader.reset();
    reader.see_scope(scope);
    for (const auto& [key, v] : attributes)
        reader.see(key, v);
    reader.apply(span, arena);
    return span;
}

using Count = std::optional<std::int64_t>;

} // namespace

class TestColumns : public QObject {
    Q_OBJECT
private slots:
    void theTableIsSound();
    void kinds_data();
    void kinds();
    void kindsInTheOrderOfTheirVocabularies();
    void theBestKeyWinsWhateverTheOrder();
    void readsGenAiOfAllGenerations();
    void readsOpenInference();
    void readsVercel();
    void readsLangfuse();
    void readsMlflowAndLangsmith();
    void readsClaudeCodeAndBelievesBareWordsNowhereElse();
    void readsGenkit();
    void readsMastraAndLiveKit();
    void readsDetailsOfTokens();
    void renamedProvidersAreOne();
    void tellsFailuresThatTheStatusDoesNot();
    void anInferredKindIsMarked();
    void believesWhatWasTaught();
    void saysWhatIsWrongInAMappingFile_data();
    void saysWhatIsWrongInAMappingFile();
    void bringsUsageToOneConvention();
    void aggregatesNeverCountBesideOthers();
    void namesPrompts();
    void saysWhatATableShowsBesideTheName_data();
    void saysWhatATableShowsBesideTheName();
    void marksSilentFailures();
    void forgivesOddValues();
    void plainAttributesLoseOnlyTheirWrappers();
};

void TestColumns::theTableIsSound() {
    std::set<std::string_view> keys;
    std::set<std::pair<Column, int>> ranks;
    for (const auto& entry : kColumnKeys) {
        QVERIFY2(keys.insert(entry.key).second, entry.key.data());
        QVERIFY2(ranks.insert({entry.column, entry.rank}).second, entry.key.data());
        QVERIFY(ColumnReader::wants(entry.key));
    }
    for (const char* other : {"", "gen_ai", "gen_ai.request.modelx", "http.method", "x"})
        QVERIFY(!ColumnReader::wants(other));
}

void TestColumns::kinds_data() {
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("kind");
    const auto row = [](const char* key, const char* text, Kind kind) {
        QTest::addRow("%s=%s", key, text) << QString(key) << QString(text) << int(kind);
    };
    row("langfuse.observation.type", "generation", Kind::llm);
    row("langfuse.observation.type", "span", Kind::workflow);
    row("openinference.span.kind", "LLM", Kind::llm);
    row("openinference.span.kind", "CHAIN", Kind::workflow);
    row("openinference.span.kind", "RERANKER", Kind::reranker);
    row("openinference.span.kind", "GUARDRAIL", Kind::guardrail);
    row("openinference.span.kind", "PROMPT", Kind::generic);
    row("gen_ai.operation.name", "chat", Kind::llm);
    row("gen_ai.operation.name", "embeddings", Kind::embedding);
    row("gen_ai.operation.name", "retrieval", Kind::retriever);
    row("gen_ai.operation.name", "execute_tool", Kind::tool);
    row("gen_ai.operation.name", "search_memory", Kind::memory);
    row("gen_ai.operation.name", "invoke_workflow", Kind::workflow);
    row("llm.request.type", "completion", Kind::llm);
    row("traceloop.span.kind", "task", Kind::workflow);
    row("traceloop.span.kind", "unknown", Kind::generic);
    row("langsmith.span.kind", "parser", Kind::workflow);
    row("mlflow.spanType", "\"CHAT_MODEL\"", Kind::llm);
    row("mlflow.spanType", "AGENT", Kind::agent);
    row("ai.operationId", "ai.generateText", Kind::agent);
    row("ai.operationId", "ai.generateText.doGenerate", Kind::llm);
    row("ai.operationId", "ai.embedMany.doEmbed", Kind::embedding);
    row("ai.operationId", "ai.toolCall", Kind::tool);
    row("ai.operationId", "ai.generateObject", Kind::workflow);
    row("span.type", "claude_code.llm_request", Kind::llm);
    row("span.type", "interaction", Kind::agent);
    row("span.type", "web", Kind::generic);
    row("gen_ai.tool.name", "t", Kind::tool);
    row("gen_ai.tool.call.id", "t", Kind::tool);
    row("gen_ai.request.model", "m", Kind::llm);
    row("gen_ai.agent.name", "a", Kind::agent);
    row("executor.id", "e", Kind::workflow);
    row("mcp.method.name", "tools/call", Kind::tool);
    row("mcp.method.name", "tools/list", Kind::generic);
    row("gen_ai.operation.name", "chat.completions", Kind::llm);
    row("gen_ai.tool.name", "(merged tools)", Kind::workflow);
    row("gen_ai.retrieval.documents", "[]", Kind::retriever);
    row("db.vector.query.top_k", "3", Kind::retriever);
    row("embedding.embeddings.0.embedding.text", "t", Kind::embedding);
    row("message.source_id", "e", Kind::workflow);
    row("genkit:metadata:subtype", "tool.v2", Kind::tool);
    row("genkit:type", "flowStep", Kind::workflow);
    row("genkit:type", "action", Kind::generic);
    row("mastra.span.type", "agent_run", Kind::agent);
    row("mastra.span.type", "model_generation", Kind::llm);
    row("mastra.span.type", "workflow_conditional_eval", Kind::workflow);
    row("lk.function_tool.name", "t", Kind::tool);
}

void TestColumns::kinds() {
    QFETCH(QString, key);
    QFETCH(QString, text);
    QFETCH(int, kind);
    const std::string k = key.toStdString();
    const std::string t = text.toStdString();
    const Span span = read({{k, value(t.c_str())}});
    QCOMPARE(int(span.kind), kind);
    QCOMPARE((span.flags & kMcp) != 0, k.starts_with("mcp."));
}

void TestColumns::kindsInTheOrderOfTheirVocabularies() {
    QCOMPARE(
        read({{"gen_ai.operation.name", value("chat")}, {"openinference.span.kind", value("AGENT")}}).kind,
        Kind::agent);
    QCOMPARE(
        read({{"langfuse.observation.type", value("span")}, {"gen_ai.operation.name", value("chat")}}).kind,
        Kind::llm);
    QCOMPARE(read({{"openinference.span.kind", value("UNKNOWN")}, {"llm.model_name", value("m")}}).kind,
             Kind::llm);
    QCOMPARE(read({{"gen_ai.request.model", value("m")}, {"gen_ai.tool.name", value("t")}}).kind, Kind::tool);
    const Span mcp =
        read({{"mcp.method.name", value("tools/call")}, {"gen_ai.operation.name", value("execute_tool")}});
    QCOMPARE(mcp.kind, Kind::tool);
    QVERIFY((mcp.flags & kMcp) != 0);
}

void TestColumns::theBestKeyWinsWhateverTheOrder() {
    const Span a = read({{"session.id", value("s1")}, {"langfuse.session.id", value("s0")}});
    const Span b = read({{"langfuse.session.id", value("s0")}, {"session.id", value("s1")}});
    QCOMPARE(a.session, std::string_view("s0"));
    QCOMPARE(b.session, std::string_view("s0"));
    QCOMPARE(read({{"langfuse.session.id", value("")}, {"session.id", value("s1")}}).session,
             std::string_view("s1"));
    QCOMPARE(read({{"gen_ai.tool.name", value("N/A")}, {"tool.name", value("t")}}).tool,
             std::string_view("t"));
}

void TestColumns::readsGenAiOfAllGenerations() {
    const Span now = read({{"gen_ai.operation.name", value("chat")},
                           {"gen_ai.provider.name", value("acme")},
                           {"gen_ai.request.model", value("m")},
                           {"gen_ai.response.model", value("m-1")},
                           {"gen_ai.usage.input_tokens", value(100)},
                           {"gen_ai.usage.cache_read.input_tokens", value(40)},
                           {"gen_ai.usage.cache_creation.input_tokens", value(10)},
                           {"gen_ai.usage.output_tokens", value(20)},
                           {"gen_ai.usage.reasoning.output_tokens", value(5)},
                           {"gen_ai.usage.cost", value(0.25)},
                           {"gen_ai.response.time_to_first_chunk", value(0.5)}});
    QCOMPARE(now.model, std::string_view("m-1"));
    QCOMPARE(now.request_model, std::string_view("m"));
    QCOMPARE(now.usage, (Usage{100, 40, 10, 20, 5}));
    QCOMPARE(now.reported_cost, std::optional<PicoUsd>(kUsd / 4));
    QCOMPARE(now.first_token, TimeNs(1'500'000'000));
    const Span old = read({{"gen_ai.system", value("acme")},
                           {"gen_ai.request.model", value("m")},
                           {"gen_ai.usage.prompt_tokens", value(100)},
                           {"gen_ai.usage.completion_tokens", value("20")},
                           {"gen_ai.usage.cache_read_input_tokens", value(40.0)}});
    QCOMPARE(old.provider, std::string_view("acme"));
    QCOMPARE(old.model, std::string_view("m"));
    QCOMPARE(old.usage, (Usage{100, 40, {}, 20, {}}));
}

void TestColumns::readsOpenInference() {
    const Span span = read({{"openinference.span.kind", value("LLM")},
                            {"llm.model_name", value("m")},
                            {"llm.provider", value("p")},
                            {"llm.token_count.prompt", value(7)},
                            {"llm.token_count.completion", value(3)},
                            {"llm.token_count.prompt_details.cache_read", value(2)},
                            {"llm.token_count.completion_details.reasoning", value(1)},
                            {"llm.cost.total", value(0.001)},
                            {"session.id", value("s")},
                            {"user.id", value("u")}});
    QCOMPARE(span.usage, (Usage{7, 2, {}, 3, 1}));
    QCOMPARE(span.reported_cost, std::optional<PicoUsd>(kUsd / 1000));
    QCOMPARE(span.user, std::string_view("u"));
    QCOMPARE(
        read({{"openinference.span.kind", value("EMBEDDING")}, {"embedding.model_name", value("e")}}).model,
        std::string_view("e"));
}

void TestColumns::readsVercel() {
    const Span span = read(
        {{"ai.operationId", value("ai.streamText.doStream")},
         {"ai.model.id", value("m")},
         {"ai.model.provider", value("p.chat")},
         {"ai.usage.promptTokens", value(10)},
         {"ai.usage.completionTokens", value(4)},
         {"ai.response.msToFirstChunk", value(250)},
         {"ai.response.providerMetadata", value(R"({"anthropic":{"usage":{"cache_read_input_tokens":6}}})")},
         {"ai.telemetry.metadata.sessionId", value("s")},
         {"ai.telemetry.metadata.userId", value("u")}});
    QCOMPARE(span.kind, Kind::llm);
    QCOMPARE(span.usage, (Usage{10, 6, {}, 4, {}}));
    QCOMPARE(span.first_token, TimeNs(1'250'000'000));
    QCOMPARE(span.session, std::string_view("s"));
    const Span root =
        read({{"ai.operationId", value("ai.generateText")}, {"ai.telemetry.functionId", value("f")}});
    QCOMPARE(root.agent, std::string_view("f"));
}

void TestColumns::readsLangfuse() {
    const Span span = read(
        {{"langfuse.observation.type", value("generation")},
         {"langfuse.observation.model.name", value("m")},
         {"langfuse.observation.usage_details",
          value(
              R"({"input":10,"cache_read_input_tokens":90,"output":5,"output_reasoning_tokens":2,"total":107})")},
         {"langfuse.observation.cost_details", value(R"({"input":0.1,"output":0.2,"total":0.3})")},
         {"langfuse.observation.completion_start_time", value("\"2026-01-02T03:04:05Z\"")},
         {"langfuse.observation.prompt.name", value("support")},
         {"langfuse.observation.prompt.version", value(4)},
         {"langfuse.trace.name", value("the trace")}});
    QCOMPARE(span.usage, (Usage{100, 90, {}, 7, 2}));
    QCOMPARE(span.reported_cost, std::optional<PicoUsd>(3 * kUsd / 10));
    QCOMPARE(span.first_token, parse_iso8601("2026-01-02T03:04:05Z").value());
    QCOMPARE(span.prompt_name, std::string_view("support"));
    QCOMPARE(span.prompt_version, std::string_view("4"));
    QCOMPARE(span.trace_name, std::string_view("the trace"));
    // Buckets that came from other vocabularies' attributes keep their names, and are parts of the whole.
    const Span passed_on = read({{"langfuse.observation.usage_details",
                                  value(R"({"input":190,"prompt_details.cache_read":60,"output":164,)"
                                        R"("completion_details.reasoning":40,"total":354})")}});
    QCOMPARE(passed_on.usage, (Usage{190, 60, {}, 164, 40}));
    // Spoken parts, beside the others in buckets, within them in attributes.
    const Span spoken = read({{"langfuse.observation.usage_details",
                               value(R"({"input":10,"input_audio_tokens":7,"output":5,"output_audio":3})")}});
    QCOMPARE(spoken.usage, (Usage{17, {}, {}, 8, {}, {}, 7, 3}));
    const Span said = read({{"gen_ai.operation.name", value("chat")},
                            {"gen_ai.usage.input_tokens", value(17)},
                            {"gen_ai.usage.audio.input_tokens", value(7)},
                            {"gen_ai.usage.output_tokens", value(8)},
                            {"gen_ai.usage.audio.output_tokens", value(3)}});
    QCOMPARE(said.usage, (Usage{17, {}, {}, 8, {}, {}, 7, 3}));
}

void TestColumns::readsMlflowAndLangsmith() {
    const Span flow = read({{"mlflow.spanType", value("\"LLM\"")},
                            {"mlflow.chat.tokenUsage", value(R"({"input_tokens":9,"output_tokens":1})")},
                            {"mlflow.llm.cost", value(R"({"total_cost":0.5})")},
                            {"mlflow.linkedPrompts", value(R"([{"name":"p","version":"2"}])")}});
    QCOMPARE(flow.usage, (Usage{9, {}, {}, 1, {}}));
    QCOMPARE(flow.reported_cost, std::optional<PicoUsd>(kUsd / 2));
    QCOMPARE(flow.prompt_name, std::string_view("p"));
    QCOMPARE(flow.prompt_version, std::string_view("2"));
    const Span smith =
        read({{"langsmith.span.kind", value("llm")},
              {"langsmith.usage_metadata",
               value(R"({"input_tokens":9,"output_tokens":3,"input_token_details":{"cache_read":4}})")}});
    QCOMPARE(smith.usage, (Usage{9, 4, {}, 3, {}}));
}

void TestColumns::readsClaudeCodeAndBelievesBareWordsNowhereElse() {
    const auto attributes = {std::pair{std::string_view("span.type"), value("llm_request")},
                             {"model", value("opus")},
                             {"input_tokens", value(3)},
                             {"cache_read_tokens", value(100)},
                             {"cache_creation_tokens", value(20)},
                             {"output_tokens", value(7)},
                             {"cost_usd", value(0.5)}};
    const Span span = read(attributes, "claude_code.llm_request");
    QCOMPARE(span.kind, Kind::llm);
    QCOMPARE(span.model, std::string_view("opus"));
    QCOMPARE(span.usage, (Usage{123, 100, 20, 7, {}}));
    QCOMPARE(span.reported_cost, std::optional<PicoUsd>(kUsd / 2));
    const Span other = read({{"model", value("Volvo")}, {"input_tokens", value(3)}}, "park");
    QCOMPARE(other.kind, Kind::generic);
    QVERIFY(other.model.empty() && !other.usage.stated());
    QCOMPARE(
        read({{"tool_name", value("Bash")}, {"full_command", value("ls -l")}, {"span.type", value("tool")}},
             "claude_code.tool")
            .tool,
        std::string_view("Bash"));
}

void TestColumns::readsGenkit() {
    const Span call = read(
        {{"genkit:type", value("action")},
         {"genkit:metadata:subtype", value("model")},
         {"genkit:name", value("acme/m")},
         {"genkit:sessionId", value("s")},
         {"genkit:output", value(R"({"usage":{"inputTokens":42,"outputTokens":17,"thoughtsTokens":3}})")}});
    QCOMPARE(call.kind, Kind::llm);
    QCOMPARE(call.model, std::string_view("acme/m"));
    QCOMPARE(call.session, std::string_view("s"));
    QCOMPARE(call.usage, (Usage{42, {}, {}, 20, 3}));
    const Span tool = read({{"genkit:metadata:subtype", value("tool")}, {"genkit:name", value("search")}});
    QCOMPARE(tool.tool, std::string_view("search"));
}

void TestColumns::readsMastraAndLiveKit() {
    const Span tool = read({{"mastra.span.type", value("mcp_tool_call")},
                            {"gen_ai.tool.name", value("search")},
                            {"mastra.mcp_tool_call.input", value(R"({"q":"x"})")}});
    QCOMPARE(tool.kind, Kind::tool);
    QCOMPARE(tool.detail, std::string_view("x"));
    const Span broken = read({{"lk.function_tool.name", value("lookup")},
                              {"lk.function_tool.arguments", value(R"({"id":"A1"})")},
                              {"lk.function_tool.is_error", value(true)}});
    QCOMPARE(broken.tool, std::string_view("lookup"));
    QCOMPARE(broken.detail, std::string_view("A1"));
    QCOMPARE(broken.status, Status::error);
    QVERIFY((broken.flags & kToolError) != 0);
}

void TestColumns::readsDetailsOfTokens() {
    const Span smith =
        read({{"gen_ai.usage.input_tokens", value(9)},
              {"gen_ai.usage.output_tokens", value(5)},
              {"gen_ai.usage.input_token_details", value(R"({"cache_read":4,"cache_creation":1})")},
              {"gen_ai.usage.output_token_details", value(R"({"reasoning":2})")}});
    QCOMPARE(smith.usage, (Usage{9, 4, 1, 5, 2}));
    const Span vercel = read({{"ai.operationId", value("ai.generateText.doGenerate")},
                              {"ai.usage.inputTokens", value(9)},
                              {"ai.usage.outputTokens", value(5)},
                              {"ai.usage.inputTokenDetails.cacheReadTokens", value(4)},
                              {"ai.usage.inputTokenDetails.cacheWriteTokens", value(1)},
                              {"ai.usage.outputTokenDetails.reasoningTokens", value(2)}});
    QCOMPARE(vercel.usage, (Usage{9, 4, 1, 5, 2}));
    // The project that LangSmith calls a session is none.
    QVERIFY(read({{"langsmith.trace.session_id", value("p")}}).session.empty());
    // MLflow's strings are JSON.
    QCOMPARE(read({{"mlflow.llm.model", value("\"m\"")}}).model, std::string_view("m"));
}

void TestColumns::renamedProvidersAreOne() {
    QCOMPARE(read({{"gen_ai.system", value("vertex_ai")}}).provider, std::string_view("gcp.vertex_ai"));
    QCOMPARE(read({{"gen_ai.provider.name", value("gcp.vertex_ai")}}).provider,
             std::string_view("gcp.vertex_ai"));
    QCOMPARE(read({{"gen_ai.system", value("xai")}}).provider, std::string_view("x_ai"));
}

void TestColumns::tellsFailuresThatTheStatusDoesNot() {
    const Span fuse = read({{"langfuse.observation.level", value("ERROR")},
                            {"langfuse.observation.status_message", value("no quota")}});
    QCOMPARE(fuse.status, Status::error);
    QCOMPARE(fuse.status_message, std::string_view("no quota"));
    QCOMPARE(read({{"langfuse.observation.level", value("WARNING")}}).status, Status::unset);
    const Span call = read({{"gen_ai.operation.name", value("chat")}, {"error.type", value("timeout")}});
    QCOMPARE(call.status, Status::error);
    QCOMPARE(call.status_message, std::string_view("timeout"));
    // Other conventions have other uses for the word.
    QCOMPARE(read({{"error.type", value("404")}}).status, Status::unset);
}

void TestColumns::anInferredKindIsMarked() {
    QVERIFY((read({{"gen_ai.request.model", value("m")}}).flags & kInferredKind) != 0);
    QVERIFY((read({{"gen_ai.operation.name", value("chat")}, {"gen_ai.request.model", value("m")}}).flags &
             kInferredKind) == 0);
}

void TestColumns::believesWhatWasTaught() {
    TaughtKeys taught;
    const auto name = taught.add_file(
        R"({"name":"mine","attributes":{"my.step":"kind","my.tool":"tool","my.in":"input_tokens","my.chat":"session"},
            "kinds":{"Brain":"llm"}})");
    QVERIFY(name);
    QCOMPARE(*name, std::string("mine"));
    QCOMPARE(taught.size(), std::size_t{4});
    const auto read_taught =
        [&](std::initializer_list<std::pair<std::string_view, AttributeValue>> attributes) {
            ColumnReader reader;
            reader.teach(&taught);
            Span span;
            for (const auto& [key, v] : attributes) {
                if (!reader.takes(key)) continue;
                reader.see(key, v);
            }
            reader.apply(span, arena);
            return span;
        };
    const Span call = read_taught({{"my.step", value("brain")}, {"my.in", value(7)}, {"other", value(1)}});
    QCOMPARE(call.kind, Kind::llm);
    QCOMPARE(call.usage.input, Count(7));
    // Words that everybody knows are known here, too; what was taught goes before the table.
    const Span tool = read_taught({{"my.step", value("TOOL")},
                                   {"openinference.span.kind", value("LLM")},
                                   {"tool.name", value("t")},
                                   {"my.tool", value("mine")},
                                   {"langfuse.session.id", value("s")},
                                   {"my.chat", value("c")}});
    QCOMPARE(tool.kind, Kind::tool);
    QCOMPARE(tool.tool, std::string_view("mine"));
    QCOMPARE(tool.session, std::string_view("c"));
    QVERIFY(!ColumnReader::wants("my.tool"));
}

void TestColumns::saysWhatIsWrongInAMappingFile_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("code");
    const auto row = [](const char* text, const char* code) {
        QTest::newRow(code) << QByteArray(text) << QByteArray(code);
    };
    row("{", "dialect.not_json");
    row("{}", "dialect.no_attributes");
    row(R"({"attributes":{"a":"tol"}})", "dialect.no_column");
    row(R"({"attributes":{"a":"kind"},"kinds":{"x":"bird"}})", "dialect.no_kind");
    row(R"({"attributes":{"a":"kind"},"kinds":[]})", "dialect.bad_kinds");
    row(R"({"attributes":{"known":"tool"}})", "dialect.taught_twice");
}

void TestColumns::saysWhatIsWrongInAMappingFile() {
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, code);
    TaughtKeys taught;
    QVERIFY(taught.add_file(R"({"attributes":{"known":"tool"}})"));
    const auto added = taught.add_file(text.toStdString());
    QVERIFY(!added);
    QCOMPARE(std::string(added.error().code), code.toStdString());
    QCOMPARE(taught.size(), std::size_t{1});
}

void TestColumns::bringsUsageToOneConvention() {
    const Span exclusive = read({{"gen_ai.usage.input_tokens", value(3)},
                                 {"gen_ai.usage.cache_read.input_tokens", value(100)},
                                 {"gen_ai.usage.output_tokens", value(2)},
                                 {"gen_ai.usage.reasoning.output_tokens", value(8)}});
    QCOMPARE(exclusive.usage, (Usage{103, 100, {}, 10, 8}));
    const Span none = read({{"gen_ai.request.model", value("m")}});
    QVERIFY(!none.usage.stated());
    QVERIFY(!read({{"gen_ai.usage.input_tokens", value(-1)}}).usage.input);
}

void TestColumns::aggregatesNeverCountBesideOthers() {
    const Span span = read({{"gen_ai.operation.name", value("invoke_agent")},
                            {"gen_ai.aggregated_usage.input_tokens", value(50)},
                            {"gen_ai.aggregated_usage.output_tokens", value(5)}});
    QCOMPARE(span.usage.input, Count(50));
    QVERIFY((span.flags & kAggregateUsage) != 0);
    const Span plain =
        read({{"gen_ai.operation.name", value("invoke_agent")}, {"gen_ai.usage.input_tokens", value(5)}});
    QVERIFY((plain.flags & kAggregateUsage) == 0);
}

void TestColumns::namesPrompts() {
    const auto named = [](const char* text) {
        const Span span = read({{"prompt_template", value(text)}});
        return std::string{span.prompt_name} + "|" + std::string{span.prompt_version};
    };
    QCOMPARE(named("support_v3"), std::string("support|v3"));
    QCOMPARE(named("refund_order_v1.2"), std::string("refund_order|v1.2"));
    QCOMPARE(named("support@2"), std::string("support|2"));
    QCOMPARE(named("my_values"), std::string("my_values|"));
    QCOMPARE(named("You are a helpful {role}."), std::string("|"));
    const Span hashed = read({{"prompt_template", value("support_v3")}, {"prompt_hash", value("sha256:ab")}});
    QCOMPARE(hashed.prompt_version, std::string_view("v3"));
    QCOMPARE(read({{"prompt.id", value("p")}, {"prompt_hash", value("sha256:ab")}}).prompt_version,
             std::string_view("sha256:ab"));
}

void TestColumns::saysWhatATableShowsBesideTheName_data() {
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("detail");
    const auto row = [](const char* kind, const char* key, const char* text, const char* detail) {
        QTest::addRow("%s", text) << QString(kind) << QString(key) << QString(text) << QString(detail);
    };
    row("TOOL", "gen_ai.tool.call.arguments", R"({"n":3,"city":"Oslo"})", "Oslo");
    row("TOOL", "tool_arguments", R"({"description":"d","command":"ls\n  -l"})", "ls -l");
    row("TOOL", "tool.arguments", R"({"deep":{"a":[1,"x"]},"n":3})", "3");
    row("TOOL", "tool.arguments", R"({"text":"cut in the mid)", "cut in the mid");
    row("TOOL", "full_command", "make test", "make test");
    row("TOOL", "input.value", "{'query': 'python'}", "{'query': 'python'}");
    row("TOOL", "tool.arguments", "[1,2]", "");
    row("AGENT", "gen_ai.input.messages",
        R"([{"role":"system","parts":[{"type":"text","content":"rules"}]},{"role":"user","parts":[{"content":"hi \"you\""}]}])",
        "hi \"you\"");
    row("AGENT", "input.value", R"({"input":"what now"})", "what now");
    row("CHAIN", "input.value", "plain\n\nwords", "plain words");
    row("RETRIEVER", "gen_ai.retrieval.query.text", "the query", "the query");
    row("LLM", "input.value", "not shown", "");
}

void TestColumns::saysWhatATableShowsBesideTheName() {
    QFETCH(QString, kind);
    QFETCH(QString, key);
    QFETCH(QString, text);
    QFETCH(QString, detail);
    const std::string k = key.toStdString();
    const std::string t = text.toStdString();
    const std::string word = kind.toStdString();
    const Span span = read({{"openinference.span.kind", value(word.c_str())}, {k, value(t.c_str())}});
    QCOMPARE(QString::fromUtf8(span.detail.data(), qsizetype(span.detail.size())), detail);
    const std::string long_text(1'000'000, 'x');
    QVERIFY(read({{"openinference.span.kind", value("TOOL")}, {k, value(long_text.c_str())}}).detail.size() <=
            80);
}

void TestColumns::marksSilentFailures() {
    const auto marked = [](const char* result, Status status = Status::unset) {
        ColumnReader reader;
        Span span;
        span.status = status;
        reader.see("tool.name", value("t"));
        reader.see("tool.result", value(result));
        reader.apply(span, arena);
        return (span.flags & kSilentFailure) != 0;
    };
    QVERIFY(marked(R"({"error":"no such file"})"));
    QVERIFY(!marked(R"({"error":"no such file"})", Status::error));
    QVERIFY(!marked(R"({"error":null})"));
    QVERIFY(!marked("all is well"));
    QVERIFY((read({{"tool.silent_failure_detected", value(true)}}).flags & kSilentFailure) != 0);
    QVERIFY((read({{"tool.silent_failure_detected", value(false)}}).flags & kSilentFailure) == 0);
    QVERIFY(
        (read({{"gen_ai.operation.name", value("chat")}, {"output.value", value(R"({"error":"x"})")}}).flags &
         kSilentFailure) == 0);
}

void TestColumns::forgivesOddValues() {
    QVERIFY(!read({{"gen_ai.usage.input_tokens", value("many")}}).usage.input);
    QVERIFY(!read({{"gen_ai.usage.cost", value(-1.0)}}).reported_cost);
    QCOMPARE(read({{"gen_ai.response.time_to_first_chunk", value(1e300)}}).first_token, kNoTime);
    QCOMPARE(read({{"langfuse.observation.usage_details", value("[[")}}).usage, Usage{});
    QCOMPARE(read({{"langfuse.observation.usage_details",
                    value(R"({"input":9223372036854775807,"input_cached":9223372036854775807})")}})
                 .usage.input,
             Count(INT64_MAX));
    AttributeValue cut;
    cut.type = AttributeValue::Type::escaped;
    cut.text = "a\\ud83d\\n\\u00e9\\";
    QCOMPARE(read({{"session.id", cut}}).session, std::string_view("a\xef\xbf\xbd\n\xc3\xa9"));
}

void TestColumns::plainAttributesLoseOnlyTheirWrappers() {
    const auto list = plain_attributes(
        R"([{"key":"s","value":{"stringValue":"x"}},{"key":"i","value":{"intValue":"9223372036854775807"}},)"
        R"({"key":"d","value":{"doubleValue":1.5}},{"key":"n","value":{"doubleValue":"NaN"}},)"
        R"({"key":"b","value":{"bytesValue":"AP8="}},{"key":"e","value":{}},{"key":"m"},{"value":{"boolValue":true}},)"
        R"({"key":"k","value":{"kvlistValue":{"values":[{"key":"z","value":{"intValue":1}},{"key":"a","value":{}}]}}},)"
        R"({"key":"a","value":{"arrayValue":{}}}])");
    std::string joined;
    for (const auto& [key, json] : list)
        ((joined += key) += '=') += json + ' ';
    QCOMPARE(joined, std::string(R"(s="x" i=9223372036854775807 d=1.5 n="NaN" b="AP8=" e=null m=null =true )"
                                 R"(k={"z":1,"a":null} a=[] )"));
    QVERIFY(plain_attributes("{}").empty());
    QVERIFY(plain_attributes("").empty());
    QVERIFY(plain_attributes("[{").empty());
}

QTEST_GUILESS_MAIN(TestColumns)
#include "tst_columns.moc"
