#include "model/store/write/trace_state.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace clew {

namespace {

void add(Usage& sum, const Usage& usage) {
    add_saturating(sum.input, usage.input);
    add_saturating(sum.cache_read, usage.cache_read);
    add_saturating(sum.cache_write, usage.cache_write);
    add_saturating(sum.output, usage.output);
    add_saturating(sum.reasoning, usage.reasoning);
    add_saturating(sum.cache_write_1h, usage.cache_write_1h);
    add_saturating(sum.input_audio, usage.input_audio);
    add_saturating(sum.output_audio, usage.output_audio);
}

// Each node's distance from the top; members of rings get the length of the walk until it closed.
std::vector<std::int32_t> depths_of(const std::vector<std::int32_t>& parents) {
    constexpr std::int32_t kUnknown = -1;
    constexpr std::int32_t kOnTheWay = -2;
    std::vector<std::int32_t> depths(parents.size(), kUnknown);
    std::vector<std::size_t> way;
    for (std::size_t i = 0; i < parents.size(); ++i) {
        auto at = static_cast<std::int32_t>(i);
        while (at >= 0 && depths[static_cast<std::size_t>(at)] == kUnknown) {
            depths[static_cast<std::size_t>(at)] = kOnTheWay;
            way.push_back(static_cast<std::size_t>(at));
            at = parents[static_cast<std::size_t>(at)];
        }
        std::int32_t depth = at >= 0 && depths[static_cast<std::size_t>(at)] >= 0
                                 ? depths[static_cast<std::size_t>(at)] + 1
                                 : 0;
        for (; !way.empty(); way.pop_back())
            depths[way.back()] = depth++;
    }
    return depths;
}

constexpr std::size_t kManyNames = 12; // fewer are faster looked through

} // namespace

std::int16_t bucket_of(TimeNs start, TimeNs end) {
    const auto duration = between(start, end);
    return static_cast<std::int16_t>(duration ? latency_bucket(*duration) : UsageRoll::kNoBucket);
}

void add_saturating(std::optional<std::int64_t>& sum, const std::optional<std::int64_t>& value) {
    if (!value) return;
    std::int64_t out = 0;
    if (__builtin_add_overflow(sum.value_or(0), *value, &out)) out = std::numeric_limits<std::int64_t>::max();
    sum = out;
}

std::int32_t TraceState::index_of(SpanId span) const {
    if (index_.empty()) return -1;
    const std::size_t mask = index_.size() - 1;
    for (std::size_t at = std::hash<SpanId>{}(span) >> 20 & mask;; at = (at + 1) & mask) {
        const std::int32_t node = index_[at];
        if (node < 0 || nodes_[static_cast<std::size_t>(node)].id == span) return node;
    }
}

void TraceState::grow_index() {
    index_.assign(std::max<std::size_t>(16, index_.size() * 2), -1);
    const std::size_t mask = index_.size() - 1;
    for (std::size_t node = 0; node < nodes_.size(); ++node) {
        std::size_t at = std::hash<SpanId>{}(nodes_[node].id) >> 20 & mask;
        while (index_[at] >= 0)
            at = (at + 1) & mask;
        index_[at] = static_cast<std::int32_t>(node);
    }
}

SpanNode* TraceState::find(SpanId span) {
    const std::int32_t at = index_of(span);
    if (at < 0 || nodes_[static_cast<std::size_t>(at)].gone) return nullptr;
    return &nodes_[static_cast<std::size_t>(at)];
}

std::int32_t TraceState::number_of(const UsageNames& names) {
    if (numbers_.empty()) {
        for (std::size_t i = names_.size(); i-- > 0;)
            if (names_[i] == names) return static_cast<std::int32_t>(i);
    } else if (const auto known = numbers_.find(names); known != numbers_.end()) {
        return known->second;
    }
    const auto number = static_cast<std::int32_t>(names_.size());
    names_.push_back(names);
    if (names_.size() == kManyNames) {
        for (std::size_t i = 0; i < names_.size(); ++i)
            numbers_.emplace(names_[i], static_cast<std::int32_t>(i));
    } else if (!numbers_.empty()) {
        numbers_.emplace(names, number);
    }
    return number;
}

void TraceState::set_names(SpanNode& node, const UsageNames& names) {
    node.names = number_of(names);
}

