#include "model/store/check.h"
#include "model/store/findings_book.h"
#include "model/store/prompt_book.h"
#include "model/store/removal.h"
#include "model/store/sqlite_note_book.h"
#include "model/store/sqlite_trace_store.h"
#include "model/store/store.h"
#include "model/store/store_core.h"
#include "model/store/text_index.h"
#include "model/store/write/live_writer.h"
#include "model/store/write/store_writer.h"
#include "model/store/write/trace_book.h"

#include <mutex>

namespace clew {

namespace {

class SqliteStore final : public Store {
public:
    explicit SqliteStore(std::unique_ptr<StoreCore> core)
        : core_(std::move(core))
        , traces_(*core_)
        , note_book_(*core_) {}

    ~SqliteStore() override { static_cast<void>(purge_removed()); }

    TraceStore& traces() override { return traces_; }
    NoteBook& note_book() override { return note_book_; }

    Result<std::unique_ptr<ImportTarget>> import_target(std::stop_token stop) override {
        auto writer = StoreWriter::make(*core_, std::move(stop));
        if (!writer) return writer.error();
        return std::unique_ptr<ImportTarget>(std::move(writer).value());
    }

    Result<std::unique_ptr<LiveTarget>> live_target() override {
        auto writer = LiveWriter::make(*core_);
        if (!writer) return writer.error();
        return std::unique_ptr<LiveTarget>(std::move(writer).value());
    }

    Result<RemovedHandle> remove_traces(const std::vector<TraceId>& traces, bool with_judgements) override {
        return remember(hide_traces(*core_, traces, with_judgements));
    }
    Result<RemovedHandle> remove_source(SourceId source, bool with_judgements) override {
        return remember(hide_source(*core_, source, with_judgements));
    }
    Result<void> restore(RemovedHandle removed) override {
        auto done = restore_removed(*core_, removed.id);
        if (!done) return done;
        const std::scoped_lock lock(mutex_);
        std::erase(removals_, removed.id);
        return {};
    }
    Result<void> purge_removed() override {
        std::vector<std::int64_t> removals;
        {
            const std::scoped_lock lock(mutex_);
            removals.swap(removals_);
        }
        for (const std::int64_t removal : removals) {
            if (auto done = purge_removal(*core_, removal); !done) return done;
        }
        return {};
    }

    Result<void> build_index(std::stop_token stop) override {
        return build_text_index(*core_, std::move(stop));
    }

    Result<void> follow_prices() override { return follow(*core_); }

    Result<void> store_findings(std::int64_t version, const std::vector<TraceFindings>& found) override {
        return keep_findings(*core_, version, found);
    }

    Result<void> store_prompts(std::int64_t version, const std::vector<TracePrompts>& found) override {
        return keep_prompts(*core_, version, found);
    }

    static Result<void> follow(StoreCore& core) {
        if (!core.options().prices) return {};
        Result<bool> outdated = false;
        core.with_writer([&](Database& db) { outdated = core.trace_book().prices().outdated(db); });
        if (!outdated) return outdated.error();
        if (!*outdated) return {};
        auto done = core.write([&](Database& db) -> Result<void> {
            TraceBook& book = core.trace_book();
            book.forget(); // it remembers costs
            auto repriced = book.prices().compute_all(db);
            if (!repriced) return repriced.error();
            return book.roll_up_again(db, *repriced);
        });
        if (done) core.notify({.generation = 0, .traces = {}, .many = true});
        return done;
    }

    Result<std::string> check(std::stop_token stop) override {
        auto reader = core_->lease_reader(std::move(stop));
        if (!reader) return reader.error();
        return check_store(*reader.value());
    }

    int subscribe(Listener listener) override { return core_->subscribe(std::move(listener)); }
    void unsubscribe(int listener) override { core_->unsubscribe(listener); }

private:
    Result<RemovedHandle> remember(const Result<std::int64_t>& removal) {
        if (!removal) return removal.error();
        const std::scoped_lock lock(mutex_);
        removals_.push_back(removal.value());
        return RemovedHandle{removal.value()};
    }

    std::unique_ptr<StoreCore> core_;
    SqliteTraceStore traces_;
    SqliteNoteBook note_book_;
    std::mutex mutex_;
    std::vector<std::int64_t> removals_; // that can be undone
};

} // namespace

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options) {
    auto core = StoreCore::open(options);
    if (!core) return core.error();
    if (!options.read_only) {
        // Another program may be writing for long: it is for the next time then.
        static_cast<void>(purge_left_behind(*core.value()));
        if (auto done = SqliteStore::follow(*core.value()); !done && done.error().code != "store.busy")
            return done.error();
    }
    return std::unique_ptr<Store>(std::make_unique<SqliteStore>(std::move(core).value()));
}

} // namespace clew
