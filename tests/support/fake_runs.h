// A TraceStore that holds nothing but the rows of a runs list: for the tests of the list and its pane.
//
// Words of the filter are looked for in names; every other question is answered with "unknown". Safe from
// several threads.
#pragma once

#include "model/store/filter.h"
#include "model/store/note_book.h"
#include "model/store/trace_store.h"

#include <algorithm>
#include <atomic>
#include <mutex>

namespace clew::test {

class FakeRuns : public TraceStore {
public:
    // Runs 0 … count-1; run n starts n minutes after the first.
    void fill(int count) {
        const std::lock_guard lock(mutex_);
        rows_.clear();
        for (int n = 0; n < count; ++n)
            rows_.push_back(make(n));
    }
    static TraceId id(int n) { return {0x2000, static_cast<std::uint64_t>(n) + 1}; }
    static TraceRow make(int n) {
        TraceRow row;
        row.id = id(n);
        row.name = "run " + std::to_string(n);
        row.detail = n % 2 == 0 ? "even" : "odd";
        row.start = (1'700'000'000 + std::int64_t{60} * n) * kSecond;
        row.end = row.start + (n % 7 + 1) * kSecond;
        row.spans = n + 1;
        row.errors = n % 5 == 0 ? n : 0;
        row.input_tokens = n * 10;
        return row;
    }
    void put(const TraceRow& row) {
        const std::lock_guard lock(mutex_);
        const auto it = std::ranges::find(rows_, row.id, &TraceRow::id);
        if (it == rows_.end())
            rows_.push_back(row);
        else
            *it = row;
    }
    void remove(int n) {
        const std::lock_guard lock(mutex_);
        std::erase_if(rows_, [n](const TraceRow& row) { return row.id == id(n); });
    }
    void fail(std::optional<Error> error) {
        const std::lock_guard lock(mutex_);
        failure_ = std::move(error);
    }
    [[nodiscard]] int questions() const { return questions_; }

    Result<TracePage> traces(const TraceQuery& query, std::stop_token) override {
        ++questions_;
        const std::lock_guard lock(mutex_);
        if (failure_) return *failure_;
        const auto filter = parse_filter(query.filter);
        if (!filter) return filter.error();
        TracePage page;
        page.all = static_cast<std::int64_t>(rows_.size());
        std::vector<TraceRow> rows;
        for (const TraceRow& row : rows_) {
            const std::string words = row.name + " " + row.detail;
            const bool holds = filter_holds(*filter, [&words](const FilterTerm& term) {
                return words.find(term.value) != std::string::npos;
            });
            if (holds) rows.push_back(row);
        }
        page.count = static_cast<std::int64_t>(rows.size());
        std::ranges::stable_sort(rows, [&query](const TraceRow& a, const TraceRow& b) {
            const TraceRow& first = query.descending ? b : a;
            const TraceRow& second = query.descending ? a : b;
            switch (query.order) {
            case TraceOrder::name: return first.name < second.name;
            case TraceOrder::duration: return first.end - first.start < second.end - second.start;
            case TraceOrder::errors: return first.errors < second.errors;
            default: return first.start < second.start;
            }
        });
        for (std::size_t i = static_cast<std::size_t>(query.offset);
             i < rows.size() && static_cast<std::int64_t>(page.rows.size()) < query.limit; ++i)
            page.rows.push_back(rows[i]);
        return page;
    }

    Result<TraceRow> trace(TraceId, std::stop_token) override { return unknown(); }
    Result<TraceSnapshotPtr> open(TraceId, std::stop_token) override { return unknown(); }
    Result<SpanDetail> span(TraceId, SpanId, std::stop_token) override { return unknown(); }
    Result<void> each_span(TraceId, const std::function<bool(const SpanDetail&)>&, std::stop_token) override {
        return unknown();
    }
    Result<TotalsAnswer> totals(const TotalsQuery&, std::stop_token) override { return unknown(); }
    Result<std::vector<SourceRow>> sources(std::stop_token) override { return std::vector<SourceRow>{}; }
    Result<std::vector<Note>> notes(SourceId, std::stop_token) override { return std::vector<Note>{}; }
    Result<std::vector<TraceId>> traces_of_source(SourceId, std::stop_token) override {
        return std::vector<TraceId>{};
    }
    Result<std::vector<AlsoRecorded>> also_recorded(TraceId, std::stop_token) override {
        return std::vector<AlsoRecorded>{};
    }
    Result<Resolved> resolve(std::string_view, std::stop_token) override { return unknown(); }
    Result<std::vector<SpanId>> find_in_trace(TraceId, std::string_view, std::stop_token) override {
        return std::vector<SpanId>{};
    }
    Result<StoreInfo> info(std::stop_token) override { return StoreInfo{}; }
    Result<SqlTable> sql(std::string_view, std::stop_token) override { return unknown(); }

private:
    static Error unknown() { return {"trace.unknown", {"?"}, {}}; }

    std::mutex mutex_;
    std::vector<TraceRow> rows_;
    std::optional<Error> failure_;
    std::atomic<int> questions_ = 0;
};

// A note book in which nothing stands and nothing can be written.
class EmptyNoteBook : public NoteBook {
public:
    Result<void> judge(Judgement) override { return {}; }
    Result<std::optional<JudgementTarget>> undo() override { return std::optional<JudgementTarget>{}; }
    Result<std::optional<JudgementTarget>> redo() override { return std::optional<JudgementTarget>{}; }
    [[nodiscard]] bool can_undo() const override { return false; }
    [[nodiscard]] bool can_redo() const override { return false; }
    Result<std::vector<Judgement>> judgements(TraceId, std::stop_token) override {
        return std::vector<Judgement>{};
    }
    Result<std::vector<Judgement>> all_judgements(std::stop_token) override {
        return std::vector<Judgement>{};
    }
    Result<std::vector<std::string>> labels(std::stop_token) override { return std::vector<std::string>{}; }
    Result<void> save_filter(std::string_view, std::string_view) override { return {}; }
    Result<void> forget_filter(std::string_view) override { return {}; }
    Result<std::vector<SavedFilter>> saved_filters(std::stop_token) override {
        return std::vector<SavedFilter>{};
    }
};

} // namespace clew::test
