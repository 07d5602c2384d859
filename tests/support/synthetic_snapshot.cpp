#include "tests/support/synthetic_snapshot.h"

#include "model/trace/span.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

namespace clew::test {

namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

void add(std::int64_t& sum, std::int64_t value) {
    if (value != kUnknownCount) sum = (sum == kUnknownCount ? 0 : sum) + value;
}

class Builder {
public:
    explicit Builder(const std::vector<PlannedSpan>& plan, TraceId id)
        : plan_(plan)
        , trace_(std::make_shared<TraceSnapshot>()) {
        trace_->id = id;
        trace_->strings.emplace_back();
        strings_.emplace("", 0);
    }

    std::shared_ptr<TraceSnapshot> run() {
        order();
        times();
        emit();
        roll_up();
        trace_->name = trace_->spans.empty() ? "" : std::string(trace_->text(trace_->spans.front().name));
        trace_->detail = trace_->spans.empty() ? "" : std::string(trace_->text(trace_->spans.front().detail));
        return trace_;
    }

private:
    void order() {
        std::unordered_map<std::uint64_t, std::size_t> at;
        for (std::size_t i = 0; i < plan_.size(); ++i)
            at.emplace(plan_[i].id, i);
        children_.resize(plan_.size());
        for (std::size_t i = 0; i < plan_.size(); ++i) {
            const auto parent = plan_[i].parent == 0 ? at.end() : at.find(plan_[i].parent);
            (parent == at.end() ? top_ : children_[parent->second]).push_back(i);
        }
        const auto earlier = [this](std::size_t a, std::size_t b) { return plan_[a].start < plan_[b].start; };
        std::ranges::stable_sort(top_, earlier);
        for (auto& list : children_)
            std::ranges::stable_sort(list, earlier);
    }

    void times() {
        trace_->start = kSnapshotStart;
        trace_->end = kSnapshotStart;
        for (const PlannedSpan& span : plan_) {
            trace_->running |= span.end == kNoTime;
            trace_->start = std::min(trace_->start, kSnapshotStart + span.start);
            trace_->end =
                std::max(trace_->end, kSnapshotStart + (span.end == kNoTime ? span.start : span.end));
        }
    }

    std::uint32_t string(const std::string& text) {
        const auto [it, fresh] = strings_.emplace(text, static_cast<std::uint32_t>(trace_->strings.size()));
        if (fresh) trace_->strings.push_back(text);
        return it->second;
    }

    void emit() {
        struct Step {
            std::size_t plan;
            std::int32_t parent;
        };
        std::vector<Step> stack;
        for (auto it = top_.rbegin(); it != top_.rend(); ++it)
            stack.push_back({*it, kNoSpan});
        std::int32_t last_top = kNoSpan;
        std::vector<std::int32_t> last_child;
        while (!stack.empty()) {
            const Step step = stack.back();
            stack.pop_back();
            const auto here = static_cast<std::int32_t>(trace_->spans.size());
            trace_->spans.push_back(make(plan_[step.plan], step.parent));
            last_child.push_back(kNoSpan);
            std::int32_t& before =
                step.parent == kNoSpan ? last_top : last_child[static_cast<std::size_t>(step.parent)];
            if (before != kNoSpan)
                trace_->spans[static_cast<std::size_t>(before)].next_sibling = here;
            else if (step.parent != kNoSpan)
                trace_->spans[static_cast<std::size_t>(step.parent)].first_child = here;
            before = here;
            const auto& below = children_[step.plan];
            for (auto it = below.rbegin(); it != below.rend(); ++it)
                stack.push_back({*it, here});
        }
        for (std::size_t i = 0; i < trace_->spans.size(); ++i)
            trace_->index.emplace(trace_->spans[i].id, static_cast<std::int32_t>(i));
    }

    SnapshotSpan make(const PlannedSpan& plan, std::int32_t parent) {
        SnapshotSpan span;
        span.id = {plan.id};
        span.parent_id = {plan.parent};
        span.parent = parent;
        span.orphan = plan.parent != 0 && parent == kNoSpan;
        span.depth =
            parent == kNoSpan
                ? 0
                : static_cast<std::uint16_t>(trace_->spans[static_cast<std::size_t>(parent)].depth + 1);
        span.start = kSnapshotStart + plan.start;
        span.end = plan.end == kNoTime ? kNoTime : kSnapshotStart + plan.end;
        span.kind = plan.kind;
        span.status = plan.status;
        span.flags = plan.flags;
        span.name = string(plan.name);
        span.detail = string(plan.detail);
        span.status_message = string(plan.status_message);
        span.input_tokens = span.subtree_input = plan.input;
        span.output_tokens = span.subtree_output = plan.output;
        span.cost = span.subtree_cost = plan.cost;
        span.subtree_errors = plan.status == Status::error ? 1 : 0;
        span.subtree_silent = (plan.flags & kSilentFailure) != 0 ? 1 : 0;
        return span;
    }

