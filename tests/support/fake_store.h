// A TraceStore and a NoteBook held in memory, for views under test. Answers come from what the test put in;
// questions may be asked from several threads while the test changes nothing.
#pragma once

#include "model/store/note_book.h"
#include "model/store/trace_store.h"

#include <map>
#include <mutex>
#include <utility>

namespace clew::test {

class FakeTraceStore : public TraceStore {
public:
    void put(TraceSnapshotPtr snapshot) {
        const std::lock_guard lock(mutex_);
        snapshots_[snapshot->id] = std::move(snapshot);
    }

    Result<TracePage> traces(const TraceQuery&, std::stop_token = {}) override { return TracePage{}; }
    Result<TraceRow> trace(TraceId id, std::stop_token = {}) override {
        const std::lock_guard lock(mutex_);
        const auto it = snapshots_.find(id);
        if (it == snapshots_.end()) return missing(id);
        TraceRow row;
        row.id = id;
        row.name = it->second->name;
        row.spans = static_cast<std::int64_t>(it->second->spans.size());
        return row;
    }
    Result<TraceSnapshotPtr> open(TraceId id, std::stop_token = {}) override {
        const std::lock_guard lock(mutex_);
        const auto it = snapshots_.find(id);
        if (it == snapshots_.end()) return missing(id);
        return it->second;
    }
    Result<SpanDetail> span(TraceId trace, SpanId, std::stop_token = {}) override { return missing(trace); }
    Result<void> each_span(TraceId, const std::function<bool(const SpanDetail&)>&,
                           std::stop_token = {}) override {
        return {};
    }
    Result<TotalsAnswer> totals(const TotalsQuery&, std::stop_token = {}) override { return TotalsAnswer{}; }
    Result<std::vector<SourceRow>> sources(std::stop_token = {}) override { return std::vector<SourceRow>{}; }
    Result<std::vector<Note>> notes(SourceId, std::stop_token = {}) override { return std::vector<Note>{}; }
    Result<std::vector<TraceId>> traces_of_source(SourceId, std::stop_token = {}) override {
        return std::vector<TraceId>{};
    }
    Result<std::vector<AlsoRecorded>> also_recorded(TraceId, std::stop_token = {}) override {
        return std::vector<AlsoRecorded>{};
    }
    Result<Resolved> resolve(std::string_view, std::stop_token = {}) override { return missing({}); }
    Result<std::vector<SpanId>> find_in_trace(TraceId, std::string_view, std::stop_token = {}) override {
        return std::vector<SpanId>{};
    }
    Result<StoreInfo> info(std::stop_token = {}) override { return StoreInfo{}; }
    Result<SqlTable> sql(std::string_view, std::stop_token = {}) override { return SqlTable{}; }

private:
    static Error missing(TraceId id) { return {"trace.unknown", {to_hex(id)}, {}}; }

    std::mutex mutex_;
    std::map<TraceId, TraceSnapshotPtr> snapshots_;
};

class FakeNoteBook : public NoteBook {
public:
    Result<void> judge(Judgement judgement) override {
        const std::lock_guard lock(mutex_);
        judgements_.push_back(std::move(judgement));
        return {};
    }
    Result<std::optional<JudgementTarget>> undo() override { return std::optional<JudgementTarget>{}; }
    Result<std::optional<JudgementTarget>> redo() override { return std::optional<JudgementTarget>{}; }
    [[nodiscard]] bool can_undo() const override { return false; }
    [[nodiscard]] bool can_redo() const override { return false; }
    Result<std::vector<Judgement>> judgements(TraceId trace, std::stop_token = {}) override {
        const std::lock_guard lock(mutex_);
        std::vector<Judgement> out;
        for (const Judgement& judgement : judgements_)
            if (judgement.target.trace == trace) out.push_back(judgement);
        return out;
    }
    Result<std::vector<Judgement>> all_judgements(std::stop_token = {}) override {
        const std::lock_guard lock(mutex_);
        return judgements_;
    }
    Result<std::vector<std::string>> labels(std::stop_token = {}) override {
        return std::vector<std::string>{};
    }
    Result<void> save_filter(std::string_view, std::string_view) override { return {}; }
    Result<void> forget_filter(std::string_view) override { return {}; }
    Result<std::vector<SavedFilter>> saved_filters(std::stop_token) override {
        return std::vector<SavedFilter>{};
    }

private:
    std::mutex mutex_;
    std::vector<Judgement> judgements_;
};

} // namespace clew::test
