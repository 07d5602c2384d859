#include "model/store/store_core.h"

#include "model/store/migrations.h"
#include "model/store/write/span_removal.h"
#include "model/store/write/trace_book.h"

#include <sqlite3.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace clew {

namespace {

constexpr std::size_t kIdleReaders = 8;
constexpr std::size_t kNamedTraces = 256; // more than these are "many"
constexpr auto kNoticeEvery = std::chrono::milliseconds(100);
constexpr auto kLookEvery = std::chrono::seconds(1);

// A path of our own for a throw-away store; the file is made so that no other process takes the name.
Result<std::string> temporary_path() {
    std::error_code failed;
    const auto folder = std::filesystem::temp_directory_path(failed);
    if (failed) return Error{"store.cannot_open", {"", failed.message()}, {}};
    std::string name = (folder / "clew-XXXXXX.db").string();
    const int file = ::mkstemps(name.data(), 3);
    if (file < 0) return Error{"store.cannot_open", {name, std::generic_category().message(errno)}, {}};
    ::close(file);
    return name;
}

Result<void> tune(Database& db) {
    // secure_delete is on in Debian's library and makes deletes slow; the content of a run file is no secret
    // of ours.
    return db.exec("PRAGMA temp_store = MEMORY; PRAGMA secure_delete = FAST; PRAGMA cache_size = -16384;"
                   "PRAGMA mmap_size = 268435456");
}

// Several processes may turn a new file to WAL at once, and this pragma does not wait by itself.
Result<void> turn_to_wal(Database& db) {
    for (int attempt = 0;; ++attempt) {
        auto done = db.exec("PRAGMA journal_mode = WAL");
        if (done || done.error().code != "store.busy" || attempt == 100) return done;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

// 004: what the traces of an older store used.
Result<void> fill_roll_ups(Database& db, TraceBook& book, int from) {
    constexpr int kUsage = 4;
    if (from == 0 || from >= kUsage) return {};
    auto traces = list_integers(db, "SELECT id FROM trace WHERE hidden = ? ORDER BY id", 0);
    if (!traces) return traces.error();
    auto filled = book.roll_up_again(db, *traces);
    book.forget();
    return filled;
}

} // namespace

ReaderLease::ReaderLease(StoreCore& core, std::unique_ptr<Database> db, std::stop_token stop)
    : core_(&core)
    , db_(std::move(db)) {
    if (stop.stop_possible()) interrupt_ = std::make_unique<InterruptOnStop>(std::move(stop), *db_);
}

ReaderLease::~ReaderLease() {
    interrupt_.reset(); // before another question takes the connection
    if (db_) core_->give_back(std::move(db_));
}

StoreCore::StoreCore(const StoreOptions& options)
    : options_(options)
    , path_(options.path) {
}

Result<std::unique_ptr<StoreCore>> StoreCore::open(const StoreOptions& options) {
    std::unique_ptr<StoreCore> core(new StoreCore(options));
    if (auto opened = core->open_files(); !opened) return opened.error();
    core->notice_thread_ =
        std::jthread([raw = core.get()](const std::stop_token& stop) { raw->notice_loop(stop); });
    return core;
}

Result<void> StoreCore::open_files() {
    book_ = std::make_unique<TraceBook>(options_.prices);
    if (path_.empty()) {
        if (!options_.temporary) return Error{"store.cannot_open", {"", "no path was given"}, {}};
        auto made = temporary_path();
        if (!made) return made.error();
        path_ = std::move(made).value();
    }
    if (options_.read_only) {
        auto reader = open_reader();
        if (!reader || !schema_version(*reader.value())) {
            reader_mode_ = OpenMode::immutable; // a folder that cannot take the -shm file
            reader = open_reader();
        }
        if (!reader) return reader.error();
        if (auto checked = check_version(*reader.value()); !checked) return checked.error();
        const auto generation =
            reader.value()->query_integer("SELECT value FROM meta WHERE key = 'generation'");
        if (!generation) return generation.error();
        generation_ = static_cast<std::uint64_t>(generation.value().value_or(0));
        give_back(std::move(reader).value());
        return {};
    }
    if (!options_.temporary) {
        std::error_code failed;
        const auto folder = std::filesystem::path(path_).parent_path();
        if (!folder.empty()) std::filesystem::create_directories(folder, failed);
    }
    auto opened = Database::open(path_, OpenMode::create);
    if (!opened) return opened.error();
    writer_ = std::move(opened).value();
    if (sqlite3_db_readonly(writer_.handle(), "main") == 1) return Error{"store.read_only", {path_}, {}};
    if (auto checked = schema_version(writer_); !checked) return checked.error();
    if (auto wal = turn_to_wal(writer_); !wal) return wal.error();
    if (auto tuned = tune(writer_); !tuned) return tuned.error();
    // A throw-away store may lose its last seconds with the machine; others lose nothing but the newest
    // commits.
    if (auto set =
            writer_.exec(options_.temporary ? "PRAGMA synchronous = OFF" : "PRAGMA synchronous = NORMAL");
        !set) {
        return set.error();
    }
    if (auto set = writer_.exec("PRAGMA cache_size = -32768;"
                                "PRAGMA journal_size_limit = 67108864; PRAGMA mmap_size = 0");
        !set) {
        return set.error();
    }
    const auto fill = [this](Database& db, int from) { return fill_roll_ups(db, *book_, from); };
    if (auto migrated = migrate(writer_, store_migrations(), fill); !migrated) return migrated.error();
    const auto generation = writer_.query_integer("SELECT value FROM meta WHERE key = 'generation'");
    if (!generation) return generation.error();
    generation_ = static_cast<std::uint64_t>(generation.value().value_or(0));
    checkpointer_ = std::make_unique<Checkpointer>(writer_, path_, !options_.temporary);
    return {};
}

StoreCore::~StoreCore() {
    notice_thread_.request_stop();
    if (notice_thread_.joinable()) notice_thread_.join();
    watcher_.reset();
    idle_readers_.clear();
    book_.reset();
    checkpointer_.reset();
    if (writer_) static_cast<void>(writer_.exec("PRAGMA wal_checkpoint(TRUNCATE)"));
    writer_ = {};
    if (options_.temporary && options_.path.empty() && !path_.empty()) {
        std::error_code ignored;
        for (const char* suffix : {"", "-wal", "-shm"})
            std::filesystem::remove(path_ + suffix, ignored);
    }
}

Result<std::unique_ptr<Database>> StoreCore::open_reader() {
    auto opened = Database::open(path_, reader_mode_);
    if (!opened) return opened.error();
    auto reader = std::make_unique<Database>(std::move(opened).value());
    if (auto tuned = tune(*reader); !tuned) return tuned.error();
    if (auto only = reader->exec("PRAGMA query_only = 1"); !only) return only.error();
    return reader;
}

Result<ReaderLease> StoreCore::lease_reader(std::stop_token stop) {
    if (stop.stop_requested()) return Error{"cancelled", {}, {}};
    std::unique_ptr<Database> db;
    {
        const std::scoped_lock lock(readers_mutex_);
        if (!idle_readers_.empty()) {
            db = std::move(idle_readers_.back());
            idle_readers_.pop_back();
        }
    }
    if (!db) {
        auto opened = open_reader();
        if (!opened) return opened.error();
        db = std::move(opened).value();
    }
    return ReaderLease(*this, std::move(db), std::move(stop));
}

void StoreCore::give_back(std::unique_ptr<Database> reader) {
    if (reader->in_transaction()) static_cast<void>(reader->exec("ROLLBACK"));
    const std::scoped_lock lock(readers_mutex_);
    if (idle_readers_.size() < kIdleReaders) idle_readers_.push_back(std::move(reader));
}

Result<void> StoreCore::write(const Change& change) {
    const std::scoped_lock lock(write_mutex_);
    if (!writer_) return Error{"store.read_only", {path_}, {}};
    auto transaction = Transaction::begin(writer_);
    if (!transaction) return transaction.error();
    // What the roll-ups remember holds unless another process has written since.
    const auto version = writer_.query_integer("PRAGMA data_version");
    if (!version) return version.error();
    if (version.value().value_or(0) != data_version_) {
        data_version_ = version.value().value_or(0);
        book_->forget();
        if (auto followed = book_->prices().follow(writer_); !followed) return followed;
    }
    auto done = change(writer_);
    if (done) done = writer_.exec("UPDATE meta SET value = value + 1 WHERE key = 'generation'");
    std::uint64_t generation = 0;
    if (done) {
        const auto now = writer_.query_integer("SELECT value FROM meta WHERE key = 'generation'");
        if (now)
            generation = static_cast<std::uint64_t>(now.value().value_or(0));
        else
            done = now.error();
    }
    if (done) done = transaction->commit();
    if (!done) {
        book_->forget(); // it may remember what is rolled back
        return done;
    }
    const bool others = generation > generation_.load() + 1; // they committed since we last looked
    generation_.store(generation, std::memory_order_release);
    if (others) notify({.generation = generation, .traces = {}, .many = true, .elsewhere = true});
    return {};
}

void StoreCore::with_writer(const std::function<void(Database&)>& use) {
    const std::scoped_lock lock(write_mutex_);
    use(writer_);
}

int StoreCore::subscribe(Store::Listener listener) {
    const std::scoped_lock lock(notice_mutex_);
    listeners_[next_listener_] = std::make_shared<Store::Listener>(std::move(listener));
    return next_listener_++;
}

void StoreCore::unsubscribe(int listener) {
    std::unique_lock lock(notice_mutex_);
    listeners_.erase(listener);
    if (std::this_thread::get_id() == notice_thread_id_) return;
    notice_ready_.wait(lock, [&] { return running_listener_ != listener; });
}

void StoreCore::notify(Committed committed) {
    const std::scoped_lock lock(notice_mutex_);
    if (committed.generation == 0) committed.generation = generation();
    if (!pending_) {
        pending_.emplace();
        pending_traces_.clear();
    }
    pending_->generation = std::max(pending_->generation, committed.generation);
    pending_->many = pending_->many || committed.many;
    pending_->removed = pending_->removed || committed.removed;
    pending_->judged = pending_->judged || committed.judged;
    pending_->elsewhere = pending_->elsewhere || committed.elsewhere;
    pending_traces_.insert(committed.traces.begin(), committed.traces.end());
    if (pending_traces_.size() > kNamedTraces) pending_->many = true;
    if (pending_->many) pending_traces_.clear();
    notice_ready_.notify_all();
}

void StoreCore::notice_loop(const std::stop_token& stop) {
    using Clock = std::chrono::steady_clock;
    auto next_look = Clock::now();
    std::unique_lock lock(notice_mutex_);
    notice_thread_id_ = std::this_thread::get_id();
    while (!stop.stop_requested()) {
        const auto wanted = [this] { return pending_.has_value(); };
        if (options_.watch_others) {
            notice_ready_.wait_until(lock, stop, next_look, wanted);
            if (Clock::now() >= next_look) {
                lock.unlock();
                look_for_others();
                lock.lock();
                next_look = Clock::now() + kLookEvery;
            }
        } else {
            notice_ready_.wait(lock, stop, wanted);
        }
        if (!pending_ || stop.stop_requested()) continue;
        Committed notice = std::move(*pending_);
        notice.traces.assign(pending_traces_.begin(), pending_traces_.end());
        pending_.reset();
        pending_traces_.clear();
        std::vector<int> ids;
        for (const auto& [id, listener] : listeners_)
            ids.push_back(id);
        for (const int id : ids) {
            const auto found = listeners_.find(id);
            if (found == listeners_.end()) continue;
            const auto listener = found->second;
            running_listener_ = id;
            lock.unlock();
            (*listener)(notice);
            lock.lock();
            running_listener_ = 0;
            notice_ready_.notify_all();
        }
        // The pause that keeps it at ten a second; a stop ends it at once.
        notice_ready_.wait_for(lock, stop, kNoticeEvery, [] { return false; });
    }
}

void StoreCore::look_for_others() {
    if (!watcher_) {
        auto opened = open_reader();
        if (!opened) return; // it may work the next time
        watcher_ = std::move(opened).value();
    }
    const auto version = watcher_->query_integer("PRAGMA data_version");
    if (!version || version.value().value_or(0) == watched_version_) return;
    watched_version_ = version.value().value_or(0);
    const auto read = watcher_->query_integer("SELECT value FROM meta WHERE key = 'generation'");
    if (!read) return;
    const auto seen = static_cast<std::uint64_t>(read.value().value_or(0));
    std::uint64_t known = generation_.load();
    if (seen <= known) return;
    // Our own write may store a newer number meanwhile: never back.
    while (known < seen && !generation_.compare_exchange_weak(known, seen)) {
    }
    if (known < seen) notify({.generation = seen, .traces = {}, .many = true, .elsewhere = true});
}

} // namespace clew
