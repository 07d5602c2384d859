#include "model/analysis/step/prompt.h"

#include <algorithm>
#include <array>

namespace clew {

namespace {

constexpr std::int64_t kBytesPerToken = 4; // of usual text
// Pictures and files have no text. What text leaves over is theirs, within these.
constexpr std::int64_t kLeastPicture = 85, kMostPicture = 2'000, kMostFile = 20'000;
// Templates wrap every message and definition in a few tokens of their own.
constexpr std::int64_t kWrap = 100, kWrapEach = 8;

struct Length {
    std::int64_t characters = 0, bytes = 0;
    void add(std::string_view text) {
        bytes += static_cast<std::int64_t>(text.size());
        std::int64_t continued = 0;
        for (const char c : text)
            continued += static_cast<std::int64_t>((static_cast<unsigned char>(c) & 0xC0u) == 0x80u);
        characters += static_cast<std::int64_t>(text.size()) - continued;
    }
};

// One stretch of the prompt, in the order in which it was sent.
struct Stretch {
    PromptPart part = PromptPart::system;
    std::int32_t message = -1; // -1 = tool definitions
    Length length;
    std::int64_t weight = 0; // what its share of the tokens goes by
    std::int64_t tokens = 0;
};

bool is_media(const MessagePart& part) {
    return part.type == PartType::image || part.type == PartType::file;
}

std::int32_t newest_user(const std::vector<Message>& messages) {
    for (std::size_t i = messages.size(); i-- > 0;) {
        const Message& message = messages[i];
        if (message.output || (message.role != "user" && message.role != "human")) continue;
        if (std::ranges::any_of(message.parts,
                                [](const MessagePart& p) { return p.type != PartType::tool_result; }))
            return static_cast<std::int32_t>(i);
    }
    return -1;
}

PromptPart part_of(const Message& message, const MessagePart& part, bool newest) {
    if (is_instruction(message)) return PromptPart::system;
    if (part.type == PartType::tool_result) return PromptPart::results;
    if (is_media(part)) return PromptPart::media;
    if (part.type == PartType::reasoning) return PromptPart::reasoning;
    if (message.role == "tool" && part.type != PartType::tool_call) return PromptPart::results;
    return newest ? PromptPart::user : PromptPart::history;
}

std::vector<Stretch> stretches_of(const Conversation& conversation) {
    std::vector<Stretch> out;
    for (const ToolDefinition& tool : conversation.tools) {
        Stretch one{PromptPart::tools, -1, {}};
        for (const std::string_view text : {std::string_view(tool.name), std::string_view(tool.description),
                                            std::string_view(tool.parameters_json)})
            one.length.add(text);
        out.push_back(one);
    }
    const std::int32_t newest = newest_user(conversation.messages);
    for (std::size_t i = 0; i < conversation.messages.size(); ++i) {
        const Message& message = conversation.messages[i];
        if (message.output) continue;
        const auto at = static_cast<std::int32_t>(i);
        for (const MessagePart& part : message.parts) {
            Stretch one{part_of(message, part, at == newest), at, {}};
            one.length.add(part.text);
            one.length.add(part.json);
            if (part.type == PartType::tool_call) one.length.add(part.tool_name);
            out.push_back(one);
        }
    }
    return out;
}

// Gives every stretch its tokens; what none of them can be is returned.
std::int64_t share_out(std::vector<Stretch>& stretches, const Conversation& conversation,
                       std::int64_t input) {
    std::int64_t text = 0, pictures = 0, files = 0;
    for (const Stretch& one : stretches)
        text += one.length.bytes;
    for (const Message& message : conversation.messages)
        for (const MessagePart& part : message.parts)
            if (!message.output && is_media(part)) (part.type == PartType::image ? pictures : files) += 1;
    const std::int64_t usual = text / kBytesPerToken;
    std::int64_t media = 0;
    if (pictures + files > 0) {
        const std::int64_t most = pictures * kMostPicture + files * kMostFile;
        const std::int64_t least = std::min((pictures + files) * kLeastPicture, input / 2);
        media = std::max(std::clamp<std::int64_t>(input - usual, 0, most), least);
    }
    std::int64_t words = input - media;
    std::int64_t hidden = 0;
    const std::int64_t wraps = kWrap + kWrapEach * static_cast<std::int64_t>(stretches.size());
    // Text has at least one and a half bytes a token, in any script.
    if (text == 0 || words - wraps > text * 2 / 3) {
        hidden = words - std::min(words, usual);
        words -= hidden;
    }
    // Cumulative rounding: the sum is exact, and nothing is off by more than one.
    const auto distribute = [&](std::int64_t tokens, bool to_media) {
        std::int64_t total = 0, sum = 0, given = 0;
        for (Stretch& one : stretches) {
            if ((one.part == PromptPart::media) != to_media) continue;
            one.weight = to_media ? 1 : one.length.bytes;
            total += one.weight;
        }
        if (total == 0) return;
        for (Stretch& one : stretches) {
            if ((one.part == PromptPart::media) != to_media) continue;
            sum += one.weight;
            const auto until = static_cast<std::int64_t>(
                static_cast<double>(tokens) * (static_cast<double>(sum) / static_cast<double>(total)) + 0.5);
            one.tokens = until - given;
            given = until;
        }
    };
    distribute(words, false);
    distribute(media, true);
    return hidden;
}

} // namespace

bool is_instruction(const Message& message) {
    return message.role == "system" || message.role == "developer";
}

std::string_view prompt_part_name(PromptPart part) {
    static constexpr std::array<std::string_view, kPromptParts> kNames = {
        "not_kept", "system", "tools", "history", "reasoning", "results", "media", "user"};
    return kNames[static_cast<std::size_t>(part)];
}

const PromptShare* PromptComposition::find(PromptPart part) const {
    const auto at = std::ranges::find(shares, part, &PromptShare::part);
    return at == shares.end() ? nullptr : &*at;
}

std::optional<double> PromptComposition::cached_share() const {
    if (!input_tokens || *input_tokens <= 0 || !cache_read) return {};
    return std::clamp(static_cast<double>(*cache_read) / static_cast<double>(*input_tokens), 0.0, 1.0);
}

Usage prompt_usage(const SpanDetail& span) {
    return span.kind == Kind::llm && (span.flags & kAggregateUsage) == 0 ? span.usage : Usage{};
}

PromptComposition compose_prompt(const Conversation& conversation, const Usage& usage) {
    PromptComposition out;
    out.messages.resize(conversation.messages.size());
    out.cache_read = usage.cache_read;
    out.cache_write = usage.cache_write;
    if (usage.input && *usage.input > 0) out.input_tokens = usage.input;

    std::vector<Stretch> stretches = stretches_of(conversation);
    const std::int64_t hidden = out.input_tokens ? share_out(stretches, conversation, *out.input_tokens) : 0;

    std::array<PromptShare, kPromptParts> shares;
    for (std::size_t i = 0; i < kPromptParts; ++i)
        shares[i].part = static_cast<PromptPart>(i);
    const bool counted = out.input_tokens.has_value();
    const auto grow = [counted](PromptSize& size, const Stretch& one) {
        size.characters += one.length.characters;
        if (counted) size.tokens = size.tokens.value_or(0) + one.tokens;
    };
    // What is not in the record stands before what is: it is what a format leaves out of a resent prompt.
    std::int64_t at = hidden;
    const std::int64_t cached = out.input_tokens ? usage.cache_read.value_or(0) : 0;
    if (hidden > 0) {
        PromptShare& share = shares[static_cast<std::size_t>(PromptPart::not_kept)];
        share.size.tokens = hidden;
        share.cached = std::min(cached, hidden);
    }
    for (const Stretch& one : stretches) {
        PromptShare& share = shares[static_cast<std::size_t>(one.part)];
        grow(share.size, one);
        ++share.pieces;
        out.characters += one.length.characters;
        if (share.first_message < 0) share.first_message = one.message;
        if (one.message >= 0)
            grow(out.messages[static_cast<std::size_t>(one.message)], one);
        else
            grow(out.tools, one);
        const std::int64_t within = std::clamp<std::int64_t>(cached - at, 0, one.tokens);
        share.cached += within;
        if (within > 0 && one.message >= 0) out.cached_until = one.message;
        at += one.tokens;
    }
    for (const PromptShare& share : shares)
        if (share.pieces > 0 || share.size.tokens.value_or(0) > 0) out.shares.push_back(share);
    return out;
}

} // namespace clew