SpanNode& TraceState::add(SpanNode node, const NodeUsage& usage, const UsageNames& names) {
    ++live_;
    node.names = number_of(names);
    const std::int32_t before = index_of(node.id);
    if (before >= 0) { // it was removed and comes again
        nodes_[static_cast<std::size_t>(before)] = node;
        set_usage(nodes_[static_cast<std::size_t>(before)], usage);
        return nodes_[static_cast<std::size_t>(before)];
    }
    if (index_.size() < (nodes_.size() + 1) * 3 / 2) grow_index();
    const std::size_t mask = index_.size() - 1;
    std::size_t at = std::hash<SpanId>{}(node.id) >> 20 & mask;
    while (index_[at] >= 0)
        at = (at + 1) & mask;
    index_[at] = static_cast<std::int32_t>(nodes_.size());
    nodes_.push_back(node);
    set_usage(nodes_.back(), usage);
    return nodes_.back();
}

void TraceState::set_usage(SpanNode& node, const NodeUsage& usage) {
    const bool stated = usage.cost || usage.computed || usage.usage != Usage{};
    if (node.usage >= 0) {
        usages_[static_cast<std::size_t>(node.usage)] = usage;
    } else if (stated) {
        node.usage = static_cast<std::int32_t>(usages_.size());
        usages_.push_back(usage);
    }
}

NodeUsage TraceState::usage_of(const SpanNode& node) const {
    return node.usage < 0 ? NodeUsage{} : usages_[static_cast<std::size_t>(node.usage)];
}

void TraceState::remove(SpanNode& node) {
    node.gone = true;
    node.usage = -1;
    --live_;
}

std::size_t TraceState::bytes() const {
    return sizeof(TraceState) + 96 + nodes_.capacity() * sizeof(SpanNode) +
           usages_.capacity() * sizeof(NodeUsage) + index_.capacity() * sizeof(std::int32_t) +
           names_.capacity() * sizeof(UsageNames) + numbers_.size() * (sizeof(UsageNames) + 32);
}

