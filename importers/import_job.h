// Reads one source (a file, a folder, stdin) into an ImportTarget: opens, unpacks, detects, imports, reports.
//
// Runs on the calling thread until done, cancelled or failed. A source that cannot be understood gives an error that
// names it; one from which something was read and something lost gives a report with notes.
#pragma once

#include "importers/importer.h"
#include "model/base/result.h"
#include "model/trace/sink.h"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

namespace clew {

struct ImportProgress {
    std::string path;
    std::string format;           // "" until it is known
    std::uint64_t bytes_read = 0; // of the stored file
    std::uint64_t bytes_total = 0; // 0 = unknown (stdin)
    std::uint64_t spans = 0;
};

struct ImportOptions {
    std::string path;         // a file or folder; "-" = stdin
    std::string format;       // Format::id; "" = detect
    bool again = false;       // read even what is unchanged
    std::function<void(const ImportProgress&)> progress; // at most 20 a second; may be empty
};

Result<SourceReport> import_source(const ImportOptions& options, ImportTarget& target, std::stop_token stop = {});

} // namespace clew
