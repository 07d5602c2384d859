// A TraceStore that answers what the Costs page asks from made data: days, models, prices, or whatever the
// test puts in. Safe from several threads.
#pragma once

#include "tests/support/fake_runs.h"

#include <cmath>
#include <condition_variable>
#include <optional>
#include <string>
#include <vector>

namespace clew::test {

class FakeUsage : public FakeRuns {
public:
    static constexpr TimeNs kDay = 24LL * 3600 * kSecond;
    static constexpr TimeNs kStart = 1'761'004'800LL * kSecond; // 2025-10-21, a midnight
    struct Model {
        std::string key;
        double usdADay;
        double reportedShare; // the rest is computed; of an unpriced model there is no cost
        std::int64_t calls;
        bool unpriced = false;
    };
    static std::vector<Model> models() {
        return {{"claude-sonnet-4-5", 9.4, 0.7, 330},  {"claude-opus-4-1", 6.1, 0.25, 48},
                {"gemini-2.5-pro", 2.8, 0, 98},        {"gpt-4.1-mini", 1.9, 0.3, 208},
                {"qwen3-coder-480b", 0, 0, 112, true}, {"text-embedding-3-small", 0.004, 0, 268}};
    }

    FakeUsage() { answer_ = make(models(), 31); }
    static UsageAnswer make(const std::vector<Model>& models, int steps, UsageStep step = UsageStep::day,
                            double scale = 1) {
        UsageAnswer out;
        out.step = step;
        out.groups.resize(models.size());
        const TimeNs length = step == UsageStep::hour ? kDay / 24 : step == UsageStep::week ? 7 * kDay : kDay;
        for (int at = 0; at < steps; ++at) {
            UsageBar bar;
            bar.start = kStart + at * length;
            bar.groups.resize(models.size());
            const double weekend = at % 7 >= 5 ? 0.3 : 1;
            const double wave = weekend * (0.75 + 0.25 * std::sin(at * 0.7) + 0.012 * (at % 31));
            for (std::size_t m = 0; m < models.size(); ++m) {
                const Model& model = models[m];
                if (model.unpriced && at < steps / 2) continue;
                UsageSums& sums = bar.groups[m];
                sums.calls = std::max<std::int64_t>(1, std::llround(static_cast<double>(model.calls) * wave));
                sums.errors = sums.calls / 50;
                sums.input_tokens = sums.calls * 9'000;
                sums.cache_read_tokens = sums.input_tokens * (at < 20 ? 30 + at : at < 24 ? 35 : 62) / 100;
                sums.output_tokens = sums.calls * 420;
                if (model.unpriced) {
                    sums.unpriced_calls = sums.calls;
                } else {
                    const double usd = model.usdADay * wave * scale;
                    const auto whole = static_cast<PicoUsd>(std::llround(usd * 1e12));
                    const auto reported =
                        static_cast<PicoUsd>(static_cast<double>(whole) * model.reportedShare);
                    if (reported > 0) sums.reported = reported;
                    if (whole > reported) sums.computed = whole - reported;
                }
                add(bar.sums, sums);
                add(out.groups[m].sums, sums);
            }
            bar.runs = bar.sums.calls / 12;
            add(out.sums, bar.sums);
            out.bars.push_back(std::move(bar));
        }
        for (std::size_t m = 0; m < models.size(); ++m) {
            UsageGroup& group = out.groups[m];
            group.key = models[m].key;
            group.runs = group.sums.calls / 8;
            group.p50 = (400 + 900 * static_cast<std::int64_t>(m)) * kMillisecond;
            group.p95 = *group.p50 * 3;
            if (models[m].unpriced) out.unpriced_models.emplace_back(models[m].key, group.sums.calls);
        }
        out.runs = out.sums.calls / 13;
        out.all_runs = out.runs * 5;
        out.runs_reported = out.runs / 2;
        for (int bin = 0; bin < 24; ++bin) {
            const double from = 0.01 * std::pow(10, bin / 8.0) * scale;
            out.bins.push_back({static_cast<PicoUsd>(std::llround(from * 1e12)),
                                static_cast<PicoUsd>(std::llround(from * std::pow(10, 1 / 8.0) * 1e12)),
                                std::llround(300 * std::exp(-(bin - 9) * (bin - 9) / 26.0))});
        }
        out.run_p50 = static_cast<PicoUsd>(0.17e12 * scale);
        out.run_p95 = static_cast<PicoUsd>(2.4e12 * scale);
        const char* names[] = {"claude-code", "swe-agent", "swe-agent", "claude-code"};
        const char* details[] = {"migrate auth to sessions", "fix flaky test in io/pool",
                                 "port parser to C++20", "add audit log to billing"};
        for (std::uint64_t n = 0; n < 20; ++n)
            out.most_expensive.push_back(
                {TraceId{0x2000, n + 1}, names[n % 4], details[n % 4],
                 static_cast<PicoUsd>(6.12e12 * scale / static_cast<double>(n + 1))});
        return out;
    }

    void set(UsageAnswer answer) {
        const std::lock_guard lock(mutex_);
        answer_ = std::move(answer);
    }
    void failUsage(std::optional<Error> error) {
        const std::lock_guard lock(mutex_);
        failure_ = std::move(error);
    }
    // Answers wait until they are let go.
    void hold(bool held) {
        const std::lock_guard lock(mutex_);
        held_ = held;
        released_.notify_all();
    }
    [[nodiscard]] std::vector<UsageQuery> asked() {
        const std::lock_guard lock(mutex_);
        return asked_;
    }

    Result<UsageAnswer> usage(const UsageQuery& query, std::stop_token stop) override {
        std::unique_lock lock(mutex_);
        asked_.push_back(query);
        while (held_ && !stop.stop_requested())
            released_.wait_for(lock, std::chrono::milliseconds(20));
        if (failure_) return *failure_;
        return answer_;
    }
    Result<TotalsAnswer> totals(const TotalsQuery& query, std::stop_token) override {
        if (query.what_if == "no-such-model") return Error{"price.no_model", {query.what_if}, {}};
        TotalsAnswer out;
        for (int at = 0; at < 3; ++at) {
            Totals totals;
            totals.key = "group-" + std::to_string(at);
            totals.cost_reported = kUsd;
            totals.cost_computed = at * kUsd;
            totals.cost = (at + 1) * kUsd;
            totals.cost_what_if = kUsd / 2;
            out.groups.push_back(totals);
        }
        out.all.cost_reported = 3 * kUsd;
        out.all.cost_computed = 3 * kUsd;
        out.all.cost = 6 * kUsd;
        out.all.cost_what_if = kUsd * 3 / 2;
        return out;
    }

private:
    static void addTo(std::optional<PicoUsd>& sum, const std::optional<PicoUsd>& part) {
        if (part) sum = sum.value_or(0) + *part;
    }
    static void add(UsageSums& sum, const UsageSums& part) {
        sum.calls += part.calls;
        sum.errors += part.errors;
        sum.input_tokens += part.input_tokens;
        sum.cache_read_tokens += part.cache_read_tokens;
        sum.output_tokens += part.output_tokens;
        addTo(sum.reported, part.reported);
        addTo(sum.computed, part.computed);
        sum.unpriced_calls += part.unpriced_calls;
    }

    std::mutex mutex_;
    std::condition_variable released_;
    UsageAnswer answer_;
    std::optional<Error> failure_;
    std::vector<UsageQuery> asked_;
    bool held_ = false;
};

} // namespace clew::test
