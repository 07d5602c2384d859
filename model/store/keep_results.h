// What background passes store of traces: one transaction for many, then one word to who listens. Any thread.
#pragma once

#include "model/base/result.h"
#include "model/store/sqlite/database.h"
#include "model/store/store_core.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace clew {

// Keeper(db, version) has prepare() and keep(one), which says whether anything was kept: a trace that changed
// since it was read is not.
template <class Keeper, class Found>
Result<void> keep_results(StoreCore& core, std::int64_t version, const std::vector<Found>& found) {
    Committed committed;
    auto done = core.write([&](Database& db) -> Result<void> {
        Keeper keeper(db, version);
        if (auto ready = keeper.prepare(); !ready) return ready;
        for (const Found& one : found) {
            auto kept = keeper.keep(one);
            if (!kept) return kept.error();
            if (*kept) committed.traces.push_back(one.trace);
        }
        return {};
    });
    if (!done || committed.traces.empty()) return done;
    committed.looked_at = true;
    core.notify(std::move(committed));
    return {};
}

} // namespace clew
