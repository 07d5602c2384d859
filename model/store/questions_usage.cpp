#include "model/store/questions.h"
#include "model/store/sqlite_trace_store.h"
#include "model/store/trace_filter.h"
#include "model/store/usage_summing.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace clew {

namespace {

// Fewer than one in so many traces are looked up one by one, else all are read.
constexpr std::size_t kLookUpShare = 6;
constexpr std::size_t kManyWords = 2'000;
constexpr int kLargestBin = 8 * 18; // 10^18 pico-USD and more

// Names of `dict`, few looked up one by one, many read as they come.
class Words {
public:
    static Result<Words> of(Database& db, std::vector<std::int64_t> ids) {
        Words words;
        std::ranges::sort(ids);
        ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
        words.ids_ = std::move(ids);
        words.words_.resize(words.ids_.size());
        if (words.ids_.empty()) return words;
        const std::int64_t first = words.ids_.front(), last = words.ids_.back();
        const bool range = words.ids_.size() > kManyWords &&
                           (last - first) / 8 < static_cast<std::int64_t>(words.ids_.size());
        auto read = db.prepare(range ? "SELECT id, s FROM dict WHERE id BETWEEN ? AND ? ORDER BY id"
                                     : "SELECT id, s FROM dict WHERE id = ?");
        if (!read) return read.error();
        if (range) read->bind_all(first, last);
        for (std::size_t at = 0; at < words.ids_.size();) {
            if (!range) read->bind_all(words.ids_[at]);
            auto row = read->step();
            if (!row) return row.error();
            if (!range) {
                if (*row) words.words_[at] = read->text(1);
                read->reset();
                ++at;
                continue;
            }
            if (!*row) break;
            while (at < words.ids_.size() && words.ids_[at] < read->integer(0))
                ++at;
            if (at < words.ids_.size() && words.ids_[at] == read->integer(0))
                words.words_[at++] = read->text(1);
        }
        return words;
    }
    [[nodiscard]] std::string_view at(std::int64_t id) const {
        const auto found = std::ranges::lower_bound(ids_, id);
        if (found == ids_.end() || *found != id) return {};
        return words_[static_cast<std::size_t>(found - ids_.begin())];
    }

private:
    std::vector<std::int64_t> ids_;
    std::vector<std::string> words_;
};

Result<std::vector<std::int64_t>> matching(Database& db, const TraceCondition& condition) {
    auto rows = db.prepare("SELECT t.id FROM trace t WHERE " + condition.sql);
    if (!rows) return rows.error();
    condition.bind(*rows);
    std::vector<std::int64_t> out;
    for (;;) {
        auto row = rows->step();
        if (!row) return row.error();
        if (!*row) break;
        out.push_back(rows->integer(0));
    }
    std::ranges::sort(out);
    return out;
}

Result<void> read_all(Database& db, const std::vector<std::int64_t>* among, UsageSumming& to) {
    auto rows = db.prepare("SELECT trace, used FROM trace_usage ORDER BY trace");
    if (!rows) return rows.error();
    std::size_t at = 0;
    for (;;) {
        auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return {};
        const std::int64_t trace = rows->integer(0);
        if (among) {
            while (at < among->size() && (*among)[at] < trace)
                ++at;
            if (at == among->size()) return {};
            if ((*among)[at] != trace) continue;
        }
        to.add(trace, rows->blob(1));
    }
}

Result<void> read_some(Database& db, const std::vector<std::int64_t>& traces, UsageSumming& to) {
    auto rows = db.prepare("SELECT used FROM trace_usage WHERE trace = ?");
    if (!rows) return rows.error();
    for (const std::int64_t trace : traces) {
        rows->bind_all(trace);
        auto row = rows->step();
        if (!row) return row.error();
        if (*row) to.add(trace, rows->blob(0));
        rows->reset();
    }
    return {};
}

// Where the bins begin: eight a decade, the last one open.
std::vector<PicoUsd> bin_edges() {
    std::vector<PicoUsd> edges;
    for (int bin = 0; bin <= kLargestBin; ++bin)
        edges.push_back(std::llround(std::ceil(std::pow(10.0, bin / 8.0))));
    edges.push_back(std::numeric_limits<PicoUsd>::max());
    return edges;
}

std::vector<CostBin> cost_bins(const std::vector<UsageSumming::Run>& runs) {
    const std::vector<PicoUsd> edges = bin_edges();
    std::vector<std::int64_t> counts(edges.size());
    std::int64_t free = 0;
    std::size_t first = edges.size(), last = 0;
    for (const auto& run : runs) {
        if (run.cost <= 0) {
            ++free; // below all of them
            continue;
        }
        const auto above = std::upper_bound(edges.begin(), edges.end() - 1, run.cost);
        const auto bin = static_cast<std::size_t>(above - edges.begin() - 1);
        ++counts[bin];
        first = std::min(first, bin);
        last = std::max(last, bin);
    }
    std::vector<CostBin> bins;
    const bool none = first == edges.size();
    if (free > 0) bins.push_back({0, none ? 1 : edges[first], free});
    for (std::size_t bin = first; !none && bin <= last; ++bin)
        bins.push_back({edges[bin], edges[bin + 1], counts[bin]});
    return bins;
}

std::optional<PicoUsd> cost_percentile(std::vector<UsageSumming::Run>& runs, double share) {
    if (runs.empty()) return {};
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(runs.size())));
    const auto at = runs.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
    std::ranges::nth_element(runs, at, {}, &UsageSumming::Run::cost);
    return at->cost;
}

