// A TraceStore over whole spans and a NoteBook with undo, both in memory, for tests of views that read
// payloads and judge.
//
// Fill them before the view asks, or between questions; both are safe from several threads, as the real ones
// are.
#pragma once

#include "model/store/note_book.h"
#include "model/store/trace_store.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace clew::test {

inline TraceId trace_id(std::uint64_t n) {
    return {0x1000, n};
}
inline SpanId span_id(std::uint64_t n) {
    return {n};
}

// Times in milliseconds from an hour that all share; `end_ms` < 0 = running.
inline SpanDetail make_span(TraceId trace, std::uint64_t id, std::uint64_t parent, std::string name,
                            Kind kind, std::int64_t start_ms, std::int64_t end_ms) {
    SpanDetail span;
    span.trace = trace;
    span.id = {id};
    span.parent = {parent};
    span.name = std::move(name);
    span.kind = kind;
    span.start = 1'760'000'000 * kSecond + start_ms * kMillisecond;
    span.end = end_ms < 0 ? kNoTime : 1'760'000'000 * kSecond + end_ms * kMillisecond;
    return span;
}

// The snapshot of a small trace: pre-order, in the order given; parents stand before their children.
inline TraceSnapshotPtr make_snapshot(TraceId trace, const std::vector<SpanDetail>& details) {
    auto out = std::make_shared<TraceSnapshot>();
    out->id = trace;
    out->strings = {""};
    const auto append = [&](auto&& self, SpanId parent, std::int32_t parent_at, std::uint16_t depth) -> void {
        std::int32_t before = kNoSpan;
        for (const SpanDetail& from : details) {
            if (from.parent != parent) continue;
            const auto at = static_cast<std::int32_t>(out->spans.size());
            SnapshotSpan span;
            span.id = from.id;
            span.parent_id = from.parent;
            span.start = from.start;
            span.end = from.end;
            span.first_token = from.first_token;
            span.output_tokens = from.usage.output.value_or(kUnknownCount);
            span.parent = parent_at;
            span.depth = depth;
            span.kind = from.kind;
            span.status = from.status;
            span.flags = from.flags;
            span.name = static_cast<std::uint32_t>(out->strings.size());
            out->strings.push_back(from.name);
            out->spans.push_back(span);
            out->index.emplace(from.id, at);
            if (before != kNoSpan)
                out->spans[static_cast<std::size_t>(before)].next_sibling = at;
            else if (parent_at != kNoSpan)
                out->spans[static_cast<std::size_t>(parent_at)].first_child = at;
            before = at;
            self(self, from.id, at, static_cast<std::uint16_t>(depth + 1));
            out->spans[static_cast<std::size_t>(at)].subtree =
                static_cast<std::uint32_t>(out->spans.size()) - static_cast<std::uint32_t>(at);
        }
    };
    append(append, SpanId{}, kNoSpan, 0);
    return out;
}

class MemoryTraceStore : public TraceStore {
public:
    void add(const SpanDetail& span) {
        const std::lock_guard lock(mutex_);
        spans_[span.trace].push_back(span);
    }
    // Every question waits so long first (and stops when asked to), or fails with `failure`.
    void set_delay(std::chrono::milliseconds delay) {
        const std::lock_guard lock(mutex_);
        delay_ = delay;
    }
    void set_failure(std::optional<Error> failure) {
        const std::lock_guard lock(mutex_);
        failure_ = std::move(failure);
    }

    Result<TraceSnapshotPtr> open(TraceId id, std::stop_token stop = {}) override {
        if (auto wrong = begin(stop)) return *wrong;
        const std::lock_guard lock(mutex_);
        return make_snapshot(id, spans_[id]);
    }
    // Payloads that were asked for so far.
    [[nodiscard]] int span_reads() const { return reads_; }
    Result<SpanDetail> span(TraceId trace, SpanId span, std::stop_token stop = {}) override {
        ++reads_;
        if (auto wrong = begin(stop)) return *wrong;
        const std::lock_guard lock(mutex_);
        for (const SpanDetail& one : spans_[trace])
            if (one.id == span) return one;
        return Error{"span.unknown", {to_hex(trace), to_hex(span)}, ""};
    }
    Result<void> each_span(TraceId trace, const std::function<bool(const SpanDetail&)>& each,
                           std::stop_token = {}) override {
        const std::lock_guard lock(mutex_);
        for (const SpanDetail& one : spans_[trace])
            if (!each(one)) break;
        return {};
    }
    // Lists and totals are no part of these tests.
    Result<TracePage> traces(const TraceQuery&, std::stop_token = {}) override { return TracePage{}; }
    Result<TraceRow> trace(TraceId id, std::stop_token = {}) override {
        return Error{"trace.unknown", {to_hex(id)}, ""};
    }
    Result<TotalsAnswer> totals(const TotalsQuery&, std::stop_token = {}) override { return TotalsAnswer{}; }
    Result<std::vector<SourceRow>> sources(std::stop_token = {}) override { return std::vector<SourceRow>{}; }
    Result<std::vector<Note>> notes(SourceId, std::stop_token = {}) override { return std::vector<Note>{}; }
    Result<std::vector<TraceId>> traces_of_source(SourceId, std::stop_token = {}) override {
        return std::vector<TraceId>{};
    }
    Result<std::vector<AlsoRecorded>> also_recorded(TraceId, std::stop_token) override {
        return std::vector<AlsoRecorded>{};
    }
    Result<Resolved> resolve(std::string_view id, std::stop_token = {}) override {
        return Error{"id.unknown", {std::string(id)}, ""};
    }
    Result<std::vector<SpanId>> find_in_trace(TraceId, std::string_view, std::stop_token = {}) override {
        return std::vector<SpanId>{};
    }
    Result<StoreInfo> info(std::stop_token = {}) override { return StoreInfo{}; }
    Result<SqlTable> sql(std::string_view, std::stop_token = {}) override { return SqlTable{}; }

private:
    std::optional<Error> begin(const std::stop_token& stop) {
        std::chrono::milliseconds delay{};
        {
            const std::lock_guard lock(mutex_);
            delay = delay_;
        }
        const auto until = std::chrono::steady_clock::now() + delay;
        while (std::chrono::steady_clock::now() < until && !stop.stop_requested())
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        if (stop.stop_requested()) return Error{"cancelled", {}, ""};
        const std::lock_guard lock(mutex_);
        return failure_;
    }

