// The questions that pages ask of a large store, warm: ms each.
//
//   store_bench [--benchmark_filter=…]      CLEW_BENCH_SPANS=1000000 CLEW_BENCH_DIR=/tmp
//
// Two stores, made once and kept in CLEW_BENCH_DIR: runs of 25 spans over two months, and one run of all
// spans.

#include "model/analysis/pricing/bundled_prices.h"
#include "model/analysis/pricing/price_table.h"
#include "model/base/arena.h"
#include "model/base/memory.h"
#include "model/store/store.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace clew;

constexpr std::uint64_t kSpansOfRun = 25;
constexpr TimeNs kStart = 1'760'000'000 * kSecond;
constexpr DurationNs kTwoMonths = 60 * 86'400 * kSecond;

std::uint64_t wanted_spans() {
    const char* text = std::getenv("CLEW_BENCH_SPANS");
    return text ? std::strtoull(text, nullptr, 10) : 1'000'000;
}

std::string store_path(std::string_view name) {
    const char* text = std::getenv("CLEW_BENCH_DIR");
    const auto folder =
        (text ? std::filesystem::path(text) : std::filesystem::temp_directory_path()) / "clew-bench";
    std::filesystem::create_directories(folder);
    return (folder / fmt::format("store-{}-{}-v2.db", name, wanted_spans())).string();
}

PricesPtr bundled() {
    auto read = PriceTable::read(bundled_prices());
    return read ? std::make_shared<const PriceTable>(std::move(*read)) : nullptr;
}

std::vector<std::string> numbered(std::string_view what, int count) {
    std::vector<std::string> out;
    for (int i = 0; i < count; ++i)
        out.push_back(fmt::format("{}-{:02}", what, i));
    return out;
}

// Agents that call models and tools in turn; every eighth tool has a sub-agent with a call of its own.
class Runs {
public:
    explicit Runs(ImportTarget& target)
        : target_(target) {}

