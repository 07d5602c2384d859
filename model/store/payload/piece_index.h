// Which contents were seen before, and as which piece they are stored: two generations of a fixed-size hash
// table, so memory is bounded and what has not been seen for long is forgotten. Forgetting loses savings,
// never data.
//
// One thread at a time.
#pragma once

#include "model/base/hash.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace clew {

class PieceIndex {
public:
    static constexpr std::uint32_t kPending = 0xffffffff; // seen, not stored

    explicit PieceIndex(std::size_t entries_per_generation = 256 * 1024);

    // The piece's number or kPending; null where it was never seen. Valid until the next insert.
    std::uint32_t* find(Hash128 key);
    void insert(Hash128 key, std::uint32_t piece); // key is not there yet
    void clear();

private:
    struct Entry {
        Hash128 key; // {0, 0} = free
        std::uint32_t piece = 0;
    };
    struct Table {
        std::vector<Entry> entries;
        std::size_t used = 0;
    };
    Entry& slot(Table& table, Hash128 key) const;

    std::size_t limit_;
    std::size_t mask_;
    Table young_;
    Table old_;
};

} // namespace clew