Result<std::vector<RunCost>> most_expensive(Database& db, std::vector<UsageSumming::Run> runs, int most) {
    std::erase_if(runs, [](const auto& run) { return run.cost <= 0; });
    const auto count = std::min(runs.size(), static_cast<std::size_t>(std::max(most, 0)));
    std::ranges::partial_sort(
        runs, runs.begin() + static_cast<std::ptrdiff_t>(count),
        [](const auto& a, const auto& b) { return std::tie(b.cost, a.trace) < std::tie(a.cost, b.trace); });
    runs.resize(count);
    auto read = db.prepare("SELECT high, low, name, detail FROM trace WHERE id = ?");
    if (!read) return read.error();
    std::vector<RunCost> out;
    for (const auto& run : runs) {
        read->bind_all(run.trace);
        auto row = read->step();
        if (!row) return row.error();
        if (*row)
            out.push_back(
                {trace_id(*read, 0), std::string(read->text(2)), std::string(read->text(3)), run.cost});
        read->reset();
    }
    return out;
}

// The names of the groups, in their order.
Result<std::vector<std::string>> keys_of(Database& db, const std::vector<UsageSumming::Group>& groups) {
    std::vector<std::int64_t> ids;
    for (const auto& group : groups) {
        if (group.name != 0) ids.push_back(group.name);
        if (group.version != 0) ids.push_back(group.version);
    }
    auto words = Words::of(db, std::move(ids));
    if (!words) return words.error();
    std::vector<std::string> keys;
    keys.reserve(groups.size());
    for (const auto& group : groups) {
        std::string& key = keys.emplace_back(words->at(group.name));
        if (group.version != 0) (key += '@') += words->at(group.version);
    }
    return keys;
}

Result<std::vector<std::pair<std::string, std::int64_t>>> unpriced_models(Database& db,
                                                                          const UsageSumming& summing) {
    std::vector<std::int64_t> ids;
    for (const auto& [model, calls] : summing.unpriced)
        ids.push_back(model);
    auto words = Words::of(db, std::move(ids));
    if (!words) return words.error();
    std::vector<std::pair<std::string, std::int64_t>> out;
    for (const auto& [model, calls] : summing.unpriced)
        out.emplace_back(words->at(model), calls);
    std::ranges::sort(out, [](const auto& a, const auto& b) {
        return std::tie(b.second, a.first) < std::tie(a.second, b.first);
    });
    return out;
}

