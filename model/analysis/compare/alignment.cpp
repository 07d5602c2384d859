#include "model/analysis/compare/alignment.h"

#include "model/analysis/compare/matching.h"

#include <algorithm>
#include <array>

namespace clew {

namespace {

using Key = std::uint64_t (*)(const RunStep&);

std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
    constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15u;
    return (a ^ (b * kOdd)) * kOdd;
}

constexpr std::array<Key, 6> kKeys{
    [](const RunStep& step) { return mixed(step.whole, step.within); },
    [](const RunStep& step) { return step.whole; },
    [](const RunStep& step) { return mixed(step.question, step.within); },
    [](const RunStep& step) { return step.question; },
    [](const RunStep& step) { return mixed(step.likeness, step.within); },
    [](const RunStep& step) { return step.likeness; },
};

std::vector<std::uint64_t> keys_of(const RunSteps& steps, Key key) {
    std::vector<std::uint64_t> out(steps.size());
    std::ranges::transform(steps, out.begin(), key);
    return out;
}

// Calls `gap(a from, a to, b from, b to)` for what stands before each pair, and behind the last one.
template <class Gap, class Pair>
void walk(const std::vector<MatchedPair>& pairs, std::size_t a_size, std::size_t b_size, Gap gap, Pair pair) {
    std::size_t a = 0, b = 0;
    for (const MatchedPair& one : pairs) {
        gap(a, one.a, b, one.b);
        pair(one);
        a = one.a + 1;
        b = one.b + 1;
    }
    gap(a, a_size, b, b_size);
}

std::vector<MatchedPair> matched(const RunSteps& a, const RunSteps& b) {
    std::vector<MatchedPair> pairs;
    for (const Key key : kKeys) {
        const auto keys_a = keys_of(a, key), keys_b = keys_of(b, key);
        std::vector<MatchedPair> more;
        walk(
            pairs, a.size(), b.size(),
            [&](std::size_t from_a, std::size_t to_a, std::size_t from_b, std::size_t to_b) {
                if (from_a == to_a || from_b == to_b) return;
                const std::span all_a(keys_a), all_b(keys_b);
                for (const MatchedPair& one : match_sequences(all_a.subspan(from_a, to_a - from_a),
                                                              all_b.subspan(from_b, to_b - from_b)))
                    more.push_back({from_a + one.a, from_b + one.b});
            },
            [&](const MatchedPair& one) { more.push_back(one); });
        pairs = std::move(more);
    }
    return pairs;
}

} // namespace

std::string_view change_name(StepChange change) {
    constexpr std::array<std::string_view, 4> kNames{"same", "changed", "added", "removed"};
    return kNames[static_cast<std::size_t>(change)];
}

Alignment align(const RunSteps& a, const RunSteps& b) {
    Alignment out;
    const auto both = [&](std::size_t of_a, std::size_t of_b) {
        const bool same = a[of_a].whole == b[of_b].whole;
        out.steps.push_back({static_cast<std::int32_t>(of_a), static_cast<std::int32_t>(of_b),
                             same ? StepChange::same : StepChange::changed});
    };
    walk(
        matched(a, b), a.size(), b.size(),
        [&](std::size_t from_a, std::size_t to_a, std::size_t from_b, std::size_t to_b) {
            while (from_a < to_a && from_b < to_b)
                both(from_a++, from_b++);
            for (; from_a < to_a; ++from_a)
                out.steps.push_back({static_cast<std::int32_t>(from_a), -1, StepChange::removed});
            for (; from_b < to_b; ++from_b)
                out.steps.push_back({-1, static_cast<std::int32_t>(from_b), StepChange::added});
        },
        [&](const MatchedPair& one) { both(one.a, one.b); });
    const auto first = std::ranges::find_if(
        out.steps, [](const AlignedStep& step) { return step.change != StepChange::same; });
    if (first != out.steps.end()) out.first_divergence = static_cast<std::size_t>(first - out.steps.begin());
    return out;
}

} // namespace clew
