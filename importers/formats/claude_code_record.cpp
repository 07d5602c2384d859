#include "importers/formats/claude_code_record.h"

#include "model/base/text.h"

#include <array>

namespace clew::claude_code {

namespace dom = simdjson::dom;

Usage usage_of(const dom::object& usage) {
    Usage out;
    out.cache_read = json::count_of(usage, "cache_read_input_tokens");
    out.cache_write = json::count_of(usage, "cache_creation_input_tokens");
    if (const auto kept = object_of(usage, "cache_creation"))
        out.cache_write_1h = json::count_of(*kept, "ephemeral_1h_input_tokens");
    if (const auto input = json::count_of(usage, "input_tokens"))
        out.input = *input + out.cache_read.value_or(0) + out.cache_write.value_or(0);
    out.output = json::count_of(usage, "output_tokens");
    if (const auto details = object_of(usage, "output_tokens_details"))
        out.reasoning = json::count_of(*details, "thinking_tokens");
    return out;
}

std::optional<Record> read_record(std::string_view raw, const Json& line) {
    Record r;
    r.raw = raw;
    if (line.get(r.object) != simdjson::SUCCESS) return {};
    const dom::object& o = r.object;
    r.type = text_of(o, "type");
    r.subtype = text_of(o, "subtype");
    r.uuid = text_of(o, "uuid");
    r.parent = text_of(o, "parentUuid");
    if (r.parent.empty()) r.parent = text_of(o, "logicalParentUuid");
    r.session = text_of(o, "sessionId");
    if (r.session.empty()) {
        r.session = text_of(o, "session_id");
        r.stream = !r.session.empty();
    }
    r.timestamp = text_of(o, "timestamp");
    if (const auto time = parse_iso8601(r.timestamp)) r.time = *time;
    r.sidechain = flag_of(o, "isSidechain");
    r.meta = flag_of(o, "isMeta");
    r.compact_summary = flag_of(o, "isCompactSummary");
    r.agent_id = text_of(o, "agentId");
    r.parent_tool = text_of(o, "parent_tool_use_id");
    r.about = text_of(o, "leafUuid");
    if (r.about.empty()) r.about = text_of(o, "messageId");
    r.request_id = text_of(o, "requestId");
    r.source_record = text_of(o, "sourceToolAssistantUUID");
    r.source_tool = text_of(o, "sourceToolUseID");
    double cost = 0;
    if (o.at_key("costUSD").get(cost) == simdjson::SUCCESS) r.cost = from_usd(cost);

    if (const auto message = object_of(o, "message")) {
        r.has_message = true;
        r.message_id = text_of(*message, "id");
        r.model = text_of(*message, "model");
        r.stop_reason = text_of(*message, "stop_reason");
        Json content;
        if (message->at_key("content").get(content) == simdjson::SUCCESS && !content.is_null())
            r.content = content;
        if (const auto usage = object_of(*message, "usage")) r.usage = usage_of(*usage);
    } else {
        std::string_view text;
        Json content;
        if (o.at_key("message").get(content) == simdjson::SUCCESS && content.get(text) == simdjson::SUCCESS)
            r.content = content;
    }
    return r;
}

std::string plain_text(const Json& content, std::size_t max_bytes) {
    std::string out;
    const auto add = [&](std::string_view text) {
        if (out.size() >= max_bytes || text.empty()) return;
        if (!out.empty()) out += '\n';
        out += utf8_prefix(text, max_bytes - out.size());
    };
    std::string_view text;
    dom::array blocks;
    if (content.get(text) == simdjson::SUCCESS) {
        add(text);
    } else if (content.get(blocks) == simdjson::SUCCESS) {
        for (const Json block : blocks) {
            dom::object object;
            if (block.get(text) == simdjson::SUCCESS) {
                add(text);
            } else if (block.get(object) == simdjson::SUCCESS) {
                const std::string_view type = text_of(object, "type");
                if (type == "text") add(text_of(object, "text"));
                if (type == "image") add("[image]");
            }
            if (out.size() >= max_bytes) break;
        }
    }
    return out;
}

std::string main_argument(const Json& input) {
    constexpr std::array<std::string_view, 14> kKeys = {
        "command", "file_path", "notebook_path", "pattern", "query", "url",  "description",
        "path",    "skill",     "subject",       "prompt",  "plan",  "name", "operation"};
    constexpr std::size_t kMost = 80;
    dom::object object;
    std::string_view text;
    if (input.get(text) == simdjson::SUCCESS) return one_line(text, kMost);
    if (input.get(object) != simdjson::SUCCESS) return {};
    for (const std::string_view key : kKeys)
        if (const std::string_view found = text_of(object, key); !found.empty())
            return one_line(found, kMost);
    for (const auto field : object)
        if (field.value.get(text) == simdjson::SUCCESS && !text.empty()) return one_line(text, kMost);
    return {};
}

bool is_tool_result(const Json& content) {
    dom::array blocks;
    if (content.get(blocks) != simdjson::SUCCESS) return false;
    for (const Json block : blocks) {
        dom::object object;
        if (block.get(object) == simdjson::SUCCESS && text_of(object, "type") == "tool_result") return true;
    }
    return false;
}

} // namespace clew::claude_code
