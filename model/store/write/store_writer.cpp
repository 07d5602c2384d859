#include "model/store/write/store_writer.h"

#include "model/store/write/trace_elsewhere.h"

#include <algorithm>
#include <unordered_set>

namespace clew {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kBatchSpans = 512;
constexpr std::size_t kBatchBytes = 1024 * 1024;
constexpr std::size_t kQueuedBytes = 4 * 1024 * 1024; // of texts that wait to be encoded
constexpr std::size_t kUnitSpans = 4000;
constexpr std::size_t kUnitBytes = 16 * 1024 * 1024; // encoded
constexpr std::size_t kQueuedUnits = 4;
constexpr auto kStaleBatch = milliseconds(50);
constexpr auto kFirstCommit = milliseconds(100);
constexpr auto kCommitEvery = milliseconds(500);
constexpr auto kIdle = std::chrono::seconds(10);
constexpr std::size_t kNotesWhole = 1'000;
constexpr std::size_t kNamedTraces = 256;

std::size_t size_of(const Span& span) {
    return sizeof(Span) + span.attributes.size() + span.events.size() + span.links.size() + span.rest.size() +
           span.status_message.size();
}

} // namespace

StoreWriter::StoreWriter(StoreCore& core, std::stop_token stop, std::int64_t session, bool store_empty)
    : core_(core)
    , stop_(std::move(stop))
    , encoder_(std::make_unique<SpanEncoder>(core, session, store_empty))
    , table_(std::make_unique<SpanTable>(core.trace_book())) {
}

Result<std::unique_ptr<StoreWriter>> StoreWriter::make(StoreCore& core, std::stop_token stop) {
    std::int64_t session = 0;
    bool empty = false;
    auto begun = core.write([&](Database& db) -> Result<void> {
        if (auto done = db.exec("UPDATE meta SET value = value + 1 WHERE key = 'piece_session'"); !done)
            return done;
        const auto given = db.query_integer("SELECT value FROM meta WHERE key = 'piece_session'");
        if (!given) return given.error();
        session = given.value().value_or(1);
        const auto any = db.query_integer("SELECT EXISTS (SELECT 1 FROM span)");
        if (!any) return any.error();
        empty = any.value().value_or(0) == 0;
        return {};
    });
    if (!begun) return begun.error();
    std::unique_ptr<StoreWriter> writer(new StoreWriter(core, std::move(stop), session, empty));
    writer->start();
    return writer;
}

void StoreWriter::start() {
    encode_thread_ = std::thread([this] { encode_loop(); });
    insert_thread_ = std::thread([this] { insert_loop(); });
}

StoreWriter::~StoreWriter() {
    static_cast<void>(flush());
    {
        const std::scoped_lock lock(mutex_);
        closing_ = true;
    }
    batches_ready_.notify_all();
    units_ready_.notify_all();
    units_room_.notify_all();
    encode_thread_.join();
    insert_thread_.join();
    core_.with_writer([this](Database&) { table_.reset(); });
}

bool StoreWriter::add(Span&& span) {
    std::unique_lock lock(mutex_);
    if (failed_ || stop_.stop_requested()) return false;
    if (open_.empty()) {
        open_.begun = Clock::now();
        open_.spans.reserve(kBatchSpans);
        batches_ready_.notify_one(); // it will be stale some day
    }
    changed_ = true;
    open_.bytes += size_of(span);
    open_.spans.push_back(std::move(span));
    if (open_.spans.size() < kBatchSpans && open_.bytes < kBatchBytes) return true;
    return send(lock, 0);
}

bool StoreWriter::add_log(LogRecord&& record) {
    std::unique_lock lock(mutex_);
    if (failed_ || stop_.stop_requested()) return false;
    if (open_.empty()) {
        open_.begun = Clock::now();
        batches_ready_.notify_one();
    }
    changed_ = true;
    open_.bytes += sizeof(LogRecord) + record.event.size();
    open_.logs.push_back(std::move(record));
    if (open_.logs.size() < kBatchSpans && open_.bytes < kBatchBytes) return true;
    return send(lock, 0);
}

void StoreWriter::note(Note&& note) {
    const std::scoped_lock lock(mutex_);
    changed_ = true;
    if (notes_kept_ < kNotesWhole) {
        ++notes_kept_;
        notes_.push_back(std::move(note));
        return;
    }
    auto& merged = merged_[note.code];
    merged.code = note.code;
    merged.severity = std::max(merged.severity, note.severity);
    ++merged.count;
    merged_changed_ = true;
}

void StoreWriter::take_notes(Batch& batch) {
    if (notes_.empty() && !merged_changed_ && !(notes_restart_ && changed_)) return;
    batch.notes.source = batch.from.source;
    batch.notes.restart = notes_restart_ && changed_;
    if (changed_) notes_restart_ = false;
    batch.notes.notes.swap(notes_);
    if (merged_changed_) {
        for (const auto& [code, merged] : merged_)
            batch.notes.merged.push_back(merged);
        merged_changed_ = false;
    }
}

