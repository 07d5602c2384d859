// Imports, measured against the limit of limit.h in the same run, and what the store makes of them.
//
//   import_bench [--benchmark_filter=…]      CLEW_BENCH_SPANS=200000 CLEW_BENCH_DIR=/tmp
//
// Trust the ratios, not the seconds.

#include "importers/import_job.h"
#include "model/analysis/pricing/bundled_prices.h"
#include "model/analysis/pricing/price_table.h"
#include "model/base/memory.h"
#include "model/store/store.h"
#include "tests/bench/dump.h"
#include "tests/bench/limit.h"

#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace clew;
using Clock = std::chrono::steady_clock;

std::uint64_t wanted_spans() {
    const char* text = std::getenv("CLEW_BENCH_SPANS");
    return text ? std::strtoull(text, nullptr, 10) : 200'000;
}

std::string folder() {
    const char* text = std::getenv("CLEW_BENCH_DIR");
    const auto path =
        (text ? std::filesystem::path(text) : std::filesystem::temp_directory_path()) / "clew-bench";
    std::filesystem::create_directories(path);
    return path.string() + "/";
}

const bench::Dump& plain_dump() {
    static const bench::Dump dump = bench::write_plain_dump(folder() + "plain.jsonl", wanted_spans());
    return dump;
}

const bench::Dump& resend_dump() {
    static const bench::Dump dump = bench::write_resend_dump(folder() + "resend.jsonl", 60, 100, 1000);
    return dump;
}

void remove_store(const std::string& path) {
    for (const char* suffix : {"", "-wal", "-shm"})
        std::remove((path + suffix).c_str());
}

std::uint64_t store_bytes(const std::string& path) {
    std::uint64_t bytes = 0;
    std::error_code ignored;
    for (const char* suffix : {"", "-wal"})
        if (const auto size = std::filesystem::file_size(path + suffix, ignored); !ignored) bytes += size;
    return bytes;
}

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// Seconds, or a negative number where the import failed.
double import_seconds(const bench::Dump& dump, const std::string& path) {
    remove_store(path);
    const auto start = Clock::now();
    // As the program imports: with prices.
    static const auto prices = PriceTable::read(bundled_prices());
    if (!prices) return -1;
    const PricesPtr current = std::make_shared<const PriceTable>(*prices);
    auto store = Store::open({.path = path, .prices = [current] { return current; }});
    if (!store) return -1;
    auto target = (*store)->import_target();
    if (!target) return -1;
    ImportOptions options;
    options.path = dump.path;
    auto report = import_source(options, **target);
    target->reset();
    if (!report || report->spans != dump.spans) return -1;
    return seconds_since(start);
}

double median(std::vector<double> values) {
    std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
    return values[values.size() / 2];
}

double peak_rss_mb() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

// One iteration is a pair: the limit, then the import, so that both see the same machine.
void import_against_limit(benchmark::State& state, const bench::Dump& dump) {
    const std::string store = folder() + "store.db", limit_store = folder() + "limit.db";
    std::vector<double> ratios, speeds;
    for (auto _ : state) {
        const auto start = Clock::now();
        if (bench::run_limit(dump.path, limit_store) != dump.spans)
            return state.SkipWithError("the limit failed");
        const double limit = seconds_since(start);
        const double import = import_seconds(dump, store);
        if (import < 0) return state.SkipWithError("the import failed");
        ratios.push_back(limit / import);
        speeds.push_back(import);
        state.SetIterationTime(import);
    }
    const double seconds = median(speeds);
    state.counters["of_limit"] = median(ratios);
    state.counters["spans/s"] = static_cast<double>(dump.spans) / seconds;
    state.counters["MB/s"] = static_cast<double>(dump.bytes) / 1e6 / seconds;
    state.counters["store/dump"] = static_cast<double>(store_bytes(store)) / static_cast<double>(dump.bytes);
    if (dump.unique_text > 0)
        state.counters["store/unique"] =
            static_cast<double>(store_bytes(store)) / static_cast<double>(dump.unique_text);
    state.counters["peak_rss_MB"] = peak_rss_mb();
}

void ImportPlain(benchmark::State& state) {
    import_against_limit(state, plain_dump());
}
BENCHMARK(ImportPlain)->UseManualTime()->Iterations(5)->Unit(benchmark::kMillisecond);

void ImportResend(benchmark::State& state) {
    import_against_limit(state, resend_dump());
}
BENCHMARK(ImportResend)->UseManualTime()->Iterations(5)->Unit(benchmark::kMillisecond);

// MB/s of the resend workload over MB/s of the plain one, in pairs.
void ResendOverPlain(benchmark::State& state) {
    const std::string store = folder() + "store.db";
    std::vector<double> ratios;
    for (auto _ : state) {
        const double plain = import_seconds(plain_dump(), store),
                     resend = import_seconds(resend_dump(), store);
        if (plain < 0 || resend < 0) return state.SkipWithError("an import failed");
        ratios.push_back(static_cast<double>(resend_dump().bytes) / resend /
                         (static_cast<double>(plain_dump().bytes) / plain));
        state.SetIterationTime(plain + resend);
    }
    state.counters["times_faster"] = median(ratios);
}
BENCHMARK(ResendOverPlain)->UseManualTime()->Iterations(3)->Unit(benchmark::kMillisecond);

