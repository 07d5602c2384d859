#include "model/analysis/findings/rules.h"

#include <algorithm>
#include <numeric>

namespace clew::rules {

namespace {

template <class T>
void add_known(std::optional<T>& sum, const std::optional<T>& value) {
    if (!value) return;
    T total = 0;
    if (__builtin_add_overflow(sum.value_or(0), *value, &total)) return;
    sum = total;
}

} // namespace

Wasted spent_by(const RuledTrace& trace, const std::vector<std::int32_t>& spans) {
    Wasted out;
    for (const std::int32_t at : spans) {
        const RuledSpan& span = trace.spans()[static_cast<std::size_t>(at)];
        add_known(out.tokens, span.usage.input);
        add_known(out.tokens, span.usage.output);
        add_known(out.cost, span.cost);
        add_known(out.time, span.duration());
    }
    return out;
}

std::vector<std::int32_t> calls_between(const RuledTrace& trace, std::int32_t owner, TimeNs from,
                                        TimeNs until) {
    const auto& calls = trace.calls_of(owner);
    const auto start = [&](std::int32_t at) { return trace.spans()[static_cast<std::size_t>(at)].start; };
    const auto first = std::ranges::upper_bound(calls, from, {}, start);
    const auto last = std::ranges::upper_bound(calls, until, {}, start);
    return first < last ? std::vector<std::int32_t>(first, last) : std::vector<std::int32_t>();
}

Finding finding_at(const RuledTrace& trace, std::string_view rule, Severity severity,
                   const std::vector<std::int32_t>& spans, std::vector<std::string> args, std::size_t most) {
    Finding out{.rule = std::string(rule),
                .severity = severity,
                .trace = trace.id(),
                .spans = {},
                .args = std::move(args),
                .wasted = {}};
    for (const std::int32_t at : spans) {
        if (out.spans.size() == most) break;
        out.spans.push_back(trace.spans()[static_cast<std::size_t>(at)].id);
    }
    return out;
}

std::vector<std::int32_t> by_start(const RuledTrace& trace) {
    std::vector<std::int32_t> order(trace.spans().size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(
        order, {}, [&](std::int32_t at) { return trace.spans()[static_cast<std::size_t>(at)].start; });
    return order;
}

} // namespace clew::rules
