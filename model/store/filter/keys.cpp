#include "model/store/filter/keys.h"

#include "model/trace/kind.h"

#include <algorithm>
#include <array>

namespace clew {

namespace {

constexpr std::array<std::string_view, 4> kFeedback = {"up", "down", "any", "none"};
constexpr std::array<std::string_view, 5> kFinding = {"any", "error", "info", "none",
                                                      "warning"}; // beside rules
constexpr std::array<std::string_view, 2> kStatus = {"error", "ok"};
constexpr std::array<std::string_view, 3> kIs = {"running", "judged", "synthetic"};

std::span<const std::string_view> kinds() {
    static const auto kNames = [] {
        std::vector<std::string_view> names;
        for (int k = 0; k < kKindCount; ++k)
            names.push_back(kind_name(static_cast<Kind>(k)));
        names.emplace_back("mcp"); // a tool's badge
        return names;
    }();
    return kNames;
}

const std::vector<FilterKey>& keys() {
    using enum FilterValue;
    static const std::vector<FilterKey> kKeys = {
        {"agent", name, "name of an agent", {}},
        {"attr", any, "an attribute: attr.KEY:value, attr.KEY>5", {}},
        {"comment", text, "words of a comment", {}},
        {"cost", money, "cost in US dollars, reported or computed: cost>0.05", {}},
        {"duration", duration, "last end minus first start: duration>30s", {}},
        {"end", moment, "when it ended: end<2026-11-20", {}},
        {"errors", count, "failed spans: errors>2", {}, false},
        {"feedback", choice, "what was judged", kFeedback},
        {"finding", name, "what a rule found: finding:loop, finding:any, finding:error", kFinding, false},
        {"findings", count, "number of findings: findings>2", {}, false},
        {"format", name, "format of the source", {}},
        {"is", choice, "running, judged, or with times laid out by Clew", kIs},
        {"kind", choice, "kind of a span", kinds()},
        {"label", name, "a label that was given", {}},
        {"llm_calls", count, "calls of a model: llm_calls>10", {}, false},
        {"model", name, "the requested or the responding model", {}},
        {"name", name, "name of a span or of the trace", {}},
        {"prompt", name, "name of a prompt, or name@version", {}},
        {"provider", name, "who ran the model", {}},
        {"score", real, "a score that was given: score.NAME>0.5", {}},
        {"service", name, "service.name of the resource", {}},
        {"session", name, "session or thread", {}},
        {"silent_failures", count, "tools that failed without saying so", {}, false},
        {"source", name, "path of the file, or its name", {}},
        {"spans", count, "number of spans: spans>100", {}, false},
        {"start", moment, "when it began: start>-60d, start:today", {}},
        {"status", choice, "error: some span failed; ok: none did", kStatus},
        {"text", text, "words in names and content, as without a key", {}},
        {"tokens", count, "input and output tokens: tokens>10k", {}},
        {"tokens_cached", count, "input tokens read from a cache", {}},
        {"tokens_in", count, "input tokens, cached ones included", {}},
        {"tokens_out", count, "output tokens", {}},
        {"tool", name, "name of a tool", {}},
        {"tool_calls", count, "tools that were called: tool_calls>10", {}, false},
        {"trace", name, "id of the trace, or its beginning", {}, false},
        {"user", name, "who asked", {}},
    };
    return kKeys;
}

// Letters to change, add, drop or swap with a neighbour to get from one word to the other.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            const std::size_t changed = a[i - 1] == b[j - 1] ? 0 : 1;
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + changed});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[a.size()][b.size()];
}

} // namespace

std::span<const FilterKey> filter_keys() {
    return keys();
}

const FilterKey* find_filter_key(std::string_view word) {
    const auto it = std::ranges::lower_bound(keys(), word, {}, &FilterKey::word);
    return it != keys().end() && it->word == word ? &*it : nullptr;
}

std::span<const std::string_view> filter_words() {
    static const auto kWords = [] {
        std::vector<std::string_view> words;
        for (const FilterKey& key : keys())
            words.push_back(key.word);
        words.insert(words.end(), {"has", "child", "parent", "descendant", "ancestor", "seq"});
        return words;
    }();
    return kWords;
}

std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known) {
    constexpr std::size_t kLongestGuess = 24;
    if (word.size() > kLongestGuess) return {};
    std::string_view best;
    std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const auto candidate : known) {
        const bool begins = word.size() >= 2 && candidate.starts_with(word);
        const std::size_t away = begins ? 1 : distance(word, candidate);
        if (away < best_distance) {
            best = candidate;
            best_distance = away;
        }
    }
    return best;
}

} // namespace clew
