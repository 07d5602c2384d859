#include "model/store/snapshot_builder.h"

#include "model/trace/span.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

namespace clew {

namespace {

using Rows = std::vector<SnapshotSpan>;

std::size_t at(std::int32_t index) {
    return static_cast<std::size_t>(index);
}
std::int32_t index_of(std::size_t position) {
    return static_cast<std::int32_t>(position);
}

// kNoTime is the smallest number there is; behind all others it does least harm.
TimeNs sort_key(const SnapshotSpan& span) {
    return span.start == kNoTime ? std::numeric_limits<TimeNs>::max() : span.start;
}

std::vector<std::int32_t> find_parents(Rows& rows, const std::unordered_map<SpanId, std::int32_t>& index) {
    std::vector<std::int32_t> parents(rows.size(), kNoSpan);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!rows[i].parent_id.valid()) continue;
        // Neighbours often share their parent: the one lookup that is cheaper than a table.
        if (i > 0 && rows[i - 1].parent_id == rows[i].parent_id) {
            parents[i] = parents[i - 1];
            rows[i].orphan = rows[i - 1].orphan;
            continue;
        }
        const auto it = index.find(rows[i].parent_id);
        if (it == index.end()) {
            rows[i].orphan = true;
        } else {
            parents[i] = it->second;
        }
    }
    return parents;
}

// Every chain of parents is followed once; one that comes back to itself is cut at its earliest span.
void cut_rings(Rows& rows, std::vector<std::int32_t>& parents) {
    enum : std::uint8_t { fresh, on_this_walk, done };
    std::vector<std::uint8_t> state(rows.size(), fresh);
    std::vector<std::int32_t> walk;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        walk.clear();
        std::int32_t s = index_of(i);
        while (s != kNoSpan && state[at(s)] == fresh) {
            state[at(s)] = on_this_walk;
            walk.push_back(s);
            s = parents[at(s)];
        }
        if (s != kNoSpan && state[at(s)] == on_this_walk) {
            std::int32_t earliest = s;
            for (std::int32_t r = parents[at(s)]; r != s; r = parents[at(r)]) {
                const auto order = [&rows](std::int32_t x) { return std::pair(sort_key(rows[at(x)]), x); };
                if (order(r) < order(earliest)) earliest = r;
            }
            parents[at(earliest)] = kNoSpan;
            rows[at(earliest)].cycle = true;
        }
        for (const std::int32_t w : walk)
            state[at(w)] = done;
    }
}

// Children of each row, siblings in order: children[first[r] … first[r + 1]) for row r - 1; slot 0 is the top
// level.
struct Children {
    std::vector<std::uint32_t> first;
    std::vector<std::int32_t> children;
};

Children group_children(const Rows& rows, const std::vector<std::int32_t>& parents) {
    const std::size_t n = rows.size();
    std::vector<std::int32_t> order(n);
    for (std::size_t i = 0; i < n; ++i)
        order[i] = index_of(i);
    const auto earlier = [&rows](std::int32_t a, std::int32_t b) {
        return sort_key(rows[at(a)]) < sort_key(rows[at(b)]);
    };
    if (!std::ranges::is_sorted(order, earlier)) std::ranges::stable_sort(order, earlier);

    Children out;
    out.first.assign(n + 2, 0);
    for (const std::int32_t parent : parents)
        ++out.first[at(parent + 1) + 1];
    for (std::size_t i = 1; i < out.first.size(); ++i)
        out.first[i] += out.first[i - 1];
    out.children.resize(n);
    std::vector<std::uint32_t> next(out.first.begin(), out.first.end() - 1);
    for (const std::int32_t row : order)
        out.children[next[at(parents[at(row)] + 1)]++] = row;
    return out;
}

// Each row goes to its place in turn: a second array of a million spans would double the memory of the whole.
void permute(Rows& rows, std::vector<std::int32_t>& position) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        while (at(position[i]) != i) {
            const std::size_t target = at(position[i]);
            std::swap(rows[i], rows[target]);
            std::swap(position[i], position[target]);
        }
    }
}

