// The limit that imports are measured against: simdjson's typed extraction of the hot fields and a bare
// SQLite insert of the hot row, one thread, one transaction, no payload, no index.
#pragma once

#include <cstdint>
#include <string>

namespace clew::bench {

// Spans that were read and inserted; 0 where something failed.
std::uint64_t run_limit(const std::string& dump, const std::string& database);

} // namespace clew::bench