// From opening the store and a large file to the first row that a list of runs would show.
void FirstRows(benchmark::State& state) {
    const std::string path = folder() + "store.db";
    for (auto _ : state) {
        remove_store(path);
        const auto start = Clock::now();
        auto store = Store::open({.path = path});
        if (!store) return state.SkipWithError("the store could not be opened");
        auto target = (*store)->import_target();
        if (!target) return state.SkipWithError("the store takes no import");
        double seconds = 0;
        {
            std::jthread import([&](std::stop_token stop) {
                ImportOptions options;
                options.path = plain_dump().path;
                static_cast<void>(import_source(options, **target, std::move(stop)));
            });
            for (bool some = false; !some; std::this_thread::sleep_for(std::chrono::milliseconds(1))) {
                const auto page = (*store)->traces().traces({.limit = 100});
                some = page && !page->rows.empty();
            }
            seconds = seconds_since(start);
        }
        state.SetIterationTime(seconds);
    }
}
BENCHMARK(FirstRows)->UseManualTime()->Iterations(5)->Unit(benchmark::kMillisecond);

struct Filled {
    std::unique_ptr<Store> store;
    TraceId trace;
    SpanId span;
};

Filled filled_store(const bench::Dump& dump) {
    const std::string path = folder() + "filled.db";
    Filled filled;
    if (import_seconds(dump, path) < 0) return filled;
    auto store = Store::open({.path = path});
    if (!store) return filled;
    filled.store = std::move(*store);
    filled.trace = trace_id_from_hex(dump.largest_trace).value_or(TraceId{});
    filled.span = span_id_from_hex(dump.last_span).value_or(SpanId{});
    return filled;
}

void OpenLargestTrace(benchmark::State& state) {
    bench::Dump dump =
        bench::write_plain_dump(folder() + "open.jsonl", static_cast<std::uint64_t>(state.range(0)) * 10);
    Filled filled = filled_store(dump);
    if (!filled.store) return state.SkipWithError("the store could not be filled");
    std::size_t spans = 0;
    for (auto _ : state) {
        auto snapshot = filled.store->traces().open(filled.trace);
        if (!snapshot) return state.SkipWithError("the trace could not be opened");
        spans = (*snapshot)->spans.size();
    }
    state.counters["spans"] = static_cast<double>(spans);
    std::filesystem::remove(dump.path);
}
BENCHMARK(OpenLargestTrace)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

// The span with the longest history of the long run, warm.
void ReadOneSpan(benchmark::State& state) {
    Filled filled = filled_store(resend_dump());
    if (!filled.store) return state.SkipWithError("the store could not be filled");
    std::size_t bytes = 0;
    for (auto _ : state) {
        auto span = filled.store->traces().span(filled.trace, filled.span);
        if (!span) return state.SkipWithError("the span could not be read");
        bytes = span->attributes.size();
    }
    state.counters["attribute_MB"] = static_cast<double>(bytes) / 1e6;
}
BENCHMARK(ReadOneSpan)->Unit(benchmark::kMillisecond);

// The same by a process that has unpacked nothing yet.
void ReadFirstSpan(benchmark::State& state) {
    Filled filled = filled_store(resend_dump());
    if (!filled.store) return state.SkipWithError("the store could not be filled");
    for (auto _ : state) {
        state.PauseTiming();
        filled.store.reset();
        auto store = Store::open({.path = folder() + "filled.db"});
        if (!store || !(*store)->traces().trace(filled.trace))
            return state.SkipWithError("it could not be opened");
        filled.store = std::move(*store);
        state.ResumeTiming();
        if (!filled.store->traces().span(filled.trace, filled.span))
            return state.SkipWithError("the span could not be read");
    }
}
BENCHMARK(ReadFirstSpan)->Iterations(50)->Unit(benchmark::kMillisecond);

void ListThousandTraces(benchmark::State& state) {
    Filled filled = filled_store(plain_dump());
    if (!filled.store) return state.SkipWithError("the store could not be filled");
    for (auto _ : state) {
        auto page = filled.store->traces().traces({});
        if (!page) return state.SkipWithError("the traces could not be listed");
        benchmark::DoNotOptimize(page->rows.data());
    }
}
BENCHMARK(ListThousandTraces)->Unit(benchmark::kMillisecond);

void BuildTextIndex(benchmark::State& state) {
    for (auto _ : state) {
        state.PauseTiming();
        Filled filled = filled_store(plain_dump());
        if (!filled.store) return state.SkipWithError("the store could not be filled");
        state.ResumeTiming();
        if (!filled.store->build_index()) return state.SkipWithError("the index could not be built");
        state.counters["store/dump"] = static_cast<double>(store_bytes(folder() + "filled.db")) /
                                       static_cast<double>(plain_dump().bytes);
    }
}
BENCHMARK(BuildTextIndex)->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);

} // namespace

int main(int argc, char** argv) {
    clew::keep_large_blocks(); // as the program does
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
