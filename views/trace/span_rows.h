// Which spans of a snapshot are rows of the tree: all but those below a collapsed one. Pure; no widgets.
//
// Rebuilt in O(spans) whenever something opens or closes (a few ms at a million).
#pragma once

#include "model/trace/trace_snapshot.h"

#include <cstdint>
#include <vector>

namespace clew::views {

class SpanRows {
public:
    // A newer snapshot of the same trace: what was collapsed stays so, by span id.
    void setSnapshot(TraceSnapshotPtr snapshot);
    [[nodiscard]] const TraceSnapshotPtr& snapshot() const { return m_snapshot; }

    // Another number after every change of the rows; never 0 once there is a snapshot.
    [[nodiscard]] std::uint64_t version() const { return m_version; }

    [[nodiscard]] int count() const { return static_cast<int>(m_rows.size()); }
    [[nodiscard]] std::int32_t span(int row) const { return m_rows[static_cast<std::size_t>(row)]; }
    // Row of the span, or of the collapsed ancestor that stands for it; -1 for kNoSpan.
    [[nodiscard]] int row(std::int32_t span) const {
        return span < 0 || static_cast<std::size_t>(span) >= m_rowOf.size()
                   ? -1
                   : m_rowOf[static_cast<std::size_t>(span)];
    }
    [[nodiscard]] bool isRow(std::int32_t span) const {
        return row(span) >= 0 && this->span(row(span)) == span;
    }

    [[nodiscard]] bool hasChildren(std::int32_t span) const;
    [[nodiscard]] bool isCollapsed(std::int32_t span) const {
        return span >= 0 && m_collapsed[static_cast<std::size_t>(span)] != 0;
    }
    // Each returns whether rows changed.
    bool setCollapsed(std::int32_t span, bool collapsed);
    bool setSubtreeCollapsed(std::int32_t span, bool collapsed); // the span and all below it
    bool expandAll();
    bool reveal(std::int32_t span); // opens its ancestors

private:
    void rebuild();

    TraceSnapshotPtr m_snapshot;
    std::vector<std::int32_t> m_rows;      // row → span
    std::vector<std::int32_t> m_rowOf;     // span → row
    std::vector<std::uint8_t> m_collapsed; // per span
    std::uint64_t m_version = 0;
};

} // namespace clew::views
