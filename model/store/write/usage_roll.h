// UsageRoll: packs what one trace used (table trace_usage, usage_cells.h) from its spans, one trace after the
// other. Under the store's write lock.
#pragma once

#include "model/store/usage_cells.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace clew {

class UsageRoll {
public:
    static constexpr int kNoBucket = -1; // of what has not ended

    void begin(); // the next trace
    // `names` with the trace's agent and session where the span states none; an execution needs its tool
    // only.
    void add(std::int64_t hour, bool execution, const UsageNames& names, const UsageSums& sums, int bucket);
    // The whole, valid until begin(); empty where there is nothing to keep.
    std::string_view packed(std::optional<PicoUsd> reported, std::optional<PicoUsd> computed);

private:
    std::size_t cell_of(std::int64_t hour, bool execution, const UsageNames& names);
    void grow_index();
    void sort_latencies();
    void pack(std::size_t number, std::int64_t& hour);

    std::vector<UsageCell> cells_;
    std::vector<std::uint32_t> index_;     // open addressing over cells_, from kIndexed cells on; 0 = free
    std::vector<std::uint64_t> latencies_; // cell << 16 | bucket, of each call that has ended
    std::vector<std::uint64_t> sorted_;
    std::string out_, packed_latencies_;
};

} // namespace clew
