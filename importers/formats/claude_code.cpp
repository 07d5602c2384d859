// Claude Code: session JSONL, subagent files beside it, and `claude -p --output-format stream-json`.
#include "importers/formats/claude_code_sessions.h"
#include "importers/importer.h"
#include "importers/support/json_documents.h"
#include "model/base/text.h"
#include "model/trace/dialects/json_repair.h"

#include <array>

namespace clew {

namespace {

constexpr std::uint64_t kLargestLine = 1ull << 30;
constexpr std::size_t kDeepest = 100'000;

class ClaudeCodeImporter final : public Importer {
public:
    Result<void> begin(const Part& part, SpanSink& sink) override {
        part_ = part.name;
        lines_ = JsonDocuments(JsonDocuments::Layout::lines, kLargestLine);
        sessions_.begin_part(stem(part.name), part.modified, sink);
        return {};
    }

    Result<void> push(std::string_view bytes) override {
        return lines_.push(bytes, [this](const JsonDocument& line) { return take(line); });
    }

    Result<void> end() override {
        auto rest = lines_.end([this](const JsonDocument& line) { return take(line); });
        sessions_.end_part();
        return rest ? stopped() : rest;
    }

    Result<void> finish(SpanSink& sink) override {
        sessions_.finish(sink);
        return stopped();
    }

private:
    static std::string stem(std::string_view name) {
        if (const auto slash = name.find_last_of("/\\"); slash != std::string_view::npos)
            name.remove_prefix(slash + 1);
        return std::string(name.substr(0, name.find('.')));
    }

    [[nodiscard]] Result<void> stopped() const {
        if (sessions_.stopped()) return Error{"cancelled", {}, part_};
        return {};
    }

    Result<void> take(const JsonDocument& line) {
        std::string repaired;
        std::string_view raw = line.text;
        claude_code::Json json;
        auto failed = parse(raw, json);
        if (failed == simdjson::UTF8_ERROR || failed == simdjson::STRING_ERROR) {
            // Half a character, where a program cut text between two UTF-16 units or two bytes.
            repaired = with_valid_escapes(to_utf8(raw));
            const simdjson::padded_string padded(repaired);
            failed = parser_.parse(padded).get(json);
            if (!failed && !is_utf8(raw)) raw = repaired; // else the line is kept as it was written
        }
        if (failed) {
            std::string_view why = simdjson::error_message(failed);
            why = why.substr(0, why.find_first_of(".:"));
            sessions_.output().note({Severity::error,
                                     line.cut ? "claude_code.cut_line" : "claude_code.bad_line",
                                     {part_, std::to_string(line.line), std::string(why)},
                                     part_,
                                     line.offset,
                                     line.line});
            return {};
        }
        if (std::string_view(part_).ends_with(".meta.json")) return take_meta(json);
        simdjson::dom::array list;
        if (json.get(list) == simdjson::SUCCESS && list.size() > 0 && (*list.begin()).is_object()) {
            for (const claude_code::Json element : list)
                record(simdjson::minify(element), element);
        } else {
            record(raw, json);
        }
        return stopped();
    }

    simdjson::error_code parse(std::string_view text, claude_code::Json& json) {
        // Room for deep nesting: the parser's own bound would drop records that are merely odd.
        if (text.size() > parser_.capacity() || parser_.max_depth() < kDeepest)
            if (const auto error = parser_.allocate(std::max<std::size_t>(text.size(), 64 * 1024), kDeepest))
                return error;
        return parser_.parse(text.data(), text.size(), false).get(json);
    }

    void record(std::string_view raw, const claude_code::Json& json) {
        if (const auto fields = claude_code::read_record(raw, json))
            sessions_.take(*fields);
        else
            sessions_.take_odd(raw);
    }

    Result<void> take_meta(const claude_code::Json& json) {
        simdjson::dom::object object;
        if (json.get(object) != simdjson::SUCCESS) return {};
        std::string agent = stem(part_);
        if (agent.starts_with("agent-")) agent.erase(0, 6);
        sessions_.take_agent_file(agent, claude_code::text_of(object, "toolUseId"),
                                  claude_code::text_of(object, "agentType"));
        return {};
    }

    std::string part_;
    JsonDocuments lines_;
    simdjson::dom::parser parser_;
    claude_code::Sessions sessions_;
};

bool has(std::string_view text, std::string_view what) {
    return text.find(what) != std::string_view::npos;
}

// Keys as they stand in the file: inside another tool's dump they would be escaped, so no parsing is needed.
bool has_member(std::string_view line, std::string_view key, std::string_view value) {
    for (const std::string_view blank : {"", " "})
        if (has(line,
                "\"" + std::string(key) + "\":" + std::string(blank) + "\"" + std::string(value) + "\""))
            return true;
    return false;
}
bool has_key(std::string_view line, std::string_view key) {
    return has(line, "\"" + std::string(key) + "\":");
}

Confidence sniff_line(std::string_view line) {
    if (has_key(line, "sessionId") && has_key(line, "isSidechain") && has_key(line, "parentUuid"))
        return Confidence::yes;
    if (has_key(line, "leafUuid") && has_member(line, "type", "summary")) return Confidence::yes;
    if (has_member(line, "type", "file-history-snapshot") && has_key(line, "messageId"))
        return Confidence::yes;
    if (has_key(line, "session_id") &&
        (has_key(line, "parent_tool_use_id") ||
         (has_member(line, "type", "system") && has_member(line, "subtype", "init"))))
        return Confidence::yes;
    if (has_key(line, "sessionId") && !has_key(line, "projectHash"))
        for (const std::string_view type :
             {"queue-operation", "permission-mode", "mode", "custom-title", "ai-title", "agent-name",
              "last-prompt", "attachment", "progress"})
            if (has_member(line, "type", type)) return Confidence::yes;
    return Confidence::no;
}

Confidence sniff(const Head& head) {
    if (head.name.ends_with(".meta.json") && has_key(head.bytes, "agentType") &&
        has_key(head.bytes, "toolUseId"))
        return Confidence::maybe;
    std::string_view rest = head.bytes;
    for (int lines = 0; lines < 40 && !rest.empty(); ++lines) {
        const std::size_t newline = rest.find('\n');
        const std::string_view line = trimmed(rest.substr(0, newline));
        rest = newline == std::string_view::npos ? std::string_view{} : rest.substr(newline + 1);
        if (!line.starts_with('{') && !line.starts_with("[{") && !line.starts_with("\xef\xbb\xbf{")) continue;
        if (sniff_line(line) == Confidence::yes) return Confidence::yes;
    }
    return Confidence::no;
}

constexpr std::array<std::string_view, 1> kSuffixes = {".jsonl"};

} // namespace

extern const Format claude_code_format;
const Format claude_code_format{
    .id = claude_code::kFormatId,
    .title = "Claude Code session",
    .suffixes = kSuffixes,
    .sniff = sniff,
    .create = [] { return std::unique_ptr<Importer>(std::make_unique<ClaudeCodeImporter>()); },
};

} // namespace clew
