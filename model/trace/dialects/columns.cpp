#include "model/trace/dialects/columns.h"

#include "model/base/text.h"
#include "model/trace/dialects/columns_parts.h"
#include "model/trace/dialects/columns_table.h"
#include "model/trace/dialects/key_table.h"
#include "model/trace/json_text.h"

#include <nlohmann/json.hpp>
#include <string>

namespace clew {

namespace {

static_assert(kColumnCount <= static_cast<int>(SeenColumns::kSlots));

constexpr KeyTable kKeys{kColumnKeys};

// Words that say "nothing" (ADK, Claude Code with content switched off).
bool says_nothing(const AttributeValue& value) {
    const std::string_view text = value.text;
    switch (value.type) {
    case AttributeValue::Type::none: return true;
    case AttributeValue::Type::text:
    case AttributeValue::Type::escaped:
        if (text.empty()) return true;
        if (text.size() > 18 || (text[0] != '<' && text[0] != 'N')) return false;
        return text == "<not specified>" || text == "<not serializable>" || text == "<REDACTED>" ||
               text == "N/A";
    case AttributeValue::Type::json: return text.empty();
    default: return false;
    }
}

std::string_view without_prefix(std::string_view text, std::initializer_list<std::string_view> prefixes) {
    for (const auto prefix : prefixes)
        if (text.starts_with(prefix) && text.size() > prefix.size()) return text.substr(prefix.size());
    return text;
}

// Some write the prompt and its version in one word: "support_v3", "support@2".
std::pair<std::string_view, std::string_view> split_prompt(std::string_view name) {
    if (const auto at = name.rfind('@'); at != std::string_view::npos && at > 0)
        return {name.substr(0, at), name.substr(at + 1)};
    if (const auto at = name.rfind("_v");
        at != std::string_view::npos && at > 0 && at + 2 < name.size() &&
        name.find_first_not_of("0123456789.", at + 2) == std::string_view::npos)
        return {name.substr(0, at), name.substr(at + 1)};
    return {name, {}};
}

// A prompt's key may hold the name or the whole text, which is no name.
bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= 80 && text.find_first_of(" \t\r\n{") == std::string_view::npos;
}

void apply_prompt(Span& span, const SeenColumns& seen, Arena& arena) {
    std::string scratch;
    std::string_view name = text_of(seen.find(Column::prompt_name), scratch, 200);
    if (is_name(name)) {
        const auto [base, version] = split_prompt(name);
        span.prompt_name = arena.copy(base);
        span.prompt_version = arena.copy(version);
    }
    if (const auto* version = seen.find(Column::prompt_version))
        span.prompt_version = arena.copy(text_of(version, scratch, 200));
    if (span.prompt_version.empty())
        span.prompt_version = arena.copy(text_of(seen.find(Column::prompt_hash), scratch, 200));
    if (const auto* linked = seen.find(Column::linked_prompts);
        linked != nullptr && span.prompt_name.empty()) {
        const auto json = nlohmann::json::parse(text_of(linked, scratch), nullptr, false);
        if (!json.is_array() || json.empty() || !json.front().is_object()) return;
        const auto text = [&](const char* key) {
            const auto it = json.front().find(key);
            if (it == json.front().end()) return std::string{};
            return it->is_string() ? it->get<std::string>() : it->dump();
        };
        span.prompt_name = arena.copy(text("name"));
        if (span.prompt_version.empty()) span.prompt_version = arena.copy(text("version"));
    }
}

// GenAI's older words for what has a new one.
std::string_view provider_name(std::string_view name) {
    constexpr std::pair<std::string_view, std::string_view> kRenamed[] = {
        {"vertex_ai", "gcp.vertex_ai"},
        {"gemini", "gcp.gemini"},
        {"az.ai.inference", "azure.ai.inference"},
        {"az.ai.openai", "azure.ai.openai"},
        {"xai", "x_ai"},
    };
    for (const auto& [old, now] : kRenamed)
        if (name == old) return now;
    return name;
}

// MLflow's values are JSON strings inside the string.
std::string_view without_quotes(std::string_view text, std::string& to) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') return text;
    return unescape_json(text.substr(1, text.size() - 2), to);
}