    bool run(TraceId trace, std::uint64_t number, std::uint64_t spans, TimeNs start, DurationNs apart) {
        memory_ = std::make_shared<Arena>();
        Span root = made(trace, 1, 0, "run", start, static_cast<DurationNs>(spans) * apart);
        root.kind = Kind::agent;
        root.agent = number % 2 == 0 ? "planner" : "coder";
        root.session = memory_->copy(fmt::format("session-{}", number / 5));
        root.user = users_[number % users_.size()];
        root.detail = "orders and their delivery";
        if (!target_.add(std::move(root))) return false;
        for (std::uint64_t id = 2; id <= spans; ++id) {
            const TimeNs at = start + static_cast<TimeNs>(id) * apart;
            Span s = id % 3 == 2   ? call(trace, id, 1, at)
                     : id % 3 == 0 ? tool(trace, id, id - 1, at)
                                   : made(trace, id, 1, "step", at, 1'000'000);
            if (id % 24 == 5) { // below the tool before it
                s.parent = {id - 2};
                s.agent = "helper";
            }
            if (!target_.add(std::move(s))) return false;
        }
        return true;
    }

private:
    Span made(TraceId trace, std::uint64_t id, std::uint64_t parent, std::string_view name, TimeNs start,
              DurationNs lasts) {
        Span s;
        s.trace = trace;
        s.id = {id};
        s.parent = {parent};
        s.name = name;
        s.start = start;
        s.end = start + lasts;
        s.owner = memory_;
        return s;
    }
    Span call(TraceId trace, std::uint64_t id, std::uint64_t parent, TimeNs at) {
        Span s = made(trace, id, parent, "chat", at, 200'000'000 + below(8'000'000'000));
        s.kind = Kind::llm;
        s.model = kModels[below(10) < 7 ? below(2) : below(kModels.size())];
        s.provider = "openai";
        s.usage.input = 200 + below(8'000);
        s.usage.cache_read = below(200);
        s.usage.output = 10 + below(900);
        if (below(4) == 0) s.reported_cost = 1'000'000 * below(40'000);
        if (below(2) == 0) {
            s.prompt_name = prompts_[below(prompts_.size())];
            s.prompt_version = versions_[below(versions_.size())];
        }
        if (below(100) == 0) s.status = Status::error;
        s.attributes = memory_->copy(
            fmt::format(R"([{{"key":"gen_ai.request.temperature","value":{{"doubleValue":0.{}}}}},)"
                        R"({{"key":"gen_ai.input.messages","value":{{"stringValue":"order {} of {}"}}}}])",
                        below(10), below(100'000), users_[static_cast<std::size_t>(below(100))]));
        return s;
    }
    Span tool(TraceId trace, std::uint64_t id, std::uint64_t parent, TimeNs at) {
        Span s = made(trace, id, parent, "execute_tool", at, 1'000'000 + below(400'000'000));
        s.kind = Kind::tool;
        s.tool = tools_[below(tools_.size())];
        if (below(50) == 0) s.status = Status::error;
        return s;
    }
    std::int64_t below(std::size_t limit) { return static_cast<std::int64_t>(random_() % limit); }

    static constexpr std::array<std::string_view, 8> kModels = {
        "gpt-4o", "claude-sonnet-4-5", "gpt-4o-mini",   "claude-haiku-4-5",
        "gpt-5",  "gemini-2.5-pro",    "house-model-1", "house-model-2"};
    ImportTarget& target_;
    std::mt19937_64 random_{11};
    std::shared_ptr<Arena> memory_; // of the run's own texts
    const std::vector<std::string> users_ = numbered("user", 100), tools_ = numbered("tool", 20),
                                   prompts_ = numbered("prompt", 6), versions_ = numbered("v", 5);
};

std::unique_ptr<Store> opened(const std::string& path) {
    static const PricesPtr prices = bundled();
    auto store = Store::open({.path = path, .prices = [] { return prices; }});
    return store ? std::move(*store) : nullptr;
}

// `spans_of_run` 0 = all in one.
std::unique_ptr<Store> filled(std::string_view name, std::uint64_t spans_of_run) {
    const std::string path = store_path(name);
    if (std::filesystem::exists(path)) return opened(path);
    const std::string partial = path + ".part";
    for (const char* suffix : {"", "-wal", "-shm"})
        std::filesystem::remove(partial + suffix);
    {
        auto store = opened(partial);
        if (!store) return nullptr;
        auto target = store->import_target();
        if (!target) return nullptr;
        SourceHead head;
        head.path = "bench";
        head.format = "bench";
        if (!(*target)->begin_source(head)) return nullptr;
        Runs runs(**target);
        const std::uint64_t count = spans_of_run == 0 ? 1 : wanted_spans() / spans_of_run;
        const std::uint64_t spans = spans_of_run == 0 ? wanted_spans() : spans_of_run;
        const DurationNs apart = kTwoMonths / static_cast<std::int64_t>(count);
        for (std::uint64_t i = 0; i < count; ++i) {
            const DurationNs step = spans_of_run == 0 ? kTwoMonths / static_cast<std::int64_t>(spans)
                                                      : static_cast<DurationNs>(300 + i % 5 * 50) * 1'000'000;
            if (!runs.run({0xbe7c4, i + 1}, i, spans, kStart + static_cast<TimeNs>(i) * apart, step))
                return nullptr;
        }
        if (!(*target)->end_source(1, {}, true)) return nullptr;
        target->reset();
        if (!store->build_index()) return nullptr;
    }
    std::filesystem::rename(partial, path);
    return opened(path);
}

Store* many() {
    static const auto store = filled("runs", kSpansOfRun);
    return store.get();
}
Store* one() {
    static const auto store = filled("one", 0);
    return store.get();
}

using StoreOf = Store* (*)();

// `ask` is false where the question failed; it counts what came back.
void add_question(const std::string& name, StoreOf store, std::function<bool(Store&, double&)> ask) {
    benchmark::RegisterBenchmark(name.c_str(), [store, ask = std::move(ask)](benchmark::State& state) {
        double found = 0;
        if (!store() || !ask(*store(), found)) return state.SkipWithError("the question failed");
        for (auto _ : state)
            static_cast<void>(ask(*store(), found));
        state.counters["found"] = found;
    })->Unit(benchmark::kMillisecond);
}

void add_list(const std::string& name, TraceQuery query) {
    add_question("List/" + name, many, [query](Store& store, double& found) {
        const auto page = store.traces().traces(query);
        if (page) found = static_cast<double>(page->count);
        return page.ok();
    });
}

void add_usage(const std::string& name, StoreOf store, const UsageQuery& query) {
    add_question("Usage/" + name, store, [query](Store& of, double& found) {
        const auto answer = of.traces().usage(query);
        if (answer) found = static_cast<double>(answer->groups.size());
        return answer.ok();
    });
}

constexpr std::array<std::pair<std::string_view, UsageBy>, 5> kDimensions = {{{"model", UsageBy::model},
                                                                              {"agent", UsageBy::agent},
                                                                              {"tool", UsageBy::tool},
                                                                              {"prompt", UsageBy::prompt},
                                                                              {"session", UsageBy::session}}};

void add_lists() {
    constexpr std::array<std::pair<std::string_view, TraceOrder>, 9> kOrders = {
        {{"start", TraceOrder::start},
         {"name", TraceOrder::name},
         {"duration", TraceOrder::duration},
         {"spans", TraceOrder::spans},
         {"errors", TraceOrder::errors},
         {"tokens", TraceOrder::tokens},
         {"cost", TraceOrder::cost},
         {"llm_calls", TraceOrder::llm_calls},
         {"tool_calls", TraceOrder::tool_calls}}};
    for (const auto& [name, order] : kOrders) {
        TraceQuery query;
        query.order = order;
        add_list("by_" + std::string(name), query);
    }
    for (const char* filter : {"model:gpt-5", "status:error", "cost>0.2", "duration>16s", "tokens_in>40000",
                               "tool:tool-07", "kind:llm", "user:user-07", "has(kind:tool status:error)",
                               "has(model:gpt-5 duration>6s)", "\"order 4711\""}) {
        TraceQuery query;
        query.filter = filter;
        add_list("where_" + query.filter, query);
    }
}

void add_usages() {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kShares = {
        {{"all", ""}, {"of_1%", "user:user-07"}, {"of_50%", "agent:planner"}, {"of_~100%", "kind:llm"}}};
    for (const auto& [share, filter] : kShares) {
        for (const auto& [name, by] : kDimensions) {
            UsageQuery query;
            query.by = by;
            query.filter = filter;
            add_usage(fmt::format("by_{}/{}", name, share), many, query);
        }
    }
    for (const auto& [name, by] : kDimensions) {
        UsageQuery query;
        query.by = by;
        add_usage(fmt::format("one_run/by_{}", name), one, query);
    }
}

void add_others() {
    for (const char* filter : {"", "user:user-07", "kind:llm"}) {
        add_question(fmt::format("Totals/{}", *filter ? filter : "all"), many,
                     [filter](Store& store, double& found) {
                         TotalsQuery query;
                         query.filter = filter;
                         const auto totals = store.traces().totals(query);
                         if (totals) found = static_cast<double>(totals->all.traces);
                         return totals.ok();
                     });
    }
    TraceQuery session;
    session.filter = "session:session-77";
    add_list("runs_of_a_session", session);
    add_question("Open/25_spans", many, [](Store& store, double& found) {
        const auto snapshot = store.traces().open({0xbe7c4, 300});
        if (snapshot) found = static_cast<double>((*snapshot)->spans.size());
        return snapshot.ok();
    });
    add_question("Open/all_spans", one, [](Store& store, double& found) {
        const auto snapshot = store.traces().open({0xbe7c4, 1});
        if (snapshot) found = static_cast<double>((*snapshot)->spans.size());
        return snapshot.ok();
    });
}

} // namespace

int main(int argc, char** argv) {
    clew::keep_large_blocks(); // as the program does
    add_lists();
    add_usages();
    add_others();
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