    std::atomic<int> reads_{0};
    std::mutex mutex_;
    std::map<TraceId, std::vector<SpanDetail>> spans_;
    std::chrono::milliseconds delay_{};
    std::optional<Error> failure_;
};

// Keeps the newest judgement per author and target, with undo and redo.
class MemoryNoteBook : public NoteBook {
public:
    void set_failure(std::optional<Error> failure) {
        const std::lock_guard lock(mutex_);
        failure_ = std::move(failure);
    }
    void set_delay(std::chrono::milliseconds delay) {
        const std::lock_guard lock(mutex_);
        delay_ = delay;
    }

    Result<void> judge(Judgement judgement) override {
        wait();
        const std::lock_guard lock(mutex_);
        if (failure_) return *failure_;
        if (judgement.time == kNoTime) judgement.time = now();
        undone_.clear();
        done_.push_back({current(judgement), judgement});
        put(judgement);
        return {};
    }
    Result<std::optional<JudgementTarget>> undo() override { return move(done_, undone_, true); }
    Result<std::optional<JudgementTarget>> redo() override { return move(undone_, done_, false); }
    [[nodiscard]] bool can_undo() const override {
        const std::lock_guard lock(mutex_);
        return !done_.empty();
    }
    [[nodiscard]] bool can_redo() const override {
        const std::lock_guard lock(mutex_);
        return !undone_.empty();
    }
    Result<std::vector<Judgement>> judgements(TraceId trace, std::stop_token = {}) override {
        const std::lock_guard lock(mutex_);
        std::vector<Judgement> out;
        for (const Judgement& one : all_)
            if (one.target.trace == trace) out.push_back(one);
        return out;
    }
    Result<std::vector<Judgement>> all_judgements(std::stop_token = {}) override {
        const std::lock_guard lock(mutex_);
        return all_;
    }
    Result<std::vector<std::string>> labels(std::stop_token = {}) override {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> out;
        for (const Judgement& one : all_)
            for (const std::string& label : one.labels)
                if (std::ranges::find(out, label) == out.end()) out.push_back(label);
        return out;
    }
    Result<void> save_filter(std::string_view name, std::string_view filter) override {
        const std::lock_guard lock(mutex_);
        saved_[std::string(name)] = std::string(filter);
        return {};
    }
    Result<void> forget_filter(std::string_view name) override {
        const std::lock_guard lock(mutex_);
        saved_.erase(std::string(name));
        return {};
    }
    Result<std::vector<SavedFilter>> saved_filters(std::stop_token = {}) override {
        const std::lock_guard lock(mutex_);
        std::vector<SavedFilter> out;
        for (const auto& [name, filter] : saved_)
            out.push_back({name, filter, kNoTime});
        return out;
    }

private:
    struct Change {
        Judgement before, after;
    };
    void wait() const {
        std::chrono::milliseconds delay{};
        {
            const std::lock_guard lock(mutex_);
            delay = delay_;
        }
        std::this_thread::sleep_for(delay);
    }
    Result<std::optional<JudgementTarget>> move(std::vector<Change>& from, std::vector<Change>& to,
                                                bool back) {
        wait();
        const std::lock_guard lock(mutex_);
        if (failure_) return *failure_;
        if (from.empty()) return std::optional<JudgementTarget>{};
        const Change change = from.back();
        from.pop_back();
        to.push_back(change);
        put(back ? change.before : change.after);
        return std::optional<JudgementTarget>{change.after.target};
    }
    static bool same(const Judgement& a, const Judgement& b) {
        return a.target == b.target && a.author == b.author;
    }
    [[nodiscard]] Judgement current(const Judgement& like) const {
        for (const Judgement& one : all_)
            if (same(one, like)) return one;
        Judgement none;
        none.target = like.target;
        none.author = like.author;
        return none;
    }
    void put(const Judgement& judgement) {
        std::erase_if(all_, [&](const Judgement& one) { return same(one, judgement); });
        if (!judgement.empty()) all_.push_back(judgement);
    }

    mutable std::mutex mutex_;
    std::map<std::string, std::string> saved_;
    std::vector<Judgement> all_;
    std::vector<Change> done_, undone_;
    std::optional<Error> failure_;
    std::chrono::milliseconds delay_{};
};

} // namespace clew::test
