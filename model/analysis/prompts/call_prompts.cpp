#include "model/analysis/prompts/call_prompts.h"

#include "model/analysis/prompts/prompt_text.h"
#include "model/base/hash.h"
#include "model/base/text.h"
#include "model/trace/dialects/messages.h"

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace clew {

namespace {

constexpr std::size_t kLongestName = 80;

// What a source says of the text itself, the plainest first: variables are not filled in there.
std::optional<PromptText> stated_text(const SpanDetail& span) {
    constexpr std::array<std::string_view, 7> kKeys{"prompt_hash",
                                                    "prompt.hash",
                                                    "traceloop.prompt.version_hash",
                                                    "llm.prompt_template.template",
                                                    "traceloop.prompt.template",
                                                    "prompt.template",
                                                    "prompt_template"};
    if (span.attributes.find("prompt") == std::string::npos) return {};
    std::array<std::string, kKeys.size()> found;
    for (const PlainAttribute& attribute : plain_attributes(span.attributes)) {
        for (std::size_t i = 0; i < kKeys.size(); ++i) {
            if (attribute.key != kKeys[i]) continue;
            const auto json = nlohmann::json::parse(attribute.json, nullptr, false);
            if (json.is_string()) found[i] = json.get<std::string>();
        }
    }
    constexpr std::size_t kHashes = 3;
    for (std::size_t i = 0; i < kKeys.size(); ++i) {
        // One word is a name, not a template.
        if (found[i].empty() || (i >= kHashes && found[i].find(' ') == std::string::npos)) continue;
        PromptText out;
        out.text = found[i];
        out.hash = out.near = hash64(found[i]);
        return out;
    }
    return {};
}

} // namespace

std::string CallPrompts::name_of(const SpanDetail& span) const {
    if (!span.prompt_name.empty()) return span.prompt_name;
    if (!span.agent.empty()) return span.agent;
    if (const auto owner = owners_.find(span.parent); owner != owners_.end() && !owner->second.empty())
        return owner->second;
    // "chat gpt-4o": the same prompt on another model is the same prompt.
    std::string name = span.name;
    for (const std::string* model : {&span.model, &span.request_model})
        if (!model->empty())
            if (const auto at = name.find(*model); at != std::string::npos) name.erase(at, model->size());
    name = one_line(name, kLongestName);
    return name.empty() ? "prompt" : std::string(trimmed(name));
}

void CallPrompts::add(const SpanDetail& span) {
    std::string owner = span.agent;
    if (owner.empty() && (span.kind == Kind::agent || span.kind == Kind::workflow))
        owner = one_line(span.name, kLongestName);
    if (const auto above = owners_.find(span.parent); owner.empty() && above != owners_.end())
        owner = above->second;
    if (span.kind == Kind::llm) {
        auto text = stated_text(span);
        const bool stated = text.has_value();
        if (!text) text = prompt_text(conversation_of(span));
        if (!stated && span.prompt_name.empty() && !span.prompt_version.empty()) {
            // A version of an unnamed prompt.
            if (!text) text.emplace();
            text->near = hash64(span.prompt_version);
        }
        if (text)
            calls_.push_back({span.id, name_of(span),
                              span.prompt_name.empty() ? std::string() : span.prompt_version, text->near,
                              std::move(text->text), span.start});
    }
    owners_.emplace(span.id, std::move(owner));
}

} // namespace clew
