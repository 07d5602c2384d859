// Two runs of 10,000 spans each, out of a store, step by step: ms.
//
//   compare_bench [--benchmark_filter=…]

#include "model/analysis/compare/alignment.h"
#include "model/analysis/compare/word_diff.h"
#include "model/base/arena.h"
#include "model/base/memory.h"
#include "model/base/text.h"
#include "model/store/store.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <memory>
#include <random>
#include <string>

namespace {

using namespace clew;

constexpr std::uint64_t kSpans = 10'000;
constexpr TraceId kFirst{1, 1}, kEdited{1, 2}, kOther{1, 3};

std::string text_attribute(std::string_view key, const std::string& value) {
    return fmt::format(R"({{"key":"{}","value":{{"stringValue":{}}}}})", key, json_string(value));
}

// Calls and tools in turn, some 1 KB each. Of `edited` spans in a thousand something is another.
class Runs {
public:
    explicit Runs(ImportTarget& target)
        : target_(target) {}

    bool add(TraceId trace, std::uint32_t seed, int edited) {
        std::mt19937 content(seed), edits(1);
        auto memory = std::make_shared<Arena>();
        for (std::uint64_t id = 1; id <= kSpans; ++id) {
            const std::string value = fmt::format("{} {}", content() % 100'000, std::string(400, 'x'));
            const bool changed = static_cast<int>(edits() % 1'000) < edited;
            if (changed && id % 3 == 0) continue; // this one is missing
            Span span;
            span.trace = trace;
            span.id = {id};
            span.parent = {id == 1 ? 0u : 1u};
            span.start = static_cast<TimeNs>(id) * kSecond;
            span.end = span.start + kSecond / 2;
            span.owner = memory;
            span.kind = id == 1 ? Kind::agent : id % 2 == 0 ? Kind::llm : Kind::tool;
            span.name = "step";
            const std::string said = value + (changed ? " otherwise" : "");
            if (span.kind == Kind::llm) {
                span.model = "m-1";
                span.attributes = memory->copy(
                    "[" +
                    text_attribute("gen_ai.output.messages",
                                   R"([{"role":"assistant","parts":[{"type":"text","content":")" + said +
                                       R"("}]}])") +
                    "]");
            } else {
                span.tool = memory->copy(fmt::format("tool-{}", id % 14));
                span.attributes = memory->copy(
                    "[" + text_attribute("gen_ai.tool.call.arguments", R"({"q":")" + value + R"("})") + "," +
                    text_attribute("gen_ai.tool.call.result", R"({"rows":[")" + said + R"("]})") + "]");
            }
            if (!target_.add(std::move(span))) return false;
        }
        return true;
    }

private:
    ImportTarget& target_;
};

Store* store() {
    static const std::unique_ptr<Store> filled = [] {
        StoreOptions options;
        options.temporary = true;
        auto opened = Store::open(options);
        if (!opened) return std::unique_ptr<Store>();
        auto target = (*opened)->import_target();
        SourceHead head;
        head.path = "bench";
        head.format = "bench";
        if (!target || !(*target)->begin_source(head)) return std::unique_ptr<Store>();
        Runs runs(**target);
        const bool added = runs.add(kFirst, 1, 0) && runs.add(kEdited, 1, 20) && runs.add(kOther, 2, 0);
        if (!added || !(*target)->end_source(1, {}, true)) return std::unique_ptr<Store>();
        target->reset();
        return std::move(*opened);
    }();
    return filled.get();
}

RunSteps read(TraceId trace) {
    RunReader reader;
    auto each = store()->traces().each_span(trace, [&](const SpanDetail& span) {
        reader.add(span);
        return true;
    });
    return each ? reader.finish() : RunSteps();
}

void compare(benchmark::State& state, TraceId other) {
    if (!store()) return state.SkipWithError("there is no store");
    std::size_t steps = 0;
    for (auto _ : state)
        steps = align(read(kFirst), read(other)).steps.size();
    if (steps < kSpans - 1) state.SkipWithError("steps are missing");
    state.counters["steps"] = static_cast<double>(steps);
}

void align_only(benchmark::State& state, TraceId other) {
    if (!store()) return state.SkipWithError("there is no store");
    const RunSteps a = read(kFirst), b = read(other);
    for (auto _ : state)
        benchmark::DoNotOptimize(align(a, b));
}

BENCHMARK_CAPTURE(compare, same, kFirst)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(compare, edited, kEdited)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(compare, other, kOther)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(align_only, edited, kEdited)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(align_only, other, kOther)->Unit(benchmark::kMillisecond);

void diff(benchmark::State& state) {
    std::string a, b;
    for (int i = 0; i < 100'000; ++i) {
        a += fmt::format("w{} ", i * 7 % 1'001);
        b += fmt::format("w{} ", i * 13 % 997);
    }
    for (auto _ : state)
        benchmark::DoNotOptimize(diff_words(a, b));
}
BENCHMARK(diff)->Unit(benchmark::kMillisecond);

} // namespace

int main(int argc, char** argv) {
    keep_large_blocks();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