// Failures that the span's status does not tell.
void apply_error(Span& span, const SeenColumns& seen, Arena& arena) {
    std::string scratch;
    const auto fail = [&](std::string_view message) {
        span.status = Status::error;
        if (span.status_message.empty()) span.status_message = arena.copy(message);
    };
    if (equals_ignoring_case(text_of(seen.find(Column::error_level), scratch, 20), "error"))
        fail(text_of(seen.find(Column::error_message), scratch, 2000));
    if (span.kind == Kind::generic) return;
    if (const auto* type = seen.find(Column::error_type); type != nullptr && span.status == Status::unset)
        fail(text_of(*type, scratch, 200));
    if (span.kind == Kind::tool && truth_of(seen.find(Column::tool_failed)).value_or(false)) {
        span.flags |= kToolError;
        if (span.status != Status::error) fail({});
    }
}

} // namespace

bool ColumnReader::wants(std::string_view key) {
    return kKeys.find(key) != nullptr;
}

void ColumnReader::reset() {
    seen_.clear();
    scope_ = {};
}

void ColumnReader::see(std::string_view key, const AttributeValue& value) {
    // Rank 0 is what a user taught.
    if (taught_ != nullptr)
        if (const auto column = taught_->find(key); column && !says_nothing(value))
            seen_.keep(*column, 0, value);
    const ColumnKey* found = kKeys.find(key);
    if (found != nullptr && !says_nothing(value))
        seen_.keep(found->column, static_cast<std::uint8_t>(found->rank + 1), value);
}

void ColumnReader::see_scope(std::string_view scope_name) {
    scope_ = scope_name;
}

void ColumnReader::apply(Span& span, Arena& arena) const {
    if (seen_.empty()) return;
    std::string scratch;
    std::string unquoted;
    const auto text = [&](Column column) {
        const auto* value = seen_.find(column);
        return value == nullptr ? std::string_view{}
                                : arena.copy(without_quotes(text_of(*value, scratch, 1000), unquoted));
    };
    const bool claude = is_claude_code(seen_, span.name, scope_);
    const auto [kind, mcp, inferred] = kind_from(seen_, claude, taught_);
    if (span.kind == Kind::generic) {
        span.kind = kind;
        if (inferred) span.flags |= kInferredKind;
    }
    if (mcp) span.flags |= kMcp;

    span.session = text(Column::session);
    span.user = text(Column::user);
    span.trace_name = text(Column::trace_name);
    span.provider = provider_name(text(Column::provider));
    span.request_model = text(Column::request_model);
    span.model = text(Column::model);
    if (span.request_model.empty() && claude) span.request_model = text(Column::claude_model);
    // Genkit names a model's span after the model.
    if (span.request_model.empty() && span.model.empty() && span.kind == Kind::llm &&
        seen_.has(Column::genkit_subtype))
        span.request_model = text(Column::entity_name);
    if (span.model.empty()) span.model = span.request_model;
    // Where only the model tells that it was called, its name tells which kind of model it is.
    if ((span.flags & kInferredKind) != 0 && span.kind == Kind::llm &&
        lower(span.request_model.empty() ? span.model : span.request_model).find("embed") !=
            std::string::npos)
        span.kind = Kind::embedding;
    apply_prompt(span, seen_, arena);

    span.agent = text(Column::agent);
    if (span.agent.empty() && claude) span.agent = text(Column::claude_agent);
    if (span.agent.empty() && span.kind == Kind::agent) {
        span.agent = text(Column::function_id);
        if (span.agent.empty()) span.agent = text(Column::entity_name);
        if (span.agent.empty())
            if (const auto named = without_prefix(span.name, {"invoke_agent ", "create_agent "});
                named != span.name)
                span.agent = arena.copy(named);
    }
    span.tool = text(Column::tool);
    if (span.tool.empty() && claude) span.tool = text(Column::claude_tool);
    if (span.tool.empty() && span.kind == Kind::tool) {
        span.tool = text(Column::entity_name);
        if (span.tool.empty())
            span.tool = arena.copy(without_prefix(
                span.name, {"execute_tool ", "running tool: ", "tools/call ", "ai.toolCall ", "tool."}));
    }

    const auto [usage, aggregate] = usage_from(seen_, claude);
    span.usage = usage;
    if (aggregate) span.flags |= kAggregateUsage;
    span.flags |= service_tier_flag(text(Column::service_tier));
    span.reported_cost = cost_from(seen_, claude);
    span.first_token = first_token_from(seen_, span.start, claude);
    span.detail = arena.copy(detail_from(seen_, span.kind, scratch));
    apply_error(span, seen_, arena);

    if (truth_of(seen_.find(Column::silent_failure)).value_or(false) ||
        (span.kind == Kind::tool && span.status != Status::error && says_failure(seen_)))
        span.flags |= kSilentFailure;
}

} // namespace clew
