#include "model/analysis/step/continuation.h"

#include "model/analysis/step/step_text.h"
#include "model/base/hash.h"
#include "model/base/numbers.h"
#include "model/base/text.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

namespace clew {

namespace {

using Item = CallPrompt::Item;

// Caches are kept for five minutes since their last use, where nothing else was asked for.
constexpr DurationNs kShortLife = 300 * kSecond, kLongLife = 3'600 * kSecond;
// Providers cache whole blocks: what is read is a little less than what was there.
constexpr double kEnough = 0.8;
constexpr double kShrunk = 0.7;
constexpr std::int64_t kWorthCaching = 512; // tokens

// Names of one role in the shapes of providers.
std::uint64_t role_of(const Message& message) {
    const std::string_view role = message.role;
    if (is_instruction(message)) return 1;
    if (role == "assistant" || role == "model" || role == "ai") return 2;
    return 3; // results stand under user, tool and function alike
}

// Arguments come back as text or as an object, with other blanks.
std::string without_blanks(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    bool quoted = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (quoted && c == '\\' && i + 1 < json.size()) {
            out += c;
            out += json[++i];
            continue;
        }
        if (c == '"') quoted = !quoted;
        if (quoted || (c != ' ' && c != '\n' && c != '\t' && c != '\r')) out += c;
    }
    return out;
}

std::uint64_t hash_of(const Message& message, const MessagePart& part) {
    auto seed = static_cast<std::uint64_t>(part.type) * 8;
    if (part.type != PartType::tool_result) seed += role_of(message);
    std::uint64_t hash = hash64(trimmed(part.text), seed);
    hash = hash64(part.type == PartType::tool_call ? without_blanks(part.json) : part.json, hash);
    if (part.type == PartType::tool_call) hash = hash64(part.tool_name, hash);
    if (part.type == PartType::image || part.type == PartType::file) hash = hash64(part.uri, hash);
    return hash;
}

// A dated name is the same model: gpt-4.1-mini and gpt-4.1-mini-2025-04-14.
bool other_model(std::string_view was, std::string_view is) {
    if (was.empty() || is.empty()) return false;
    const auto dated = [](std::string_view name, std::string_view full) {
        return full.starts_with(name) &&
               (full.size() == name.size() || (full[name.size()] == '-' && full.size() > name.size() + 1 &&
                                               full[name.size() + 1] >= '0' && full[name.size() + 1] <= '9'));
    };
    return !dated(was, is) && !dated(is, was);
}

// The first items that differ, as indices of both lists.
struct Difference {
    std::size_t before = 0, now = 0;
};

// Walks both from the front; `same` is told of pairs that are equal. What a model thought before it answered
// is often not sent back, or only then.
template <class Same>
Difference walk(const std::vector<const Item*>& before, const std::vector<const Item*>& now, Same same) {
    Difference at;
    while (at.before < before.size() && at.now < now.size()) {
        const Item& was = *before[at.before];
        const Item& is = *now[at.now];
        if (was.hash == is.hash) {
            same(was, is, at.now);
            ++at.before;
            ++at.now;
        } else if (was.output && was.reasoning) {
            ++at.before;
        } else if (was.output && is.reasoning) {
            same(was, is, at.now++);
        } else {
            break;
        }
    }
    return at;
}

std::vector<const Item*> spoken(const CallPrompt& call, bool outputs) {
    std::vector<const Item*> out;
    for (std::size_t i = 0; i < (outputs ? call.items.size() : call.inputs); ++i)
        if (!call.items[i].instruction) out.push_back(&call.items[i]);
    return out;
}

class Comparison {
public:
    Comparison(const CallPrompt& previous, const CallPrompt& current)
        : was_(previous)
        , is_(current) {
        const std::size_t count = is_.conversation->messages.size();
        out_.messages.assign(count, MessageChange::fresh);
        tally_.resize(count);
        source_.assign(count, -1);
    }

