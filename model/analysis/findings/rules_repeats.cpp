// What was done again and again.

#include "model/analysis/canonical_json.h"
#include "model/analysis/findings/rules.h"
#include "model/base/text.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

namespace clew::rules {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kShown = 120;

// The first time was work; everything from the second on was not.
Wasted wasted_after_first(const RuledTrace& trace, std::int32_t owner,
                          const std::vector<std::int32_t>& calls) {
    std::vector<std::int32_t> repeats(calls.begin() + 1, calls.end());
    const RuledSpan& first = trace.spans()[static_cast<std::size_t>(calls.front())];
    const RuledSpan& last = trace.spans()[static_cast<std::size_t>(calls.back())];
    if (first.start != kNoTime && last.start != kNoTime)
        for (const std::int32_t call : calls_between(trace, owner, first.start, last.start))
            repeats.push_back(call);
    return spent_by(trace, repeats);
}

// One run that two layers tell of: the SDK's tool and the server's below it, the framework's call and the
// provider's.
bool repeats_parent(const RuledTrace& trace, const RuledSpan& span) {
    if (span.parent < 0) return false;
    const RuledSpan& parent = trace.spans()[static_cast<std::size_t>(span.parent)];
    if (is_tool(span)) return is_tool(parent) && tool_name(parent) == tool_name(span);
    return parent.kind == span.kind && parent.model == span.model;
}

std::string without_full_stop(std::string text) {
    while (text.ends_with('.'))
        text.pop_back();
    return text;
}

std::string without_numbers(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c < '0' || c > '9') out += c;
    return out;
}

// Commands fail with numbers for all kinds of reasons.
bool is_exit_code(std::string_view message) {
    constexpr std::size_t kLongest = 30;
    const std::string small = lower(message);
    return small.size() <= kLongest && small.find("exit") != std::string::npos;
}

bool same_attempt(const RuledSpan& before, const RuledSpan& now) {
    if (without_numbers(without_volatile(before.arguments)) ==
        without_numbers(without_volatile(now.arguments)))
        return true;
    return !now.status_message.empty() && !is_exit_code(now.status_message) &&
           without_numbers(before.status_message) == without_numbers(now.status_message);
}

struct Edit {
    std::string path, before, after;
    std::int32_t at = 0;
};

// An edit replaces one text of a file by another, whatever its tool calls the two.
std::optional<Edit> edit_of(const RuledSpan& span, std::int32_t at) {
    if (span.arguments.empty() || span.arguments.front() != '{') return {};
    const Json arguments = Json::parse(span.arguments, nullptr, false);
    if (!arguments.is_object()) return {};
    const auto text = [&](std::initializer_list<const char*> keys) -> std::optional<std::string> {
        for (const char* key : keys)
            if (const auto found = arguments.find(key); found != arguments.end() && found->is_string())
                return found->get<std::string>();
        return {};
    };
    const auto path = text({"file_path", "path", "filename", "file", "target_file"});
    const auto before = text({"old_string", "old_str", "old_text", "old", "search"});
    const auto after = text({"new_string", "new_str", "new_text", "new", "replace"});
    if (!path || !before || !after || *before == *after) return {};
    return Edit{*path, *before, *after, at};
}

} // namespace

void loop(const RuledTrace& trace, const Thresholds& limits, Found& out) {
    std::map<std::tuple<std::int32_t, std::string, std::string>, std::vector<std::int32_t>> equal;
    for (const std::int32_t at : by_start(trace)) {
        const RuledSpan& span = trace.spans()[static_cast<std::size_t>(at)];
        // Arguments that no source states are not equal ones.
        if (!is_tool(span) || span.arguments.empty() || repeats_parent(trace, span)) continue;
        equal[{trace.owner(at), tool_name(span), without_volatile(span.arguments)}].push_back(at);
    }
    for (const auto& [what, calls] : equal) {
        if (static_cast<std::int64_t>(calls.size()) <= limits.loop_calls) continue;
        const auto& [owner, tool, arguments] = what;
        Finding finding = finding_at(trace, "loop", Severity::warning, calls,
                                     {tool, std::to_string(calls.size()), one_line(arguments, kShown)});
        finding.wasted = wasted_after_first(trace, owner, calls);
        out.push_back(std::move(finding));
    }
}

// The same thing is tried again: with the same arguments but for numbers, or for the same reason.
void retry_storm(const RuledTrace& trace, const Thresholds& limits, Found& out) {
    std::map<std::pair<std::int32_t, std::string>, std::vector<std::int32_t>> failing;
    const auto end = [&](std::int32_t owner, const std::string& what, std::vector<std::int32_t>& calls) {
        if (static_cast<std::int64_t>(calls.size()) >= limits.retry_calls) {
            const std::string why =
                one_line(trace.spans()[static_cast<std::size_t>(calls.back())].status_message, kShown);
            Finding finding = finding_at(trace, "retry_storm", Severity::warning, calls,
                                         {what, std::to_string(calls.size()),
                                          why.empty() ? why : ", at last with: " + without_full_stop(why)});
            finding.wasted = wasted_after_first(trace, owner, calls);
            out.push_back(std::move(finding));
        }
        calls.clear();
    };
    for (const std::int32_t at : by_start(trace)) {
        const RuledSpan& span = trace.spans()[static_cast<std::size_t>(at)];
        const bool call = span.kind == Kind::llm || span.kind == Kind::embedding;
        if ((!is_tool(span) && !call) || repeats_parent(trace, span)) continue;
        const std::string& what = call ? span.model : tool_name(span);
        const std::int32_t owner = trace.owner(at);
        auto& calls = failing[{owner, what}];
        if (!span.failed()) {
            if (span.end != kNoTime) end(owner, what, calls);
            continue;
        }
        if (!calls.empty() && !call &&
            !same_attempt(trace.spans()[static_cast<std::size_t>(calls.back())], span))
            end(owner, what, calls);
        calls.push_back(at);
    }
    for (auto& [key, calls] : failing)
        end(key.first, key.second, calls);
}

// An edit that takes back what an earlier one of the same file did.
void ping_pong(const RuledTrace& trace, const Thresholds& limits, Found& out) {
    std::map<std::string, std::vector<Edit>> edits;
    for (const std::int32_t at : by_start(trace)) {
        const RuledSpan& span = trace.spans()[static_cast<std::size_t>(at)];
        if (!is_tool(span) || span.failed()) continue;
        if (auto edit = edit_of(span, at)) edits[edit->path].push_back(std::move(*edit));
    }
    for (const auto& [path, of_file] : edits) {
        std::vector<std::int32_t> back; // those that take back, with what they take back
        std::int64_t reversals = 0;
        for (std::size_t i = 1; i < of_file.size(); ++i) {
            const auto undone = std::find_if(
                of_file.begin(), of_file.begin() + static_cast<std::ptrdiff_t>(i), [&](const Edit& earlier) {
                    return earlier.before == of_file[i].after && earlier.after == of_file[i].before;
                });
            if (undone == of_file.begin() + static_cast<std::ptrdiff_t>(i)) continue;
            ++reversals;
            for (const std::int32_t at : {undone->at, of_file[i].at})
                if (std::ranges::find(back, at) == back.end()) back.push_back(at);
        }
        if (reversals < limits.ping_pong_edits) continue;
        Finding finding =
            finding_at(trace, "ping_pong", Severity::warning, back, {path, std::to_string(reversals)});
        finding.wasted = spent_by(trace, back);
        out.push_back(std::move(finding));
    }
}

} // namespace clew::rules
