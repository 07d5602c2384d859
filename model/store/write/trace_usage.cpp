// What a trace used: which call counts under which names.
#include "model/store/write/trace_state.h"

namespace clew {

namespace {

// The nearest tool above a node, each way up walked once.
class ToolsAbove {
public:
    ToolsAbove(const std::vector<SpanNode>& nodes, const std::vector<std::int32_t>& parents)
        : nodes_(nodes)
        , parents_(parents) {
        bool any = false;
        for (const SpanNode& node : nodes)
            any = any || node.kind == Kind::tool;
        if (any) known_.assign(nodes.size(), kUnknown);
    }
    std::int32_t above(std::size_t node) { // -1 = none
        if (known_.empty()) return -1;
        std::int32_t tool = -1;
        way_.clear();
        for (auto at = node;;) {
            if (known_[at] != kUnknown) { // a ring ends here too
                tool = known_[at];
                break;
            }
            known_[at] = -1;
            way_.push_back(at);
            const std::int32_t parent = parents_[at];
            if (parent < 0) break;
            at = static_cast<std::size_t>(parent);
            if (nodes_[at].kind == Kind::tool) {
                tool = parent;
                break;
            }
        }
        for (const std::size_t at : way_)
            known_[at] = tool;
        return tool;
    }

private:
    static constexpr std::int32_t kUnknown = -2;
    const std::vector<SpanNode>& nodes_;
    const std::vector<std::int32_t>& parents_;
    std::vector<std::int32_t> known_;
    std::vector<std::size_t> way_;
};

} // namespace

void TraceState::roll_usage(const RollUp& roll, const std::vector<std::int32_t>& parents,
                            UsageRoll& usage) const {
    usage.begin();
    ToolsAbove tools(nodes_, parents);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        const SpanNode& node = nodes_[i];
        if (node.gone) continue;
        const bool call = is_model_call(node.kind) && !(node.counted & kWrapsCall);
        const std::uint8_t counts = node.counted & (kUsageCounts | kCostCounts | kCostOpen);
        if (node.kind == Kind::tool) {
            UsageSums sums;
            sums.calls = 1;
            sums.errors = node.status == Status::error || (node.flags & kToolError);
            UsageNames names;
            names.tool = names_of(node).tool;
            usage.add(usage_hour(node.start), true, names, sums, node.bucket);
        }
        if (!call && counts == 0) continue;
        UsageSums sums;
        sums.calls = call;
        sums.errors = call && node.status == Status::error;
        if (counts != 0) {
            const NodeUsage& stated = usages_[static_cast<std::size_t>(node.usage)];
            if (counts & kUsageCounts) {
                sums.input_tokens = stated.usage.input.value_or(0);
                sums.cache_read_tokens = stated.usage.cache_read.value_or(0);
                sums.cache_write_tokens = stated.usage.cache_write.value_or(0);
                sums.output_tokens = stated.usage.output.value_or(0);
            }
            if (counts & kCostCounts) sums.reported = stated.cost;
            if (counts & kCostOpen) {
                sums.computed = stated.computed;
                sums.unpriced_calls = !stated.computed;
            }
        }
        UsageNames names = names_of(node);
        if (names.agent == 0) names.agent = roll.agent;
        if (names.session == 0) names.session = roll.session;
        const std::int32_t tool = tools.above(i);
        names.tool = tool < 0 ? 0 : names_of(nodes_[static_cast<std::size_t>(tool)]).tool;
        usage.add(usage_hour(node.start), false, names, sums, call ? +node.bucket : UsageRoll::kNoBucket);
    }
}

} // namespace clew