bool place_in_preorder(Rows& rows, const Children& tree, const std::stop_token& stop) {
    struct Level {
        std::int32_t parent;     // row whose children are walked
        std::uint32_t next, end; // into tree.children
        std::int32_t sibling;    // row of the child before
    };
    std::vector<std::int32_t> position(rows.size(), kNoSpan);
    std::vector<Level> levels{{kNoSpan, tree.first[0], tree.first[1], kNoSpan}};
    std::int32_t here = 0;
    while (!levels.empty()) {
        Level& level = levels.back();
        if (level.next == level.end) {
            levels.pop_back();
            continue;
        }
        const std::int32_t row = tree.children[level.next++];
        SnapshotSpan& span = rows[at(row)];
        span.parent = level.parent == kNoSpan ? kNoSpan : position[at(level.parent)];
        span.first_child = kNoSpan;
        span.next_sibling = kNoSpan;
        span.subtree = 1;
        constexpr std::size_t kDeepest = std::numeric_limits<std::uint16_t>::max();
        span.depth = static_cast<std::uint16_t>(std::min(levels.size() - 1, kDeepest));
        if (level.sibling != kNoSpan) {
            rows[at(level.sibling)].next_sibling = here;
        } else if (level.parent != kNoSpan) {
            rows[at(level.parent)].first_child = here;
        }
        level.sibling = row;
        position[at(row)] = here++;
        const std::size_t slot = at(row) + 1;
        if (tree.first[slot] < tree.first[slot + 1])
            levels.push_back({row, tree.first[slot], tree.first[slot + 1], kNoSpan});
        if (here % 65536 == 0 && stop.stop_requested()) return false;
    }
    permute(rows, position);
    return true;
}

std::int64_t sum(std::int64_t a, std::int64_t b) {
    if (a == kUnknownCount) return b;
    if (b == kUnknownCount) return a;
    const std::int64_t largest = std::numeric_limits<std::int64_t>::max();
    return a > largest - b ? largest : a + b; // counts are never negative
}

// What lies in a subtree: which calls state something, and the topmost span that does, whatever it is. The
// rule is that of the writer's roll-ups, so that a trace's sums are the same in the list and in its tree.
struct Below {
    bool usage_of_calls = false;
    bool cost_of_calls = false;
    bool usage_within = false; // the same where no tool stands between: a call above repeats it
    bool cost_within = false;
    std::int32_t usage_top = kNoSpan;
    std::int32_t cost_top = kNoSpan;
};

bool states_usage(const SnapshotSpan& span) {
    return span.input_tokens != kUnknownCount || span.output_tokens != kUnknownCount;
}

// Runs after all that lies below was handed up.
void add_own(Rows& rows, std::size_t i, Below& below) {
    SnapshotSpan& span = rows[i];
    const bool usage = states_usage(span);
    const bool cost = span.cost != kUnknownCount;
    const bool call =
        (span.kind == Kind::llm || span.kind == Kind::embedding) && !(span.flags & kAggregateUsage);
    if (usage) below.usage_top = index_of(i);
    if (cost) below.cost_top = index_of(i);
    if (!call) return;
    const bool within = below.usage_within || below.cost_within;
    if (usage && !below.usage_within) {
        span.subtree_input = sum(span.subtree_input, span.input_tokens);
        span.subtree_output = sum(span.subtree_output, span.output_tokens);
        below.usage_of_calls = below.usage_within = true;
    }
    if (cost && !within) {
        span.subtree_cost = sum(span.subtree_cost, span.cost);
        below.cost_of_calls = below.cost_within = true;
    } else if (usage && !within) {
        span.unpriced = span.computed == kUnknownCount;
        span.subtree_unpriced += span.unpriced;
        span.subtree_computed = sum(span.subtree_computed, span.computed);
    }
}