bool StoreWriter::send(std::unique_lock<std::mutex>& lock, std::uint64_t flush) {
    room_.wait(lock, [this] {
        return failed_ || queued_bytes_ == 0 || queued_bytes_ + open_.bytes <= kQueuedBytes;
    });
    if (failed_) return false;
    if (open_.empty() && flush == 0) return true; // the encoder took it meanwhile
    const SourcePass from = open_.from;
    if (flush != 0) take_notes(open_);
    open_.flush = flush;
    queued_bytes_ += open_.bytes;
    batches_.push_back(std::move(open_));
    open_ = {};
    open_.from = from;
    batches_ready_.notify_one();
    return true;
}

Result<void> StoreWriter::flush() {
    auto ticket = ask_commit();
    return ticket ? wait_committed(*ticket) : Result<void>(ticket.error());
}

Result<std::uint64_t> StoreWriter::ask_commit() {
    std::unique_lock lock(mutex_);
    if (failed_) return *failed_;
    const std::uint64_t ticket = next_flush_++;
    if (!send(lock, ticket)) return *failed_;
    return ticket;
}

Result<void> StoreWriter::wait_committed(std::uint64_t ticket) {
    std::unique_lock lock(mutex_);
    flushed_.wait(lock, [&] { return failed_ || flush_done_ >= ticket; });
    if (flush_done_ < ticket) return *failed_;
    return {};
}

void StoreWriter::go_on_with(const BegunSource& source, const SourceHead& head) {
    std::unique_lock lock(mutex_);
    if (open_.from.source == source.id) return;
    take_notes(open_);
    if (!open_.empty()) static_cast<void>(send(lock, 0)); // a failure is told by the next commit
    source_ = source;
    head_ = head;
    open_.from = {source.id, source.pass, false};
    notes_.clear();
    merged_.clear();
    merged_changed_ = false;
    notes_kept_ = 0;
    notes_restart_ = false;
    changed_ = false;
}

void StoreWriter::fail(Error error) {
    {
        const std::scoped_lock lock(mutex_);
        if (!failed_) failed_ = std::move(error);
        batches_.clear(); // lets go of the input's memory
        units_.clear();
        queued_bytes_ = 0;
    }
    room_.notify_all();
    batches_ready_.notify_all();
    units_room_.notify_all();
    units_ready_.notify_all();
    flushed_.notify_all();
}

// The next batch, or the open one once it has waited; none at `until`.
std::optional<StoreWriter::Batch> StoreWriter::next_batch(Clock::time_point until) {
    std::unique_lock lock(mutex_);
    for (;;) {
        if (!batches_.empty()) {
            Batch batch = std::move(batches_.front());
            batches_.pop_front();
            queued_bytes_ -= batch.bytes;
            room_.notify_one();
            return batch;
        }
        if (failed_ || closing_) return {};
        const auto now = Clock::now();
        if (!open_.empty() && now >= open_.begun + kStaleBatch) {
            Batch batch = std::move(open_);
            open_ = {};
            open_.from = batch.from;
            take_notes(batch);
            return batch;
        }
        if (now >= until) return {};
        batches_ready_.wait_until(lock, open_.empty() ? until : std::min(until, open_.begun + kStaleBatch));
    }
}

void StoreWriter::encode_loop() {
    auto unit_begun = Clock::now();
    auto last_commit = Clock::time_point::min();
    for (;;) {
        const bool waiting = !encoder_->unit().empty();
        const auto patience = last_commit == Clock::time_point::min() ? kFirstCommit : kCommitEvery;
        bool idle = !waiting;
        if (idle) {
            const std::scoped_lock lock(mutex_);
            idle = !unsettled_;
        }
        const auto due = idle ? Clock::now() + kIdle : (waiting ? unit_begun : Clock::now()) + patience;
        auto batch = next_batch(due);
        if (batch) {
            if (!waiting) unit_begun = Clock::now();
            for (const Span& span : batch->spans) {
                if (auto done = encoder_->add(span, batch->from); !done) return fail(done.error());
            }
            for (const LogRecord& record : batch->logs)
                encoder_->add_log(record, batch->from);
            if (!batch->notes.empty()) encoder_->add_notes(std::move(batch->notes));
        } else {
            const std::scoped_lock lock(mutex_);
            if (failed_ || (closing_ && batches_.empty())) return;
        }
        const CommitUnit& unit = encoder_->unit();
        const std::uint64_t flush = batch ? batch->flush : 0;
        batch.reset(); // lets go of the input's memory
        const bool full = unit.spans.size() + unit.logs.size() >= kUnitSpans || unit.bytes >= kUnitBytes;
        const bool late = !unit.empty() && Clock::now() >= unit_begun + patience;
        bool settle = flush != 0;
        if (unit.empty() && flush == 0) {
            const std::scoped_lock lock(mutex_);
            settle = unsettled_ && batches_.empty();
        }
        if (!full && !late && !settle) continue;
        CommitUnit out = encoder_->take();
        out.settle = settle;
        last_commit = Clock::now();
        if (!hand_over(std::move(out), flush)) return;
    }
}