    PromptChange run() {
        const Overlap overlap = overlap_of(was_, is_);
        // Where little is kept, a short result may be equal by chance; what that call answered is not.
        const bool resends =
            overlap.with_answer || (overlap.shared_items > 1 && overlap.shared_items * 2 >= overlap.items);
        out_.history_known = is_.inputs > 0 && (!is_.keeps_only_new() || resends);
        if (out_.history_known) compare_messages();
        count();
        judge_cache();
        return std::move(out_);
    }

private:
    struct Tally {
        int items = 0, resent = 0, answers = 0;
    };

    void compare_messages() {
        std::vector<const Item*> before, now;
        for (const Item& item : was_.items)
            before.push_back(&item);
        for (std::size_t i = 0; i < is_.inputs; ++i) {
            now.push_back(&is_.items[i]);
            ++tally_[at(is_.items[i].message)].items;
        }
        gone_.assign(was_.conversation->messages.size(), false);
        for (std::size_t i = 0; i < was_.inputs; ++i)
            gone_[at(was_.items[i].message)] = true;
        const Difference first =
            walk(before, now, [&](const Item& was, const Item& is, std::size_t) { keep(was, is); });
        const bool ended = first.now == now.size();
        out_.prefix_changed = first.before < was_.inputs && !ended;
        std::unordered_map<std::uint64_t, std::vector<const Item*>> rest;
        for (std::size_t i = before.size(); i-- > first.before;)
            rest[before[i]->hash].push_back(before[i]);
        for (std::size_t i = first.now; i < now.size(); ++i) {
            const auto found = rest.find(now[i]->hash);
            if (found == rest.end() || found->second.empty()) continue;
            keep(*found->second.back(), *now[i]);
            found->second.pop_back();
        }
        settle(first.now);
        if (!out_.prefix_changed) return;
        out_.differs_at = now[first.now]->message;
        explain_difference(*before[first.before], *now[first.now]);
    }

    void keep(const Item& was, const Item& is) {
        Tally& tally = tally_[at(is.message)];
        ++(was.output ? tally.answers : tally.resent);
        source_[at(is.message)] = was.message;
        gone_[at(was.message)] = false;
    }

    // Tells changed messages from new ones: a new one that stands where an old one is gone replaced it.
    void settle(std::size_t first_item) {
        const auto& messages = is_.conversation->messages;
        const std::int32_t begin = first_item < is_.inputs ? is_.items[first_item].message
                                                           : static_cast<std::int32_t>(messages.size());
        std::vector<std::size_t> run;
        std::int32_t old = 0;
        const auto close = [&](std::int32_t until) {
            for (const std::size_t m : run) {
                while (old < until && !gone_[at(old)])
                    ++old;
                if (old >= until) break;
                if (role_of(was_.conversation->messages[at(old)]) != role_of(messages[m])) continue;
                out_.messages[m] = MessageChange::changed;
                gone_[at(old++)] = false;
            }
            run.clear();
            old = std::max(old, until);
        };
        for (std::size_t m = 0; m < messages.size(); ++m) {
            const Tally& tally = tally_[m];
            if (messages[m].output) continue;
            if (tally.items == 0) {
                if (static_cast<std::int32_t>(m) < begin) out_.messages[m] = MessageChange::resent;
            } else if (tally.resent + tally.answers == tally.items) {
                out_.messages[m] =
                    tally.answers == tally.items ? MessageChange::answer : MessageChange::resent;
                close(source_[m]);
                old = std::max(old, source_[m] + 1);
            } else if (tally.resent + tally.answers > 0) {
                out_.messages[m] = MessageChange::changed;
                close(source_[m]);
                old = std::max(old, source_[m] + 1);
            } else {
                run.push_back(m);
            }
        }
        close(static_cast<std::int32_t>(gone_.size()));
        out_.dropped = std::ranges::count(gone_, true);
    }

