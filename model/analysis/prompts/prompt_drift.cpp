#include "model/analysis/prompts/prompt_drift.h"

#include <algorithm>
#include <tuple>

namespace clew {

std::vector<PromptDrift> drifts_of(std::span<const PromptUse> uses) {
    std::vector<PromptUse> sorted(uses.begin(), uses.end());
    // What has no time comes last: nothing is known to have been before it.
    const auto key = [](const PromptUse& use) {
        return std::tuple<const std::string&, const std::string&, bool, TimeNs, std::uint64_t>(
            use.name, use.version, use.first == kNoTime, use.first, use.near);
    };
    std::ranges::stable_sort(sorted, [&](const PromptUse& a, const PromptUse& b) { return key(a) < key(b); });
    std::vector<PromptDrift> out;
    std::size_t begin = 0;
    for (std::size_t i = 1; i < sorted.size(); ++i) {
        const PromptUse& before = sorted[i - 1];
        const PromptUse& now = sorted[i];
        if (now.name != before.name || now.version != before.version) {
            begin = i;
            continue;
        }
        const auto same = [&](const PromptUse& earlier) { return earlier.near == now.near; };
        const auto first = sorted.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto here = sorted.begin() + static_cast<std::ptrdiff_t>(i);
        if (std::any_of(first, here, same)) continue;
        out.push_back({now.name, now.version, before.near, now.near, now.first});
    }
    return out;
}

} // namespace clew
