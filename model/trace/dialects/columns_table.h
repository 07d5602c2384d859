// Which attribute key fills which column. To teach Clew another vocabulary, add its keys here: within a
// column the lowest rank wins, whatever the order in the span. Reference: formats, C.12.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace clew {

enum class Column : std::uint8_t {
    // what the span is, one column per vocabulary, asked in this order (columns_kind.cpp)
    langfuse_type,
    openinference_kind,
    genai_operation,
    llm_request_type,
    traceloop_kind,
    langsmith_kind,
    mlflow_type,
    vercel_operation,
    span_type,
    genkit_subtype,
    mcp_method,
    agent_mark,    // only agents carry it
    workflow_mark, // only workflows carry it
    tool_call_id,
    // columns of the span
    session,
    user,
    model,
    request_model,
    provider,
    agent,
    function_id, // names the agent where the span is one
    tool,
    entity_name, // names the tool or the agent, after the kind of the span
    prompt_name,
    prompt_version,
    prompt_hash,    // stands for the version where there is none
    linked_prompts, // JSON [{"name","version"}]
    trace_name,
    // tokens
    input_tokens,
    cache_read_tokens,
    cache_write_tokens,
    output_tokens,
    reasoning_tokens,
    aggregated_input,
    aggregated_cache_read,
    aggregated_cache_write,
    aggregated_output,
    usage_details,     // Langfuse: JSON, every bucket exclusive
    usage_object,      // JSON, input includes cached
    provider_metadata, // Vercel: JSON
    vertex_response,   // ADK: JSON
    // money in USD
    cost,
    cost_details, // Langfuse: JSON {"total"}
    cost_object,  // MLflow: JSON {"total_cost"}
    // time to the first token
    first_token_seconds,
    first_token_millis,
    first_token_time, // ISO 8601
    // tools
    silent_failure,
    tool_result,
    tool_arguments,
    // second texts
    input_text,
    query_text,
    // bare words, believed on Claude Code's own spans only; its input leaves out what was cached
    claude_model,
    claude_input,
    claude_cache_read,
    claude_cache_write,
    claude_output,
    claude_cost,
    claude_tool,
    claude_first_token_millis,
};
inline constexpr int kColumnCount = static_cast<int>(Column::claude_first_token_millis) + 1;

struct ColumnKey {
    std::string_view key;
    Column column;
    std::uint8_t rank;
};

