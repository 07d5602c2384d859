// DayRoll: the changes of one transaction to the daily latency buckets (table roll_day). Under the store's
// write lock.
#pragma once

#include "model/base/result.h"
#include "model/base/time.h"
#include "model/store/sqlite/database.h"
#include "model/trace/kind.h"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>

namespace clew {

// Eight buckets a power of two: [2^(b/8), 2^((b+1)/8)) ns, ± 4.4 %. 0 for durations of 0 ns and less.
int latency_bucket(DurationNs duration);

// The columns of a span row that the buckets sum up.
struct DayRow {
    TimeNs start = kNoTime;
    TimeNs end = kNoTime;
    Kind kind = Kind::generic;
    Status status = Status::unset;
    std::uint8_t counted = 0;
    std::int64_t model = 0; // dict; 0 = none
    std::optional<std::int64_t> tok_in, tok_out, cost, computed;
};

class DayRoll {
public:
    void add(const DayRow& row, int sign); // 1 or -1; spans without a start are on no day
    void add_open(const DayRow& row);      // what is computed for a call whose cost is not reported, alone
    Result<void> write(Database& db);      // and starts anew
    void forget();

private:
    struct Key {
        std::int64_t day = 0;
        std::int64_t model = 0;
        int bucket = 0;
        Kind kind = Kind::generic;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const {
            const auto mixed =
                static_cast<std::uint64_t>(key.day) * 0x9e3779b97f4a7c15u ^
                static_cast<std::uint64_t>(key.model) * 0xc2b2ae3d27d4eb4fu ^
                (static_cast<std::uint64_t>(key.bucket) << 8 | static_cast<std::uint64_t>(key.kind)) *
                    0x165667b19e3779f9u;
            return static_cast<std::size_t>(mixed ^ mixed >> 29);
        }
    };
    struct Sums;
    Sums& sums_of(const DayRow& row);

    struct Sums {
        std::int64_t n = 0, errors = 0, duration = 0, tok_in = 0, tok_out = 0, cost = 0, computed = 0,
                     unpriced = 0;
    };
    std::unordered_map<Key, Sums, KeyHash> changes_;
    Statement upsert_;
};

} // namespace clew
