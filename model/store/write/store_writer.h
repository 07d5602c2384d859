// StoreWriter: an import into the store, in three threads: the caller (parses, calls add) ‖ encode and
// compress ‖ insert. Queues are bounded by bytes; a commit comes after 4,000 spans or half a second, the
// first one at once.
//
// The ImportTarget functions are called by one thread at a time. end_source() waits until everything is
// committed. A failure of the store (disk full, busy for 10 s) ends the import: add() returns false,
// end_source() tells why; what was committed stays, and the source counts as incomplete.
#pragma once

#include "model/store/store_core.h"
#include "model/store/write/source_book.h"
#include "model/store/write/span_encoder.h"
#include "model/store/write/span_table.h"
#include "model/trace/sink.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace clew {

class StoreWriter final : public ImportTarget {
public:
    static Result<std::unique_ptr<StoreWriter>> make(StoreCore& core, std::stop_token stop);
    ~StoreWriter() override; // commits what was added; a source that was not ended stays incomplete

    bool add(Span&& span) override;
    bool add_log(LogRecord&& record) override;
    void note(Note&& note) override;
    std::optional<TraceElsewhere> elsewhere(TraceId trace) override;
    Result<KnownSource> begin_source(const SourceHead& head) override;
    Result<SourceReport> end_source(std::uint64_t offset, std::string importer_state, bool complete) override;

    // For sources that stay open side by side (LiveWriter). Whose records follow; what came before keeps its
    // own.
    void go_on_with(const BegunSource& source, const SourceHead& head);
    // Asks that everything so far be committed; wait_committed() of what it gives, on any thread, tells when.
    Result<std::uint64_t> ask_commit();
    Result<void> wait_committed(std::uint64_t ticket);

private:
    using Clock = std::chrono::steady_clock;
    struct Batch {
        std::vector<Span> spans;
        std::vector<LogRecord> logs;
        EncodedNotes notes;
        SourcePass from;
        std::size_t bytes = 0;
        Clock::time_point begun;
        std::uint64_t flush = 0; // ticket of a flush that ends here; 0 = none
        [[nodiscard]] bool empty() const { return spans.empty() && logs.empty() && notes.empty(); }
    };
    struct Unit {
        CommitUnit unit;
        std::uint64_t flush = 0;
    };

    StoreWriter(StoreCore& core, std::stop_token stop, std::int64_t session, bool store_empty);
    void start();
    bool send(std::unique_lock<std::mutex>& lock, std::uint64_t flush); // the open batch; waits for room
    void take_notes(Batch& batch);
    Result<void> flush();
    void encode_loop();
    std::optional<Batch> next_batch(Clock::time_point until);
    bool hand_over(CommitUnit unit, std::uint64_t flush);
    void insert_loop();
    Result<void> insert(const CommitUnit& unit);
    void fail(Error error);

    StoreCore& core_;
    const std::stop_token stop_;
    std::unique_ptr<SpanEncoder> encoder_; // the encoding thread's
    std::unique_ptr<SpanTable> table_;     // the inserting thread's, under the write lock

    std::optional<BegunSource> source_; // the caller's, and so on to head_
    SourceHead head_;

    std::mutex mutex_;
    std::condition_variable room_; // for batches
    std::condition_variable batches_ready_;
    std::condition_variable units_room_;
    std::condition_variable units_ready_;
    std::condition_variable flushed_;
    Batch open_;
    std::deque<Batch> batches_;
    std::size_t queued_bytes_ = 0;
    std::deque<Unit> units_;
    std::vector<Note> notes_;                                 // not yet handed over
    std::map<std::string_view, EncodedNotes::Merged> merged_; // of this source
    bool merged_changed_ = false;
    std::size_t notes_kept_ = 0; // of this source
    bool notes_restart_ = false;
    bool changed_ = false; // the source brought anything
    std::uint64_t next_flush_ = 1;
    std::uint64_t flush_done_ = 0;
    bool unsettled_ = false; // roll-ups of large traces lag behind
    bool closing_ = false;
    std::optional<Error> failed_;

    std::thread encode_thread_;
    std::thread insert_thread_;
};

} // namespace clew