    void roll_up() {
        for (std::size_t i = trace_->spans.size(); i-- > 0;) {
            const SnapshotSpan& span = trace_->spans[i];
            if (span.parent == kNoSpan) continue;
            SnapshotSpan& parent = trace_->spans[static_cast<std::size_t>(span.parent)];
            parent.subtree += span.subtree;
            parent.subtree_errors += span.subtree_errors;
            parent.subtree_silent += span.subtree_silent;
            add(parent.subtree_input, span.subtree_input);
            add(parent.subtree_output, span.subtree_output);
            add(parent.subtree_cost, span.subtree_cost);
        }
    }

    const std::vector<PlannedSpan>& plan_;
    std::shared_ptr<TraceSnapshot> trace_;
    std::unordered_map<std::string, std::uint32_t> strings_;
    std::vector<std::vector<std::size_t>> children_;
    std::vector<std::size_t> top_;
};

} // namespace

std::shared_ptr<TraceSnapshot> build_snapshot(const std::vector<PlannedSpan>& plan, TraceId id) {
    return Builder(plan, id).run();
}

std::shared_ptr<TraceSnapshot> synthetic_snapshot(std::size_t count, TraceId id) {
    static constexpr std::array kTools = {"lookup_order", "search_policy", "read_file", "run_tests",
                                          "get_payment"};
    static constexpr std::size_t kTurn = 12;
    static constexpr std::size_t kDeep = 40;
    std::vector<PlannedSpan> plan;
    plan.reserve(count);
    std::uint64_t random = 0x9e3779b97f4a7c15u;
    const auto next = [&random](std::uint64_t below) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        return random % below;
    };
    const auto push = [&](std::uint64_t parent, std::string name, Kind kind, DurationNs start,
                          DurationNs length) {
        PlannedSpan span;
        span.id = plan.size() + 1;
        span.parent = parent;
        span.name = std::move(name);
        span.kind = kind;
        span.start = start;
        span.end = start + length;
        plan.push_back(std::move(span));
        return plan.back().id;
    };
    if (count == 0) return build_snapshot(plan, id);
    push(0, "coding-agent", Kind::agent, 0, 0);
    plan.front().detail = "synthetic run";
    DurationNs time = 5 * kMillisecond;
    std::uint64_t chain = 1; // a few spans make one branch deep
    while (plan.size() < count) {
        const DurationNs begin = time;
        const std::uint64_t turn = push(1, "turn", Kind::workflow, begin, 0);
        for (std::size_t step = 0; step + 1 < kTurn && plan.size() < count; ++step) {
            const auto length =
                static_cast<DurationNs>((2 + next(900)) * static_cast<std::uint64_t>(kMillisecond));
            if (step % 3 == 0) {
                push(turn, "claude-sonnet-4-5", Kind::llm, time, length);
                PlannedSpan& span = plan.back();
                span.detail = step == 0 ? "plan" : "";
                span.input = static_cast<std::int64_t>(400 + next(20'000));
                span.output = static_cast<std::int64_t>(20 + next(900));
                span.cost = (span.input * 3 + span.output * 15) * (kUsd / 1'000'000);
            } else {
                const bool orphan = next(5000) == 0;
                push(orphan ? 0x7fffffffffffULL : turn, kTools[next(kTools.size())], Kind::tool, time,
                     length);
                PlannedSpan& span = plan.back();
                span.detail = "argument " + std::to_string(next(40));
                if (next(100) == 0) {
                    span.status = Status::error;
                    span.status_message = "504 upstream timeout";
                } else if (next(100) == 0) {
                    span.flags |= kSilentFailure;
                }
                if (next(7) == 0) span.flags |= kMcp;
            }
            time += length;
        }
        plan[turn - 1].end = time;
        if (plan.size() < count && plan.size() / kTurn % 20 == 3) {
            if (plan.size() < kTurn * 60 || chain == 1) chain = turn;
            const std::uint64_t below =
                push(plan.size() < kDeep * 500 ? chain : turn, "nested", Kind::workflow, begin, time - begin);
            chain = below;
        }
    }
    plan.front().end = kNoTime;
    if (plan.size() > 1) plan.back().end = kNoTime;
    return build_snapshot(plan, id);
}

} // namespace clew::test
