// Frames of the span tree and waterfall at 1920×1080, everything expanded, what happens off the GUI thread
// before the first, and frames of the chart of costs. A frame has to stay under 16.7 ms.
//
//   QT_QPA_PLATFORM=offscreen view_bench [--benchmark_filter=…]
//   CLEW_BENCH_STORE=STORE.db view_bench      the same on the largest trace of a store

#include "model/store/store.h"
#include "tests/support/fake_usage.h"
#include "tests/support/synthetic_snapshot.h"
#include "views/costs/cost_chart.h"
#include "views/costs/usage_series.h"
#include "views/theme/theme.h"
#include "views/trace/minimap.h"
#include "views/trace/span_tree_view.h"

#include <QApplication>
#include <QImage>
#include <QScrollBar>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>

namespace {

using namespace clew;
using namespace clew::views;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kOfStore = 0; // instead of a number of spans: the largest trace of CLEW_BENCH_STORE

TraceSnapshotPtr snapshot_of(std::int64_t spans) {
    if (spans != kOfStore) return test::synthetic_snapshot(static_cast<std::size_t>(spans));
    auto store = Store::open({.path = std::getenv("CLEW_BENCH_STORE"), .read_only = true});
    if (!store) return nullptr;
    const auto page = (*store)->traces().traces({.order = TraceOrder::spans, .limit = 1});
    if (!page || page->rows.empty()) return nullptr;
    auto snapshot = (*store)->traces().open(page->rows[0].id);
    return snapshot ? *snapshot : nullptr;
}

std::shared_ptr<const TracePicture> picture_of(std::int64_t spans) {
    static std::map<std::int64_t, std::shared_ptr<const TracePicture>> made;
    auto& picture = made[spans];
    if (!picture) picture = makeTracePicture(snapshot_of(spans));
    return picture;
}

struct Scene {
    Theme theme{ThemeName::Light};
    SpanTreeView view{theme};
    QImage frame{1920, 1080, QImage::Format_ARGB32_Premultiplied};

    explicit Scene(std::int64_t spans) {
        theme.applyTo(*qobject_cast<QApplication*>(QCoreApplication::instance()));
        const auto picture = picture_of(spans);
        view.resize(1920, 1080);
        view.show();
        view.setPicture(picture);
        view.setNow(picture->snapshot->end + kSecond);
    }
    void paint() { view.viewport()->render(&frame, QPoint(), QRegion(), QWidget::DrawChildren); }
};

// Reports the mean as the benchmark's time and the slowest frame beside it.
template <class Move>
void frames(benchmark::State& state, Move move) {
    Scene scene(state.range(0));
    scene.paint();
    double slowest = 0;
    int step = 0;
    for (auto _ : state) {
        const auto start = Clock::now();
        move(scene, step++);
        scene.paint();
        const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
        slowest = std::max(slowest, seconds);
        state.SetIterationTime(seconds);
    }
    state.counters["slowest_ms"] = slowest * 1e3;
    state.counters["spans"] = static_cast<double>(scene.view.picture()->snapshot->spans.size());
}

void PaintStill(benchmark::State& state) {
    frames(state, [](Scene&, int) {});
}
void PaintScrolling(benchmark::State& state) {
    frames(state, [](Scene& scene, int step) {
        QScrollBar* bar = scene.view.verticalScrollBar();
        bar->setValue(static_cast<int>((static_cast<qint64>(step) * 997'003) % std::max(1, bar->maximum())));
    });
}
void PaintZooming(benchmark::State& state) {
    frames(state,
           [](Scene& scene, int step) { step % 40 < 20 ? scene.view.zoomIn() : scene.view.zoomOut(); });
}
void PaintFolding(benchmark::State& state) {
    frames(state, [](Scene& scene, int step) {
        if (step == 0) scene.view.setCurrentSpan(scene.view.picture()->snapshot->spans[0].id);
        scene.view.setCurrentCollapsed(step % 2 == 0);
    });
}
// The main chart of the Costs page at 1920×1080: what a replot and the paint of its buffers take.
void ReplotCosts(benchmark::State& state) {
    std::vector<test::FakeUsage::Model> models;
    for (int n = 0; n < static_cast<int>(state.range(1)); ++n)
        models.push_back({"model-" + std::to_string(n), 20.0 - n, 0.5, 30, n == 7});
    const UsageAnswer answer = test::FakeUsage::make(models, static_cast<int>(state.range(0)));
    Theme theme{ThemeName::Light};
    SeriesPlaces places;
    QStringList names;
    for (const auto& model : models)
        names << QString::fromStdString(model.key);
    CostChart chart(theme);
    chart.resize(1920, 1080);
    chart.show();
    chart.setBudget(100 * kUsd);
    QImage frame{1920, 1080, QImage::Format_ARGB32_Premultiplied};
    double slowest = 0;
    for (auto _ : state) {
        const auto start = Clock::now();
        chart.setSeries(usageSeries(answer, UsageBy::model, UsageMetric::Cost, places), names);
        chart.replot(QCustomPlot::rpQueuedRefresh);
        chart.render(&frame, QPoint(), QRegion(), QWidget::DrawChildren);
        const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
        slowest = std::max(slowest, seconds);
        state.SetIterationTime(seconds);
    }
    state.counters["slowest_ms"] = slowest * 1e3;
}
BENCHMARK(ReplotCosts)
    ->Args({365, 8})
    ->Args({8760, 8})
    ->Args({90, 300})
    ->UseManualTime()
    ->Iterations(60)
    ->Unit(benchmark::kMillisecond);

void MakePicture(benchmark::State& state) {
    const auto snapshot = test::synthetic_snapshot(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state)
        benchmark::DoNotOptimize(makeTracePicture(snapshot));
}

void sizes(benchmark::internal::Benchmark* frames) {
    if (std::getenv("CLEW_BENCH_STORE")) {
        frames->Arg(kOfStore);
        return;
    }
    frames->Arg(10'000)->Arg(100'000)->Arg(1'000'000);
}
#define CLEW_FRAMES(name)                                                                                    \
    BENCHMARK(name)->Apply(sizes)->UseManualTime()->Iterations(60)->Unit(benchmark::kMillisecond)
CLEW_FRAMES(PaintStill);
CLEW_FRAMES(PaintScrolling);
CLEW_FRAMES(PaintZooming);
CLEW_FRAMES(PaintFolding);
BENCHMARK(MakePicture)->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

} // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    if (std::getenv("CLEW_BENCH_STORE") && !snapshot_of(kOfStore)) {
        std::fputs("view_bench: CLEW_BENCH_STORE names no store with a trace\n", stderr);
        return 1;
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