    void count() {
        const auto& messages = is_.conversation->messages;
        for (std::size_t m = 0; m < messages.size(); ++m) {
            if (messages[m].output) out_.messages[m] = MessageChange::output;
            PromptSize* size = nullptr;
            switch (out_.messages[m]) {
            case MessageChange::resent: ++out_.resent, size = &out_.resent_size; break;
            case MessageChange::answer: ++out_.answers, size = &out_.resent_size; break;
            case MessageChange::changed: ++out_.changed, size = &out_.fresh_size; break;
            case MessageChange::fresh: ++out_.fresh, size = &out_.fresh_size; break;
            case MessageChange::output: continue;
            }
            const PromptSize& own = is_.composition.messages[m];
            size->characters += own.characters;
            if (own.tokens) size->tokens = size->tokens.value_or(0) + *own.tokens;
        }
    }

    void explain_difference(const Item& was, const Item& is) {
        const Message& before = was_.conversation->messages[at(was.message)];
        const Message& now = is_.conversation->messages[at(is.message)];
        const MessageChange change = out_.messages[at(is.message)];
        const std::string number = std::to_string(is.message + 1);
        if (was.instruction || is.instruction) {
            const auto [from, to] = first_difference(was.instruction ? &before.parts[at(was.part)] : nullptr,
                                                     is.instruction ? &now.parts[at(is.part)] : nullptr);
            structural_ = {"step.system_changed", {from, to}};
        } else if (out_.dropped > out_.changed || (out_.dropped > 0 && change != MessageChange::changed)) {
            structural_ = {"step.history_cut", {format_count(out_.dropped)}};
        } else if (change == MessageChange::changed) {
            const auto [from, to] = first_difference(&before.parts[at(was.part)], &now.parts[at(is.part)]);
            structural_ = {"step.message_edited", {number, now.role, from, to}};
        } else {
            structural_ = {"step.message_inserted", {number, now.role}};
        }
    }

    void judge_cache() {
        std::vector<BreakReason> reasons;
        bool at_start = false;
        if (other_model(was_.model, is_.model)) {
            reasons.push_back({"step.model_changed", {was_.model, is_.model}});
            at_start = true;
        }
        if (was_.tools != is_.tools && !was_.tools.empty() && !is_.tools.empty()) {
            reasons.push_back(tools_reason(*was_.conversation, *is_.conversation));
            at_start = true;
        }
        if (!structural_.code.empty()) reasons.push_back(structural_);
        if (at_start) {
            out_.prefix_changed = true;
            out_.differs_at = -1;
        }
        const std::optional<std::int64_t> now = is_.usage.cache_read;
        const std::int64_t kept = was_.usage.cache_read.value_or(0) + was_.usage.cache_write.value_or(0);
        const bool shrunk =
            !out_.history_known && was_.usage.input && is_.usage.input &&
            static_cast<double>(*is_.usage.input) < kShrunk * static_cast<double>(*was_.usage.input);
        if (now && kept >= kWorthCaching)
            out_.cache = static_cast<double>(*now) >= kEnough * static_cast<double>(kept)
                             ? CacheVerdict::held
                             : CacheVerdict::broke;
        else if (now && *now > 0 && reasons.empty())
            out_.cache = CacheVerdict::held;
        if (out_.cache == CacheVerdict::held) return;
        if (shrunk)
            reasons.push_back(
                {"step.shrunk", {format_count(*was_.usage.input), format_count(*is_.usage.input)}});
        if (out_.cache == CacheVerdict::broke) {
            const bool hour = was_.usage.cache_write_1h.value_or(0) > 0;
            const auto passed = between(was_.end == kNoTime ? was_.start : was_.end, is_.start);
            if (passed && *passed > (hour ? kLongLife : kShortLife))
                reasons.push_back({hour ? "step.expired_1h" : "step.expired_5m", {format_duration(passed)}});
            if (reasons.empty()) {
                const std::vector<std::string> figures{format_count(*now), format_count(kept)};
                reasons.push_back(
                    {out_.history_known ? "step.cache_lost" : "step.cache_lost_unseen", figures});
            }
        }
        out_.reasons = std::move(reasons);
        if (out_.cache == CacheVerdict::broke && !out_.prefix_changed)
            out_.differs_at = is_.composition.cached_until;
    }

