#include "importers/support/otlp_log_event.h"

#include "model/base/text.h"

#include <array>
#include <utility>

namespace clew {

std::string_view OtlpLogEvent::resolved_name() const {
    if (!name.empty()) return name;
    constexpr std::string_view kOpening = R"({"stringValue":")";
    std::string_view text = body;
    if (!text.starts_with(kOpening) || !text.ends_with("\"}")) return {};
    text = text.substr(kOpening.size(), text.size() - kOpening.size() - 2);
    for (const std::string_view agent : {"claude_code.", "gemini_cli.", "codex.", "gen_ai."})
        if (text.starts_with(agent) && text.find_first_of(" \\\"") == std::string_view::npos) return text;
    return {};
}

std::string OtlpLogEvent::json(TimeNs time) const {
    std::string out = "{\"timeUnixNano\":\"";
    out += time == kNoTime ? "0" : std::to_string(time);
    out += "\",\"name\":";
    append_json_string(out, resolved_name());
    out += ",\"attributes\":[";
    std::string_view inner = trimmed(attributes);
    if (inner.size() >= 2) inner = trimmed(inner.substr(1, inner.size() - 2));
    out += inner;
    bool first = inner.empty();
    const std::array<std::pair<std::string_view, const std::string*>, 3> more{
        {{"body", &body}, {"severityNumber", &severity_number}, {"severityText", &severity_text}}};
    for (const auto& [key, value] : more) {
        if (value->empty() || *value == "{}") continue;
        if (!first) out += ',';
        first = false;
        (((out += "{\"key\":\"") += key) += "\",\"value\":") += *value;
        out += '}';
    }
    out += "]}";
    return out;
}

} // namespace clew