inline constexpr auto kColumnKeys = std::to_array<ColumnKey>({
    // --- kind
    {"langfuse.observation.type", Column::langfuse_type, 0},
    {"openinference.span.kind", Column::openinference_kind, 0},
    {"gen_ai.operation.name", Column::genai_operation, 0},
    {"llm.request.type", Column::llm_request_type, 0},
    {"traceloop.span.kind", Column::traceloop_kind, 0},
    {"langsmith.span.kind", Column::langsmith_kind, 0},
    {"mlflow.spanType", Column::mlflow_type, 0},
    {"ai.operationId", Column::vercel_operation, 0},
    {"span.type", Column::span_type, 0},
    {"genkit:metadata:subtype", Column::genkit_subtype, 0},
    {"mcp.method.name", Column::mcp_method, 0},
    {"pydantic_ai.all_messages", Column::agent_mark, 0},
    {"all_messages_events", Column::agent_mark, 1},
    {"workflow.id", Column::workflow_mark, 0},
    {"executor.id", Column::workflow_mark, 1},
    {"edge_group.id", Column::workflow_mark, 2},
    {"gen_ai.tool.call.id", Column::tool_call_id, 0},
    {"gen_ai.tool.call_id", Column::tool_call_id, 1},

    // --- session and user
    {"langfuse.session.id", Column::session, 0},
    {"session.id", Column::session, 1},
    {"gen_ai.conversation.id", Column::session, 2},
    {"gcp.vertex.agent.session_id", Column::session, 3},
    {"traceloop.association.properties.session_id", Column::session, 4},
    {"traceloop.association.properties.thread_id", Column::session, 5},
    {"ai.telemetry.metadata.sessionId", Column::session, 6},
    {"langsmith.metadata.session_id", Column::session, 7},
    {"langsmith.metadata.thread_id", Column::session, 8},
    {"langsmith.metadata.conversation_id", Column::session, 9},
    {"langsmith.trace.session_id", Column::session, 10},
    {"mlflow.trace.session", Column::session, 11},
    {"langfuse.user.id", Column::user, 0},
    {"user.id", Column::user, 1},
    {"enduser.id", Column::user, 2},
    {"traceloop.association.properties.user_id", Column::user, 3},
    {"ai.telemetry.metadata.userId", Column::user, 4},
    {"gen_ai.user", Column::user, 5},
    {"llm.user", Column::user, 6},
    {"mlflow.trace.user", Column::user, 7},

    // --- model and provider
    {"gen_ai.response.model", Column::model, 0},
    {"ai.response.model", Column::model, 1},
    {"llm.response.model_name", Column::model, 2},
    {"llm.model_name", Column::model, 3},
    {"mlflow.llm.model", Column::model, 4},
    {"langfuse.observation.model.name", Column::model, 5},
    {"gen_ai.request.model", Column::request_model, 0},
    {"ai.model.id", Column::request_model, 1},
    {"llm.request.model_name", Column::request_model, 2},
    {"embedding.model_name", Column::request_model, 3},
    {"reranker.model_name", Column::request_model, 4},
    {"llm.request.model", Column::request_model, 5},
    {"gen_ai.provider.name", Column::provider, 0},
    {"gen_ai.system", Column::provider, 1},
    {"llm.provider", Column::provider, 2},
    {"llm.system", Column::provider, 3},
    {"ai.model.provider", Column::provider, 4},
    {"mlflow.llm.provider", Column::provider, 5},

    // --- agent and tool
    {"gen_ai.agent.name", Column::agent, 0},
    {"agent.name", Column::agent, 1},
    {"agent_name", Column::agent, 2},
    {"ai.telemetry.functionId", Column::function_id, 0},
    {"resource.name", Column::function_id, 1},
    {"gen_ai.tool.name", Column::tool, 0},
    {"tool.name", Column::tool, 1},
    {"ai.toolCall.name", Column::tool, 2},
    {"mcp.tool.name", Column::tool, 3},
    {"traceloop.entity.name", Column::entity_name, 0},
    {"tool.silent_failure_detected", Column::silent_failure, 0},
    {"gen_ai.tool.call.arguments", Column::tool_arguments, 0},
    {"ai.toolCall.args", Column::tool_arguments, 1},
    {"gcp.vertex.agent.tool_call_args", Column::tool_arguments, 2},
    {"tool_arguments", Column::tool_arguments, 3},
    {"full_command", Column::tool_arguments, 4},
    {"file_path", Column::tool_arguments, 5},
    {"tool_input", Column::tool_arguments, 6},
    {"tool.arguments", Column::tool_arguments, 7},
    {"gen_ai.tool.call.result", Column::tool_result, 0},
    {"ai.toolCall.result", Column::tool_result, 1},
    {"gcp.vertex.agent.tool_response", Column::tool_result, 2},
    {"tool_response", Column::tool_result, 3},
    {"tool.result", Column::tool_result, 4},
    {"tool.output", Column::tool_result, 5},
    {"langfuse.observation.output", Column::tool_result, 6},
    {"output.value", Column::tool_result, 7},
    {"mlflow.spanOutputs", Column::tool_result, 8},
    {"traceloop.entity.output", Column::tool_result, 9},
    {"genkit:output", Column::tool_result, 10},

    // --- prompt and trace
    {"langfuse.observation.prompt.name", Column::prompt_name, 0},
    {"traceloop.prompt.key", Column::prompt_name, 1},
    {"llm.prompt_template.name", Column::prompt_name, 2},
    {"prompt.id", Column::prompt_name, 3},
    {"gen_ai.prompt.name", Column::prompt_name, 4},
    {"prompt_template", Column::prompt_name, 5},
    {"prompt.template", Column::prompt_name, 6},
    {"llm.prompt_template.template", Column::prompt_name, 7},
    {"langfuse.observation.prompt.version", Column::prompt_version, 0},
    {"traceloop.prompt.version", Column::prompt_version, 1},
    {"traceloop.prompt.version_name", Column::prompt_version, 2},
    {"traceloop.prompt.version_hash", Column::prompt_version, 3},
    {"llm.prompt_template.version", Column::prompt_version, 4},
    {"prompt.version", Column::prompt_version, 5},
    {"prompt_version", Column::prompt_version, 6},
    {"prompt.commit", Column::prompt_version, 7},
    {"gen_ai.prompt.version", Column::prompt_version, 8},
    {"prompt_hash", Column::prompt_hash, 0},
    {"prompt.hash", Column::prompt_hash, 1},
    {"mlflow.linkedPrompts", Column::linked_prompts, 0},
    {"langfuse.trace.name", Column::trace_name, 0},
    {"langsmith.trace.name", Column::trace_name, 1},
    {"traceloop.workflow.name", Column::trace_name, 2},
    {"gen_ai.workflow.name", Column::trace_name, 3},

    // --- tokens
    {"gen_ai.usage.input_tokens", Column::input_tokens, 0},
    {"gen_ai.usage.prompt_tokens", Column::input_tokens, 1},
    {"llm.token_count.prompt", Column::input_tokens, 2},
    {"llm.usage.prompt_tokens", Column::input_tokens, 3},
    {"ai.usage.inputTokens", Column::input_tokens, 4},
    {"ai.usage.promptTokens", Column::input_tokens, 5},
    {"ai.usage.tokens", Column::input_tokens, 6},
    {"gen_ai.usage.output_tokens", Column::output_tokens, 0},
    {"gen_ai.usage.completion_tokens", Column::output_tokens, 1},
    {"llm.token_count.completion", Column::output_tokens, 2},
    {"llm.usage.completion_tokens", Column::output_tokens, 3},
    {"ai.usage.outputTokens", Column::output_tokens, 4},
    {"ai.usage.completionTokens", Column::output_tokens, 5},
    {"gen_ai.usage.cache_read.input_tokens", Column::cache_read_tokens, 0},
    {"gen_ai.usage.cache_read_input_tokens", Column::cache_read_tokens, 1},
    {"gen_ai.usage.details.cache_read_tokens", Column::cache_read_tokens, 2},
    {"gen_ai.usage.details.cache_read_input_tokens", Column::cache_read_tokens, 3},
    {"gen_ai.usage.details.cached_tokens", Column::cache_read_tokens, 4},
    {"llm.token_count.prompt_details.cache_read", Column::cache_read_tokens, 5},
    {"ai.usage.cachedInputTokens", Column::cache_read_tokens, 6},
    {"gen_ai.usage.cache_creation.input_tokens", Column::cache_write_tokens, 0},
    {"gen_ai.usage.cache_creation_input_tokens", Column::cache_write_tokens, 1},
    {"gen_ai.usage.details.cache_write_tokens", Column::cache_write_tokens, 2},
    {"gen_ai.usage.details.cache_creation_input_tokens", Column::cache_write_tokens, 3},
    {"llm.token_count.prompt_details.cache_write", Column::cache_write_tokens, 4},
    {"gen_ai.usage.reasoning.output_tokens", Column::reasoning_tokens, 0},
    {"gen_ai.usage.reasoning_tokens", Column::reasoning_tokens, 1},
    {"gen_ai.usage.details.reasoning_tokens", Column::reasoning_tokens, 2},
    {"llm.token_count.completion_details.reasoning", Column::reasoning_tokens, 3},
    {"ai.usage.reasoningTokens", Column::reasoning_tokens, 4},
    {"gen_ai.aggregated_usage.input_tokens", Column::aggregated_input, 0},
    {"gen_ai.aggregated_usage.cache_read.input_tokens", Column::aggregated_cache_read, 0},
    {"gen_ai.aggregated_usage.details.cache_read_tokens", Column::aggregated_cache_read, 1},
    {"gen_ai.aggregated_usage.cache_creation.input_tokens", Column::aggregated_cache_write, 0},
    {"gen_ai.aggregated_usage.details.cache_write_tokens", Column::aggregated_cache_write, 1},
    {"gen_ai.aggregated_usage.output_tokens", Column::aggregated_output, 0},
    {"langfuse.observation.usage_details", Column::usage_details, 0},
    {"langsmith.usage_metadata", Column::usage_object, 0},
    {"mlflow.chat.tokenUsage", Column::usage_object, 1},
    {"ai.response.providerMetadata", Column::provider_metadata, 0},
    {"gcp.vertex.agent.llm_response", Column::vertex_response, 0},

    // --- money
    {"gen_ai.usage.cost", Column::cost, 0},
    {"llm.cost.total", Column::cost, 1},
    {"operation.cost", Column::cost, 2},
    {"langfuse.observation.cost_details", Column::cost_details, 0},
    {"mlflow.llm.cost", Column::cost_object, 0},

    // --- time to the first token
    {"gen_ai.response.time_to_first_chunk", Column::first_token_seconds, 0},
    {"gen_ai.client.operation.time_to_first_chunk", Column::first_token_seconds, 1},
    {"gen_ai.server.time_to_first_token", Column::first_token_seconds, 2},
    {"ai.response.msToFirstChunk", Column::first_token_millis, 0},
    {"ai.stream.msToFirstChunk", Column::first_token_millis, 1},
    {"langfuse.observation.completion_start_time", Column::first_token_time, 0},

    // --- texts
    {"user_prompt", Column::input_text, 0},
    {"gen_ai.input.messages", Column::input_text, 1},
    {"langfuse.observation.input", Column::input_text, 2},
    {"input.value", Column::input_text, 3},
    {"ai.prompt.messages", Column::input_text, 4},
    {"ai.prompt", Column::input_text, 5},
    {"mlflow.spanInputs", Column::input_text, 6},
    {"traceloop.entity.input", Column::input_text, 7},
    {"gen_ai.prompt", Column::input_text, 8},
    {"genkit:input", Column::input_text, 9},
    {"tool.parameters", Column::input_text, 10},
    {"gen_ai.retrieval.query.text", Column::query_text, 0},
    {"gen_ai.memory.query.text", Column::query_text, 1},
    {"reranker.query", Column::query_text, 2},
    {"db.query.text", Column::query_text, 3},

    // --- Claude Code's own spans
    {"model", Column::claude_model, 0},
    {"input_tokens", Column::claude_input, 0},
    {"cache_read_tokens", Column::claude_cache_read, 0},
    {"cache_creation_tokens", Column::claude_cache_write, 0},
    {"output_tokens", Column::claude_output, 0},
    {"cost_usd", Column::claude_cost, 0},
    {"tool_name", Column::claude_tool, 0},
    {"ttft_ms", Column::claude_first_token_millis, 0},
});

} // namespace clew
