#include "importers/live/follower.h"

#include "importers/sources/folder.h"
#include "model/base/messages.h"
#include "model/base/time.h"

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <vector>

namespace clew::live {

namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds kBetweenLooks{500};
constexpr int kRest = 4; // a look or a read that took t is followed by 4 t without one

// Nanoseconds; the file clock's own epoch may lie in the future.
std::int64_t since_1970(fs::file_time_type time) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               fs::file_time_type::clock::to_sys(time).time_since_epoch())
        .count();
}

// A time in the future says that a clock has jumped, not that somebody writes.
bool written_lately(std::int64_t modified) {
    const DurationNs age = now() - modified;
    return age >= 0 && age < std::chrono::duration_cast<std::chrono::nanoseconds>(kQuietAfter).count();
}

// Size and newest time of all files of a source.
struct Extent {
    std::uint64_t size = 0;
    std::int64_t modified = 0;
};

Extent extent_of(const SourceFiles& files) {
    Extent out;
    for (const SourcePart& part : files.parts) {
        std::error_code gone;
        const auto size = fs::file_size(part.path, gone);
        if (gone) continue;
        out.size += size;
        const auto time = fs::last_write_time(part.path, gone);
        if (!gone) out.modified = std::max(out.modified, since_1970(time));
    }
    return out;
}

Result<std::vector<SourceFiles>> sources_at(const std::string& path) {
    std::error_code gone;
    if (fs::is_directory(path, gone)) {
        auto sources = sources_in_folder(path);
        // A folder into which nothing was written yet is no trouble.
        if (!sources && sources.error().code == "file.directory_empty") return std::vector<SourceFiles>();
        return sources;
    }
    auto files = files_of_source(path);
    if (!files) return files.error();
    return std::vector<SourceFiles>{std::move(*files)};
}

} // namespace

Follower::Follower(ImportOptions how, MakeTarget make_target, Told told)
    : how_([&] {
        how.following = true;
        how.progress = nullptr;
        return std::move(how);
    }())
    , make_target_(std::move(make_target))
    , told_(std::move(told))
    , thread_([this](const std::stop_token& stop) { loop(stop); }) {
}

Follower::~Follower() {
    thread_.request_stop();
    thread_.join();
}

Follower::Status Follower::status() const {
    const std::scoped_lock lock(mutex_);
    return status_;
}

void Follower::loop(const std::stop_token& stop) {
    std::mutex asleep;
    std::condition_variable_any wake;
    while (!stop.stop_requested()) {
        const auto begun = Clock::now();
        look(stop);
        const auto rest = std::max<Clock::duration>(kBetweenLooks, kRest * (Clock::now() - begun));
        std::unique_lock lock(asleep);
        wake.wait_for(lock, stop, rest, [] { return false; });
    }
    target_.reset();
}

void Follower::look(const std::stop_token& stop) {
    auto sources = sources_at(how_.path);
    std::string trouble = sources ? std::string() : sentence(sources.error());
    std::size_t files = 0;
    if (sources) {
        for (const SourceFiles& source : *sources) {
            if (stop.stop_requested()) return;
            files += source.parts.size();
            const Extent extent = extent_of(source);
            Seen& seen = seen_[source.path];
            const bool same = seen.size == extent.size && seen.modified == extent.modified;
            const bool now_quiet = !written_lately(extent.modified);
            if (extent.size == 0) seen.trouble.clear();
            if ((same && (seen.quiet || !now_quiet)) || Clock::now() < seen.not_before || extent.size == 0) {
                if (trouble.empty()) trouble = seen.trouble; // it has not gone by not being read
                continue;
            }
            seen.size = extent.size;
            seen.modified = extent.modified;
            seen.quiet = now_quiet;
            const auto begun = Clock::now();
            const auto done = read(source.path, seen, stop);
            if (done || done.error().code != "cancelled")
                seen.trouble = done ? std::string() : sentence(done.error());
            if (trouble.empty()) trouble = seen.trouble;
            seen.not_before = Clock::now() + kRest * (Clock::now() - begun);
        }
    }
    const std::scoped_lock lock(mutex_);
    status_ = {files, std::move(trouble)};
}

Result<void> Follower::read(const std::string& path, Seen& seen, const std::stop_token& stop) {
    if (!target_) {
        auto made = make_target_(stop);
        if (!made) {
            seen.quiet = false;
            seen.modified = 0; // to be read when the store takes it
            return made.error();
        }
        target_ = std::move(*made);
    }
    ImportOptions one = how_;
    one.path = path;
    std::uint64_t bytes = 0;
    one.progress = [&bytes](const ImportProgress& progress) { bytes = progress.bytes_read; };
    const auto report = import_source(one, *target_, stop);
    if (!report) {
        const std::string_view code = report.error().code;
        // What a file holds before its first whole record is nobody's fault.
        const bool early = code == "file.empty" || code == "file.blank" || code == "format.unknown" ||
                           code == "format.nothing_read";
        if (code.starts_with("store.")) {
            target_.reset();
            seen.modified = 0;
        }
        if (early && !seen.quiet) return {};
        if (early && how_.path != path) return {}; // a folder may hold other things
        return report.error();
    }
    const std::uint64_t fresh = report->spans > seen.spans ? report->spans - seen.spans : 0;
    seen.spans = report->spans;
    told_(fresh, bytes);
    return {};
}

} // namespace clew::live