std::int32_t topmost(const Rows& rows, std::int32_t a, std::int32_t b) {
    if (a == kNoSpan || b == kNoSpan) return a == kNoSpan ? b : a;
    const auto order = [&rows](std::int32_t s) {
        return std::tuple(rows[at(s)].depth, sort_key(rows[at(s)]), rows[at(s)].id);
    };
    return order(b) < order(a) ? b : a;
}

void hand_up(Rows& rows, std::size_t i, std::vector<Below>& below) {
    const SnapshotSpan& span = rows[i];
    SnapshotSpan& parent = rows[at(span.parent)];
    Below& above = below[at(span.parent)];
    parent.subtree += span.subtree;
    parent.subtree_errors += span.subtree_errors;
    parent.subtree_silent += span.subtree_silent;
    parent.subtree_input = sum(parent.subtree_input, span.subtree_input);
    parent.subtree_output = sum(parent.subtree_output, span.subtree_output);
    parent.subtree_cost = sum(parent.subtree_cost, span.subtree_cost);
    parent.subtree_computed = sum(parent.subtree_computed, span.subtree_computed);
    parent.subtree_unpriced += span.subtree_unpriced;
    above.usage_of_calls |= below[i].usage_of_calls;
    above.cost_of_calls |= below[i].cost_of_calls;
    if (span.kind != Kind::tool) {
        above.usage_within |= below[i].usage_within;
        above.cost_within |= below[i].cost_within;
    }
    above.usage_top = topmost(rows, above.usage_top, below[i].usage_top);
    above.cost_top = topmost(rows, above.cost_top, below[i].cost_top);
}

// Children stand behind their parents, so one pass from the end meets every subtree complete.
void sum_up(Rows& rows) {
    std::vector<Below> below(rows.size());
    for (auto& span : rows) {
        span.subtree_errors = span.status == Status::error ? 1 : 0;
        span.subtree_silent = span.flags & kSilentFailure ? 1 : 0;
        span.subtree_input = span.subtree_output = span.subtree_cost = span.subtree_computed = kUnknownCount;
        span.subtree_unpriced = 0;
        span.unpriced = false;
    }
    for (std::size_t i = rows.size(); i-- > 0;) {
        add_own(rows, i, below[i]);
        if (rows[i].parent != kNoSpan) hand_up(rows, i, below);
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!below[i].usage_of_calls && below[i].usage_top != kNoSpan) {
            rows[i].subtree_input = rows[at(below[i].usage_top)].input_tokens;
            rows[i].subtree_output = rows[at(below[i].usage_top)].output_tokens;
        }
        if (!below[i].cost_of_calls && below[i].cost_top != kNoSpan) { // it covers what calls below cost
            rows[i].subtree_cost = rows[at(below[i].cost_top)].cost;
            rows[i].subtree_computed = kUnknownCount;
            rows[i].subtree_unpriced = 0;
        }
    }
}

void index_spans(TraceSnapshot& trace) {
    trace.index.clear();
    trace.index.reserve(trace.spans.size());
    for (std::size_t i = 0; i < trace.spans.size(); ++i)
        trace.index.try_emplace(trace.spans[i].id, index_of(i));
}

} // namespace

bool arrange_spans(TraceSnapshot& trace, const std::stop_token& stop) {
    Rows& rows = trace.spans;
    for (auto& row : rows)
        row.orphan = row.cycle = false;
    index_spans(trace);
    auto parents = find_parents(rows, trace.index);
    if (stop.stop_requested()) return false;
    cut_rings(rows, parents);
    const Children tree = group_children(rows, parents);
    if (stop.stop_requested() || !place_in_preorder(rows, tree, stop)) return false;
    sum_up(rows);
    // The same ids, now at their places: values change, the table stays.
    for (std::size_t i = rows.size(); i-- > 0;)
        trace.index.find(rows[i].id)->second = index_of(i);
    return true;
}

} // namespace clew