    static std::size_t at(std::int32_t index) { return static_cast<std::size_t>(index); }

    const CallPrompt& was_;
    const CallPrompt& is_;
    PromptChange out_;
    std::vector<Tally> tally_;         // by message
    std::vector<std::int32_t> source_; // the old message that one was found in
    std::vector<bool> gone_;           // old messages that are not in this prompt
    BreakReason structural_;
};

} // namespace

bool CallPrompt::keeps_only_new() const {
    if (inputs == 0) return false;
    // A result whose call is not there.
    const auto first = std::ranges::find(items, false, &Item::instruction);
    if (first != items.end() && !first->output) {
        const auto& parts = conversation->messages[static_cast<std::size_t>(first->message)].parts;
        if (parts[static_cast<std::size_t>(first->part)].type == PartType::tool_result) return true;
    }
    const PromptShare* hidden = composition.find(PromptPart::not_kept);
    if (!hidden || !composition.input_tokens) return false;
    return *hidden->size.tokens * 2 > *composition.input_tokens;
}

CallPrompt call_prompt(const SpanDetail& span, std::shared_ptr<const Conversation> conversation) {
    CallPrompt out;
    out.span = span.id;
    out.conversation = std::move(conversation);
    out.model = span.model.empty() ? span.request_model : span.model;
    out.usage = prompt_usage(span);
    out.start = span.start;
    out.end = span.end;
    out.composition = compose_prompt(*out.conversation, out.usage);
    const auto append = [&](bool outputs) {
        for (std::size_t m = 0; m < out.conversation->messages.size(); ++m) {
            const Message& message = out.conversation->messages[m];
            if (message.output != outputs) continue;
            for (std::size_t p = 0; p < message.parts.size(); ++p) {
                const MessagePart& part = message.parts[p];
                out.items.push_back({hash_of(message, part), static_cast<std::int32_t>(m),
                                     static_cast<std::int32_t>(p), is_instruction(message), message.output,
                                     part.type == PartType::reasoning,
                                     static_cast<std::int64_t>(part.text.size() + part.json.size())});
            }
        }
    };
    append(false);
    out.inputs = out.items.size();
    append(true);
    for (const ToolDefinition& tool : out.conversation->tools)
        out.tools.push_back(hash_of_tool(tool));
    return out;
}

Overlap overlap_of(const CallPrompt& previous, const CallPrompt& current) {
    Overlap out;
    const std::vector<const Item*> before = spoken(previous, true);
    const std::vector<const Item*> now = spoken(current, false);
    const auto inputs = static_cast<std::size_t>(std::ranges::count(before, false, &Item::output));
    const Difference first = walk(before, now, [&](const Item&, const Item& is, std::size_t) {
        ++out.prefix_items;
        out.prefix_bytes += is.bytes;
    });
    out.whole = inputs > 0 && first.before >= inputs;
    out.with_answer = out.whole && first.before == before.size() && before.size() > inputs;
    out.items = now.size();
    std::unordered_map<std::uint64_t, int> rest;
    for (const Item* item : before)
        ++rest[item->hash];
    for (const Item* item : now)
        if (const auto found = rest.find(item->hash); found != rest.end() && found->second-- > 0)
            ++out.shared_items;
    return out;
}

std::string_view message_change_name(MessageChange change) {
    static constexpr std::array<std::string_view, 5> kNames = {"resent", "answer", "changed", "new",
                                                               "output"};
    return kNames[static_cast<std::size_t>(change)];
}

std::string_view cache_verdict_name(CacheVerdict verdict) {
    static constexpr std::array<std::string_view, 3> kNames = {"unknown", "held", "broke"};
    return kNames[static_cast<std::size_t>(verdict)];
}

PromptChange compare_prompts(const CallPrompt& previous, const CallPrompt& current) {
    return Comparison(previous, current).run();
}

} // namespace clew