RollUp TraceState::roll_up(std::vector<const SpanNode*>& changed, UsageRoll& usage) {
    // Per node: whether a call below it states usage (1), or usage or cost (2).
    std::vector<std::uint8_t> below(nodes_.size(), 0);
    std::vector<std::int32_t> parents(nodes_.size(), -1);
    RollUp roll;
    const SpanNode* root = nullptr;
    const SpanNode* first_session = nullptr;
    const SpanNode* first_agent = nullptr;
    const auto earlier = [](const SpanNode& a, const SpanNode& b) {
        return std::make_tuple(a.start == kNoTime, a.start, a.id) <
               std::make_tuple(b.start == kNoTime, b.start, b.id);
    };
    bool root_is_root = false;
    bool open = false;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        const SpanNode& node = nodes_[i];
        if (node.gone) continue;
        ++roll.spans;
        const bool is_root = !node.parent.valid();
        bool top = is_root;
        if (is_root) {
            ++roll.root_spans;
        } else {
            const std::int32_t parent = index_of(node.parent);
            if (parent >= 0 && !nodes_[static_cast<std::size_t>(parent)].gone) {
                parents[i] = parent;
            } else {
                ++roll.orphan_spans;
                top = true;
            }
        }
        if (top && (!root || is_root > root_is_root || (is_root == root_is_root && earlier(node, *root)))) {
            root = &node;
            root_is_root = is_root;
        }
        const UsageNames& names = names_of(node);
        if (names.session != 0 && (!first_session || earlier(node, *first_session))) first_session = &node;
        if (names.agent != 0 && (!first_agent || earlier(node, *first_agent))) first_agent = &node;
        for (const TimeNs time : {node.start, node.end}) {
            if (time == kNoTime) continue;
            if (roll.start == kNoTime || time < roll.start) roll.start = time;
            if (roll.end == kNoTime || time > roll.end) roll.end = time;
        }
        open = open || node.end == kNoTime;
        roll.quality = std::max(roll.quality, node.quality);
        roll.tool_calls += (node.kind == Kind::tool) + node.calls;
        roll.errors += node.status == Status::error;
        roll.tool_errors +=
            node.kind == Kind::tool && (node.status == Status::error || (node.flags & kToolError));
        roll.silent_failures += (node.flags & kSilentFailure) != 0;
        roll.steps += (node.flags & kLogStep) != 0;
    }
    if (!root) { // every span stands in a ring
        for (const SpanNode& node : nodes_) {
            if (!node.gone && (!root || earlier(node, *root))) root = &node;
        }
    }
    if (root) {
        roll.root_row = root->row;
        roll.root_kind = root->kind;
        roll.root_failed = root->status == Status::error;
        roll.running = root_is_root ? root->end == kNoTime : open;
        roll.session = names_of(*root).session;
        roll.agent = names_of(*root).agent;
        if (roll.session == 0 && first_session) roll.session = names_of(*first_session).session;
        if (roll.agent == 0 && first_agent) roll.agent = names_of(*first_agent).agent;
    }

    // A call that states something marks its ancestors, up to the first that is marked so already, or to a
    // tool: what a call asked a tool to do, and that asked of a model, is no part of the call.
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        const SpanNode& node = nodes_[i];
        if (node.gone || node.usage < 0 || !is_model_call(node.kind) || (node.flags & kAggregateUsage))
            continue;
        const NodeUsage& stated = usages_[static_cast<std::size_t>(node.usage)];
        const auto marks = static_cast<std::uint8_t>((stated.usage.stated() ? 1 : 0) |
                                                     (stated.usage.stated() || stated.cost ? 2 : 0));
        for (std::int32_t at = parents[i]; at >= 0 && at != static_cast<std::int32_t>(i);
             at = parents[static_cast<std::size_t>(at)]) {
            if (nodes_[static_cast<std::size_t>(at)].kind == Kind::tool) break;
            std::uint8_t& marked = below[static_cast<std::size_t>(at)];
            if ((marked & marks) == marks) break;
            marked |= marks;
        }
    }
    std::vector<std::uint8_t> counted(nodes_.size(), 0);
    bool any_usage = false;
    bool any_cost = false;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        const SpanNode& node = nodes_[i];
        if (node.gone || !is_model_call(node.kind)) continue;
        const bool wraps = (node.flags & kInferredKind) && below[i] != 0;
        if (wraps) counted[i] |= kWrapsCall;
        roll.llm_calls += node.kind == Kind::llm && !wraps;
        if (node.flags & kAggregateUsage) continue;
        const NodeUsage stated = usage_of(node);
        const bool leaf = (below[i] & 1) == 0;
        if (leaf && stated.usage.stated()) counted[i] |= kUsageCounts;
        if ((below[i] & 2) == 0 && stated.cost) counted[i] |= kCostCounts;
        if (leaf && stated.usage.stated() && !stated.cost && (below[i] & 2) == 0) counted[i] |= kCostOpen;
        any_usage = any_usage || (counted[i] & kUsageCounts);
        any_cost = any_cost || (counted[i] & kCostCounts);
    }
    // No leaf states it: the topmost span that does.
    std::vector<std::int32_t> depths;
    const auto topmost = [&](auto states) {
        if (depths.empty()) depths = depths_of(parents);
        std::int32_t best = -1;
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            if (nodes_[i].gone || nodes_[i].usage < 0 ||
                !states(usages_[static_cast<std::size_t>(nodes_[i].usage)])) {
                continue;
            }
            const auto best_at = static_cast<std::size_t>(best);
            if (best < 0 || depths[i] < depths[best_at] ||
                (depths[i] == depths[best_at] && earlier(nodes_[i], nodes_[best_at]))) {
                best = static_cast<std::int32_t>(i);
            }
        }
        return best;
    };
    if (!any_usage) {
        const std::int32_t top = topmost([](const NodeUsage& stated) { return stated.usage.stated(); });
        if (top >= 0) {
            counted[static_cast<std::size_t>(top)] |= kUsageCounts;
            roll.aggregate_usage = true;
        }
    }
    if (!any_cost) {
        const std::int32_t top = topmost([](const NodeUsage& stated) { return stated.cost.has_value(); });
        if (top >= 0) {
            counted[static_cast<std::size_t>(top)] |= kCostCounts;
            for (std::uint8_t& bits : counted) // the trace's own cost covers them
                bits &= static_cast<std::uint8_t>(~kCostOpen);
        }
    }
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        SpanNode& node = nodes_[i];
        if (node.gone) continue;
        if (counted[i] & kUsageCounts)
            ::clew::add(roll.usage, usages_[static_cast<std::size_t>(node.usage)].usage);
        if (counted[i] & kCostCounts)
            add_saturating(roll.cost, usages_[static_cast<std::size_t>(node.usage)].cost);
        if (counted[i] & kCostOpen) {
            const auto& computed = usages_[static_cast<std::size_t>(node.usage)].computed;
            add_saturating(roll.computed, computed);
            roll.unpriced_calls += !computed;
        }
        if (counted[i] != node.counted) {
            node.counted = counted[i];
            changed.push_back(&node);
        }
    }
    roll_usage(roll, parents, usage);
    size_at_roll_up = nodes_.size();
    return roll;
}

} // namespace clew
