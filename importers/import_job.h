// Reads sources (a file with what belongs to it, a folder, an archive, stdin) into an ImportTarget: opens,
// unpacks, detects, imports, reports. An archive is one source, each of whose members is detected by itself
// unless a format knows the archive as a whole.
//
// Runs on the calling thread until done, cancelled or failed. A source that cannot be understood gives an
// error that names it; one from which something was read and something lost gives a report with notes.
#pragma once

#include "importers/known_formats.h"
#include "model/base/result.h"
#include "model/trace/sink.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace clew {

struct ImportProgress {
    std::string path;
    std::string format;            // "" until it is known
    std::uint64_t bytes_read = 0;  // of the stored file
    std::uint64_t bytes_total = 0; // 0 = unknown (stdin)
    std::uint64_t spans = 0;
};

inline constexpr std::chrono::seconds kQuietAfter{2};

struct ImportOptions {
    std::string path;   // a file or folder; "-" = stdin
    std::string format; // Format::id; "" = detect
    Formats formats;    // what can be read
    bool again = false; // read even what is unchanged
    // The source grows while it is read: half a line at the end of a file that was written to within
    // kQuietAfter is left for the next time.
    bool following = false;
    std::shared_ptr<const TaughtKeys> taught;            // may be null
    std::function<void(const ImportProgress&)> progress; // at most 20 a second; may be empty
};

// One source: a file with its rotated pieces or its subagents' files, or stdin.
Result<SourceReport> import_source(const ImportOptions& options, ImportTarget& target,
                                   std::stop_token stop = {});

// A file, stdin, or every run file below a folder, a report for each. What fails inside a folder is a report
// with no format and a note, not the end of the others; a file given by its own name that fails is an error.
Result<std::vector<SourceReport>> import_path(const ImportOptions& options, ImportTarget& target,
                                              std::stop_token stop = {});

// The error note of a report from which nothing could be read at all; null where something was read.
const Note* failure_of(const SourceReport& report);

} // namespace clew