bool StoreWriter::hand_over(CommitUnit unit, std::uint64_t flush) {
    std::unique_lock lock(mutex_);
    units_room_.wait(lock, [this] { return failed_ || units_.size() < kQueuedUnits; });
    if (failed_) return false;
    if (unit.settle) unsettled_ = false;
    units_.push_back({std::move(unit), flush});
    units_ready_.notify_one();
    return true;
}

void StoreWriter::insert_loop() {
    for (;;) {
        Unit next;
        {
            std::unique_lock lock(mutex_);
            units_ready_.wait(lock, [this] { return failed_ || closing_ || !units_.empty(); });
            if (failed_ || units_.empty()) return;
            next = std::move(units_.front());
            units_.pop_front();
            units_room_.notify_one();
        }
        if (auto done = insert(next.unit); !done) return fail(done.error());
        if (next.flush != 0) {
            const std::scoped_lock lock(mutex_);
            flush_done_ = next.flush;
            flushed_.notify_all();
        }
    }
}

Result<void> StoreWriter::insert(const CommitUnit& unit) {
    bool settled = true;
    auto done = core_.write([&](Database& db) -> Result<void> {
        if (auto written = table_->write(db, unit); !written) return written;
        for (const EncodedNotes& notes : unit.notes) {
            if (auto written = write_notes(db, notes); !written) return written;
        }
        TraceBook& book = core_.trace_book();
        if (auto settling = book.settle(db, unit.settle); !settling) return settling;
        settled = book.settled();
        return {};
    });
    if (!done) return done;
    if (!settled) {
        const std::scoped_lock lock(mutex_);
        unsettled_ = true;
        batches_ready_.notify_one();
    }
    std::unordered_set<TraceId> traces;
    TraceId last;
    for (const EncodedSpan& span : unit.spans) {
        if (span.trace == last) continue; // spans of a trace come together
        traces.insert(last = span.trace);
        if (traces.size() > kNamedTraces) break;
    }
    for (const EncodedLog& log : unit.logs) {
        if (traces.size() > kNamedTraces) break;
        traces.insert(log.trace);
    }
    Committed committed;
    committed.many = traces.size() > kNamedTraces;
    if (!committed.many) committed.traces.assign(traces.begin(), traces.end());
    core_.notify(std::move(committed));
    return {};
}

std::optional<TraceElsewhere> StoreWriter::elsewhere(TraceId trace) {
    auto reader = core_.lease_reader();
    if (!reader) return {};
    auto found = trace_elsewhere(**reader, trace, head_.path);
    return found ? std::move(found).value() : std::nullopt;
}

Result<KnownSource> StoreWriter::begin_source(const SourceHead& head) {
    if (stop_.stop_requested()) return Error{"cancelled", {}, {}};
    if (auto done = flush(); !done) return done.error();
    BegunSource begun;
    auto written = core_.write([&](Database& db) -> Result<void> {
        auto made = begin_source_row(db, head);
        if (!made) return made.error();
        begun = std::move(made).value();
        return {};
    });
    if (!written) return written.error();
    const std::scoped_lock lock(mutex_);
    source_ = begun;
    head_ = head;
    open_.from = {begun.id, begun.pass, begun.from_start};
    notes_.clear();
    merged_.clear();
    merged_changed_ = false;
    notes_kept_ = 0;
    notes_restart_ = begun.from_start;
    changed_ = false;
    return begun.known;
}

Result<SourceReport> StoreWriter::end_source(std::uint64_t offset, std::string importer_state,
                                             bool complete) {
    if (!source_) return Error{"store.unknown_source", {"–"}, {}};
    if (auto done = flush(); !done) return done.error();
    const BegunSource source = *std::exchange(source_, std::nullopt);
    SourceReport report;
    EndOfSource end{offset, std::move(importer_state), complete, changed_};
    auto written = core_.write([&](Database& db) -> Result<void> {
        TraceBook& book = core_.trace_book();
        if (auto done = end_source_row(db, book, source, head_, end); !done) return done;
        if (auto done = book.settle(db, true); !done) return done;
        auto made = source_report(db, source.id);
        if (!made) return made.error();
        report = std::move(made).value();
        if (!source.made || complete || report.spans != 0) return {};
        const auto logs =
            db.query_integer("SELECT EXISTS (SELECT 1 FROM log_record WHERE source = ?)", source.id);
        if (!logs) return logs.error();
        return logs.value() == 1 ? Result<void>() : drop_source_row(db, source.id);
    });
    if (!written) return written.error();
    core_.notify({});
    return report;
}

} // namespace clew
