#include "importers/live/intake.h"

#include "model/base/messages.h"

#include <algorithm>
#include <utility>

namespace clew::live {

namespace {

constexpr std::size_t kGroupSpans = 4000;
constexpr std::size_t kGroupBytes = std::size_t{16} << 20;
constexpr std::size_t kOpenGroups = 2;  // one is inserted while the next is encoded
constexpr std::size_t kSampledFill = 4; // sampled: stored early once a fourth of the room is taken
constexpr auto kAfterFailure = std::chrono::seconds(1);

} // namespace

Intake::Intake(IntakeOptions options, MakeTarget make_target)
    : options_(options)
    , make_target_(std::move(make_target))
    , durability_(options.durability) {
    commit_thread_ = std::thread([this] { commit_loop(); });
    store_thread_ = std::jthread([this](const std::stop_token& stop) { store_loop(stop); });
}

Intake::~Intake() {
    close();
}

void Intake::close() {
    {
        const std::scoped_lock lock(mutex_);
        if (std::exchange(closing_, true)) return;
    }
    store_thread_.request_stop();
    come_.notify_all();
    store_thread_.join();
    {
        const std::scoped_lock lock(groups_mutex_);
        no_more_groups_ = true;
    }
    groups_changed_.notify_all();
    commit_thread_.join();
    // What is left failed at the very end.
    std::deque<Item> left;
    std::optional<Error> why;
    {
        const std::scoped_lock lock(mutex_);
        left.swap(queue_);
        queued_bytes_ = waiting_ = 0;
        why = trouble_;
    }
    for (const Item& item : left) {
        if (item.kept && why)
            item.kept(*why);
        else
            lost_ += item.batch.spans.size(); // its client was told that it is kept
    }
}

bool Intake::submit(Batch&& batch, std::size_t bytes, Kept kept) {
    const Durability durability = durability_;
    Item item{std::move(batch), bytes, {}, durability == Durability::critical, Clock::now(), 0};
    if (durability != Durability::sampled) item.kept = std::move(kept);
    {
        const std::scoped_lock lock(mutex_);
        if (closing_ || queue_.size() + in_store_ >= options_.room) return false;
        if (queued_bytes_ > 0 && queued_bytes_ + bytes > options_.room_bytes) return false;
        queued_bytes_ += bytes;
        waiting_ += item.kept ? 1 : 0;
        item.number = next_number_++;
        queue_.push_back(std::move(item));
    }
    come_.notify_one();
    if (kept) kept({}); // sampled
    return true;
}

std::size_t Intake::queued() const {
    const std::scoped_lock lock(mutex_);
    return queue_.size() + in_store_;
}

std::string Intake::trouble() const {
    const std::scoped_lock lock(mutex_);
    return trouble_ ? sentence(*trouble_) : std::string();
}

// When the queue may be stored: at once where a client waits; `mutex_` is held.
Intake::Clock::time_point Intake::due() const {
    const bool filling =
        queue_.size() >= options_.room / kSampledFill || queued_bytes_ >= options_.room_bytes / kSampledFill;
    const bool at_once = waiting_ > 0 || filling;
    return std::max(again_, at_once ? queue_.front().come : queue_.front().come + options_.flush_every);
}

// Empty once the end has come and nothing is left.
std::vector<Intake::Item> Intake::next_group(const std::stop_token& stop) {
    std::vector<Item> items;
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested() && (queue_.empty() || Clock::now() < due())) {
        if (queue_.empty())
            come_.wait(lock, stop, [this] { return !queue_.empty(); });
        else
            come_.wait_until(lock, stop, due(), [this] { return Clock::now() >= due(); });
    }
    std::size_t spans = 0, bytes = 0;
    while (!queue_.empty() && (items.empty() || (spans < kGroupSpans && bytes < kGroupBytes))) {
        spans += queue_.front().batch.spans.size();
        bytes += queue_.front().bytes;
        waiting_ -= queue_.front().kept ? 1 : 0;
        items.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    queued_bytes_ -= bytes;
    in_store_ += items.size();
    return items;
}

void Intake::store_loop(const std::stop_token& stop) {
    for (;;) {
        {
            std::unique_lock lock(groups_mutex_);
            groups_changed_.wait(lock, [this] { return groups_open_ < kOpenGroups; });
        }
        std::vector<Item> items = next_group(stop);
        if (items.empty()) break;
        auto group = store(items);
        if (!group) {
            target_.reset();
            give_back(std::move(items), group.error());
            if (stop.stop_requested()) break; // no second try at the end
            continue;
        }
        const std::scoped_lock lock(groups_mutex_);
        ++groups_open_;
        groups_.push_back(std::move(*group));
        groups_changed_.notify_all();
    }
    std::unique_lock lock(groups_mutex_);
    groups_changed_.wait(lock, [this] { return groups_open_ == 0; });
    target_.reset();
}

Result<Intake::Group> Intake::store(std::vector<Item>& items) {
    if (const LiveTarget* failed = failed_target_.exchange(nullptr);
        failed != nullptr && failed == target_.get())
        target_.reset();
    if (!target_) {
        auto made = make_target_();
        if (!made) return made.error();
        target_ = std::move(*made);
    }
    Group group{target_, 0, {}, std::ranges::any_of(items, &Item::durable)};
    for (Item& item : items) {
        if (auto done = target_->use_source(item.batch.source); !done) return done.error();
        // Copies: where the store fails, the batch is tried again or given back whole. Texts are views.
        for (const Span& span : item.batch.spans)
            static_cast<void>(target_->add(Span(span)));
        for (const LogRecord& record : item.batch.logs)
            static_cast<void>(target_->add_log(LogRecord(record)));
        for (const Note& note : item.batch.notes)
            target_->note(Note(note));
    }
    auto ticket = target_->ask_commit();
    if (!ticket) return ticket.error();
    group.ticket = *ticket;
    group.items = std::move(items);
    return group;
}

void Intake::commit_loop() {
    for (;;) {
        Group group;
        {
            std::unique_lock lock(groups_mutex_);
            groups_changed_.wait(lock, [this] { return no_more_groups_ || !groups_.empty(); });
            if (groups_.empty()) return;
            group = std::move(groups_.front());
            groups_.pop_front();
        }
        settle(std::move(group));
        {
            const std::scoped_lock lock(groups_mutex_);
            --groups_open_;
        }
        groups_changed_.notify_all();
    }
}

void Intake::settle(Group group) {
    auto done = group.target->wait_committed(group.ticket);
    std::vector<Item> failed;
    if (!done) failed.swap(group.items);
    if (done && group.durable) {
        std::vector<LiveTarget::Written> written;
        for (const Item& item : group.items) {
            if (!item.durable) continue;
            for (const Span& span : item.batch.spans)
                written.push_back({span.trace, span.id});
        }
        done = group.target->make_durable(written);
        // The others are in the store: again, they would come behind what is newer.
        if (!done) {
            const auto others = std::ranges::stable_partition(group.items, &Item::durable);
            failed.assign(std::move_iterator(group.items.begin()), std::move_iterator(others.begin()));
            group.items.erase(group.items.begin(), others.begin());
        }
    }
    if (!done) {
        // Given back first: nothing newer of the queue is stored before it.
        give_back(std::move(failed), done.error());
        failed_target_ = group.target.get();
        group.target.reset();
    }
    {
        const std::scoped_lock lock(mutex_);
        in_store_ -= group.items.size();
        if (done) trouble_.reset();
    }
    for (Item& item : group.items)
        if (item.kept) item.kept({});
}

void Intake::give_back(std::vector<Item> items, const Error& error) {
    std::vector<Item> failed;
    {
        const std::scoped_lock lock(mutex_);
        in_store_ -= items.size();
        trouble_ = error;
        again_ = Clock::now() + kAfterFailure;
        for (auto item = items.rbegin(); item != items.rend(); ++item) {
            if (item->kept) {
                failed.push_back(std::move(*item));
            } else {
                queued_bytes_ += item->bytes;
                // Two groups may fail, the later one first.
                const auto behind = std::ranges::upper_bound(queue_, item->number, {}, &Item::number);
                queue_.insert(behind, std::move(*item));
            }
        }
    }
    for (auto item = failed.rbegin(); item != failed.rend(); ++item)
        item->kept(error);
}

} // namespace clew::live
