// Follower: a file or folder that grows: what is new in it goes into the store as it comes, new files with
// it.
//
// Looks twice a second, less often where looking or reading takes long. A file is read on from where it was
// where its format can, else again from its start; half a line waits for its rest until the file has been
// quiet for two seconds. Runs on a thread of its own; status() on any.
#pragma once

#include "importers/import_job.h"
#include "model/base/result.h"
#include "model/trace/sink.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace clew::live {

class Follower {
public:
    using MakeTarget = std::function<Result<std::unique_ptr<ImportTarget>>(std::stop_token)>;
    // Told of what a pass brought: spans that the store did not hold before, and bytes read.
    using Told = std::function<void(std::uint64_t spans, std::uint64_t bytes)>;

    // `how`: its path is followed; its progress is not used. "file.not_found" where there is nothing yet is
    // no error: it is waited for.
    Follower(ImportOptions how, MakeTarget make_target, Told told);
    ~Follower();
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

    [[nodiscard]] const std::string& path() const { return how_.path; }
    struct Status {
        std::size_t files = 0;
        std::string trouble; // what kept the last pass from reading, one sentence; "" = nothing
    };
    [[nodiscard]] Status status() const;

private:
    using Clock = std::chrono::steady_clock;
    struct Seen {
        std::uint64_t size = 0;
        std::int64_t modified = 0;
        bool quiet = false; // it was read to its end
        std::uint64_t spans = 0;
        std::string trouble;          // of the last reading
        Clock::time_point not_before; // large files are read again less often
    };

    void loop(const std::stop_token& stop);
    void look(const std::stop_token& stop);
    Result<void> read(const std::string& path, Seen& seen, const std::stop_token& stop);

    const ImportOptions how_;
    const MakeTarget make_target_;
    const Told told_;
    std::map<std::string, Seen> seen_; // by the source's path
    std::unique_ptr<ImportTarget> target_;
    mutable std::mutex mutex_;
    Status status_;
    std::jthread thread_; // last: ends before what it uses
};

} // namespace clew::live
