// Runs of which some are running, with their spans: for the tests and pictures of the Live page.
#pragma once

#include "tests/support/fake_runs.h"

#include <map>

namespace clew::test {

class FakeRunning : public FakeRuns {
public:
    Result<TraceSnapshotPtr> open(TraceId id, std::stop_token) override {
        const std::lock_guard lock(guard_);
        const auto it = open_.find(id);
        if (it == open_.end()) return Error{"trace.unknown", {to_hex(id)}, {}};
        return it->second;
    }

    // Leaf spans one after the other: kind and share of the time so far; the last one still runs.
    void putRunning(int n, const std::string& name, const std::string& detail, TimeNs start, TimeNs now,
                    const std::vector<std::pair<Kind, double>>& parts, std::int64_t tokens,
                    std::optional<PicoUsd> cost) {
        TraceRow row;
        row.id = id(n);
        row.name = name;
        row.detail = detail;
        row.root_kind = Kind::agent;
        row.start = start;
        row.end = now - kSecond / 5;
        row.running = true;
        row.spans = static_cast<std::int64_t>(parts.size()) + 1;
        row.llm_calls = 2;
        row.input_tokens = tokens;
        row.reported_cost = cost;
        put(row);
        auto trace = std::make_shared<TraceSnapshot>();
        trace->id = row.id;
        trace->start = start;
        trace->end = row.end;
        trace->running = true;
        trace->strings = {""};
        trace->spans.resize(1);
        trace->spans[0].start = start;
        trace->spans[0].kind = Kind::agent;
        trace->spans[0].first_child = 1;
        double at = 0;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            SnapshotSpan span;
            const double length = static_cast<double>(now - start);
            span.start = start + static_cast<TimeNs>(at * length);
            at += parts[i].second;
            span.end = i + 1 == parts.size() ? kNoTime : start + static_cast<TimeNs>(at * length);
            span.kind = parts[i].first;
            span.parent = 0;
            trace->spans.push_back(span);
        }
        const std::lock_guard lock(guard_);
        open_[row.id] = std::move(trace);
    }
    void fillRunning(TimeNs now) {
        using P = std::vector<std::pair<Kind, double>>;
        putRunning(1, "refund-agent", "order 48219", now - 6200 * kMillisecond, now,
                   P{{Kind::llm, 0.42}, {Kind::tool, 0.06}, {Kind::llm, 0.36}, {Kind::tool, 0.16}}, 31'000,
                   98'000'000'000);
        putRunning(2, "research-agent", "battery recycling, EU rules", now - 48 * kSecond, now,
                   P{{Kind::llm, 0.37}, {Kind::retriever, 0.25}, {Kind::llm, 0.3}, {Kind::tool, 0.08}},
                   212'000, {});
        putRunning(3, "checkout-bot", "session 9e02", now - 1100 * kMillisecond, now,
                   P{{Kind::guardrail, 0.08}, {Kind::llm, 0.92}}, 4'200, 6'000'000'000);
        putRunning(4, "fraud-checker", "order 48219", now - 2 * kSecond, now,
                   P{{Kind::llm, 0.5}, {Kind::tool, 0.25}, {Kind::llm, 0.25}}, 8'100, 4'000'000'000);
    }

private:
    std::mutex guard_;
    std::map<TraceId, TraceSnapshotPtr> open_;
};

} // namespace clew::test