// Fills the groups and the bars.
Result<void> add_groups(Database& db, UsageSumming& summing, std::size_t told_apart, UsageAnswer& answer,
                        const std::stop_token& stop) {
    auto keys = keys_of(db, summing.groups);
    if (!keys) return keys.error();
    std::vector<std::size_t> order(keys->size());
    std::vector<PicoUsd> costs(keys->size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        order[i] = i;
        costs[i] = known_cost(summing.groups[i].sums);
    }
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        const auto &of_a = summing.groups[a].sums, &of_b = summing.groups[b].sums;
        return std::tie(costs[b], of_b.calls, (*keys)[a]) < std::tie(costs[a], of_a.calls, (*keys)[b]);
    });
    if (auto done = summing.arrange(order, stop); !done) return done;
    answer.groups.reserve(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        UsageSumming::Group& group = summing.groups[i];
        add_usage(answer.sums, group.sums);
        answer.groups.push_back({std::move((*keys)[order[i]]), group.sums, group.runs,
                                 group.latencies.percentile(0.5), group.latencies.percentile(0.95)});
    }
    answer.step = summing.steps.step();
    answer.steps_a_bar = summing.steps.steps_a_bar();
    const std::size_t told = std::min(told_apart, summing.groups.size());
    for (std::size_t i = 0; i < summing.bars.size(); ++i) {
        UsageBar& bar = answer.bars.emplace_back();
        bar.start = summing.steps.start_of(i);
        bar.runs = summing.bars[i].runs;
        bar.sums = summing.bars[i].sums;
        bar.groups.resize(told);
        for (std::size_t g = 0; g < told; ++g) {
            if (!summing.groups[g].bars.empty()) bar.groups[g] = summing.groups[g].bars[i];
        }
    }
    return {};
}

} // namespace

Result<UsageAnswer> SqliteTraceStore::usage(const UsageQuery& query, std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    Database& db = reading->db();
    auto condition =
        compile_filter(db, query.filter, query.sources, stop, query.now == kNoTime ? now() : query.now);
    if (!condition) return condition.error();

    UsageAnswer answer;
    auto all = db.query_integer("SELECT count(*) FROM trace WHERE hidden = 0");
    if (!all) return all.error();
    answer.all_runs = answer.runs = all->value_or(0);
    const auto told_apart = static_cast<std::size_t>(std::max(query.told_apart, 0));
    UsageSumming summing(query.by, told_apart);
    if (query.filter.empty() && query.sources.empty()) {
        if (auto done = read_all(db, nullptr, summing); !done) return done.error();
    } else {
        auto traces = matching(db, *condition);
        if (!traces) return traces.error();
        answer.runs = static_cast<std::int64_t>(traces->size());
        const bool few = traces->size() < static_cast<std::size_t>(answer.all_runs) / kLookUpShare;
        auto done = few ? read_some(db, *traces, summing) : read_all(db, &*traces, summing);
        if (!done) return done.error();
    }
    if (auto done = summing.sum(query.step, stop); !done) return done.error();
    if (auto done = add_groups(db, summing, told_apart, answer, stop); !done) return done.error();
    answer.model_calls = summing.model_calls;
    answer.runs_reported = summing.runs_reported;
    answer.bins = cost_bins(summing.runs);
    answer.run_p50 = cost_percentile(summing.runs, 0.5);
    answer.run_p95 = cost_percentile(summing.runs, 0.95);
    auto unpriced = unpriced_models(db, summing);
    if (!unpriced) return unpriced.error();
    answer.unpriced_models = std::move(*unpriced);
    auto expensive = most_expensive(db, std::move(summing.runs), query.most_expensive);
    if (!expensive) return expensive.error();
    answer.most_expensive = std::move(*expensive);
    return answer;
}

} // namespace clew
