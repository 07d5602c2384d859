#include "model/store/payload/piece_index.h"

#include <bit>
#include <utility>

namespace clew {

PieceIndex::PieceIndex(std::size_t entries_per_generation)
    : limit_(entries_per_generation)
    , mask_(std::bit_ceil(entries_per_generation * 3 / 2) - 1) {
}

PieceIndex::Entry& PieceIndex::slot(Table& table, Hash128 key) const {
    std::size_t at = key.low & mask_;
    while (table.entries[at].key != Hash128{} && table.entries[at].key != key)
        at = (at + 1) & mask_;
    return table.entries[at];
}

std::uint32_t* PieceIndex::find(Hash128 key) {
    if (!young_.entries.empty()) {
        Entry& entry = slot(young_, key);
        if (entry.key == key) return &entry.piece;
    }
    if (!old_.entries.empty()) {
        const Entry& entry = slot(old_, key);
        if (entry.key == key) {
            const std::uint32_t piece = entry.piece;
            insert(key, piece);
            return &slot(young_, key).piece;
        }
    }
    return nullptr;
}

void PieceIndex::insert(Hash128 key, std::uint32_t piece) {
    if (key == Hash128{}) return;
    if (young_.entries.empty()) young_.entries.resize(mask_ + 1);
    if (young_.used >= limit_) {
        std::swap(young_, old_);
        young_.entries.assign(mask_ + 1, Entry{});
        young_.used = 0;
    }
    Entry& entry = slot(young_, key);
    if (entry.key != key) ++young_.used;
    entry.key = key;
    entry.piece = piece;
}

void PieceIndex::clear() {
    young_ = {};
    old_ = {};
}

} // namespace clew
